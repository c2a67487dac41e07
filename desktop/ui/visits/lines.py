"""The grid of charge lines: an empty one waits at the end, Enter goes from field to field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.models.values.money import Money, total
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.type_ahead import Source, TypeAhead
from desktop.ui.visits.line_row import FIELDS, LineRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.errors import Problem
    from desktop.services.practice.codes.procedures import ProcedureDraft
    from desktop.services.visits.values import LineDraft, LineView

_HEADINGS = ("", "Procedure", "", "Modifiers", "Points to", "Units", "Charge", "", "")
MOST = 50


class LineGrid(QWidget):
    """All lines of a visit.

    Signals:
        edited: the user changed something.
        priced: a `LineRow` wants its fee.
        details_wanted: a `LineRow` wants its dialog.
        finished: Enter on the empty last line.
    """

    edited = Signal()
    priced = Signal(object)
    details_wanted = Signal(object)
    finished = Signal()

    def __init__(self, source: Callable[[QWidget], Source]) -> None:
        super().__init__()
        self._make_source = source
        self.rows: list[LineRow] = []
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(0, 0, 6, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 3)
        for column, text in enumerate(_HEADINGS):
            self._grid.addWidget(plain_label(text, muted=True), 0, column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._inner)
        inside.addStretch(1)
        scroll.setWidget(holder)
        self._scroll = scroll
        heading = plain_label("Charges")
        theme.flag(heading, "heading")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(3)
        outer.addWidget(heading)
        outer.addWidget(scroll, 1)
        self.clear()

    def clear(self) -> None:
        """One empty line."""
        for row in self.rows:
            self._drop(row)
        self.rows = []
        self._add()

    def show_lines(self, lines: Sequence[LineView]) -> None:
        """Show a stored visit's lines."""
        self.clear()
        for view in lines:
            self.rows[-1].show_line(view)
            self._add()

    def show_drafts(self, lines: Sequence[LineDraft], titles: dict[str, str]) -> None:
        """Show lines that are not stored yet, and ask for their fees."""
        self.clear()
        for draft in lines:
            row = self.rows[-1]
            row.set_draft(draft, titles.get(draft.procedure, ""))
            self._add()
            if draft.charge is None:
                self.priced.emit(row)

    def filled(self) -> list[LineRow]:
        """The rows on which something stands."""
        return [row for row in self.rows if not row.is_empty]

    def problems(self) -> list[Problem]:
        """What cannot be read."""
        return [p for n, row in enumerate(self.filled(), 1) for p in row.problems(f"lines.{n}")]

    def drafts(self) -> tuple[LineDraft, ...]:
        """The lines as entered."""
        return tuple(row.draft() for row in self.filled())

    def total(self) -> Money:
        """The running total."""
        return total(row.shown_charge() for row in self.filled())

    def move_pointers(self, moved: dict[int, int]) -> None:
        """Follow the diagnoses."""
        for row in self.rows:
            row.move_pointers(moved)

    def current(self) -> LineRow | None:
        """The line that holds the cursor, or held it until the palette was opened."""
        # The window keeps its focus widget while a dialog before it has the keys.
        with_cursor = self.window().focusWidget()
        return next((row for row in self.rows if with_cursor in row.widgets()), None)

    def add(self, own: ProcedureDraft) -> None:
        """Put a procedure on the empty line at the end."""
        self.rows[-1].take(own)

    def remove(self, row: LineRow, *, focus: bool = True) -> bool:
        """Take a line away, with the cursor going to the next; False when it is locked."""
        if row.locked or row not in self.rows:
            return False
        at = self.rows.index(row)
        self.rows.remove(row)
        self._drop(row)
        if not self.rows or not self.rows[-1].is_empty:
            self._add()
        self._renumber()
        if focus:
            self.rows[min(at, len(self.rows) - 1)].procedure.setFocus()
        self.edited.emit()
        return True

    def focus_field(self, number: int, name: str) -> None:
        """Put the cursor into a field of a line, from 1."""
        row = self.rows[min(max(number, 1), len(self.rows)) - 1]
        widget: QWidget = row.editor(name if name in FIELDS else "procedure")
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(widget)

    def _add(self) -> LineRow:
        row = LineRow(self._make_source(self), self.details_wanted.emit)
        self.rows.append(row)
        at = len(self.rows)
        # A grid never gives a line back, so that a removed row leaves an empty one of no height.
        line = self._grid.rowCount()
        for column, widget in enumerate(row.widgets()):
            self._grid.addWidget(widget, line, column)
            widget.show()
        for name in FIELDS:
            row.editor(name).installEventFilter(self)
        row.set_number(at)
        row.edited.connect(lambda: self._on_edited(row))
        row.priced.connect(self.priced)
        return row

    def _drop(self, row: LineRow) -> None:
        for widget in row.widgets():
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        row.deleteLater()

    def _renumber(self) -> None:
        for number, row in enumerate(self.rows, 1):
            row.set_number(number)

    def _on_edited(self, row: LineRow) -> None:
        if row is self.rows[-1] and row.procedure.value() is not None and len(self.rows) < MOST:
            self._add()
        self.edited.emit()

    def _position(self, widget: QObject) -> tuple[LineRow, str] | None:
        for row in self.rows:
            for name in FIELDS:
                if row.editor(name) is widget:
                    return row, name
        return None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Enter goes to the next field, then to the next line."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        found = self._position(watched)
        if found is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        row, name = found
        if isinstance(watched, TypeAhead):
            if row.is_empty:
                self.finished.emit()
                return True
            if watched.value() is None:
                # Closed or not, the list's first line is what the typed code means.
                if not (watched.is_open() or watched.is_waiting()):
                    watched.ask()
                watched.take()
        at = FIELDS.index(name)
        if at + 1 < len(FIELDS):
            row.editor(FIELDS[at + 1]).setFocus(Qt.FocusReason.TabFocusReason)
        else:
            following = self.rows.index(row) + 1
            if following == len(self.rows):
                self._add()
            self.focus_field(following + 1, "procedure")
        return True
