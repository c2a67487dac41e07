"""A report as a table: the contract between whoever computes one and its CSV and PDF."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from desktop.models.values.money import Money

Kind = Literal["text", "money", "date", "count", "percent"]
Value = str | Money | dt.date | int | Decimal | None

# A spreadsheet takes a text that starts so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        key: stable name for JSON and for links.
        title: what people read.
        kind: how values are written and aligned.
        width: share of the page among text columns; figures take what they need.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: int = 10


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A finished report.

    Attributes:
        rows: tuples as long as `columns`; a `Money`, date or number stays one in CSV, a
            percent is a number such as Decimal("12.5"), None is empty.
        totals: one more row as long as `columns`, or None.
        subtotal_rows: indexes of rows that sum the rows above them; in print only.
    """

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: tuple[Value, ...] | None = None
    subtotal_rows: frozenset[int] = frozenset()


def plain_value(value: Value) -> str:
    """A value as CSV and JSON carry it: ISO dates, money with two decimals, no separators."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def harmless(text: str) -> str:
    """A text cell that no spreadsheet runs: an apostrophe stands before what looks like one."""
    text = text.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def to_csv(table: ReportTable) -> str:
    """The table as CSV (RFC 4180, CRLF): titles, rows without subtotals, totals last."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([harmless(column.title) for column in table.columns])
    rows = [row for i, row in enumerate(table.rows) if i not in table.subtotal_rows]
    for row in [*rows, *([table.totals] if table.totals else [])]:
        write([harmless(v) if isinstance(v, str) else plain_value(v) for v in row])
    return out.getvalue()


def to_text(table: ReportTable) -> str:
    """The table as aligned plain text for a terminal, totals last."""
    rows = [tuple(_shown(c, v) for c, v in zip(table.columns, r, strict=True)) for r in table.rows]
    if table.totals is not None:
        rows.append(tuple(_shown(c, v) for c, v in zip(table.columns, table.totals, strict=True)))
    titles = tuple(c.title for c in table.columns)
    widths = [max(len(r[i]) for r in (titles, *rows)) for i in range(len(titles))]
    left = [c.kind in {"text", "date"} for c in table.columns]

    def line(cells: tuple[str, ...]) -> str:
        padded = (
            c.ljust(w) if is_left else c.rjust(w)
            for c, w, is_left in zip(cells, widths, left, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([table.title, table.subtitle, "", line(titles), *map(line, rows)])


def _shown(column: Column, value: Value) -> str:
    if isinstance(value, Money):
        return value.shown
    return "" if value is None else f"{value:,}" if column.kind == "count" else str(value)
