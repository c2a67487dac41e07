"""Remittances as they are shown: the list, and one payment beside our claims, line by line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import NotFound
from desktop.models.claims import Claim
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import (
    ProviderAdjustmentRow,
    Receipt,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.models.people import Patient, Person
from desktop.models.values.enums import Account, Party
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """A remittance in the list."""

    id: int
    kind: str
    state: str
    payer_id: int | None
    payer_name: str
    trace: str
    paid_on: dt.date | None
    amount: Money
    difference: Money
    claims: int
    unmatched: int
    held_reason: str
    file_name: str
    posted_on: dt.date | None


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason and what the posting does with it."""

    group: str
    reason: str
    amount: Money
    action: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A payer's line beside ours.

    Attributes:
        our_procedure, our_charge: of the matched charge line; None where none is matched.
        owed: what each party owes on our line now.
    """

    id: int
    position: int
    code: str
    modifiers: str
    service_on: dt.date | None
    charge: Money
    paid: Money
    allowed: Money | None
    remarks: str
    reasons: tuple[ReasonView, ...]
    charge_line_id: int | None
    matched_by: str
    our_procedure: str | None
    our_charge: Money | None
    owed: tuple[tuple[Party, Money], ...]

    @property
    def balanced(self) -> bool:
        """Charge less reasons is what was paid."""
        return self.charge.cents - sum(r.amount.cents for r in self.reasons) == self.paid.cents


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim payment with its lines."""

    id: int
    position: int
    control_number: str
    payer_claim_number: str
    status: str
    patient_name: str
    member_id: str
    service_on: dt.date | None
    charge: Money
    paid: Money
    patient_responsibility: Money | None
    state: str
    note: str
    needs_split: bool
    matched_by: str
    claim_id: int | None
    our_patient_id: int | None
    our_patient: str
    rank: int | None
    crossover_to: str
    remarks: str
    reasons: tuple[ReasonView, ...]
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class PlbView:
    """A provider adjustment; a positive amount lowered the payment."""

    code: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RemittanceView:
    """One payment with all it says."""

    row: RemittanceRow
    claims_paid: Money
    provider_adjustments: tuple[PlbView, ...]
    receipt_id: int | None
    receipt_number: str
    unapplied: Money
    document_sha: str | None
    claims: tuple[ClaimView, ...]


@needs(Permission.VIEW)
def list_remittances(
    work: Work, *, states: tuple[str, ...] = (), limit: int = 500
) -> list[RemittanceRow]:
    """Remittances, newest first; un-posted and discarded ones only when asked for."""
    query = select(Remittance).order_by(Remittance.id.desc()).limit(limit)
    if states:
        query = query.where(Remittance.state.in_(states))
    return _rows(work, list(work.session.scalars(query)))


def _rows(work: Work, found: list[Remittance]) -> list[RemittanceRow]:
    ids = [r.id for r in found]
    total: dict[int, int] = defaultdict(int)
    lost: dict[int, int] = defaultdict(int)
    grouped = work.session.execute(
        select(RemittanceClaim.remittance_id, RemittanceClaim.state, func.count())
        .where(RemittanceClaim.remittance_id.in_(ids))
        .group_by(RemittanceClaim.remittance_id, RemittanceClaim.state)
    )
    for remittance_id, state, number in grouped:
        total[remittance_id] += number
        if state in {"unmatched", "unapplied"}:
            lost[remittance_id] += number
    return [
        RemittanceRow(
            r.id,
            r.kind,
            r.state,
            r.payer_id,
            r.payer_name,
            r.trace,
            r.paid_on,
            r.amount,
            r.difference,
            total[r.id],
            lost[r.id],
            r.held_reason,
            r.file_name,
            r.posted_on,
        )
        for r in found
    ]


