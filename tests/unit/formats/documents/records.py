"""Invented claims for the document tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf

from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    CoverageRecord,
    DatedFact,
    DiagnosisRecord,
    DrugRecord,
    LineRecord,
    Name,
    PayerRecord,
    PersonRecord,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Frequency, Relationship, Sex
from desktop.models.values.money import Money

HOME = Address("12 N. Elm St., Apt 4", "Springfield", "IL", "627040012")
OFFICE = Address("500 Oak Avenue", "Springfield", "IL", "627010500", "Suite 200")
PATIENT = PersonRecord(
    Name("O'Brien-Łuk", "María", "Anne", "Jr."),
    dt.date(1979, 3, 7),
    Sex.FEMALE,
    HOME,
    "(217) 555-0142",
)
SPOUSE = PersonRecord(
    Name("Brien", "Thomas", "Q"), dt.date(1977, 12, 31), Sex.MALE, HOME, "217-555-0143"
)
PAYER = PayerRecord(
    "Prairie Mutual Health",
    "60054",
    FilingCode.BLUES,
    Address("PO Box 981106", "El Paso", "TX", "799981106"),
)
COVERAGE = CoverageRecord(
    1, PAYER, "XYZ-123 456-789", Relationship.SPOUSE, SPOUSE, "GRP-77", "Prairie PPO"
)
OTHER = CoverageRecord(
    2,
    PayerRecord("Lakeside Life", "77001", FilingCode.COMMERCIAL),
    "LL-900-1",
    Relationship.SELF,
    PATIENT,
    "",
    "Lakeside Plus",
)
MEDICARE = CoverageRecord(
    1,
    PayerRecord("Medicare Illinois", "00952", FilingCode.MEDICARE_B),
    "1EG4-TE5-MK73",
    Relationship.SELF,
    PATIENT,
)
BILLING = ProviderRecord(
    Name("Elm Street Family Practice, P.C."),
    "1234567893",
    is_person=False,
    taxonomy="207Q00000X",
    address=OFFICE,
    tax_id="36-1234567",
    phone="217.555.0100",
)
DOCTOR = ProviderRecord(
    Name("Vance", "Ruth", "Eleanor"), "1679576722", credential="M.D.", taxonomy="207R00000X"
)
REFERRER = ProviderRecord(
    Name("Stone", "Peter", "J"), "1588667638", credential="DO", other_ids=(("0B", "036-99887"),)
)
LAB = ProviderRecord(
    Name("North Clinic"),
    "1497758544",
    is_person=False,
    address=Address("9 Lake Rd", "Chatham", "IL", "626291111"),
    other_ids=(("G2", "NC 55"),),
)
ON = dt.date(2026, 9, 1)


def line(number: int = 1, **changes: Any) -> LineRecord:
    values: dict[str, Any] = {
        "number": number,
        "from_on": ON,
        "to_on": ON,
        "place": "11",
        "procedure": "99213",
        "charge": Money(12550),
    }
    return LineRecord(**(values | changes))


def claim(**changes: Any) -> ClaimRecord:
    values: dict[str, Any] = {
        "control_number": "C000000123",
        "payer_rank": 1,
        "coverages": (COVERAGE,),
        "patient": PATIENT,
        "billing": BILLING,
        "rendering": DOCTOR,
        "diagnoses": (DiagnosisRecord("E119"),),
        "lines": (line(),),
        "place": "11",
    }
    return ClaimRecord(**(values | changes))


def full_claim() -> ClaimRecord:
    """A claim that uses every item of the form it can."""
    codes = "E119 I10 J449 S72001A M545 R51 Z0000 K219 N390 F329 G4733 H9190".split()
    drug = DrugRecord("00071-0155-23", Decimal("2.5"), "ML")
    lines = tuple(
        line(
            n,
            modifiers=("25", "59", "RT", "GT"),
            pointers=(1, 4, 9, 12),
            charge=Money(1234507 if n == 2 else 12550),
            units=Decimal("1.5") if n == 3 else Decimal(1),
            emergency=True,
            epsdt=True,
            drug=drug if n == 1 else None,
            description="Unlisted (test)" if n == 2 else "",
            to_on=dt.date(2026, 9, 1 + n),
        )
        for n in range(1, 7)
    )
    return claim(
        coverages=(COVERAGE, OTHER),
        diagnoses=tuple(DiagnosisRecord(c) for c in codes),
        lines=lines,
        frequency=Frequency.REPLACEMENT,
        original_number="2026-0001-PRIOR",
        referring=REFERRER,
        facility=LAB,
        signature_date=dt.date(2026, 8, 30),
        prior_authorization="AUTH-5521",
        related_causes=("AA",),
        accident_state="IL",
        dates=(DatedFact("431", dt.date(2026, 8, 20)), DatedFact("439", dt.date(2026, 8, 19))),
        hospital_from=dt.date(2026, 8, 21),
        hospital_to=dt.date(2026, 8, 23),
        unable_to_work_from=dt.date(2026, 8, 20),
        unable_to_work_to=dt.date(2026, 9, 20),
        condition_codes=("W2", "W4"),
        property_casualty_number="PC-2026-44",
        outside_lab_charge=Money(4205),
        note="Seen again after the accident of August 19, see the record",
        patient_paid=Money(2000),
    )


def shown_texts(pdf: bytes) -> list[list[tuple[float, float, str]]]:
    """Per page, each shown text with its position in inches from left and top.

    Reads the content stream itself, so that no outside program is needed.
    """
    pages = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            found = []
            x = y = 0.0
            for instruction in pikepdf.parse_content_stream(page):
                operands, operator = instruction.operands, str(instruction.operator)
                if operator == "Tm":
                    x, y = float(operands[4]), float(operands[5])
                elif operator == "Tj":
                    found.append((x / 72, (792 - y) / 72, str(operands[0])))
            pages.append(found)
    return pages
