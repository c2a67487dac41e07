"""A factory per model, for tests: plausible rows of invented people, made in one line."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Fee, FeeSchedule, Location, Payer, Practice, Procedure, Provider
from desktop.models.values.enums import (
    Account,
    EntryKind,
    FilingCode,
    Party,
    Relationship,
    Sex,
    VisitState,
)
from desktop.models.values.identifiers import npi_check_digit
from desktop.models.values.money import Money
from desktop.models.visits import ChargeLine, Visit, VisitCoverage, VisitDiagnosis
from desktop.services.money import ledger
from desktop.services.money.drafts import EntryDraft, LegDraft, receivable

if TYPE_CHECKING:
    from desktop.services.core.work import Work

_numbers = itertools.count(1)


def npi(number: int) -> str:
    """A valid NPI for any small number."""
    nine = f"1{number:08d}"
    return nine + npi_check_digit(nine)


def make_provider(work: Work, **values: Any) -> Provider:
    """A physician who renders; pass `is_person=False, is_billing=True` for a group."""
    number = next(_numbers)
    row = Provider(
        **{
            "last": f"Hartwell{number}",
            "first": "Nora",
            "credential": "MD",
            "npi": npi(number),
            "taxonomy": "207Q00000X",
            "is_rendering": True,
            "line1": "12 Mill Road",
            "city": "Springfield",
            "state": "IL",
            "zip_code": "627010001",
            "phone": "2175550100",
            "tax_id": "371234567",
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    return row


def make_location(work: Work, **values: Any) -> Location:
    """The office."""
    row = Location(
        **{
            "name": "Main Office",
            "place": "11",
            "npi": npi(900),
            "line1": "12 Mill Road",
            "city": "Springfield",
            "state": "IL",
            "zip_code": "627010001",
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    return row


def make_payer(work: Work, **values: Any) -> Payer:
    """A commercial payer."""
    number = next(_numbers)
    row = Payer(
        **{
            "name": f"Prairie Health {number}",
            "electronic_id": f"PH{number:03d}",
            "filing_code": FilingCode.COMMERCIAL,
            "line1": "PO Box 77",
            "city": "Peoria",
            "state": "IL",
            "zip_code": "616010077",
            "days_original": 180,
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    return row


def make_person(work: Work, **values: Any) -> Person:
    """An invented adult."""
    number = next(_numbers)
    row = Person(
        **{
            "last": f"Quill{number}",
            "first": "Dora",
            "birth_on": dt.date(1980, 4, 5),
            "sex": Sex.FEMALE,
            "line1": "4 Orchard Lane",
            "city": "Springfield",
            "state": "IL",
            "zip_code": "62701",
            "phone": "2175550123",
            **values,
        }
    )
    row.last_folded = row.last.upper()
    work.session.add(row)
    work.session.flush()
    return row


def make_patient(work: Work, person: Person | None = None, **values: Any) -> Patient:
    """A patient who is her own guarantor unless `guarantor_id` is given."""
    person = person or make_person(work)
    row = Patient(
        **{
            "account_number": f"T{next(_numbers):05d}",
            "person_id": person.id,
            "guarantor_id": person.id,
            "signature_on": dt.date(2026, 1, 2),
            "created_at": "2026-01-02T09:00:00.000000Z",
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    return row


def make_coverage(work: Work, patient: Patient, payer: Payer, **values: Any) -> Coverage:
    """A coverage of the patient as subscriber, from 2020 on."""
    row = Coverage(
        **{
            "patient_id": patient.id,
            "payer_id": payer.id,
            "rank": 1,
            "subscriber_id": patient.person_id,
            "relationship_": Relationship.SELF,
            "member_id": f"M{next(_numbers):07d}",
            "valid_from": dt.date(2020, 1, 1),
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    return row


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line for `make_visit`."""

    procedure: str = "99213"
    charge: Money = Money(12000)
    modifiers: str = ""
    pointers: str = "1"
    units: Decimal = Decimal(1)


