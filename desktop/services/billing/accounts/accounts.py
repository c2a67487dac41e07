"""Guarantors' accounts, set-based: what may be billed, what waits, what is held, what was sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, func, or_, select

from desktop.models.ledger import OpenItem, OpenReceipt
from desktop.models.payments import Receipt, Statement
from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Payer
from desktop.models.values.enums import Party
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, VisitCoverage
from desktop.services.money.held import held
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.core.work import Work

# A list of ids that one statement takes.
_AT_ONCE: Final = 5000


@dataclass(slots=True)
class GuarantorAccount:
    """What one guarantor's patients owe, and what was sent to them.

    Attributes:
        due: patients' balances that may be billed.
        barred: patients' balances that nobody may be billed for.
        pending: what still waits on insurance.
        unapplied: money of the patients that is not applied.
        last_on: the day of the newest statement that stands.
    """

    guarantor_id: int
    due: Money = ZERO
    barred: Money = ZERO
    pending: Money = ZERO
    unapplied: Money = ZERO
    last_on: dt.date | None = None

    @property
    def net(self) -> Money:
        """What a statement would ask for; below zero it is a credit."""
        return self.due - self.unapplied


def barred_visit() -> ColumnElement[bool]:
    """Whether a payer or coverage of a charge line's visit forbids billing the patient."""
    return (
        select(VisitCoverage.visit_id)
        .join(Coverage, Coverage.id == VisitCoverage.coverage_id)
        .join(Payer, Payer.id == VisitCoverage.payer_id)
        .where(
            VisitCoverage.visit_id == ChargeLine.visit_id,
            or_(Coverage.may_not_bill_patient, Payer.may_not_bill_patient),
        )
        .correlate(ChargeLine)
        .exists()
    )


def _anything_bars(work: Work) -> bool:
    by_payer = select(Payer.id).where(Payer.may_not_bill_patient).limit(1)
    by_coverage = select(Coverage.id).where(Coverage.may_not_bill_patient).limit(1)
    return any(work.session.scalar(query) is not None for query in (by_payer, by_coverage))


def accounts(work: Work, guarantor_ids: Sequence[int] | None = None) -> list[GuarantorAccount]:
    """All accounts on which something is open or held, or those of some guarantors."""
    found: dict[int, GuarantorAccount] = {}

    def account(guarantor_id: int) -> GuarantorAccount:
        return found.setdefault(guarantor_id, GuarantorAccount(guarantor_id))

    chosen = [] if guarantor_ids is None else [Patient.guarantor_id.in_(guarantor_ids)]
    for guarantor_id, may_not_bill, own, pending in work.session.execute(_open_by_patient(chosen)):
        one = account(guarantor_id)
        one.pending += pending or ZERO
        if may_not_bill:
            one.barred += own or ZERO
        else:
            one.due += own or ZERO
    # Looking at each line's visit is most of the work, and few practices need it.
    if _anything_bars(work):
        for guarantor_id, amount in work.session.execute(_barred_by_visit(chosen)):
            account(guarantor_id).due -= amount
            account(guarantor_id).barred += amount
    for guarantor_id, amount in work.session.execute(_held_by_guarantor(chosen)):
        account(guarantor_id).unapplied = amount
    for guarantor_id, last_on in work.session.execute(_last_sent(guarantor_ids)):
        if guarantor_id in found:
            found[guarantor_id].last_on = last_on
    return [found[i] for i in sorted(found)]


def _open_by_patient(
    chosen: Sequence[ColumnElement[bool]],
) -> Select[int, bool, Money | None, Money | None]:
    """Each patient's guarantor, whether nobody may bill them, their own balance, what waits."""
    items = select(
        OpenItem.patient_id,
        func.sum(OpenItem.amount).filter(OpenItem.party == Party.PATIENT).label("own"),
        func.sum(OpenItem.amount).filter(OpenItem.party > Party.PATIENT).label("pending"),
    ).where(OpenItem.amount != NOTHING)
    if chosen:
        items = items.where(OpenItem.patient_id.in_(select(Patient.id).where(*chosen)))
    by_patient = items.group_by(OpenItem.patient_id).subquery()
    return select(
        Patient.guarantor_id, Patient.may_not_bill, by_patient.c.own, by_patient.c.pending
    ).join(by_patient, by_patient.c.patient_id == Patient.id)


