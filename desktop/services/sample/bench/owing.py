"""Aging by payer over ten years of lines."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from desktop.models.values.money import ZERO
from desktop.models.visits import ChargeLine
from desktop.services.money.ages import EDGES
from desktop.services.reports.aging import Aging, aging_by_payer
from desktop.services.sample.bench.practice import TODAY, Bench
from desktop.services.sample.bench.result import RATIO, BenchResult, medians

if TYPE_CHECKING:
    from desktop.services.core.database import Database

LIMIT: Final = 1.3
# A report of milliseconds is asked for more often than a run of seconds.
_RUNS: Final = 7

_BOXES: Final = """
SELECT payer_id, sum(amount) FILTER (WHERE service_on >= ?1),
 sum(amount) FILTER (WHERE service_on < ?1 AND service_on >= ?2),
 sum(amount) FILTER (WHERE service_on < ?2 AND service_on >= ?3),
 sum(amount) FILTER (WHERE service_on < ?3 AND service_on >= ?4),
 sum(amount) FILTER (WHERE service_on < ?4)
FROM open_item WHERE party > 0 AND amount <> 0 GROUP BY party, payer_id
"""
_HELD: Final = """
SELECT receipt.payer_id, sum(held.amount) FROM open_receipt held
JOIN receipt ON receipt.id = held.receipt_id
WHERE held.amount <> 0 AND receipt.kind = 'insurance' GROUP BY receipt.payer_id
"""


def aging(bench: Bench) -> BenchResult:
    """The report as the window asks for it, against the best raw SQL for the same figures."""
    with bench.crowd.opened() as database, bench.crowd.raw() as raw:
        edges = [(TODAY - dt.timedelta(days=d)).isoformat() for d in EDGES]

        def ours() -> Aging:
            return database.read(lambda work: aging_by_payer(work, TODAY))

        def floor() -> tuple[list[Any], list[Any]]:
            return raw.execute(_BOXES, edges).fetchall(), raw.execute(_HELD).fetchall()

        _agree(ours(), *floor())
        runs = max(_RUNS, bench.scale.runs) if bench.scale.runs > 1 else 1
        took, least = medians(runs, ours, floor)
        boxes, _ = medians(runs, lambda: raw.execute(_BOXES, edges).fetchall(), _nothing)
        lines = _lines(database)
    return BenchResult(
        "aging",
        took,
        least,
        LIMIT,
        RATIO,
        f"{lines:,} lines, median of {runs}; of the floor {boxes:.1f} ms are open items, "
        "the rest is unapplied money",
    )


def _nothing() -> None:
    return None


def _lines(database: Database) -> int:
    return database.read(
        lambda work: work.session.scalar(select(func.count()).select_from(ChargeLine)) or 0
    )


def _agree(found: Aging, boxes: list[Any], held: list[Any]) -> None:
    """Both sides must say the same, or the comparison means nothing."""
    owed = sum(cents or 0 for row in boxes for cents in row[1:])
    kept = sum(cents for _, cents in held)
    ours = sum((r.owed for r in found.rows), ZERO).cents
    if (owed, kept) != (ours, found.unapplied.cents):
        raise AssertionError(f"aging and raw SQL differ: {ours} and {owed}, {kept} held")
