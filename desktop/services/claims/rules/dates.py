"""Dates that cannot be, and facts that must carry a date: accidents, onset, admission."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    first_day,
    numbered_lines,
    shown,
    warning,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

INPATIENT = frozenset({"21", "51", "61"})
_CAUSES = frozenset({"EM", "AA", "OA"})
_ICD10_SINCE = dt.date(2015, 10, 1)
_ONSET = {"431": "onset", "484": "last menstrual period", "454": "initial treatment"}


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    yield from _services(record, context)
    yield from _accident(record)
    yield from _onset(record)
    yield from _admission(record)


def _services(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    source = "item 24A, 2400 DTP*472"
    for where, name, line in numbered_lines(record, context):
        if line.to_on < line.from_on:
            text = f"{name} ends before it begins; correct the dates."
            yield error("dates.order", f"{where}.to_on", text, source)
        if max(line.from_on, line.to_on) > context.today:
            late = "from_on" if line.from_on > context.today else "to_on"
            text = f"{name} lies in the future; a claim is for services already given."
            yield error("dates.future", f"{where}.{late}", text, source)
        if line.from_on < _ICD10_SINCE:
            text = f"{name} is before 10/01/2015, when ICD-10 began; correct the date."
            yield error("dates.icd9", f"{where}.from_on", text, "2300 HI")


def _fact(record: ClaimRecord, qualifier: str) -> dt.date | None:
    return next((f.on for f in record.dates if f.qualifier == qualifier), None)


def _accident(record: ClaimRecord) -> Iterator[Finding]:
    source = "items 10a-c and 14, CLM11 and DTP*439"
    on = _fact(record, "439")
    served = first_day(record)
    for cause in record.related_causes:
        if cause not in _CAUSES:
            text = f"“{cause}” is no related cause; use EM, AA or OA."
            yield error("accident.cause", "related_causes", text, source)
    if {"AA", "OA"} & set(record.related_causes) and on is None:
        text = "An accident needs its date."
        yield error("accident.date", "accident_on", text, source)
    if "AA" in record.related_causes:
        if not record.accident_state:
            text = "An auto accident needs the state where it happened."
            yield error("accident.state", "accident_state", text, source)
        elif problem := ids.state_problem(record.accident_state):
            yield error("accident.state", "accident_state", problem, source)
    if on is not None and not record.related_causes:
        text = "There is an accident date but no cause; say whether it was work, auto or other."
        yield warning("accident.no_cause", "related_causes", text, source)
    if on is not None and served is not None and on > served:
        text = f"The accident of {shown(on)} lies after the service; correct one of the dates."
        yield error("accident.after_service", "accident_on", text, source)


def _onset(record: ClaimRecord) -> Iterator[Finding]:
    served = first_day(record)
    for qualifier, name in _ONSET.items():
        on = _fact(record, qualifier)
        if on is not None and served is not None and on > served:
            text = f"The {name} of {shown(on)} lies after the service; correct one of the dates."
            yield error("onset.after_service", "onset_on", text, f"item 14, DTP*{qualifier}")


def _admission(record: ClaimRecord) -> Iterator[Finding]:
    source = "item 18, 2300 DTP*435 and 096"
    places = {record.place, *(line.place for line in record.lines)}
    admitted, left = record.hospital_from, record.hospital_to
    if places & INPATIENT and admitted is None:
        text = "Services to an inpatient need the date of admission."
        yield error("admission.missing", "admitted_on", text, source)
    if admitted is not None and left is not None and left < admitted:
        text = "The discharge lies before the admission; correct one of the dates."
        yield error("admission.order", "discharged_on", text, source)
    served = first_day(record)
    if places & INPATIENT and admitted is not None and served is not None and served < admitted:
        text = f"The service is before the admission of {shown(admitted)}."
        yield warning("admission.after_service", "admitted_on", text, source)
    start, end = record.unable_to_work_from, record.unable_to_work_to
    if start is not None and end is not None and end < start:
        text = "The patient's time unable to work ends before it begins."
        yield error("work.order", "unable_to_work_to", text, "item 16, DTP*314")
