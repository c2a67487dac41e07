"""Posting an 835 with everything that follows, against parsing it and writing its rows."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any, Final

from desktop.models.base import Base
from desktop.models.values.claim_record import Name
from desktop.models.values.money import Money
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import (
    Adjustment,
    Remittance,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.services.formats.edi.write835 import write_835
from desktop.services.payments import posting, staging
from desktop.services.sample.bench import office
from desktop.services.sample.bench.practice import TODAY, Bench, Invented
from desktop.services.sample.bench.result import RATIO, BenchResult, timed

LIMIT: Final = 3.0
# Per line: what was charged, paid, and why not all of it.
_ANSWERS: Final = (
    (7_500, (("CO", "45", 2_000), ("PR", "3", 2_500))),
    (5_600, (("CO", "45", 1_500), ("PR", "2", 1_400))),
    (2_000, (("CO", "45", 1_000),)),
)
# Kept by the trigger of the entries, so never inserted.
_DERIVED: Final = "open_item"


def post_835(bench: Bench) -> BenchResult:
    """Read, stage, match and post one remittance on a fresh copy of the office each time."""
    data = answer(bench.scale.claims)
    times: list[tuple[float, float]] = []
    rows: list[tuple[str, list[Any]]] = []
    for run in range(bench.scale.runs):
        with bench.office.copied(f"posted-{run}") as copy:
            ours = _post(copy, data, bench.scale.claims)
            rows = rows or _new_rows(bench.office, copy)
        with bench.office.copied(f"raw-{run}") as copy:
            times.append((ours, _insert(copy, data, rows)))
    count = sum(len(found) for _, found in rows)
    return BenchResult(
        "post-835",
        statistics.median(t[0] for t in times),
        statistics.median(t[1] for t in times),
        LIMIT,
        RATIO,
        f"{bench.scale.claims:,} claims × 3 lines, {len(data) / 1e6:.1f} MB, "
        f"{count:,} rows, median of {len(times)}",
    )


def answer(claims: int) -> bytes:
    """An 835 that answers the sent half of the office."""
    on = TODAY - dt.timedelta(days=1)
    paid = sum(p for p, _ in _ANSWERS)
    persons = office.invented_persons(2 * claims)[claims:]
    found = tuple(_claim(claims + n, n, row) for n, row in enumerate(persons, 1))
    payment = Remittance(
        office.PAYER_NAME,
        office.PAYER_NUMBER,
        "T100",
        on,
        Money(paid * claims),
        found,
        payee_name="Millbrook Family Care",
        payee_npi="1234567893",
        method="CHK",
        produced_on=on,
    )
    at = dt.datetime.combine(on, dt.time(9), dt.UTC)
    return write_835(Envelope("PRAIRIE", "OFFICE", 1, 1, at), [payment])


def _claim(number: int, position: int, person: tuple[Any, ...]) -> RemittanceClaim:
    lines = tuple(
        RemittanceLine(
            n,
            code,
            Money(charge),
            Money(paid),
            from_on=TODAY - dt.timedelta(days=14),
            line_number=str(line),
            adjustments=tuple(Adjustment(g, r, Money(a)) for g, r, a in reasons),
        )
        for n, (line, (code, charge), (paid, reasons)) in enumerate(
            zip(office.line_ids(number), office.LINES, _ANSWERS, strict=True), 1
        )
    )
    share = sum(a for _, reasons in _ANSWERS for g, _, a in reasons if g == "PR")
    return RemittanceClaim(
        position,
        office.control_number(number),
        "1",
        Money(sum(c for _, c in office.LINES)),
        Money(sum(p for p, _ in _ANSWERS)),
        Money(share),
        filing_code="CI",
        payer_claim_number=f"PC{number:07d}",
        place="11",
        frequency="1",
        patient_id=f"BM{number:08d}",
        patient_name=Name(person[1], person[2], person[3]),
        from_on=TODAY - dt.timedelta(days=14),
        lines=lines,
    )


def _post(practice: Invented, data: bytes, claims: int) -> float:
    with practice.opened() as database:

        def post() -> posting.Posted:
            staged = database.write(lambda work: staging.stage_file(work, data, "bench.835"))
            return database.write(
                lambda work: posting.post_remittance(work, staged.remittances[0].id)
            )

        spent, posted = timed(post)
    if posted.claims_posted != claims:
        raise AssertionError(f"{posted.claims_posted} of {claims} claims were posted")
    return spent


def _new_rows(before: Invented, after: Invented) -> list[tuple[str, list[Any]]]:
    """Every row that posting added, by table, legs before their entries."""
    names = [t.name for t in Base.metadata.sorted_tables if t.name not in {_DERIVED, "leg"}]
    names.insert(names.index("entry"), "leg")
    with before.raw() as old, after.raw() as new:
        found = []
        for name in names:
            without_rowid = name in {"leg", "patient_key"}
            key = ("entry_id" if name == "leg" else "patient_id") if without_rowid else "rowid"
            last = old.execute(f'SELECT max({key}) FROM "{name}"').fetchone()[0] or 0
            rows = new.execute(f'SELECT * FROM "{name}" WHERE {key} > ?', (last,)).fetchall()
            if rows:
                found.append((name, rows))
    return found


def _insert(practice: Invented, data: bytes, tables: list[tuple[str, list[Any]]]) -> float:
    with practice.raw() as connection:

        def insert() -> None:
            read_file(data)
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in tables:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
            connection.execute("COMMIT")

        return timed(insert)[0]
