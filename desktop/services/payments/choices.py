"""What a person chooses from while posting: our claims, their lines, what patients owe."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from desktop.models.claims import Claim, ClaimLine, SubmissionClaim
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, ClaimState, Party
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, VisitCoverage
from desktop.services.core.work import Permission, Work, needs
from desktop.services.people import people, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})|(\d{4})-(\d{1,2})-(\d{1,2})")
_DRAFTS = (ClaimState.DRAFT, ClaimState.CHECKED, ClaimState.VOID)


@dataclass(frozen=True, slots=True)
class ClaimChoice:
    """One of our claims, as it is picked for a payer's answer."""

    id: int
    control_number: str
    patient_id: int
    patient: str
    birth_on: dt.date | None
    service_on: dt.date
    payer: str
    rank: int
    charge: Money
    state: ClaimState
    open: Money


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A charge line with what each party owes on it now."""

    id: int
    position: int
    service_on: dt.date
    procedure: str
    modifiers: str
    charge: Money
    owed: tuple[tuple[Party, Money], ...]


@dataclass(frozen=True, slots=True)
class CreditPart:
    """A patient's receipt on a line that stands in the patient's credit.

    Attributes:
        held: what the receipt stands with on the line.
        credit: by how much the patient's part of the line is below zero.
    """

    receipt_id: int
    number: str
    charge_line_id: int
    service_on: dt.date
    procedure: str
    held: Money
    credit: Money

    @property
    def amount(self) -> Money:
        """What may come off without the patient owing anything again."""
        return min(self.held, self.credit)


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A charge line on which a patient of the family owes something."""

    id: int
    patient_id: int
    patient: str
    service_on: dt.date
    procedure: str
    charge: Money
    owed: Money
    since: dt.date | None


