"""An invented office with claims: one half is ready to be written, one half was sent.

Each claim has three lines whose charges stand in the ledger; its record says all that a
usual claim says.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any, Final

from desktop.models.claims import Claim, ClaimLine, Submission, SubmissionClaim
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.people import Coverage, Patient, Person
from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    CoverageRecord,
    DiagnosisRecord,
    LineRecord,
    Name,
    PayerRecord,
    PersonRecord,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Relationship, Sex
from desktop.models.values.identifiers import npi_check_digit
from desktop.models.values.money import Money
from desktop.models.visits import ChargeLine, Visit, VisitCoverage
from desktop.services.claims.record import codec
from desktop.services.sample.bench import crowd, people
from desktop.services.store.bulk import Connection, insert

# Numbers that begin with 2 were never given to anybody.
_NPI: Final = tuple(nine + npi_check_digit(nine) for nine in ("200000001", "200000002"))
LINES: Final = (("99213", 12_000), ("85025", 8_500), ("36415", 3_000))
PAYER_ID: Final = 1
PAYER_NUMBER: Final = "BENCH001"
PAYER_NAME: Final = "Prairie Health 1"
_OFFICE: Final = Address("12 Mill Road", "Springfield", "IL", "627040001")
_PAYER: Final = PayerRecord(
    PAYER_NAME,
    PAYER_NUMBER,
    FilingCode.COMMERCIAL,
    Address("PO Box 77", "Peoria", "IL", "61601"),
)
_BILLING: Final = ProviderRecord(
    Name("Millbrook Family Care"),
    npi=_NPI[0],
    is_person=False,
    taxonomy="207Q00000X",
    address=_OFFICE,
    tax_id="371234567",
    phone="2175550100",
)
_RENDERING: Final = ProviderRecord(
    Name("Hartwell", "Nora"), npi=_NPI[1], credential="MD", taxonomy="207Q00000X"
)
_CLAIM: Final = tuple(
    "id visit_id patient_id coverage_id payer_id rank state control_number charge service_on "
    "sent_on record created_at".split()
)
_SUBMISSION: Final = tuple(
    "id kind state interchange_control group_control file_name document_sha claims charge "
    "queued_at queued_on sent_at".split()
)


def control_number(claim: int) -> str:
    """CLM01 of a claim of the bench."""
    return f"B{claim:07d}"


def line_ids(claim: int) -> range:
    """The charge lines of a claim."""
    return range((claim - 1) * len(LINES) + 1, claim * len(LINES) + 1)


def invented_persons(count: int) -> list[tuple[Any, ...]]:
    """The office's patients, always the same."""
    chance = random.Random(2)  # noqa: S311 - invents people, no secrets
    return [people.person_row(n, chance) for n in range(1, count + 1)]


def fill(connection: Connection, count: int, today: dt.date) -> None:
    """Fill an empty practice: claims 1 to `count` are ready, as many more were sent."""
    people.fill_payers(connection)
    numbers = range(1, 2 * count + 1)
    persons = invented_persons(2 * count)
    on = (today - dt.timedelta(days=14)).isoformat()
    insert(connection, Person.__table__, people.PERSON, persons)
    insert(
        connection,
        Patient.__table__,
        people.PATIENT,
        ((n, f"{n:06d}", n, n, people.CREATED) for n in numbers),
    )
    insert(
        connection,
        Coverage.__table__,
        people.COVERAGE,
        ((n, n, PAYER_ID, 1, n, "self", f"BM{n:08d}", "2010-01-01") for n in numbers),
    )
    _fill_visits(connection, numbers, on)
    _fill_ledger(connection, numbers, on)
    _fill_claims(connection, [(n, record(n, persons[n - 1], on)) for n in numbers], count, on)