def make_visit(
    work: Work,
    patient: Patient,
    coverages: tuple[Coverage, ...] = (),
    lines: tuple[LineSpec, ...] = (LineSpec(),),
    *,
    posted: bool = True,
    diagnoses: tuple[str, ...] = ("E119",),
    **values: Any,
) -> Visit:
    """A visit; posted, its charges stand in the ledger with the first payer or the patient."""
    practice = work.session.get_one(Practice, 1)
    service_on = values.pop("service_on", dt.date(2026, 9, 1))
    row = Visit(
        **{
            "patient_id": patient.id,
            "service_on": service_on,
            "state": VisitState.POSTED if posted else VisitState.DRAFT,
            "billing_id": practice.billing_provider_id,
            "rendering_id": practice.default_rendering_id,
            "location_id": practice.default_location_id,
            "created_at": "2026-09-01T09:00:00.000000Z",
            "posted_on": service_on if posted else None,
            **values,
        }
    )
    work.session.add(row)
    work.session.flush()
    for position, code in enumerate(diagnoses, 1):
        work.session.add(
            VisitDiagnosis(visit_id=row.id, position=position, code=code, title=f"Title {code}")
        )
    for coverage in coverages:
        work.session.add(
            VisitCoverage(
                visit_id=row.id,
                rank=coverage.rank,
                coverage_id=coverage.id,
                payer_id=coverage.payer_id,
            )
        )
    first = min(coverages, key=lambda c: c.rank, default=None)
    for position, spec in enumerate(lines, 1):
        line = _add_line(work, row, position, spec, posted=posted)
        if posted:
            _post_charge(work, line, first)
    work.session.flush()
    work.session.refresh(row)
    return row


def _add_line(
    work: Work, visit: Visit, position: int, spec: LineSpec, *, posted: bool
) -> ChargeLine:
    line = ChargeLine(
        visit_id=visit.id,
        patient_id=visit.patient_id,
        position=position,
        state="posted" if posted else "draft",
        service_on=visit.service_on,
        to_on=visit.service_on,
        place=visit.place,
        procedure=spec.procedure,
        title="Office visit",
        modifiers=spec.modifiers,
        pointers=spec.pointers,
        units=spec.units,
        charge=spec.charge,
    )
    work.session.add(line)
    work.session.flush()
    return line


def _post_charge(work: Work, line: ChargeLine, first: Coverage | None) -> None:
    """The charge in the ledger, owed by the first payer, or by the patient without one."""
    party = Party(first.rank) if first else Party.PATIENT
    payer_id = first.payer_id if first else None
    ledger.post(
        work,
        EntryDraft(
            EntryKind.CHARGE,
            work.clock.today(),
            (
                receivable(line.id, party, payer_id, line.charge),
                LegDraft(Account.REVENUE, -line.charge, charge_line_id=line.id),
            ),
        ),
    )


def set_up_practice(work: Work) -> Practice:
    """Give the practice a group that bills, a physician, an office and a fee schedule."""
    practice = work.session.get_one(Practice, 1)
    group = make_provider(
        work,
        last="Millbrook Family Care",
        first="",
        credential="",
        is_person=False,
        is_billing=True,
        is_rendering=False,
        taxonomy="207Q00000X",
    )
    physician = make_provider(work)
    office = make_location(work)
    schedule = FeeSchedule(name="Standard")
    work.session.add(schedule)
    work.session.flush()
    for code, title, cents in (
        ("99213", "Office visit, established patient", 12000),
        ("99214", "Longer office visit, established patient", 18000),
        ("85025", "Blood count", 3000),
    ):
        work.session.add(Procedure(code=code, title=title))
        work.session.add(
            Fee(
                schedule_id=schedule.id,
                code=code,
                amount=Money(cents),
                valid_from=dt.date(2020, 1, 1),
            )
        )
    practice.billing_provider_id = group.id
    practice.default_rendering_id = physician.id
    practice.default_location_id = office.id
    practice.standard_schedule_id = schedule.id
    practice.submitter_id = "MILLBROOK"
    practice.contact_name = "Olive Owner"
    practice.phone = "2175550100"
    practice.receiver_id = "CLEARHOUSE"
    practice.receiver_name = "Clear House"
    work.session.flush()
    return practice
