"""Reports: choose one, see it, print it, save it; the totals are the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.models.values.money import Money
from desktop.services.core.work import Changes
from desktop.services.reports import closing, registry
from desktop.services.reports.registry import Form, Report, Span
from desktop.services.reports.values import Period
from desktop.ui.lib import commands, dates, messages, theme
from desktop.ui.lib.edits import Choice, DateEdit, plain_label
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.table import Column, Kind, RowsTable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from desktop.services.formats.documents import tables
    from desktop.services.formats.documents.tables import ReportTable
    from desktop.services.reports.closing import Closed

_DAY_SHEET: Final = "day-sheet"
_KINDS: Final = {
    "text": Kind.TEXT,
    "money": Kind.MONEY,
    "date": Kind.DATE,
    "count": Kind.COUNT,
    "percent": Kind.COUNT,
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a report by its place, so that the chosen one stays after a refresh."""

    id: int
    values: tuple[Any, ...]


class ReportsPage(Page):
    """One report at a time, as it stands now."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Reports")
        self._close = self.add_command(commands.DAY_CLOSE, self._on_close_day)
        self._export = self.add_command(commands.EXPORT, self._on_csv)
        self._print = self.add_command(commands.PRINT, self._on_print, primary=True)
        self.choice = Choice([(r.name, r.title) for r in registry.REPORTS.values()])
        self.choice.setAccessibleName("Report")
        self.first = DateEdit(context.today)
        self.first.setAccessibleName("First day")
        self.last = DateEdit(context.today)
        self.last.setAccessibleName("Last day")
        self._first_label = plain_label("From")
        self._last_label = plain_label("As of")
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.choice, self._first_label, self.first, self._last_label, self.last):
            row.addWidget(widget)
        self.about = plain_label(muted=True)
        row.addWidget(self.about, 1)
        self.body.addLayout(row)
        self.subtitle = plain_label(muted=True)
        self.body.addWidget(self.subtitle)
        self.closed = plain_label()
        self.body.addWidget(self.closed)
        self._place = QVBoxLayout()
        self.body.addLayout(self._place, 1)
        self.table: RowsTable | None = None
        self.totals = plain_label()
        theme.flag(self.totals, "heading")
        self.totals.setWordWrap(True)
        self.body.addWidget(self.totals)
        self.shown: ReportTable | None = None
        self._columns: tuple[tables.Column, ...] = ()
        self._latest = context.runner.latest(self)
        self.choice.edited.connect(self._on_chosen)
        self.first.edited.connect(self.refresh)
        self.last.edited.connect(self.refresh)
        context.runner.on_change(
            self,
            Changes.LEDGER | Changes.CLAIMS | Changes.STATEMENTS | Changes.VISITS,
            self.refresh,
        )
        self._on_chosen()

    @property
    def report(self) -> Report:
        """The chosen one."""
        return registry.REPORTS[self.choice.value() or next(iter(registry.REPORTS))]

    def period(self) -> Period | None:
        """The days asked for; None while a date is wrong."""
        last = self.last.value()
        first = self.first.value() if self.report.span is Span.RANGE else last
        if last is None or (first is None and self.report.span is not Span.RANGE):
            return None
        return Period(first, last)

    def show_record(self, argument: object) -> None:
        """See `Page.show_record`: a report's name."""
        if argument in registry.REPORTS:
            self.choice.set_value(argument)
            self._on_chosen()

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        self.choice.setFocus()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        return [self.choice, *([self.table.view] if self.table else [])]

    def _on_chosen(self) -> None:
        report = self.report
        today = self.context.today()
        days = registry.default_period(report, self.last.value() or today)
        is_range = report.span is Span.RANGE
        self.first.set_value(days.first)
        self.last.set_value(days.last)
        for widget in (self._first_label, self.first):
            widget.setVisible(is_range)
        for widget in (self._last_label, self.last):
            widget.setVisible(report.span is not Span.NOW)
        words = {Span.RANGE: "to", Span.DAY: "Day", Span.AS_OF: "As of", Span.NOW: ""}
        self._last_label.setText(words[report.span])
        self.about.setText(report.about)
        is_day = report.name == _DAY_SHEET
        self.closed.setVisible(is_day)
        self._close.setVisible(is_day)
        self._close.setEnabled(is_day)
        self.refresh()

    def refresh(self) -> None:
        """See `Page.refresh`."""
        period = self.period()
        if period is None or (period.first is not None and period.first > period.last):
            self.subtitle.setText("The first day must not lie after the last.")
            return
        name = self.report.name
        self._latest.read(lambda work: registry.run(work, name, period), self._show)
        if name == _DAY_SHEET:
            self.context.runner.read(self, closing.last_closed_day, self._show_closed)

    def _show_closed(self, through: dt.date | None) -> None:
        self.closed.setText(
            f"The books are closed through {dates.shown(through)}."
            if through
            else "No day is closed yet."
        )

    def _show(self, table: ReportTable) -> None:
        if self.table is None or table.columns != self._columns:
            self._replace_table(table)
        assert self.table is not None  # noqa: S101 - made just now
        self.shown = table
        self.subtitle.setText(table.subtitle)
        self.table.set_rows([ShownRow(i, row) for i, row in enumerate(table.rows)])
        self.totals.setText(totals_text(table))

    def _replace_table(self, table: ReportTable) -> None:
        if self.table is not None:
            self._place.removeWidget(self.table)
            self.table.deleteLater()
        self._columns = table.columns
        widest = max((c.width for c in table.columns if c.kind == "text"), default=0)
        # Screens have more room than paper, but not for nine columns and more.
        more = 5 if len(table.columns) < 9 else 1
        columns = []
        stretched = False
        for at, column in enumerate(table.columns):
            stretch = not stretched and column.kind == "text" and column.width == widest
            stretched = stretched or stretch
            width = column.width + more if column.kind == "text" else 0
            if more == 1 and column.kind in {"money", "count"}:
                width = 10 if column.kind == "money" else 6
            columns.append(
                Column(
                    column.key,
                    column.title,
                    _KINDS[column.kind],
                    width=width,
                    stretch=stretch,
                    getter=_value(at),
                )
            )
        self.table = RowsTable(
            columns,
            name=f"report {self.report.name}",
            empty="Nothing to show for these days.",
        )
        self._place.addWidget(self.table, 1)

    def _on_close_day(self) -> None:
        on = self.last.value()
        if on is None:
            return
        day = dates.shown(on)
        if not messages.confirm(
            self,
            f"Close all days up to {day}?",
            verb="Close the days",
            detail="This cannot be undone: nothing can be posted on these days any more, and a "
            "correction is dated later. The day sheet opens to be printed or saved.",
        ):
            return

        def closed(found: Closed) -> None:
            messages.info(self, f"The books are closed through {day}.")
            name = f"day-sheet-{found.through.isoformat()}.pdf"
            PdfDialog(self, f"Day sheet of {day}", found.sheet, file_name=name).open()

        self.context.runner.write(
            self,
            lambda work: closing.close_day(work, on),
            closed,
            progress_text="Closing the day",
        )

    def _on_print(self) -> None:
        self._bytes_of(Form.PDF, self._open)

    def _open(self, pdf: bytes) -> None:
        PdfDialog(self, self.report.title, pdf, file_name=self._file_name("pdf")).open()

    def _on_csv(self) -> None:
        start = str(Path.home() / self._file_name("csv"))
        name, _kind = QFileDialog.getSaveFileName(self, "Save as CSV", start, "CSV (*.csv)")
        if name:
            self._bytes_of(Form.CSV, lambda data: self._write(Path(name), data))

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.write_bytes(data)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            messages.error(self, f"Not saved: {reason}. Choose another folder.")
        else:
            messages.info(self, f"Saved {path.name}.")

    def _bytes_of(self, form: Form, done: Callable[[bytes], None]) -> None:
        name, period = self.report.name, self.period()
        if period is not None:
            self.context.runner.write(
                self, lambda work: registry.export(work, name, period, form), done
            )

    def _file_name(self, ending: str) -> str:
        last = self.last.value() or self.context.today()
        return f"{self.report.name}-{last.isoformat()}.{ending}"


def _value(at: int) -> Callable[[Any], Any]:
    return lambda row: row.values[at]


def totals_text(table: ReportTable) -> str:
    """The totals of a report in one line: ``Total   0–30 days 120.00   Total 120.00``."""
    if table.totals is None:
        return ""
    label = next((v for v in table.totals if isinstance(v, str) and v), "Total")
    parts = [
        f"{column.title} {value.shown}"
        for column, value in zip(table.columns, table.totals, strict=True)
        if isinstance(value, Money)
    ]
    return " · ".join([f"{label}:  {parts[0]}", *parts[1:]]) if parts else label