def _fill_visits(connection: Connection, numbers: range, on: str) -> None:
    insert(
        connection,
        Visit.__table__,
        crowd.VISIT,
        ((n, n, on, "posted", people.CREATED, on) for n in numbers),
    )
    insert(
        connection,
        VisitCoverage.__table__,
        ("visit_id", "rank", "coverage_id", "payer_id"),
        ((n, 1, n, PAYER_ID) for n in numbers),
    )
    insert(
        connection,
        ChargeLine.__table__,
        crowd.LINE,
        (
            (line, n, n, position, "posted", on, on, "11", code, charge, 1000)
            for n in numbers
            for position, (line, (code, charge)) in enumerate(
                zip(line_ids(n), LINES, strict=True), 1
            )
        ),
    )


def _fill_ledger(connection: Connection, numbers: range, on: str) -> None:
    lines = [
        (line, n, charge)
        for n in numbers
        for line, (_, charge) in zip(line_ids(n), LINES, strict=True)
    ]
    legs: list[tuple[Any, ...]] = []
    for line, _, charge in lines:
        legs.append((line, 1, "receivable", charge, line, 1, PAYER_ID, None, None, None))
        legs.append((line, 2, "revenue", -charge, line, None, None, None, None, None))
    zeros = "0" * 64
    insert(connection, Leg.__table__, crowd.LEG, legs)
    insert(
        connection,
        Entry.__table__,
        crowd.ENTRY,
        ((line, "charge", on, people.CREATED, 1, None, zeros, zeros) for line, _, _ in lines),
    )
    insert(
        connection,
        OpenItem.__table__,
        crowd.OPEN_ITEM,
        ((line, 1, PAYER_ID, n, on, on, charge) for line, n, charge in lines),
    )


def _fill_claims(
    connection: Connection, records: list[tuple[int, ClaimRecord]], ready: int, on: str
) -> None:
    charge = sum(c for _, c in LINES)
    texts = [(n, codec.dump(r)) for n, r in records]
    insert(
        connection,
        Claim.__table__,
        _CLAIM,
        (
            (
                n, n, n, n, PAYER_ID, 1, "ready" if n <= ready else "sent", control_number(n),
                charge, on, None if n <= ready else on, text, people.CREATED,
            )
            for n, text in texts
        ),
    )  # fmt: skip
    insert(
        connection,
        ClaimLine.__table__,
        ("claim_id", "position", "charge_line_id"),
        ((n, position, line) for n, _ in texts for position, line in enumerate(line_ids(n), 1)),
    )
    sent = [(control_number(n), 1, n, "0001", text) for n, text in texts if n > ready]
    now = people.CREATED
    insert(
        connection,
        Submission.__table__,
        _SUBMISSION,
        [(1, "837P", "sent", 1, 1, "bench.837", "0" * 64, len(sent), charge, now, on, now)],
    )
    insert(
        connection,
        SubmissionClaim.__table__,
        ("control_number", "submission_id", "claim_id", "set_control", "record"),
        sent,
    )


def record(number: int, person: tuple[Any, ...], on: str) -> ClaimRecord:
    """The claim record of one invented patient."""
    _, last, first, middle, _, born, sex, street, city, state, zip_code, phone = person
    patient = PersonRecord(
        Name(last, first, middle),
        dt.date.fromisoformat(born),
        Sex(sex),
        Address(street, city, state, zip_code),
        phone,
    )
    day = dt.date.fromisoformat(on)
    coverage = CoverageRecord(
        1, _PAYER, f"BM{number:08d}", Relationship.SELF, patient, group_number="G100"
    )
    lines = tuple(
        LineRecord(line, day, day, "11", code, Money(charge), pointers=(1, 2), units=Decimal(1))
        for line, (code, charge) in zip(line_ids(number), LINES, strict=True)
    )
    return ClaimRecord(
        control_number(number),
        1,
        (coverage,),
        patient,
        _BILLING,
        (DiagnosisRecord("E119", "Type 2 diabetes"), DiagnosisRecord("I10", "Hypertension")),
        lines,
        "11",
        rendering=_RENDERING,
        signature_date=day,
    )
