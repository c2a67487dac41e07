"""Codes from a note: what the provider wrote, its phrases marked, codes to take for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.services.coding.notes.values import Status, Suggestion
from desktop.services.core.work import Work
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.visits.note_marks import Legend, Units, look_of
from desktop.ui.visits.note_rows import NoteList, Taken, groups_of, rows_of

if TYPE_CHECKING:
    from desktop.ui.lib.page import Context

__all__ = ["NoteDialog", "Taken"]

_PAUSE_MS = 300
_LEAST = (560, 380)
_KEYS = (
    "Enter, the number, or an answer's first letter takes a code, Delete takes it off again, "
    "← → go from phrase to phrase. F6 goes between note and codes, Esc closes. Nothing is coded "
    "by itself; the note is not stored."
)
Read = Callable[[Work, str], Sequence[Suggestion]]


class NoteDialog(QDialog):
    """The note on the left, what it gives on the right.

    Nothing is coded by itself. The note stays in the window's memory and is not stored.

    Signals:
        taken: a `Taken` to put on the visit.
        removed: a `Taken` to take off it again.
    """

    taken = Signal(object)
    removed = Signal(object)

    def __init__(self, parent: QWidget, context: Context, read: Read, note: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Codes from a note")
        self.setModal(True)
        self._owner = parent
        self._read = read
        self._suggestions: list[Suggestion] = []
        self._spans: list[tuple[int, int]] = []
        self._groups: list[list[int]] = []
        self._have: set[tuple[str, str]] = set()
        self._awaited: Taken | None = None
        self._answered = ""
        self._channel = context.runner.latest(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        self._make_parts(note)
        self._lay_out()
        self.note.textChanged.connect(self._pause.start)
        self.list.moved.connect(self._mark)
        self.list.take_wanted.connect(self._take)
        self.list.remove_wanted.connect(self._remove)
        self.note.installEventFilter(self)
        QShortcut(QKeySequence("F6"), self).activated.connect(self._other_pane)
        if note.strip():
            self.ask()

    def _make_parts(self, note: str) -> None:
        self.note = QPlainTextEdit(note)
        self.note.setAccessibleName("Note of the provider")
        self.note.setPlaceholderText(
            "Paste or type what the provider wrote, such as:\n"
            "Influenza A with fever, cough and sore throat. Denies chest pain."
        )
        self.note.setTabChangesFocus(True)
        self.legend = Legend()
        self.list = NoteList()
        self.heading = plain_label("Codes for what is marked")
        theme.flag(self.heading, "heading")
        self.says = plain_label()
        self.says.setWordWrap(True)
        self.hint = plain_label(_KEYS, muted=True)
        self.hint.setWordWrap(True)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        words = plain_label("What the provider wrote")
        theme.flag(words, "heading")
        words.setBuddy(self.note)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setChildrenCollapsible(False)
        for column_of in ((words, self.note, self.legend), (self.heading, self.list, self.says)):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            for widget in column_of:
                column.addWidget(widget)
            column.setStretch(1, 1)
            sides.addWidget(side)
        sides.setSizes([1000, 1000])
        sides.setStretchFactor(0, 1)
        sides.setStretchFactor(1, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.close_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 12)
        outer.setSpacing(8)
        outer.addWidget(sides, 1)
        outer.addLayout(foot)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt: most of the window, so that the note can be read."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        owner = self._owner.window().frameGeometry()
        self.resize(
            min(max(_LEAST[0], owner.width() * 9 // 10), room.width() - 40),
            min(max(_LEAST[1], owner.height() * 9 // 10), room.height() - 60),
        )
        corner = owner.center() - self.rect().center()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- asking ------------------------------------------------------------------------------

    def text(self) -> str:
        """The note as it stands."""
        return self.note.toPlainText()

    def ask(self) -> None:
        """Read the note anew; only the newest question is answered."""
        self._pause.stop()
        text = self.text()
        if not text.strip():
            self.show_suggestions(text, [])
            return
        self._say()
        self._channel.read(
            lambda work: list(self._read(work, text)),
            lambda found: self.show_suggestions(text, found),
        )

    def is_waiting(self) -> bool:
        """Whether what is shown is older than the note."""
        return self._pause.isActive()

    def set_taken(self, have: set[tuple[str, str]]) -> None:
        """Which codes the visit has, pairs of kind and code; after a taken one, go on."""
        self._have = set(have)
        self.list.show_rows(rows_of(self._suggestions, self._groups, self._have))
        awaited = self._awaited
        if awaited is not None and (awaited.kind, awaited.code) in self._have:
            self._awaited = None
            self.list.go_to_group(1)

    def show_suggestions(self, text: str, found: Sequence[Suggestion]) -> None:
        """Show what a note gives, unless it was changed meanwhile."""
        if text != self.text():
            return
        self._answered = text
        units = Units(text)
        self._suggestions = list(found)
        self._groups = groups_of(self._suggestions)
        self._spans = [(units[s.start], units[s.end]) for s in self._suggestions]
        self.list.show_rows(rows_of(self._suggestions, self._groups, self._have))
        self._say()

    # -- taking ------------------------------------------------------------------------------

    def _take(self, taken: Taken) -> None:
        if (taken.kind, taken.code) in self._have:
            self.say("This code is on the visit already; Delete takes it off.")
            return
        self.say("")
        self._awaited = taken
        self.taken.emit(taken)

    def _remove(self, taken: Taken) -> None:
        if (taken.kind, taken.code) not in self._have:
            self.say("This code is not on the visit; Enter takes it.")
            return
        self.say("")
        self.removed.emit(taken)

    def say(self, text: str) -> None:
        """A sentence below the codes: why one was not taken; empty says what was found."""
        self.says.setProperty("warn", bool(text))
        self.says.setProperty("muted", not text)
        self.says.style().unpolish(self.says)
        self.says.style().polish(self.says)
        self.says.setText(text or self._found())

    def _say(self) -> None:
        self.say("")

    def _found(self) -> str:
        if self.text().strip() and self.text() != self._answered:
            return "Reading the note…"
        if not self._suggestions:
            if self.text().strip():
                return "No phrase of this note leads to a code."
            return "Codes appear here while the note is pasted or typed."
        first = [self._suggestions[group[0]] for group in self._groups]
        count = sum(bool(s.codes or s.answers) for s in first)
        asked = sum(bool(s.question) for s in first)
        denied = sum(s.status is Status.NEGATED for s in first)
        parts = [f"{count} phrase{'' if count == 1 else 's'} to code"]
        if asked:
            parts.append(f"{asked} with a question")
        if denied:
            parts.append(f"{denied} denied")
        return ", ".join(parts) + "."

    # -- the marks ---------------------------------------------------------------------------

    def _mark(self) -> None:
        """Mark the phrases in the note, the one with the cursor most."""
        row = self.list.current()
        chosen = self._groups[row.group] if row is not None and self._groups else []
        document = self.note.document()
        marks = []
        for number, (start, end) in enumerate(self._spans):
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(document)
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            mark.format = look_of(self._suggestions[number].status, chosen=number in chosen)
            marks.append(mark)
        if chosen and not self.note.hasFocus():
            seen = QTextCursor(document)
            seen.setPosition(self._spans[chosen[0]][1])
            self.note.setTextCursor(seen)
        self.note.setExtraSelections(marks)

    # -- keys --------------------------------------------------------------------------------

    def _other_pane(self) -> None:
        pane = self.list if self.note.hasFocus() else self.note
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._mark()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Ctrl+Enter in the note goes to the codes, whose cursor is shown."""
        if watched is self.note and isinstance(event, QKeyEvent):
            with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.KeyPress and enter and with_control:
                self._other_pane()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter never presses a button by itself."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
