"""All facts that posting one remittance needs, loaded set-based and kept up to date as it goes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from desktop.models.claims import Claim
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import (
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.models.people import Coverage, Patient
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, Party
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import VisitCoverage
from desktop.services.money.drafts import LegDraft
from desktop.services.payments.adjustments import QMB_REASON, QMB_REMARKS, Reduction
from desktop.services.payments.plan import LineFacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim payment with what it was matched to."""

    id: int
    position: int
    control_number: str
    status: str
    charge: Money
    paid: Money
    payer_claim_number: str
    other_claim_number: str
    crossover_to: str
    remarks: str
    service_on: dt.date | None
    state: str
    note: str
    claim_id: int | None
    rank: int | None
    reverses_id: int | None
    visit_id: int | None
    patient_id: int | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One service payment with its reasons."""

    id: int
    charge_line_id: int
    charge: Money
    paid: Money
    remarks: str
    reductions: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class VisitPayers:
    """Who may be asked for a visit, by rank, and whether its patient may be billed."""

    payers: dict[int, int] = field(default_factory=dict)
    may_not_bill: bool = False


@dataclass(slots=True)
class Book:
    """See the module. `owed` follows each applied leg, so a correction sees the reversal."""

    claims: list[ClaimRow]
    _lines: dict[int, list[LineRow]]
    _owed: dict[tuple[int, Party], int]
    _visits: dict[int, VisitPayers]
    _mirrors: dict[int, list[LegDraft]]

    @classmethod
    def load(cls, work: Work, row: Remittance, only: int | None = None) -> Book:
        """Load a remittance's claims (or one of them) and all they touch."""
        work.session.flush()
        wanted: Select[int] = select(RemittanceClaim.id).where(
            RemittanceClaim.remittance_id == row.id
        )
        if only is not None:
            wanted = wanted.where(RemittanceClaim.id == only)
        return cls(
            _claims(work, wanted),
            _lines(work, wanted),
            _owed(work, wanted),
            _visits(work, wanted),
            _mirrors(work, wanted),
        )

    def lines(self, claim_id: int) -> Sequence[LineRow]:
        """The matched service lines of a claim payment, in order."""
        return self._lines.get(claim_id, [])

    def visit(self, claim: ClaimRow) -> VisitPayers:
        """Who may be asked for this claim's visit."""
        return self._visits.get(claim.visit_id or 0, VisitPayers())

    def next_party(self, claim: ClaimRow) -> Party:
        """Who comes after the answering payer."""
        following = sorted(r for r in self.visit(claim).payers if r > (claim.rank or 1))
        return Party(following[0]) if following else Party.PATIENT

    def facts(self, claim: ClaimRow, line: LineRow) -> LineFacts:
        """A line as it stands now, for the answering payer."""
        party = Party(claim.rank or 1)
        visit = self.visit(claim)
        after = self.next_party(claim)
        remarks = set(line.remarks.split()) | set(claim.remarks.split())
        qmb = bool(remarks & QMB_REMARKS) or any(
            (r.group, r.reason) == QMB_REASON for r in line.reductions
        )
        return LineFacts(
            charge_line_id=line.charge_line_id,
            party=party,
            payer_id=visit.payers.get(party.value, 0),
            owed=self.owed(line.charge_line_id, party),
            next_party=after,
            next_payer_id=visit.payers.get(after.value),
            forgive=qmb,
        )

    def owed(self, charge_line_id: int, party: Party) -> Money:
        """What a party owes on a line, after what was applied so far."""
        return Money(self._owed.get((charge_line_id, party), 0))

    def apply(self, legs: Iterable[LegDraft]) -> None:
        """Follow legs that will be posted."""
        for leg in legs:
            if leg.account is Account.RECEIVABLE and leg.charge_line_id is not None:
                key = (leg.charge_line_id, leg.party or Party.PATIENT)
                self._owed[key] = self._owed.get(key, 0) + leg.amount.cents

    def remember(self, claim_row_id: int, legs: Iterable[LegDraft]) -> None:
        """Keep what a claim payment will post, for a reversal further down."""
        self._mirrors.setdefault(claim_row_id, []).extend(legs)

    def mirror(self, reversed_id: int, receipt_id: int) -> tuple[LegDraft, ...]:
        """The legs that take an earlier claim payment back, against the new receipt."""
        return tuple(
            LegDraft(
                leg.account,
                -leg.amount,
                leg.charge_line_id,
                leg.party,
                leg.payer_id,
                receipt_id if leg.account is Account.UNAPPLIED else None,
                leg.group_code,
                leg.reason,
            )
            for leg in self._mirrors.get(reversed_id, [])
        )


