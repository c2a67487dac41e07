"""The patient and the subscribers: names, birth dates, sex, addresses, member ids."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.models.values.enums import FilingCode, Relationship, Sex
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    first_day,
    target,
    warning,
)
from desktop.services.formats.documents.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import (
        Address,
        ClaimRecord,
        CoverageRecord,
        PersonRecord,
    )

_OLDEST = dt.date(1890, 1, 1)


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    yield from _patient(record, context)
    for coverage in record.coverages:
        yield from _subscriber(record, coverage, context)
    if not record.signature_on_file:
        yield warning(
            "patient.signature",
            "patient.signature_on",
            "No signature of the patient is on file; items 12 and 13 stay empty.",
            "item 12, CLM09",
        )


def _patient(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    patient = record.patient
    if not plain(patient.name.last):
        text = "The patient has no last name."
        yield error("patient.name", "patient.last", text, "item 2, 2010BA NM103")
    if not patient.name.first.strip():
        yield warning(
            "patient.first",
            "patient.first",
            "The patient has no first name; most payers refuse a claim without one.",
            "item 2, 2010BA NM104",
        )
    yield from _birth(patient, "patient.birth_on", "The patient", context)
    if patient.sex is Sex.UNKNOWN:
        text = "The patient's sex is unknown; many payers want F or M as on the card."
        yield warning("patient.sex", "patient.sex", text, "item 3, DMG03")
    yield from _address(patient.address, "patient", "The patient", "item 5, 2010BA N3")
    served = first_day(record)
    if served is not None and patient.birth_on is not None and served < patient.birth_on:
        text = "The date of service lies before the patient's birth; correct one of them."
        yield error("dates.before_birth", "service_on", text, "item 3, 24A")


def _birth(person: PersonRecord, where: str, who: str, context: CheckContext) -> Iterator[Finding]:
    source = "items 3 and 11a, DMG02"
    if person.birth_on is None:
        yield error("person.birth", where, f"{who} has no birth date; enter it.", source)
    elif person.birth_on > context.today or person.birth_on < _OLDEST:
        text = f"{who} was not born on {person.birth_on:%m/%d/%Y}; correct the date."
        yield error("person.birth", where, text, source)


def _address(address: Address | None, where: str, who: str, source: str) -> Iterator[Finding]:
    if address is None or not (address.line1.strip() and address.city.strip()):
        text = f"{who} has no complete address: street, city, state, ZIP."
        yield error("person.address", f"{where}.line1", text, source)
        return
    problem = ids.state_problem(address.state)
    if problem:
        yield error("address.state", f"{where}.state", problem, source)
    problem = ids.zip_problem(address.zip_code)
    if problem:
        yield error("address.zip", f"{where}.zip_code", problem, source)


def _subscriber(
    record: ClaimRecord, coverage: CoverageRecord, context: CheckContext
) -> Iterator[Finding]:
    where = f"coverage.{coverage.rank}"
    subscriber, patient = coverage.subscriber, record.patient
    if not plain(subscriber.name.last):
        yield error(
            "subscriber.missing",
            f"{where}.subscriber",
            f"Coverage {coverage.rank} has no subscriber; enter whose insurance it is.",
            "item 4, 2010BA NM103",
        )
        return
    yield from _relationship(coverage, patient, where)
    if coverage.relationship is Relationship.SELF:
        return
    if subscriber.birth_on is None or subscriber.address is None:
        yield warning(
            "subscriber.details",
            f"{where}.subscriber",
            "The subscriber's birth date and address are wanted by most clearinghouses.",
            "items 7 and 11a, 2010BA N3 and DMG",
        )
    if subscriber.birth_on is not None:
        yield from _birth(subscriber, f"{where}.subscriber", "The subscriber", context)
    if subscriber.address is not None and coverage is target(record):
        own = f"{where}.subscriber"
        yield from _address(subscriber.address, own, "The subscriber", "item 7, 2010BA N3")


def _relationship(coverage: CoverageRecord, patient: PersonRecord, where: str) -> Iterator[Finding]:
    """SBR02 18 only when the patient is the subscriber, else a patient loop of its own."""
    subscriber = coverage.subscriber
    mine = (subscriber.name, subscriber.birth_on) == (patient.name, patient.birth_on)
    own = coverage.relationship is Relationship.SELF
    source = "item 6, SBR02 and PAT01"
    if own and not mine:
        yield error(
            "subscriber.relationship",
            f"{where}.relationship",
            "The relationship says “self”, but the subscriber is another person; correct one.",
            source,
        )
    elif mine and not own:
        yield error(
            "subscriber.relationship",
            f"{where}.relationship",
            "The patient is the subscriber, so the relationship must be “self”.",
            source,
        )
    elif not own and coverage.payer.filing_code is FilingCode.MEDICARE_B:
        text = "Medicare insures each person alone; the patient must be the subscriber."
        yield error("subscriber.medicare", f"{where}.relationship", text, source)
