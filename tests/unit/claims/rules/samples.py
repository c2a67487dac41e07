"""A claim without fault, for tests that break it in one place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    CoverageRecord,
    DiagnosisRecord,
    LineRecord,
    Name,
    PayerRecord,
    PersonRecord,
    PriorAdjustment,
    PriorAnswer,
    PriorLine,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Relationship, Sex
from desktop.models.values.money import Money

TODAY = dt.date(2026, 9, 15)
ON = dt.date(2026, 9, 1)
HOME = Address("4 Orchard Lane", "Springfield", "IL", "62701")
OFFICE = Address("12 Mill Road", "Springfield", "IL", "627010001")
PATIENT = PersonRecord(Name("Quill", "Dora"), dt.date(1980, 4, 5), Sex.FEMALE, HOME)
SPOUSE = PersonRecord(Name("Quill", "Egon"), dt.date(1979, 1, 2), Sex.MALE, HOME)
GROUP = ProviderRecord(
    Name("Millbrook Family Care"),
    "1234567893",
    is_person=False,
    taxonomy="207Q00000X",
    address=OFFICE,
    tax_id="371234567",
)
DOCTOR = ProviderRecord(Name("Hartwell", "Nora"), "1679576722", taxonomy="207Q00000X")
FIRST = CoverageRecord(
    1,
    PayerRecord("Prairie Health", "PH001", FilingCode.COMMERCIAL, OFFICE),
    "M1234567",
    Relationship.SELF,
    PATIENT,
)
SECOND = CoverageRecord(
    2,
    PayerRecord("Lakeside Life", "LL001", FilingCode.COMMERCIAL, OFFICE),
    "L7654321",
    Relationship.SPOUSE,
    SPOUSE,
)
MEDICARE = CoverageRecord(
    1,
    PayerRecord("Medicare Illinois", "00952", FilingCode.MEDICARE_B, OFFICE),
    "1EG4-TE5-MK73",
    Relationship.SELF,
    PATIENT,
)
ANSWER = PriorAnswer(
    paid=Money(8000),
    adjudicated_on=dt.date(2026, 9, 10),
    lines=(
        PriorLine(
            11,
            Money(8000),
            Decimal(1),
            dt.date(2026, 9, 10),
            (
                PriorAdjustment("CO", "45", Money(2000)),
                PriorAdjustment("PR", "2", Money(2000)),
            ),
        ),
        PriorLine(
            12,
            Money(0),
            Decimal(1),
            dt.date(2026, 9, 10),
            (PriorAdjustment("PR", "1", Money(3000)),),
        ),
    ),
)


def line(number: int, **changes: Any) -> LineRecord:
    values: dict[str, Any] = {
        "number": number,
        "from_on": ON,
        "to_on": ON,
        "place": "11",
        "procedure": "99213",
        "charge": Money(12000),
    }
    return LineRecord(**(values | changes))


def claim(**changes: Any) -> ClaimRecord:
    """Two lines, two diagnoses, two coverages; the first payer is billed."""
    values: dict[str, Any] = {
        "control_number": "C000000123",
        "payer_rank": 1,
        "coverages": (FIRST, SECOND),
        "patient": PATIENT,
        "billing": GROUP,
        "rendering": DOCTOR,
        "diagnoses": (DiagnosisRecord("E119"), DiagnosisRecord("I10")),
        "lines": (
            line(11, pointers=(1, 2)),
            line(12, procedure="85025", charge=Money(3000), pointers=(2,)),
        ),
        "place": "11",
    }
    return ClaimRecord(**(values | changes))


def second_claim(answer: PriorAnswer | None = ANSWER) -> ClaimRecord:
    """The same to the second payer, with the first one's answer."""
    return claim(payer_rank=2, coverages=(replace(FIRST, answer=answer), SECOND))