def _claims(work: Work, wanted: Select[int]) -> list[ClaimRow]:
    c = RemittanceClaim
    rows = work.session.execute(
        select(
            c.id,
            c.position,
            c.control_number,
            c.status,
            c.charge,
            c.paid,
            c.payer_claim_number,
            c.other_claim_number,
            c.crossover_to,
            c.remarks,
            c.service_on,
            c.state,
            c.note,
            c.claim_id,
            c.rank,
            c.reverses_id,
            Claim.visit_id,
            Claim.patient_id,
        )
        .outerjoin(Claim, Claim.id == c.claim_id)
        .where(c.id.in_(wanted))
        .order_by(c.position)
    )
    return [ClaimRow(*tuple(r)) for r in rows]


def _lines(work: Work, wanted: Select[int]) -> dict[int, list[LineRow]]:
    reductions: dict[int, list[Reduction]] = defaultdict(list)
    a = RemittanceAdjustment
    rows = work.session.execute(
        select(a.remittance_line_id, a.group_code, a.reason, a.amount, a.action)
        .where(a.remittance_claim_id.in_(wanted), a.remittance_line_id.is_not(None))
        .order_by(a.id)
    )
    for line_id, group, reason, amount, action in rows:
        reductions[line_id or 0].append(Reduction(group, reason, amount, action))  # type: ignore[arg-type]
    out: dict[int, list[LineRow]] = defaultdict(list)
    n = RemittanceLine
    found = work.session.execute(
        select(n.id, n.charge_line_id, n.charge, n.paid, n.remarks, n.remittance_claim_id)
        .where(n.remittance_claim_id.in_(wanted), n.charge_line_id.is_not(None))
        .order_by(n.remittance_claim_id, n.position)
    )
    for r in found:
        out[r.remittance_claim_id].append(
            LineRow(
                r.id, r.charge_line_id or 0, r.charge, r.paid, r.remarks, tuple(reductions[r.id])
            )
        )
    return out


def _owed(work: Work, wanted: Select[int]) -> dict[tuple[int, Party], int]:
    lines = select(RemittanceLine.charge_line_id).where(
        RemittanceLine.remittance_claim_id.in_(wanted)
    )
    rows = work.session.execute(
        select(OpenItem.charge_line_id, OpenItem.party, OpenItem.amount).where(
            OpenItem.charge_line_id.in_(lines), OpenItem.amount != ZERO
        )
    )
    return {(line, party): amount.cents for line, party, amount in rows}


def _visits(work: Work, wanted: Select[int]) -> dict[int, VisitPayers]:
    visits = (
        select(Claim.visit_id)
        .join(RemittanceClaim, RemittanceClaim.claim_id == Claim.id)
        .where(RemittanceClaim.id.in_(wanted))
    )
    payers: dict[int, dict[int, int]] = defaultdict(dict)
    barred: set[int] = set()
    rows = work.session.execute(
        select(
            VisitCoverage.visit_id,
            VisitCoverage.rank,
            VisitCoverage.payer_id,
            Coverage.may_not_bill_patient,
            Payer.may_not_bill_patient,
            Patient.may_not_bill,
        )
        .join(Coverage, Coverage.id == VisitCoverage.coverage_id)
        .join(Payer, Payer.id == VisitCoverage.payer_id)
        .join(Patient, Patient.id == Coverage.patient_id)
        .where(VisitCoverage.visit_id.in_(visits))
    )
    for visit_id, rank, payer_id, by_coverage, by_payer, by_patient in rows:
        payers[visit_id][rank] = payer_id
        if by_coverage or by_payer or by_patient:
            barred.add(visit_id)
    return {v: VisitPayers(p, v in barred) for v, p in payers.items()}


def _mirrors(work: Work, wanted: Select[int]) -> dict[int, list[LegDraft]]:
    originals = select(RemittanceClaim.reverses_id).where(
        RemittanceClaim.id.in_(wanted), RemittanceClaim.reverses_id.is_not(None)
    )
    rows = work.session.execute(
        select(Entry.remittance_claim_id, Leg)
        .join(Leg, Leg.entry_id == Entry.id)
        .where(Entry.remittance_claim_id.in_(originals))
        .order_by(Leg.entry_id, Leg.number)
    )
    out: dict[int, list[LegDraft]] = defaultdict(list)
    for claim_id, leg in rows:
        out[claim_id or 0].append(
            LegDraft(
                leg.account,
                leg.amount,
                leg.charge_line_id,
                leg.party,
                leg.payer_id,
                leg.receipt_id,
                leg.group_code,
                leg.reason,
            )
        )
    return out