def _barred_by_visit(chosen: Sequence[ColumnElement[bool]]) -> Select[int, Money]:
    """Balances of patients who may be billed, on visits for which they may not."""
    return (
        select(Patient.guarantor_id, func.sum(OpenItem.amount))
        .join(OpenItem, OpenItem.patient_id == Patient.id)
        .join(ChargeLine, ChargeLine.id == OpenItem.charge_line_id)
        .where(
            OpenItem.party == Party.PATIENT,
            OpenItem.amount != NOTHING,
            ~Patient.may_not_bill,
            barred_visit(),
            *chosen,
        )
        .group_by(Patient.guarantor_id)
    )


def _held_by_guarantor(chosen: Sequence[ColumnElement[bool]]) -> Select[int, Money]:
    """What receipts of a guarantor's patients still hold."""
    return (
        select(Patient.guarantor_id, func.sum(OpenReceipt.amount))
        .join(Receipt, Receipt.patient_id == Patient.id)
        .join(OpenReceipt, OpenReceipt.receipt_id == Receipt.id)
        .where(Receipt.id.in_(select(held().c.receipt_id)), Receipt.kind == "patient", *chosen)
        .group_by(Patient.guarantor_id)
        .having(func.sum(OpenReceipt.amount) != NOTHING)
    )


def _last_sent(guarantor_ids: Sequence[int] | None) -> Select[int, dt.date]:
    """The day of each guarantor's newest statement that stands."""
    sent = select(Statement.guarantor_id, func.max(Statement.issued_on)).where(
        Statement.voided_on.is_(None)
    )
    if guarantor_ids is not None:
        sent = sent.where(Statement.guarantor_id.in_(guarantor_ids))
    return sent.group_by(Statement.guarantor_id)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A guarantor as a list of accounts needs one."""

    name: str
    has_address: bool


def addressees(work: Work, guarantor_ids: Sequence[int]) -> dict[int, Addressee]:
    """Names of guarantors and whether a letter would arrive, without loading whole persons."""
    found: dict[int, Addressee] = {}
    for start in range(0, len(guarantor_ids), _AT_ONCE):
        rows = work.session.execute(
            select(
                Person.id,
                Person.last,
                Person.first,
                Person.line1,
                Person.city,
                Person.state,
                Person.zip_code,
            ).where(Person.id.in_(guarantor_ids[start : start + _AT_ONCE]))
        )
        for i, last, first, *address in rows:
            found[i] = Addressee(f"{last}, {first}".strip(", "), _arrives(*address))
    return found


def people(work: Work, guarantor_ids: Sequence[int]) -> dict[int, Person]:
    """The guarantors themselves."""
    found: dict[int, Person] = {}
    for start in range(0, len(guarantor_ids), 5000):
        part = guarantor_ids[start : start + 5000]
        found.update(
            {p.id: p for p in work.session.scalars(select(Person).where(Person.id.in_(part)))}
        )
    return found


def numbers(work: Work, guarantor_ids: Sequence[int]) -> dict[int, str]:
    """The account number of each guarantor: their own as a patient, else the first patient's."""
    rows: dict[int, list[tuple[bool, int, str]]] = defaultdict(list)
    for start in range(0, len(guarantor_ids), 5000):
        part = guarantor_ids[start : start + 5000]
        for guarantor, person, patient, number in work.session.execute(
            select(
                Patient.guarantor_id, Patient.person_id, Patient.id, Patient.account_number
            ).where(Patient.guarantor_id.in_(part))
        ):
            rows[guarantor].append((person != guarantor, patient, number))
    return {guarantor: min(found)[2] for guarantor, found in rows.items()}


def letter_name(person: Person) -> str:
    """A name as a letter has it: ``Dora M Quill Jr``."""
    return " ".join(p for p in (person.first, person.middle, person.last, person.suffix) if p)


def city_line(city: str, state: str, zip_code: str) -> str:
    """The last line of an address: ``Springfield, IL 62701-0001``."""
    code = f"{zip_code[:5]}-{zip_code[5:]}" if len(zip_code) == 9 else zip_code
    place = f"{city}, {state}" if city and state else city or state
    return f"{place} {code}".strip()


def address_lines(person: Person) -> tuple[str, ...]:
    """Name and postal lines of a guarantor."""
    lines = (letter_name(person), person.line1, person.line2)
    last = city_line(person.city, person.state, person.zip_code)
    return tuple(line for line in (*lines, last) if line)


def has_address(person: Person) -> bool:
    """Whether a letter would arrive: street, city, state and ZIP code."""
    return _arrives(person.line1, person.city, person.state, person.zip_code)


def _arrives(line1: str, city: str, state: str, zip_code: str) -> bool:
    return bool(line1 and city and state and len(zip_code) >= 5)
