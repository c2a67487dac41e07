"""Which coverages pay for a visit: those in force on its date of service, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.models.people import Coverage
from desktop.models.practice import Payer
from desktop.models.visits import Visit, VisitCoverage
from desktop.services.people import coverages
from desktop.services.visits.values import CoverageView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from desktop.services.core.work import Work
    from desktop.services.people.coverages import CoverageRecord


def coverages_on(work: Work, patient_id: int, on: dt.date) -> list[CoverageView]:
    """The patient's coverages in force on a date, first payer first.

    Ranks are dense: when the first coverage has ended, the next one moves up. Of two of one
    rank the later beginning counts (it replaced the other).
    """
    chosen: dict[int, CoverageRecord] = {}
    for coverage in coverages.coverages_on(work, patient_id, on):
        known = chosen.get(coverage.rank)
        if known is None or coverage.valid_from > known.valid_from:
            chosen[coverage.rank] = coverage
    return [
        CoverageView(number, c.id, c.payer_id, c.payer_name, c.valid_from, c.valid_to)
        for number, c in enumerate((chosen[rank] for rank in sorted(chosen)), 1)
    ]


def fixed_coverages(work: Work, visit_id: int) -> list[CoverageView]:
    """The coverages that were fixed when the visit was posted."""
    rows = work.session.execute(
        select(VisitCoverage, Coverage, Payer.name)
        .join(Coverage, Coverage.id == VisitCoverage.coverage_id)
        .join(Payer, Payer.id == VisitCoverage.payer_id)
        .where(VisitCoverage.visit_id == visit_id)
        .order_by(VisitCoverage.rank)
    )
    return [
        CoverageView(v.rank, c.id, v.payer_id, payer, c.valid_from, c.valid_to)
        for v, c, payer in rows
    ]


def fix_coverages(work: Work, visit: Visit, chosen: Iterable[CoverageView]) -> None:
    """Write the visit's own coverages in place of earlier ones."""
    wanted = {c.rank: c for c in chosen}
    for row in list(visit.coverages):
        if row.rank not in wanted:
            visit.coverages.remove(row)
    standing = {row.rank: row for row in visit.coverages}
    for rank, view in wanted.items():
        if rank in standing:
            standing[rank].coverage_id = view.coverage_id
            standing[rank].payer_id = view.payer_id
        else:
            visit.coverages.append(
                VisitCoverage(
                    visit_id=visit.id,
                    rank=rank,
                    coverage_id=view.coverage_id,
                    payer_id=view.payer_id,
                )
            )
    work.session.flush()
