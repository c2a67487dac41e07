"""Invented statements for the document tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from desktop.models.values.money import Money, total
from desktop.services.formats.documents.sheet import Letterhead
from desktop.services.formats.documents.statement_data import (
    Aging,
    ShareReason,
    StatementData,
    StatementLine,
    StatementPatient,
    StatementPayment,
    StatementVisit,
)

PRACTICE = Letterhead(
    "Elm Street Family Practice",
    ("500 Oak Avenue, Suite 200", "Springfield, IL 62701-0500"),
    "(217) 555-0100",
    "36-1234567",
)


def cents(dollars: str) -> Money:
    return Money.parse(dollars)


def row(
    what: str = "Office visit", charge: str = "125.50", due: str = "0", **amounts: Any
) -> StatementLine:
    values: dict[str, Any] = {
        k: cents(v) if isinstance(v, str) and k != "note" else v for k, v in amounts.items()
    }
    return StatementLine(what, cents(charge), due=cents(due), **values)


VISIT = row(
    adjusted="33.00",
    insurance_paid="0",
    patient_paid="20.00",
    due="72.50",
    reasons=(ShareReason("deductible", cents("72.50")), ShareReason("copay", cents("20.00"))),
)
LAB = row(
    "Blood count",
    "40.00",
    "4.80",
    adjusted="16.00",
    insurance_paid="19.20",
    reasons=(ShareReason("coinsurance of 20 %", cents("4.80")),),
)
WAITING = row("Chest x-ray, two views", "98.00", pending="98.00")
DENIED = row(
    "Travel vaccine",
    "1,060.00",
    "1,060.00",
    reasons=(ShareReason("not covered by your plan", cents("1060")),),
    note="Prairie Mutual does not pay for travel vaccines.",
)


def statement(*patients: StatementPatient, **changes: Any) -> StatementData:
    """A statement whose aging agrees: all that is owed is current unless given."""
    patients = patients or (
        StatementPatient(
            "María O'Brien-Łuk",
            (StatementVisit(dt.date(2026, 9, 1), "Dr. Ruth Vance", (VISIT, LAB)),),
        ),
    )
    owed = total(x.due for p in patients for v in p.visits for x in v.lines)
    values: dict[str, Any] = {
        "practice": PRACTICE,
        "account": "100234",
        "on": dt.date(2026, 9, 15),
        "address": ("Thomas Brien", "12 N. Elm St., Apt 4", "Springfield, IL 62704-0012"),
        "patients": patients,
        "aging": Aging(current=owed),
        "how_to_pay": (
            "Check: payable to Elm Street Family Practice",
            "Card: call (217) 555-0100, Monday to Friday",
        ),
        "pay_by": dt.date(2026, 10, 6),
    }
    return StatementData(**(values | changes))


def family() -> StatementData:
    """Two patients, money waiting on insurance, a denial, unapplied money and payments."""
    return statement(
        StatementPatient(
            "María O'Brien-Łuk",
            (
                StatementVisit(dt.date(2026, 6, 2), "Dr. Ruth Vance", (VISIT, LAB)),
                StatementVisit(dt.date(2026, 9, 1), "Dr. Ruth Vance", (WAITING,)),
            ),
        ),
        StatementPatient(
            "Zoë Brien",
            (StatementVisit(dt.date(2026, 5, 11), "Peter Stone, NP", (DENIED, VISIT, LAB)),),
        ),
        aging=Aging(cents("77.30"), cents("0.00"), cents("77.30"), cents("0"), cents("1060")),
        unapplied=cents("35.00"),
        oldest_days=127,
        payments=(
            StatementPayment(dt.date(2026, 6, 2), "Copays, two visits", cents("40.00")),
            StatementPayment(dt.date(2026, 9, 3), "Check 1042", cents("35.00")),
        ),
    )


def long_statement(rows: int = 40) -> StatementData:
    visits = tuple(
        StatementVisit(dt.date(2026, 3, 1) + dt.timedelta(days=n), "Dr. Ruth Vance", (VISIT,))
        for n in range(rows)
    )
    return statement(StatementPatient("Thomas Brien", visits))
