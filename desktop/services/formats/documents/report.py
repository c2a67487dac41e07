"""A report table as PDF: heads repeat on every page, figures are never cut, text wraps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from desktop.models.values.money import Money
from desktop.services.formats.documents.sheet import LANDSCAPE, LETTER, Align, Sheet
from desktop.services.formats.documents.typography import (
    ACCENT,
    INK,
    QUIET,
    TINT,
    clean,
    long_date,
    short_date,
    width,
    wrap,
)

if TYPE_CHECKING:
    from desktop.services.formats.documents.tables import ReportTable, Value

_MARGIN: Final = 42.0
_SIZE: Final = 8.5
_ROW: Final = 13.0
_GAP: Final = 10.0
# Below this a text column is too narrow to read, and the sheet is turned on its side.
_NARROW: Final = 62.0
# Numbers the eye runs down need more air than the widest of them takes.
_LEAST: Final = {"money": 44.0, "date": 44.0, "count": 24.0, "percent": 30.0}


def shown(value: Value) -> str:
    """A value as a printed table says it."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.shown.replace("-", "−")
    if isinstance(value, dt.date):
        return short_date(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, Decimal):
        return format(value, "f").replace("-", "−")
    return value


def report_pdf(table: ReportTable, practice_line: str, printed_on: dt.date) -> bytes:
    """Lay out and draw a report; see `desktop.services.formats.documents.tables.to_pdf`."""
    return _Report(table, practice_line, printed_on).pdf()


