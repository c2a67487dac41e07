"""Ten years of an invented practice: its visits nearly all settled, a few open.

Each settled line has its charge and its payer's answer in the ledger; a receipt covers what
one payer paid for five hundred visits, and some of them hold money that is not applied.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.visits import ChargeLine, Visit
from desktop.services.sample.bench import people
from desktop.services.store.bulk import Connection, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.sample.bench.scale import Scale

_BATCH: Final = 500
_YEARS: Final = 10
# Of a hundred visits three wait for their payer, and four lines for their patient.
_OPEN_PERCENT: Final = 3
_SHARE_PERCENT: Final = 4
_CHARGES: Final = (12_000, 8_500, 3_000, 18_000)

VISIT: Final = ("id", "patient_id", "service_on", "state", "created_at", "posted_on")
LINE: Final = tuple(
    "id visit_id patient_id position state service_on to_on place procedure charge units".split()
)
ENTRY: Final = tuple(
    "id kind accounting_on recorded_at user_id receipt_id previous_hash hash".split()
)
LEG: Final = tuple(
    "entry_id number account amount charge_line_id party payer_id receipt_id group_code "
    "reason".split()
)
OPEN_ITEM: Final = tuple("charge_line_id party payer_id patient_id service_on since amount".split())
_RECEIPT: Final = tuple(
    "id number kind method amount received_on deposit_on payer_id created_at".split()
)
_HASH: Final = "0" * 64
_HELD: Final = """
INSERT INTO open_receipt (receipt_id, amount)
SELECT receipt_id, -sum(amount) FROM leg WHERE account = 'unapplied' GROUP BY receipt_id
"""

Rows = list[tuple[Any, ...]]


@dataclass
class _Batch:
    """Rows that are written together, and the numbers that go on."""

    line: int = 0
    entry: int = 0
    receipt: int = 0
    visits: Rows = field(default_factory=list)
    lines: Rows = field(default_factory=list)
    entries: Rows = field(default_factory=list)
    legs: Rows = field(default_factory=list)
    items: Rows = field(default_factory=list)
    receipts: Rows = field(default_factory=list)

    def post(
        self, kind: str, on: str, legs: Sequence[tuple[Any, ...]], receipt: int | None = None
    ) -> None:
        """One entry; legs as account, amount, line, party, payer, receipt, group, reason."""
        self.entry += 1
        self.entries.append((self.entry, kind, on, people.CREATED, 1, receipt, _HASH, _HASH))
        self.legs.extend((self.entry, n, *leg) for n, leg in enumerate(legs, 1))

    def write(self, connection: Connection) -> None:
        """Write the rows and forget them."""
        for table, columns, rows in (
            (Visit.__table__, VISIT, self.visits),
            (ChargeLine.__table__, LINE, self.lines),
            (Receipt.__table__, _RECEIPT, self.receipts),
            (Leg.__table__, LEG, self.legs),
            (Entry.__table__, ENTRY, self.entries),
            (OpenItem.__table__, OPEN_ITEM, self.items),
        ):
            insert(connection, table, columns, rows)
            rows.clear()


def fill(connection: Connection, scale: Scale, today: dt.date) -> None:
    """Fill an empty practice with patients and their years."""
    chance = random.Random(1)  # noqa: S311 - invents people, no secrets
    people.fill_payers(connection)
    people.fill_patients(connection, scale.patients, chance)
    batch = _Batch()
    for start in range(0, scale.visits, _BATCH):
        _add_visits(batch, range(start, min(start + _BATCH, scale.visits)), scale, today, chance)
        batch.write(connection)
    connection.execute(_HELD)


def _add_visits(
    batch: _Batch, numbers: range, scale: Scale, today: dt.date, chance: random.Random
) -> None:
    paid: dict[int, int] = {}
    on = ""
    first_receipt = batch.receipt + 1
    batch.receipt += people.PAYERS
    for number in numbers:
        age = (scale.visits - number) * _YEARS * 365 // scale.visits
        is_open = chance.randrange(100) < _OPEN_PERCENT
        if is_open:
            age = chance.randrange(200)
        on = (today - dt.timedelta(days=age)).isoformat()
        patient = chance.randrange(scale.patients) + 1
        visit = number + 1
        batch.visits.append((visit, patient, on, "posted", people.CREATED, on))
        payer = people.payer_of(patient)
        for position in range(1, 3 + number % 2):
            charge = chance.choice(_CHARGES)
            batch.line += 1
            line = batch.line
            batch.lines.append(
                (line, visit, patient, position, "posted", on, on, "11", "99213", charge, 1000)
            )
            batch.post(
                "charge",
                on,
                (
                    ("receivable", charge, line, 1, payer, None, None, None),
                    ("revenue", -charge, line, None, None, None, None, None),
                ),
            )
            batch.items.append((line, 1, payer, patient, on, on, charge if is_open else 0))
            if not is_open:
                share = charge // 10 if chance.randrange(100) < _SHARE_PERCENT else 0
                receipt = first_receipt + payer - 1
                paid[payer] = paid.get(payer, 0) + _answer(
                    batch, line, charge, share, payer, receipt, on
                )
                if share:
                    batch.items.append((line, 0, None, patient, on, on, share))
    _receive(batch, paid, first_receipt, on, chance)


def _answer(
    batch: _Batch, line: int, charge: int, share: int, payer: int, receipt: int, on: str
) -> int:
    """The payer's answer to a line; returns what it paid."""
    allowed_off = charge // 4
    amount = charge - allowed_off - share
    legs: list[tuple[Any, ...]] = [
        ("unapplied", amount, None, None, None, receipt, None, None),
        ("adjustment", allowed_off, line, None, payer, None, "CO", "45"),
        ("receivable", -charge, line, 1, payer, None, None, None),
    ]
    if share:
        legs.append(("receivable", share, line, 0, None, None, "PR", "2"))
    batch.post("remittance line", on, legs, receipt)
    return amount


def _receive(
    batch: _Batch, paid: dict[int, int], first_receipt: int, on: str, chance: random.Random
) -> None:
    """One receipt a payer; one in ten brings more than its lines took."""
    for payer, applied in paid.items():
        receipt = first_receipt + payer - 1
        amount = applied + (2_500 if chance.randrange(10) == 0 else 0)
        batch.receipts.append(
            (receipt, f"B{receipt:07d}", "insurance", "eft", amount, on, on, payer, people.CREATED)
        )
        batch.post(
            "remittance",
            on,
            (
                ("cash", amount, None, None, payer, receipt, None, None),
                ("unapplied", -amount, None, None, None, receipt, None, None),
            ),
            receipt,
        )
