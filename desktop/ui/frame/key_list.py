"""F1: the keys that work here and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.ui.lib.table import Column, RowsTable

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the list."""

    id: str
    keys: str
    text: str
    where: str


COLUMNS = (
    Column("keys", "Keys", width=20),
    Column("text", "What they do", stretch=True),
    Column("where", "Where", width=18),
)


class KeyListDialog(QDialog):
    """A filtered table of keys; Esc closes."""

    def __init__(self, parent: QWidget, rows: Sequence[KeyRow]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.table = RowsTable(COLUMNS, name="keys", filter_hint="Type what you want to do")
        self.table.set_rows(rows)
        outer = QVBoxLayout(self)
        outer.addWidget(self.table)
        self.resize(min(760, parent.width() - 40), min(600, parent.height() - 40))
        self.table.focus_filter()