@needs(Permission.VIEW)
def get_remittance(work: Work, remittance_id: int) -> RemittanceView:
    """One remittance with claims, lines, reasons and our side of each.

    Raises:
        NotFound: there is none.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None:
        raise NotFound(f"There is no remittance {remittance_id}.")
    receipt = work.session.scalars(
        select(Receipt).where(Receipt.remittance_id == row.id).order_by(Receipt.id.desc())
    ).first()
    held = ZERO
    if receipt is not None:
        amount = work.session.scalar(
            select(func.sum(Leg.amount))
            .join(Entry, Entry.id == Leg.entry_id)
            .where(Leg.receipt_id == receipt.id, Leg.account == Account.UNAPPLIED)
        )
        held = -amount if amount else ZERO
    plb = work.session.scalars(
        select(ProviderAdjustmentRow)
        .where(ProviderAdjustmentRow.remittance_id == row.id)
        .order_by(ProviderAdjustmentRow.id)
    )
    return RemittanceView(
        _rows(work, [row])[0],
        row.claims_paid,
        tuple(PlbView(p.code, p.reference, p.amount) for p in plb),
        receipt.id if receipt else None,
        receipt.number if receipt else "",
        held,
        row.document_sha,
        _claims(work, row.id),
    )


def _claims(work: Work, remittance_id: int) -> tuple[ClaimView, ...]:
    reasons: dict[tuple[int, int | None], list[ReasonView]] = defaultdict(list)
    of_this = select(RemittanceClaim.id).where(RemittanceClaim.remittance_id == remittance_id)
    for a in work.session.scalars(
        select(RemittanceAdjustment)
        .where(RemittanceAdjustment.remittance_claim_id.in_(of_this))
        .order_by(RemittanceAdjustment.id)
    ):
        reasons[a.remittance_claim_id, a.remittance_line_id].append(
            ReasonView(a.group_code, a.reason, a.amount, a.action)
        )
    owed: dict[int, list[tuple[Party, Money]]] = defaultdict(list)
    our_lines = select(RemittanceLine.charge_line_id).where(
        RemittanceLine.remittance_claim_id.in_(of_this)
    )
    for item in work.session.scalars(
        select(OpenItem)
        .where(OpenItem.charge_line_id.in_(our_lines), OpenItem.amount != ZERO)
        .order_by(OpenItem.charge_line_id, OpenItem.party)
    ):
        owed[item.charge_line_id].append((item.party, item.amount))
    lines: dict[int, list[LineView]] = defaultdict(list)
    found = work.session.execute(
        select(RemittanceLine, ChargeLine.procedure, ChargeLine.charge)
        .outerjoin(ChargeLine, ChargeLine.id == RemittanceLine.charge_line_id)
        .where(RemittanceLine.remittance_claim_id.in_(of_this))
        .order_by(RemittanceLine.remittance_claim_id, RemittanceLine.position)
    )
    for x, procedure, charge in found:
        lines[x.remittance_claim_id].append(
            LineView(
                x.id,
                x.position,
                x.code,
                x.modifiers,
                x.service_on,
                x.charge,
                x.paid,
                x.allowed,
                x.remarks,
                tuple(reasons[x.remittance_claim_id, x.id]),
                x.charge_line_id,
                x.matched_by,
                procedure,
                charge,
                tuple(owed[x.charge_line_id or 0]),
            )
        )
    rows = work.session.execute(
        select(RemittanceClaim, Claim.patient_id, Person.last, Person.first)
        .outerjoin(Claim, Claim.id == RemittanceClaim.claim_id)
        .outerjoin(Patient, Patient.id == Claim.patient_id)
        .outerjoin(Person, Person.id == Patient.person_id)
        .where(RemittanceClaim.remittance_id == remittance_id)
        .order_by(RemittanceClaim.position)
    )
    return tuple(
        ClaimView(
            c.id,
            c.position,
            c.control_number,
            c.payer_claim_number,
            c.status,
            c.patient_name,
            c.member_id,
            c.service_on,
            c.charge,
            c.paid,
            c.patient_responsibility,
            c.state,
            c.note,
            c.needs_split,
            c.matched_by,
            c.claim_id,
            patient_id,
            f"{last}, {first}" if last else "",
            c.rank,
            c.crossover_to,
            c.remarks,
            tuple(reasons[c.id, None]),
            tuple(lines[c.id]),
        )
        for c, patient_id, last, first in rows
    )