class _Report:
    def __init__(self, table: ReportTable, practice_line: str, printed_on: dt.date) -> None:
        self.table = table
        self.practice_line = practice_line
        self.printed_on = printed_on
        self.cells = [[self._cell(v, i) for i, v in enumerate(row)] for row in table.rows]
        self.totals = [self._cell(v, i) for i, v in enumerate(table.totals or ())]
        size = LETTER
        widths = self._widths(size[0])
        if self._cramped(widths, size[0]):
            size = LANDSCAPE
            widths = self._widths(size[0])
        self.widths = widths
        self.sheet = Sheet(table.title, size)
        self.y = 0.0

    def _cell(self, value: Value, column: int) -> str:
        text = clean(shown(value))
        kind = self.table.columns[column].kind
        return f"{text} %" if kind == "percent" and isinstance(value, int | Decimal) else text

    def _widths(self, page: float) -> list[float]:
        """Figures take their widest value; text columns share the rest by their weights."""
        columns = self.table.columns
        widths = [0.0] * len(columns)
        for i, column in enumerate(columns):
            if column.kind != "text":
                values = {row[i] for row in [*self.cells, *([self.totals] if self.totals else [])]}
                words = [width(w, _SIZE, bold=True) for w in clean(column.title).split()]
                widest = max((width(v, _SIZE, bold=True) for v in values), default=0.0)
                widths[i] = max(widest, *words, _LEAST[column.kind]) + _GAP + 1
        rest = max(page - 2 * _MARGIN - sum(widths), 0.0)
        weight = sum(c.width for c in columns if c.kind == "text")
        for i, column in enumerate(columns):
            if column.kind == "text":
                widths[i] = rest * column.width / weight
        if not weight and widths:
            spread = rest / len(widths)
            widths = [w + min(spread, 40.0) for w in widths]
        return widths

    def _cramped(self, widths: list[float], page: float) -> bool:
        """Whether an upright page is too narrow: for the figures, a text, or a row in four."""
        texts = [i for i, c in enumerate(self.table.columns) if c.kind == "text"]
        if sum(widths) > page - 2 * _MARGIN + 0.5 or any(widths[i] < _NARROW for i in texts):
            return True
        broken = sum(
            any(width(row[i], _SIZE) > widths[i] - _GAP for i in texts) for row in self.cells
        )
        return broken * 4 > len(self.cells)

    def pdf(self) -> bytes:
        self._page_head()
        for i, row in enumerate(self.cells):
            self._row(row, bold=i in self.table.subtotal_rows)
        if not self.cells:
            self.sheet.text(_MARGIN, self.y, "Nothing to show.", _SIZE, colour=QUIET)
            self.y += _ROW
        if self.totals:
            self._room(_ROW + 6)
            self.sheet.rule(_MARGIN, self.y - 9, self._end(), colour=INK, thick=0.8)
            self.y += 2
            self._row(self.totals, bold=True)
        self._feet()
        return self.sheet.pdf()

    def _end(self) -> float:
        return _MARGIN + sum(self.widths)

    def _page_head(self) -> None:
        sheet = self.sheet
        right = sheet.width - _MARGIN
        first = len(sheet.pages) == 1
        if first:
            sheet.text(_MARGIN, 52, self.table.title, 16, bold=True, room=right - _MARGIN - 200)
            sheet.text(right, 50, self.practice_line, 9, colour=QUIET, align="right", room=190)
            sheet.text(_MARGIN, 67, self.table.subtitle, 9, colour=QUIET, room=right - _MARGIN)
            self.y = 92.0
        else:
            said = f"{self.table.title} · {self.table.subtitle}".removesuffix(" · ")
            sheet.text(_MARGIN, 46, said, 9, colour=QUIET, room=right - _MARGIN)
            self.y = 66.0
        self._column_heads()

    def _column_heads(self) -> None:
        heads = [
            wrap(c.title, _SIZE, w - _GAP, bold=True)
            for c, w in zip(self.table.columns, self.widths, strict=True)
        ]
        deep = max((len(h) for h in heads), default=1)
        for i, head in enumerate(heads):
            for j, line in enumerate(head):
                y = self.y + (deep - len(head) + j) * 10
                self._put(i, y, line, bold=True)
        self.y += (deep - 1) * 10 + 5
        self.sheet.rule(_MARGIN, self.y, self._end(), colour=ACCENT, thick=1)
        self.y += 13

    def _row(self, row: list[str], *, bold: bool) -> None:
        lines = [
            wrap(text, _SIZE, self.widths[i] - _GAP, bold=bold)
            if self.table.columns[i].kind == "text"
            else [text]
            for i, text in enumerate(row)
        ]
        deep = max((len(cell) for cell in lines), default=1)
        high = _ROW + (deep - 1) * 10
        self._room(high)
        if bold and row is not self.totals:
            self.sheet.box(_MARGIN - 3, self.y - 9.5, self._end() - _MARGIN + 6, high, fill=TINT)
        for i, cell in enumerate(lines):
            for j, line in enumerate(cell):
                self._put(i, self.y + j * 10, line, bold=bold)
        self.y += high

    def _put(self, column: int, y: float, text: str, *, bold: bool) -> None:
        left = _MARGIN + sum(self.widths[:column])
        align: Align = "left"
        if self.table.columns[column].kind in {"money", "count", "percent"}:
            # Figures end at the edge; the gap stands before them, and after the last none.
            left, align = left + self.widths[column], "right"
            if column < len(self.widths) - 1:
                left -= _GAP
        self.sheet.text(left, y, text, _SIZE, bold=bold, align=align)

    def _room(self, high: float) -> None:
        if self.y + high > self.sheet.height - 46:
            self.sheet.turn()
            self._page_head()

    def _feet(self) -> None:
        sheet = self.sheet
        count, y = len(sheet.pages), self.sheet.height - 28
        for i in range(count):
            said = f"{self.practice_line} · printed {long_date(self.printed_on)}"
            sheet.text(_MARGIN, y, said, 7.5, colour=QUIET, room=sheet.width - 200, page=i)
            page = f"Page {i + 1} of {count}"
            sheet.text(sheet.width - _MARGIN, y, page, 7.5, colour=QUIET, align="right", page=i)


def to_pdf(table: ReportTable, practice_line: str, printed_on: dt.date) -> bytes:
    """The table as PDF with the practice, the day of printing and page numbers."""
    return report_pdf(table, practice_line, printed_on)
