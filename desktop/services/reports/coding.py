"""Reports on the coding: how often reviewers agreed with each coder."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop.services.formats.documents.tables import Column, ReportTable
from desktop.services.reports.values import Period, said
from desktop.services.visits import review
from desktop.services.visits.review_values import Accuracy

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def accuracy_table(work: Work, period: Period) -> ReportTable:
    """Per coder, the codes that reviews closed in the period judged, and those agreed with."""
    rows = review.coder_accuracy(work, period.first or dt.date.min, period.last)
    total = Accuracy(0, "", sum(r.reviewed for r in rows), sum(r.agreed for r in rows))
    return ReportTable(
        "Coder accuracy",
        f"Codes agreed with, of those in reviews closed · {said(period)}",
        (
            Column("coder", "Coder", width=24),
            Column("codes", "Codes reviewed", "count"),
            Column("agreed", "Agreed", "count"),
            Column("percent", "Percent", "percent"),
        ),
        tuple((r.coder, r.reviewed, r.agreed, r.percent) for r in rows),
        ("Total", total.reviewed, total.agreed, total.percent if rows else Decimal(0)),
    )
