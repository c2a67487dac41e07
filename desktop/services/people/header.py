"""What always stands above a patient's page: who it is, who pays, what is owed, what to mind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import NotFound
from desktop.models.ledger import OpenItem
from desktop.models.people import Patient, Person
from desktop.models.values.age import age_on
from desktop.models.values.enums import Party, Sex
from desktop.models.values.money import ZERO, Money, total
from desktop.services.core.work import Permission, Work, needs
from desktop.services.people import coverages, people, search

if TYPE_CHECKING:
    import datetime as dt


class AlertKind(StrEnum):
    """What an alert is about; the page gives each its mark and word."""

    NOTE = "note"
    MAY_NOT_BILL = "may not be billed"
    NO_COVERAGE = "no coverage in force"
    EXPIRED = "coverage ended"
    NO_SIGNATURE = "no signature on file"
    NO_ADDRESS = "no address"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to mind."""

    kind: AlertKind
    text: str


@dataclass(frozen=True, slots=True)
class PatientHeader:
    """The header of a patient.

    Attributes:
        age: whole years on the practice's date.
        coverage: the coverages in force today, in one line.
        patient_balance: what the patient owes, net of unapplied payments (below zero: credit).
        insurance_balance: what payers owe.
        unapplied: what the patient paid ahead.
        copay: of the first coverage in force, None when the card names none.
    """

    id: int
    version: int
    name: str
    birth_on: dt.date | None
    age: int | None
    sex: Sex
    account_number: str
    phone: str
    coverage: str
    copay: Money | None
    patient_balance: Money
    insurance_balance: Money
    unapplied: Money
    alerts: tuple[Alert, ...]
    is_active: bool


@needs(Permission.VIEW)
def patient_header(work: Work, patient_id: int) -> PatientHeader:
    """The header of one patient: a handful of queries, whatever the number of visits."""
    session = work.session
    found = session.execute(
        select(Patient, Person)
        .join(Person, Person.id == Patient.person_id)
        .where(Patient.id == patient_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such patient; search again.")
    row, person = found
    today = work.clock.today()
    every = coverages.list_for(work, patient_id)
    in_force = [c for c in every if c.in_force(today)]
    by_party = (
        select(OpenItem.party, func.sum(OpenItem.amount))
        .where(OpenItem.patient_id == patient_id, OpenItem.amount != ZERO)
        .group_by(OpenItem.party)
    )
    open_amounts = dict(session.execute(by_party).all())
    owed = open_amounts.pop(Party.PATIENT, ZERO)
    balance = search.patient_balances(work, [patient_id]).get(patient_id, ZERO)
    return PatientHeader(
        id=row.id,
        version=row.version,
        name=people.shown_name(person.last, person.first, person.middle, person.suffix),
        birth_on=person.birth_on,
        age=age_on(person.birth_on, today) if person.birth_on else None,
        sex=person.sex,
        account_number=row.account_number,
        phone=person.phone,
        coverage="; ".join(f"{c.payer_name} ({c.rank_name})" for c in in_force),
        copay=next((c.draft.copay for c in in_force), None),
        patient_balance=balance,
        insurance_balance=total(open_amounts.values()),
        unapplied=owed - balance,
        alerts=tuple(_alerts(row, person, every, today)),
        is_active=row.is_active,
    )


def _alerts(
    row: Patient, person: Person, every: list[coverages.CoverageRecord], today: dt.date
) -> list[Alert]:
    found = []
    if not row.is_active:
        found.append(Alert(AlertKind.INACTIVE, "This patient was taken out of the lists."))
    if row.alert:
        found.append(Alert(AlertKind.NOTE, row.alert))
    in_force = [c for c in every if c.in_force(today)]
    if row.may_not_bill:
        found.append(
            Alert(AlertKind.MAY_NOT_BILL, f"May not be billed: {row.may_not_bill_reason}.")
        )
    elif any(c.may_not_bill_patient for c in in_force):
        names = ", ".join(c.payer_name for c in in_force if c.may_not_bill_patient)
        found.append(Alert(AlertKind.MAY_NOT_BILL, f"May not be billed: {names}."))
    ended = [c.valid_to for c in every if c.valid_to is not None and c.valid_to < today]
    if every and not in_force and ended:
        found.append(
            Alert(
                AlertKind.EXPIRED,
                f"The coverage ended on {max(ended):%m/%d/%Y}; ask for a new card.",
            )
        )
    elif not in_force:
        found.append(Alert(AlertKind.NO_COVERAGE, "No coverage in force: the patient pays."))
    if row.signature_on is None:
        found.append(
            Alert(AlertKind.NO_SIGNATURE, "No signature on file; claims wait for its date.")
        )
    if not person.line1:
        found.append(Alert(AlertKind.NO_ADDRESS, "No address; claims and statements need one."))
    return found
