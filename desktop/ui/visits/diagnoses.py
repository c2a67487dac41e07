"""The diagnoses of a visit: a line that adds, and the list with its letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.models.values.identifiers import dotted
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.type_ahead import Source, Suggestion, TypeAhead
from desktop.ui.visits.codes import MOST_LETTERS, letter
from desktop.ui.visits.elided import ElidedLabel


class DiagnosisBox(QWidget):
    """Codes in order, primary first. Enter on the empty line goes on to the charge lines.

    In the list Delete removes, Ctrl+Up and Ctrl+Down move. A line below says what the tabular
    list asks for beside the diagnosis with the cursor.

    Signals:
        edited: the user changed the list.
        looked: the cursor stands on another diagnosis; its code, or empty.
        reordered: for each old position from 1, its new one (0: gone), as a dict.
        finished: Enter on the empty line.
    """

    edited = Signal()
    reordered = Signal(object)
    finished = Signal()
    looked = Signal(str)

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._codes: list[tuple[str, str]] = []
        self._favourites: frozenset[str] = frozenset()
        self.line = TypeAhead(source, placeholder="Add by code or words", keep_text=False)
        self.line.setAccessibleName("Add a diagnosis")
        self.list = QListWidget()
        self.list.setAccessibleName("Diagnoses")
        self.list.setMinimumHeight(self.list.fontMetrics().lineSpacing() * 3 + 12)
        self.hint = plain_label(muted=True)
        self.hint.setWordWrap(True)
        self.hint.hide()
        self.asks = ElidedLabel()
        self.asks.setAccessibleName("What goes with the diagnosis")
        self.asks.hide()
        heading = plain_label("Diagnoses")
        theme.flag(heading, "heading")
        heading.setBuddy(self.line)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(3)
        for widget in (heading, self.line, self.hint, self.list, self.asks):
            outer.addWidget(widget)
        outer.setStretch(3, 1)
        self.line.chosen.connect(self._on_chosen)
        self.line.returnPressed.connect(self._on_enter)
        self.list.installEventFilter(self)
        self.list.currentRowChanged.connect(lambda _row: self.looked.emit(self.current()))

    def codes(self) -> tuple[str, ...]:
        """The codes without dots."""
        return tuple(code for code, _title in self._codes)

    def set_codes(self, codes: list[tuple[str, str]]) -> None:
        """Show (code, title) pairs."""
        self._codes = list(codes)
        self.line.set_value(None)
        self._show()

    def set_hint(self, text: str) -> None:
        """A sentence below the line, such as that no code set covers the date."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    def set_asks(self, text: str) -> None:
        """One line below the list: what goes with the diagnosis; empty hides it."""
        self.asks.say(text)
        self.asks.setVisible(bool(text))

    def set_favourites(self, favourites: frozenset[str]) -> None:
        """Mark the practice's favourites with a star."""
        if favourites != self._favourites:
            self._favourites = favourites
            self._show(self.list.currentRow())

    def focus_position(self, position: int) -> None:
        """Put the cursor on a diagnosis, or on the line when there is no such one."""
        if 1 <= position <= len(self._codes):
            self.list.setCurrentRow(position - 1)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, row: int = -1) -> None:
        self.list.blockSignals(True)  # noqa: FBT003
        self.list.clear()
        for position, (code, title) in enumerate(self._codes, 1):
            star = " ★" if code in self._favourites else ""
            shown = f"{letter(position)}   {dotted(code)}{star}   {title}"
            item = QListWidgetItem(shown.rstrip())
            item.setToolTip(f"{title} (a favourite)" if star else title)
            self.list.addItem(item)
        if 0 <= row < len(self._codes):
            self.list.setCurrentRow(row)
        self.list.blockSignals(False)  # noqa: FBT003
        self.looked.emit(self.current())

    def add(self, code: str, title: str, *, before: str = "") -> bool:
        """Put a code at the end of the list, or before another one.

        False, with a word why, when it has no place.
        """
        if code in self.codes():
            self.set_hint(f"{dotted(code)} is on the list already.")
            return False
        if len(self._codes) >= MOST_LETTERS:
            self.set_hint(
                f"{dotted(code)} was not added: a visit holds {MOST_LETTERS} diagnoses, as many as "
                "two claims of 12 can name. Remove one first."
            )
            return False
        self.set_hint("")
        codes = self.codes()
        at = codes.index(before) if before in codes else len(codes)
        self._codes.insert(at, (code, title))
        self._show(at)
        if at < len(codes):
            self.reordered.emit({p: p + (p > at) for p in range(1, len(codes) + 1)})
        self.edited.emit()
        return True

    def replace(self, old: str, code: str, title: str) -> bool:
        """Put a code in the place of another; what points there stays."""
        codes = self.codes()
        if old not in codes:
            return False
        if code in codes:
            self.set_hint(f"{dotted(code)} is on the list already.")
            return False
        self.set_hint("")
        at = codes.index(old)
        self._codes[at] = (code, title)
        self._show(at)
        self.edited.emit()
        return True

    def remove(self, code: str) -> bool:
        """Take a code off the list; False when it is not there."""
        codes = self.codes()
        if code not in codes:
            return False
        self.set_hint("")
        self._remove(codes.index(code))
        return True

    def current(self) -> str:
        """The code with the cursor; empty when there is none."""
        row = self.list.currentRow()
        return self._codes[row][0] if 0 <= row < len(self._codes) else ""

    def _on_chosen(self, item: Suggestion) -> None:
        code, title = item.value
        self.add(code, title)

    def _on_enter(self) -> None:
        if not self.line.text().strip():
            self.finished.emit()
        elif not self.line.is_open() and not self.line.is_waiting():
            self.set_hint("Nothing is found for this; try other words, or the code.")

    def _remove(self, row: int) -> None:
        before = len(self._codes)
        del self._codes[row]
        moved = {p: p - (p > row + 1) for p in range(1, before + 1)}
        moved[row + 1] = 0
        self._show(min(row, len(self._codes) - 1))
        self.reordered.emit(moved)
        self.edited.emit()

    def _move(self, row: int, by: int) -> None:
        other = row + by
        if not 0 <= other < len(self._codes):
            return
        self._codes[row], self._codes[other] = self._codes[other], self._codes[row]
        moved = {p: p for p in range(1, len(self._codes) + 1)}
        moved[row + 1], moved[other + 1] = other + 1, row + 1
        self._show(other)
        self.reordered.emit(moved)
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: the keys of the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        row, key = self.list.currentRow(), event.key()
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if row < 0:
            return False
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(row)
            return True
        if with_control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(row, -1 if key == Qt.Key.Key_Up else 1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not with_control:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)
