"""Rows of a table in memory: columns as data, sorting and filtering without asking anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.models.values.money import Money
from desktop.ui.lib import dates, theme
from desktop.ui.lib.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex


class Kind(StrEnum):
    """How a column shows and sorts its values."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    COUNT = "count"
    STATE = "state"


class Tone(StrEnum):
    """What a state means; also the name of its icon. Each has its own shape."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARN = "warning"
    BAD = "problem"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: attribute of the row, or the column's name when `getter` is given.
        width: in characters; 0 lets the kind decide.
        stretch: takes the room that is left.
        getter: computes the value from the row.
        tone: for `Kind.STATE`: which mark stands beside the word.
        hidden: only shown when the user chooses it.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    width: int = 0
    stretch: bool = False
    getter: Callable[[Any], Any] | None = None
    tone: Callable[[Any], Tone] | None = None
    hidden: bool = False

    def value(self, row: object) -> object:
        """The typed value of a row."""
        return self.getter(row) if self.getter else getattr(row, self.key)

    def text(self, row: object) -> str:
        """What the cell shows, and what is copied and filtered."""
        value = self.value(row)
        if value is None:
            return ""
        if isinstance(value, Money):
            return value.shown
        if isinstance(value, dt.date):
            return dates.shown(value)
        return str(value)

    def sort_key(self, row: object) -> tuple[bool, Any]:
        """Orders rows; empty values come last, text without regard to case."""
        value = self.value(row)
        if isinstance(value, Money):
            return (False, value.cents)
        if isinstance(value, str):
            return (not value, value.casefold())
        return (value is None, 0 if value is None else value)


WIDTHS = {Kind.TEXT: 16, Kind.MONEY: 12, Kind.DATE: 12, Kind.COUNT: 8, Kind.STATE: 16}
_RIGHT = (Kind.MONEY, Kind.COUNT)


class RowsModel(QAbstractTableModel):
    """Rows in memory, sorted and filtered in memory; `data()` never asks anybody."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._all: list[Any] = []
        self._shown: list[Any] = []
        self._texts: dict[int, str] = {}
        self._words: tuple[str, ...] = ()
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    @property
    def rows(self) -> list[Any]:
        """The rows as shown: filtered and sorted."""
        return self._shown

    @property
    def total_count(self) -> int:
        """How many rows there are without the filter."""
        return len(self._all)

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Replace all rows; sorting and filter stay."""
        self.beginResetModel()
        self._all = list(rows)
        self._texts.clear()
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only rows in which every word occurs in some column."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return
        self.beginResetModel()
        self._words = words
        self._arrange()
        self.endResetModel()

    def row_at(self, index: Index) -> Any:
        """The row of an index, None outside."""
        return self._shown[index.row()] if 0 <= index.row() < len(self._shown) else None

    def _arrange(self) -> None:
        rows = self._all
        if self._words:
            rows = [row for row in rows if all(word in self._text(row) for word in self._words)]
        if self._sorted_by:
            at, order = self._sorted_by
            column = self.columns[at]
            filled = [row for row in rows if not column.sort_key(row)[0]]
            empty = [row for row in rows if column.sort_key(row)[0]]
            backwards = order == Qt.SortOrder.DescendingOrder
            rows = [*sorted(filled, key=column.sort_key, reverse=backwards), *empty]
        self._shown = list(rows)

    def _text(self, row: object) -> str:
        known = self._texts.get(id(row))
        if known is None:
            known = " ".join(column.text(row) for column in self.columns).casefold()
            self._texts[id(row)] = known
        return known

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override of Qt."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override of Qt."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override of Qt."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self._shown[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if column.kind in _RIGHT else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and column.tone and column.text(row):
            return tone_icon(column.tone(row))
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) or None
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Override of Qt."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if column.kind in _RIGHT else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Override of Qt: a column of -1 restores the order in which the rows came."""
        self.beginResetModel()
        self._sorted_by = (column, order) if 0 <= column < len(self.columns) else None
        self._arrange()
        self.endResetModel()


def tone_icon(tone: Tone) -> QIcon:
    """The mark of a tone in the theme's colour; shapes differ, so no colour is needed."""
    scheme = theme.current()
    colours = {
        Tone.NEUTRAL: scheme.muted,
        Tone.GOOD: scheme.good,
        Tone.WARN: scheme.warn,
        Tone.BAD: scheme.bad,
    }
    return icon(tone.value, colours[tone], 15)