def read_date(text: str) -> dt.date | None:
    """A date as people write it in the United States, or ISO; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    month, day, year, iso_year, iso_month, iso_day = found.groups()
    y, m, d = (iso_year, iso_month, iso_day) if iso_year else (year, month, day)
    whole = int(y) + (2000 if len(y) == 2 else 0)
    try:
        return dt.date(whole, int(m), int(d))
    except ValueError:
        return None


@needs(Permission.VIEW)
def find_claims(
    work: Work, text: str, *, payer_id: int | None = None, limit: int = 50
) -> list[ClaimChoice]:
    """Claims by claim number, by patient (as the search box finds them) and date of service.

    `payer_id` keeps to claims of visits that this payer covers. An empty text finds nothing.
    """
    words = text.replace(",", " ").split()
    if not words:
        return []
    dates = [d for d in map(read_date, words) if d is not None]
    names = [w for w in words if read_date(w) is None]
    query = select(Claim.id).where(Claim.state.not_in(_DRAFTS))
    if dates:
        query = query.where(Claim.service_on.in_(dates))
    if names:
        patients = [row.id for row in search.search(work, " ".join(names), 25, inactive=True)]
        either = [Claim.patient_id.in_(patients)]
        if len(names) == 1 and re.search(r"\d", names[0]):
            number = names[0].upper()
            sent = select(SubmissionClaim.claim_id).where(
                SubmissionClaim.control_number.between(number, number + "~")
            )
            either.append(Claim.control_number.between(number, number + "~"))
            either.append(Claim.id.in_(sent))
        query = query.where(or_(*either))
    if payer_id is not None:
        covered = select(VisitCoverage.visit_id).where(VisitCoverage.payer_id == payer_id)
        query = query.where(Claim.visit_id.in_(covered))
    ids = work.session.scalars(query.order_by(Claim.service_on.desc(), Claim.id.desc()))
    return claim_choices(work, list(ids.fetchmany(limit)))


@needs(Permission.VIEW)
def claim_choices(work: Work, ids: Sequence[int]) -> list[ClaimChoice]:
    """These claims as choices, in the order asked."""
    sums = work.session.execute(
        select(ClaimLine.claim_id, func.sum(OpenItem.amount).label("amount"))
        .join(OpenItem, OpenItem.charge_line_id == ClaimLine.charge_line_id)
        .where(ClaimLine.claim_id.in_(ids))
        .group_by(ClaimLine.claim_id)
    )
    still_open = {r.claim_id: r.amount for r in sums}
    rows = work.session.execute(
        select(Claim, Person.last, Person.first, Person.birth_on, Payer.name)
        .join(Patient, Patient.id == Claim.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .join(Payer, Payer.id == Claim.payer_id)
        .where(Claim.id.in_(ids))
    )
    found = {
        c.id: ClaimChoice(
            c.id,
            c.control_number,
            c.patient_id,
            people.shown_name(last, first),
            birth_on,
            c.service_on,
            payer,
            c.rank,
            c.charge,
            c.state,
            still_open.get(c.id) or ZERO,
        )
        for c, last, first, birth_on, payer in rows
    }
    return [found[i] for i in ids if i in found]


@needs(Permission.VIEW)
def claim_lines(work: Work, claim_id: int) -> list[LineChoice]:
    """The charge lines that a claim carries, in its order."""
    query = (
        select(ChargeLine, ClaimLine.position)
        .join(ClaimLine, ClaimLine.charge_line_id == ChargeLine.id)
        .where(ClaimLine.claim_id == claim_id)
        .order_by(ClaimLine.position)
    )
    rows = [(line, position) for line, position in work.session.execute(query)]
    return _choices(work, rows)


@needs(Permission.VIEW)
def charge_line(work: Work, charge_line_id: int) -> LineChoice | None:
    """One charge line with what is owed on it."""
    row = work.session.get(ChargeLine, charge_line_id)
    return _choices(work, [(row, row.position)])[0] if row is not None else None


def _choices(work: Work, rows: Sequence[tuple[ChargeLine, int]]) -> list[LineChoice]:
    owed: dict[int, list[tuple[Party, Money]]] = defaultdict(list)
    for item in work.session.scalars(
        select(OpenItem)
        .where(OpenItem.charge_line_id.in_([r.id for r, _ in rows]), OpenItem.amount != ZERO)
        .order_by(OpenItem.charge_line_id, OpenItem.party)
    ):
        owed[item.charge_line_id].append((item.party, item.amount))
    return [
        LineChoice(
            r.id, position, r.service_on, r.procedure, r.modifiers, r.charge, tuple(owed[r.id])
        )
        for r, position in rows
    ]


@needs(Permission.VIEW)
def credit_parts(work: Work, claim_id: int) -> list[CreditPart]:
    """The receipts that make up what patients have in credit on a claim's lines."""
    query = (
        select(
            Receipt.id,
            Receipt.number,
            ChargeLine.id,
            ChargeLine.service_on,
            ChargeLine.procedure,
            -func.sum(Leg.amount),
            -func.max(OpenItem.amount),
        )
        .join(Entry, Entry.id == Leg.entry_id)
        .join(Receipt, Receipt.id == Entry.receipt_id)
        .join(ChargeLine, ChargeLine.id == Leg.charge_line_id)
        .join(ClaimLine, ClaimLine.charge_line_id == ChargeLine.id)
        .join(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
        .where(
            ClaimLine.claim_id == claim_id,
            OpenItem.party == Party.PATIENT,
            OpenItem.amount < ZERO,
            Leg.account == Account.RECEIVABLE,
            Leg.party == Party.PATIENT,
            Receipt.kind == "patient",
            Receipt.voided_on.is_(None),
        )
        .group_by(Receipt.id, ChargeLine.id)
        .having(func.sum(Leg.amount) < ZERO)
        .order_by(ChargeLine.id, Receipt.id.desc())
    )
    return [CreditPart(*row) for row in work.session.execute(query)]


@needs(Permission.VIEW)
def patient_lines(work: Work, patient_id: int) -> list[PatientLine]:
    """What the patient and the guarantor's family owe themselves, the patient's oldest first."""
    guarantor = select(Patient.guarantor_id).where(Patient.id == patient_id).scalar_subquery()
    rows = work.session.execute(
        select(OpenItem, ChargeLine.procedure, ChargeLine.charge, Person.last, Person.first)
        .join(ChargeLine, ChargeLine.id == OpenItem.charge_line_id)
        .join(Patient, Patient.id == OpenItem.patient_id)
        .join(Person, Person.id == Patient.person_id)
        .where(
            OpenItem.party == Party.PATIENT,
            OpenItem.amount > ZERO,
            Patient.guarantor_id == guarantor,
        )
        .order_by(OpenItem.patient_id != patient_id, OpenItem.since, OpenItem.charge_line_id)
    )
    return [
        PatientLine(
            o.charge_line_id,
            o.patient_id,
            people.shown_name(last, first),
            o.service_on,
            procedure,
            charge,
            o.amount,
            o.since,
        )
        for o, procedure, charge, last, first in rows
    ]


@needs(Permission.VIEW)
def patient_names(work: Work, ids: Iterable[int]) -> dict[int, str]:
    """The names of these patients, for lists of receipts and tasks."""
    wanted = sorted(set(ids))
    out: dict[int, str] = {}
    for start in range(0, len(wanted), 400):
        rows = work.session.execute(
            select(Patient.id, Person.last, Person.first)
            .join(Person, Person.id == Patient.person_id)
            .where(Patient.id.in_(wanted[start : start + 400]))
        )
        out.update({i: people.shown_name(last, first) for i, last, first in rows})
    return out


@needs(Permission.VIEW)
def payer_names(work: Work, ids: Iterable[int]) -> dict[int, str]:
    """The names of these payers, for lists of receipts."""
    wanted = sorted(set(ids))
    named = select(Payer.id, Payer.name).where(Payer.id.in_(wanted))
    return dict(work.session.execute(named).all())
