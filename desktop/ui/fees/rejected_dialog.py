"""The lines of an import that were left out, with their numbers, to be read and copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.coding.base.values import ImportResult


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One line that was left out."""

    id: int
    file: str
    number: int
    text: str


COLUMNS = (
    Column("file", "File", width=34),
    Column("number", "Line", Kind.COUNT, width=9),
    Column("text", "What is wrong with it", stretch=True, width=50),
)


class RejectedDialog(QDialog):
    """A table; Ctrl+C copies what is chosen."""

    def __init__(self, parent: QWidget, results: Sequence[ImportResult]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Lines that were left out")
        self.setModal(True)
        self.table = RowsTable(COLUMNS, name="left-out lines")
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)
        words = plain_label(
            "All other lines were loaded. Ctrl+C copies the chosen ones.", muted=True
        )
        foot = QHBoxLayout()
        foot.addWidget(words, 1)
        foot.addWidget(self.close_button)
        outer = QVBoxLayout(self)
        outer.addWidget(self.table, 1)
        outer.addLayout(foot)
        rows = [
            (result.file_name, line.number, line.text)
            for result in results
            for line in result.rejected
        ]
        self.table.set_rows([LeftOut(at, *row) for at, row in enumerate(rows)])
        self.table.select_first()
        self.table.view.setFocus(Qt.FocusReason.OtherFocusReason)
        around = parent.window().size()
        self.resize(int(around.width() * 0.7), int(around.height() * 0.6))
