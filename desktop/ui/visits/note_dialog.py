"""Codes from a note: what the provider wrote, its phrases marked, codes to take for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.services.coding.suggest.values import Status, Suggestion
from desktop.services.work import Work
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import Context

_PAUSE_MS = 300
_WORDS = {
    Status.PRESENT: "",
    Status.NEGATED: "denied: nothing to code",
    Status.HISTORY: "past: only as history",
    Status.FAMILY: "in the family: only as family history",
    Status.UNCERTAIN: "uncertain: code the sign or symptom",
}
Read = Callable[[Work, str], Sequence[Suggestion]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A code that the coder accepts, with the words that it rests on."""

    kind: str
    code: str
    title: str
    phrase: str


class NoteDialog(QDialog):
    """The note on the left, what it gives on the right; Enter takes the code with the cursor.

    Nothing is coded by itself. The note stays in the window's memory and is not stored.

    Signals:
        taken: a `Taken`.
    """

    taken = Signal(object)

    def __init__(self, parent: QWidget, context: Context, read: Read, note: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Codes from a note")
        self.setModal(True)
        self._owner = parent
        self._read = read
        self._suggestions: list[Suggestion] = []
        self._rows: list[tuple[int, Taken | None]] = []
        self._have: set[tuple[str, str]] = set()
        self._channel = context.runner.latest(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        self._make_parts(note)
        self._lay_out()
        self.note.textChanged.connect(self._pause.start)
        self.list.currentRowChanged.connect(lambda _row: self._mark())
        self.list.itemDoubleClicked.connect(lambda _item: self.take())
        self.list.installEventFilter(self)
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
        self.list = QListWidget()
        self.list.setAccessibleName("Codes for the note")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.heading = plain_label("Codes for what is marked")
        theme.flag(self.heading, "heading")
        self.hint = plain_label(muted=True)
        self.hint.setWordWrap(True)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        words = plain_label("What the provider wrote")
        theme.flag(words, "heading")
        words.setBuddy(self.note)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setChildrenCollapsible(False)
        for heading, widget in ((words, self.note), (self.heading, self.list)):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            column.addWidget(heading)
            column.addWidget(widget, 1)
            sides.addWidget(side)
        sides.setSizes([1, 1])
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
            min(max(860, owner.width() * 4 // 5), room.width() - 60),
            min(max(520, owner.height() * 4 // 5), room.height() - 80),
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
        self._channel.read(
            lambda work: list(self._read(work, text)),
            lambda found: self.show_suggestions(text, found),
        )

    def is_waiting(self) -> bool:
        """Whether what is shown is older than the note."""
        return self._pause.isActive()

    def set_taken(self, have: set[tuple[str, str]]) -> None:
        """Which codes the visit has: pairs of kind and code."""
        self._have = set(have)
        self._fill(self.list.currentRow())

    def show_suggestions(self, text: str, found: Sequence[Suggestion]) -> None:
        """Show what a note gives, unless it was changed meanwhile."""
        if text != self.text():
            return
        self._suggestions = list(found)
        self._fill(-1)
        self._say()

    # -- the list ----------------------------------------------------------------------------

    def _fill(self, row: int) -> None:
        self._rows = []
        self.list.clear()
        for number, suggestion in enumerate(self._suggestions):
            self._add_heading(number, suggestion)
            if suggestion.question:
                for answer in suggestion.answers:
                    self._add_code(
                        number, f"{answer.text}:  ", answer.code, answer.dotted, answer.title
                    )
            asked = {answer.code for answer in suggestion.answers}
            for code in suggestion.codes:
                if code.code not in asked:
                    self._add_code(number, "", code.code, code.dotted, code.title)
        if row < 0:
            row = next((n for n, (_, taken) in enumerate(self._rows) if taken), -1)
        self.list.setCurrentRow(min(row, len(self._rows) - 1))
        self._mark()

    def _add_heading(self, number: int, suggestion: Suggestion) -> None:
        says = [part for part in (_WORDS[suggestion.status], suggestion.question) if part]
        text = f"“{' '.join(suggestion.phrase.split())}”"
        item = QListWidgetItem("   ".join([text, *says]))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = item.font()
        font.setBold(suggestion.status is Status.PRESENT)
        item.setFont(font)
        if suggestion.status is not Status.PRESENT:
            item.setForeground(QColor(theme.current().muted))
        self.list.addItem(item)
        self._rows.append((number, None))

    def _add_code(self, number: int, lead: str, code: str, dotted: str, title: str) -> None:
        suggestion = self._suggestions[number]
        has = (suggestion.kind, code) in self._have
        mark = "✓" if has else "    "
        item = QListWidgetItem(f"  {mark} {lead}{dotted}   {title}")
        item.setToolTip("On the visit already." if has else "Enter takes it.")
        self.list.addItem(item)
        self._rows.append((number, Taken(suggestion.kind, code, title, suggestion.phrase)))

    def take(self) -> None:
        """Give the code with the cursor to the visit, and go on to the next phrase."""
        at = self.list.currentRow()
        taken = self._rows[at][1] if 0 <= at < len(self._rows) else None
        if taken is None or (taken.kind, taken.code) in self._have:
            return
        self.taken.emit(taken)
        number = self._rows[at][0]
        later = (n for n, (of, code) in enumerate(self._rows) if of > number and code)
        self.list.setCurrentRow(next(later, at))

    def _say(self) -> None:
        count = sum(bool(s.codes or s.answers) for s in self._suggestions)
        if self._suggestions:
            self.hint.setText(
                f"{count} phrase{'' if count == 1 else 's'} to code. Tab goes to the codes, Enter "
                "takes one. Nothing is coded by itself; the note is not stored."
            )
        elif self.text().strip():
            self.hint.setText("No phrase of this note leads to a code.")
        else:
            self.hint.setText("Nothing is coded by itself; the note is not stored.")

    # -- the marks ---------------------------------------------------------------------------

    def _mark(self) -> None:
        """Mark the phrases in the note, the one with the cursor most."""
        at = self.list.currentRow()
        chosen = self._rows[at][0] if 0 <= at < len(self._rows) else -1
        text = self.text()
        marks = []
        for number, suggestion in enumerate(self._suggestions):
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.note.document())
            cursor.setPosition(_units(text[: suggestion.start]))
            end = _units(text[: suggestion.end])
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            mark.format = _format(suggestion.status, chosen=number == chosen)
            marks.append(mark)
            if number == chosen:
                seen = QTextCursor(self.note.document())
                seen.setPosition(end)
                if not self.note.hasFocus():
                    self.note.setTextCursor(seen)
        self.note.setExtraSelections(marks)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Enter takes."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter never presses a button by itself."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _units(text: str) -> int:
    """Qt counts UTF-16 units where Python counts characters."""
    return len(text.encode("utf-16-le")) // 2


def _format(status: Status, *, chosen: bool) -> QTextCharFormat:
    """How a phrase looks: by line and ground, so that no colour alone says it."""
    scheme = theme.current()
    look = QTextCharFormat()
    look.setUnderlineColor(QColor(scheme.accent if status is Status.PRESENT else scheme.muted))
    look.setUnderlineStyle(
        QTextCharFormat.UnderlineStyle.SingleUnderline
        if status is Status.PRESENT
        else QTextCharFormat.UnderlineStyle.DotLine
    )
    if status is Status.NEGATED:
        look.setFontStrikeOut(True)
        look.setForeground(QColor(scheme.muted))
    if chosen or status is Status.PRESENT:
        look.setBackground(QColor(scheme.selection))
    if chosen:
        look.setFontUnderline(True)
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    return look
