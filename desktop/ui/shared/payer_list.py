"""Payers from a clearinghouse's list: which column is what, what each row would do, then do it.

Used by Setup and by the drop zone of the code sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.errors import AppError, EnvironmentProblem, RuleError
from desktop.services.formats.lists.payers import FIELDS, NEEDED, PayerFile, read_payers
from desktop.services.practice.payers import payer_import
from desktop.services.practice.payers.payer_import import PayerImport, PayerRow, RowResult
from desktop.ui.lib import messages, theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.lib.messages import Notice, NoticeBar
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QKeyEvent

    from desktop.ui.lib.page import Context

PREVIEWED: Final = 20
_LARGEST: Final = 50_000_000
_TONES: Final = {
    RowResult.ADDED: Tone.GOOD,
    RowResult.CHANGED: Tone.WARN,
    RowResult.UNCHANGED: Tone.NEUTRAL,
    RowResult.REJECTED: Tone.BAD,
}


def _says(row: PayerRow) -> str:
    return row.why or "; ".join(change.text for change in row.changes)


COLUMNS: Final = (
    Column("number", "Row", Kind.COUNT, width=6),
    Column("name", "Name", width=32),
    Column("electronic_id", "Electronic id", width=13),
    Column("result", "What", Kind.STATE, width=13, tone=lambda row: _TONES[row.result]),
    Column("says", "More", stretch=True, width=30, getter=_says),
)


class PayerListDialog(QDialog):
    """A choice of column for each field, and the first rows as they would be taken over."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        path: Path,
        done: Callable[[], None] | None = None,
    ) -> None:
        """`done` is called after payers were loaded."""
        super().__init__(parent)
        self.setWindowTitle(f"Payers from {path.name}")
        self.setModal(True)
        self.context = context
        self.file: PayerFile | None = None
        self._owner = parent
        self._data = b""
        self._done = done
        self._is_finished = False
        self._preview = context.runner.latest(self)
        self.choices = {name: Choice(empty="not in this file") for name in FIELDS}
        self.words = plain_label("Reading the list…")
        self.words.setWordWrap(True)
        self.table = RowsTable(COLUMNS, name="payer list", id_key="number")
        self.load_button = Button("Load the payers", primary=True)
        self.load_button.setToolTip("Load the payers (Ctrl+Enter)")
        self.load_button.setEnabled(False)
        self.close_button = Button("Cancel")
        self._notices = NoticeBar()
        self._lay_out()
        self.load_button.clicked.connect(lambda _on=False: self.load())
        self.close_button.clicked.connect(lambda _on=False: self.reject())
        context.runner.background(
            self, lambda _progress: _read(path), self._on_read, self._on_failed, progress_text=None
        )

    def mapping(self) -> dict[str, int]:
        """The chosen column of each field that is in the file."""
        chosen = {name: choice.value() for name, choice in self.choices.items()}
        return {name: at for name, at in chosen.items() if at is not None}

    def show_notice(self, notice: Notice) -> None:
        """See `messages.NoticeHost`."""
        self._notices.show_notice(notice)

    def load(self) -> None:
        """Take the whole list over."""
        if not self.load_button.isEnabled():
            return
        data, mapping = self._data, self.mapping()
        self.context.runner.write(
            self,
            lambda work: payer_import.import_payers(work, data, mapping),
            self._on_loaded,
            progress_text="Loading payers",
            disable=self.load_button,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Ctrl+Enter loads; Enter alone presses no button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.load()
            event.accept()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        for at, (name, choice) in enumerate(self.choices.items()):
            label = plain_label(FIELDS[name] + (" *" if name in NEEDED else ""))
            label.setBuddy(choice)
            choice.setAccessibleName(f"Column of {FIELDS[name]}")
            choice.edited.connect(self._ask)
            row, column = divmod(at, 3)
            grid.addWidget(label, row, column * 2, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(choice, row, column * 2 + 1)
        for column in (1, 3, 5):
            grid.setColumnStretch(column, 1)
        heading = plain_label("Which column holds what")
        theme.flag(heading, "heading")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.load_button)
        outer = QVBoxLayout(self)
        outer.setSpacing(8)
        outer.addWidget(heading)
        outer.addLayout(grid)
        outer.addWidget(self.words)
        outer.addWidget(self.table, 1)
        outer.addWidget(self._notices)
        outer.addLayout(foot)
        around = self._owner.window().size()
        self.resize(int(around.width() * 0.8), int(around.height() * 0.8))

    def _on_read(self, read: tuple[bytes, PayerFile]) -> None:
        self._data, self.file = read
        columns = list(enumerate(self.file.headings))
        for name, choice in self.choices.items():
            choice.set_options(columns)
            choice.set_value(self.file.proposed.get(name))
        self._ask()
        next(iter(self.choices.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_failed(self, error: AppError) -> None:
        self.words.setText(str(error))
        theme.flag(self.words, "bad")

    def _ask(self) -> None:
        file = self.file
        if file is None or self._is_finished:
            return
        mapping = self.mapping()
        self._preview.read(
            lambda work: payer_import.preview_payers(work, file, mapping, PREVIEWED),
            self._on_preview,
            self._on_refused,
        )

    def _on_preview(self, found: PayerImport) -> None:
        if self.file is None:
            return
        total = len(self.file.rows)
        shown = f"the first {PREVIEWED} of {total:,} rows" if total > PREVIEWED else "all rows"
        self.words.setText(f"This is what {shown} would do. Nothing is kept yet.")
        self.table.set_rows(found.rows)
        self.load_button.setEnabled(True)

    def _on_refused(self, error: AppError) -> None:
        self.words.setText(str(error))
        self.table.set_empty_text(str(error))
        self.table.set_rows([])
        self.load_button.setEnabled(False)

    def _on_loaded(self, done: PayerImport) -> None:
        self._is_finished = True
        if self._done is not None:
            self._done()
        text = f"Payers: {done.text}"
        if not done.count(RowResult.REJECTED):
            messages.info(self._owner, text)
            self.accept()
            return
        # What was left out stays to be read.
        self.words.setText(f"{text} These rows were left out; the others are kept.")
        self.table.set_rows([row for row in done.rows if row.result is RowResult.REJECTED])
        self.load_button.hide()
        for choice in self.choices.values():
            choice.setEnabled(False)
        self.close_button.setText("Close")
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)


def _read(path: Path) -> tuple[bytes, PayerFile]:
    try:
        if path.stat().st_size > _LARGEST:
            raise RuleError(f"{path.name} is far larger than any list of payers.")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise EnvironmentProblem(f"“{path.name}” could not be read ({reason}).") from error
    return data, read_payers(data)
