"""Every report by its name, for the page, for `claimstead report` and for export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from desktop.errors import NotFound, Problem
from desktop.models.practice import Practice
from desktop.services.core import audit
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents import report as report_file
from desktop.services.formats.documents import tables
from desktop.services.reports import aging, coding, daily, deposits, lists, period
from desktop.services.reports.values import Period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from desktop.services.formats.documents.tables import ReportTable


class Span(StrEnum):
    """Which days a report asks for."""

    AS_OF = "as of"
    DAY = "day"
    RANGE = "range"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the list.

    Attributes:
        about: one sentence for whoever chooses.
    """

    name: str
    title: str
    about: str
    span: Span
    build: Callable[[Work, Period], ReportTable]


_ALL: Final = (
    Report(
        "aging-by-payer",
        "Aging by payer",
        "What each payer owes, by the age of the service.",
        Span.AS_OF,
        aging.payer_table,
    ),
    Report(
        "aging-by-patient",
        "Aging by patient",
        "What each patient owes, since it became theirs.",
        Span.AS_OF,
        aging.patient_table,
    ),
    Report(
        "day-sheet",
        "Day sheet",
        "Charges, payments, adjustments and refunds of a day, entry by entry.",
        Span.DAY,
        daily.day_table,
    ),
    Report(
        "deposits",
        "Deposit list",
        "What went to the bank, by method, receipt by receipt.",
        Span.RANGE,
        deposits.deposit_table,
    ),
    Report(
        "period",
        "Period summary",
        "Opening to closing A/R of a period, and its counts.",
        Span.RANGE,
        period.period_table,
    ),
    Report(
        "unapplied",
        "Unapplied money",
        "Receipts that still hold money.",
        Span.AS_OF,
        lists.unapplied_table,
    ),
    Report(
        "open-claims",
        "Open claims",
        "Claims on which something is still expected.",
        Span.NOW,
        lists.open_claims_table,
    ),
    Report(
        "coder-accuracy",
        "Coder accuracy",
        "How many of each coder's codes the reviewers agreed with.",
        Span.RANGE,
        coding.accuracy_table,
    ),
)
_MONTHLY: Final = frozenset({"period", "coder-accuracy"})
REPORTS: Final[dict[str, Report]] = {r.name: r for r in _ALL}


def report(name: str) -> Report:
    """The report of that name; an underscore counts as a hyphen.

    Raises:
        NotFound: there is none; the sentence lists the names.
    """
    found = REPORTS.get(name.strip().lower().replace("_", "-"))
    if found is None:
        names = ", ".join(REPORTS)
        raise NotFound(Problem("name", f"There is no report “{name}”; choose one of: {names}."))
    return found


def default_period(wanted: Report, as_of: dt.date) -> Period:
    """The days a report shows when only one is named: the day, or its month so far."""
    return Period.month(as_of) if wanted.name in _MONTHLY else Period.day(as_of)


@needs(Permission.VIEW)
def run(work: Work, name: str, period: Period | None = None) -> ReportTable:
    """A report by name, of today unless told otherwise.

    Raises:
        NotFound: there is no such report.
        RuleError: the period ends before it begins.
    """
    wanted = report(name)
    days = period or default_period(wanted, work.clock.today())
    days.check()
    return wanted.build(work, days)


class Form(StrEnum):
    """What a report is exported as."""

    CSV = "csv"
    PDF = "pdf"
    JSON = "json"


@needs(Permission.REPORT)
def export(work: Work, name: str, period: Period | None, form: Form) -> bytes:
    """A report as the bytes of a file, from the same figures as on screen; audited.

    Raises:
        NotFound: there is no such report.
        RuleError: the period ends before it begins.
    """
    table = run(work, name, period)
    if form is Form.CSV:
        # The mark tells spreadsheets that names with accents are UTF-8.
        data = b"\xef\xbb\xbf" + tables.to_csv(table).encode("utf-8")
    elif form is Form.JSON:
        data = json.dumps(plain(table), ensure_ascii=False, indent=1).encode("utf-8")
    else:
        practice = work.session.get_one(Practice, 1)
        data = report_file.to_pdf(table, practice.name, work.clock.today())
    audit.record(work, "exported", "report", None, name=report(name).name, form=form.value)
    return data


def plain(table: ReportTable) -> dict[str, Any]:
    """A report as JSON carries it: money as text with two decimals, dates ISO, counts numbers."""

    def row(values: tuple[tables.Value, ...]) -> dict[str, Any]:
        return {c.key: _plain(v) for c, v in zip(table.columns, values, strict=True)}

    rows = [r for i, r in enumerate(table.rows) if i not in table.subtotal_rows]
    return {
        "title": table.title,
        "subtitle": table.subtitle,
        "columns": [{"key": c.key, "title": c.title, "kind": c.kind} for c in table.columns],
        "rows": [row(r) for r in rows],
        "totals": row(table.totals) if table.totals else None,
    }


def _plain(value: tables.Value) -> str | int | None:
    return value if value is None or isinstance(value, int) else tables.plain_value(value)
