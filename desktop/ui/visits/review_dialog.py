"""A review of a visit's coding: a verdict for each code, by one key; read-only for its coder."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.models.values.identifiers import dotted
from desktop.services.visits.review_values import (
    ADD,
    AGREE,
    CHANGE,
    DIAGNOSIS,
    LINE,
    REMOVE,
    ReviewItem,
    ReviewView,
    VerdictDraft,
)
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.dates import shown
from desktop.ui.lib.edits import TextEdit, plain_label, width_for
from desktop.ui.lib.table import Tone, tone_icon
from desktop.ui.lib.type_ahead import Source, TypeAhead
from desktop.ui.visits.codes import letter
from desktop.ui.visits.wrapped import WrappedList

if TYPE_CHECKING:
    from desktop.errors import AppError

_JUDGING = (
    "A agrees, C changes, R removes, D adds a diagnosis, L adds a line, Delete takes a verdict "
    "back. Ctrl+Enter closes the review once each code has its verdict; until then Esc keeps it."
)
_READING = "Enter on a diagnosis does on the visit what the reviewer asks for; save it afterwards."
_TONES = {"": Tone.NEUTRAL, AGREE: Tone.GOOD}
_VERBS = {CHANGE: "Keep the change", REMOVE: "Keep the removal", ADD: "Add the code"}


class ReviewDialog(QDialog):
    """The codes of a review with their verdicts.

    Signals:
        judged: all `VerdictDraft`s as they stand now.
        close_wanted: each code has its verdict; the review may end.
        withdrawn: the coder takes the visit back.
        wanted: the coder chose a `ReviewItem` to do on the visit.
    """

    judged = Signal(object)
    close_wanted = Signal()
    withdrawn = Signal()
    wanted = Signal(object)

    def __init__(
        self, parent: QWidget, view: ReviewView, source: Source, *, may_judge: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Review of visit {view.visit_id}")
        self.setModal(True)
        self._owner = parent
        self.view = view
        self.may_judge = may_judge and view.closed_at is None
        self._pending: ReviewItem | None = None
        self._make_parts(source)
        self._lay_out()
        self.list.installEventFilter(self)
        self.list.opened.connect(self._on_opened)
        self.show_view(view)

    def _make_parts(self, source: Source) -> None:
        view = self.view
        sent = shown(dt.date.fromisoformat(view.sent_at[:10]))
        text = f"Coded by {view.coder}, sent {sent}" + (f": {view.note}" if view.note else "")
        self.heading = plain_label(text)
        self.heading.setWordWrap(True)
        theme.flag(self.heading, "heading")
        self.list = WrappedList("Codes of the visit with their verdicts")
        self.diagnosis = TypeAhead(source, placeholder="Better code, by code or words")
        self.line = TextEdit(limit=14, characters=14, upper=True)
        self.line.setPlaceholderText("Code, modifiers")
        self.reason = TextEdit(limit=200)
        self.reason.setPlaceholderText("Why, so that the coder learns from it")
        for editor, name in (
            (self.diagnosis, "Better diagnosis"),
            (self.line, "Better procedure with its modifiers"),
            (self.reason, "Reason"),
        ):
            editor.setAccessibleName(name)
        self.keep_button = Button("Keep", primary=True)
        self.keep_button.clicked.connect(self.keep)
        self.diagnosis.chosen.connect(lambda _item: self.reason.setFocus())
        self.line.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self.keep)
        self.says = plain_label()
        self.says.setWordWrap(True)
        theme.flag(self.says, "warn")
        self.close_button = Button("Close the review", primary=True)
        self.close_button.setToolTip("Close the review (Ctrl+Enter)")
        self.close_button.clicked.connect(self._end)
        self.back_button = Button("Take it back from review")
        self.back_button.clicked.connect(self.withdrawn)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._end)

    def _lay_out(self) -> None:
        self.entry = QWidget()
        row = QHBoxLayout(self.entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.diagnosis, 2)
        row.addWidget(self.line, 1)
        row.addWidget(self.reason, 3)
        row.addWidget(self.keep_button)
        hint = plain_label(_JUDGING if self.may_judge else _READING, muted=True)
        hint.setWordWrap(True)
        leave = Button("Leave")
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (leave, self.back_button, self.close_button):
            foot.addWidget(button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 12)
        for widget in (self.heading, self.list, self.entry, self.says, hint):
            outer.addWidget(widget)
        outer.setStretch(1, 1)
        outer.addLayout(foot)
        self.entry.hide()
        self.says.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        owner = self._owner.window().frameGeometry()
        self.resize(
            min(max(width_for(self, 92), owner.width() * 3 // 5), room.width() - 40),
            min(max(360, owner.height() * 7 // 10), room.height() - 60),
        )
        corner = owner.center() - self.rect().center()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_view(self, view: ReviewView) -> None:
        """Show the review as it is stored now, the cursor on the next code without verdict."""
        at = max(0, self.list.currentRow())
        self.view = view
        self.list.clear()
        for item in view.items:
            tone = _TONES.get(item.verdict, Tone.WARN)
            self.list.add(_words(item), _verdict(item, judging=self.may_judge), tone_icon(tone))
        waiting = [n for n, item in enumerate(view.items) if not item.verdict]
        following = [n for n in waiting if n >= at] or waiting
        stays = not self.may_judge or not following
        self.list.setCurrentRow(min(at, len(view.items) - 1) if stays else following[0])
        ready = self.may_judge and not view.unjudged
        self.close_button.setVisible(self.may_judge)
        self.close_button.setEnabled(ready)
        begun = any(item.verdict for item in view.items)
        self.back_button.setVisible(not self.may_judge and view.closed_at is None and not begun)
        self._leave_entry()

    def say(self, text: str) -> None:
        """A sentence below the list."""
        self.says.setText(text)
        self.says.setVisible(bool(text))

    def refused(self, error: AppError) -> None:
        """It was not kept: say why, keep what was typed."""
        self.say(str(error))

    # -- judging -----------------------------------------------------------------------------

    def _current(self) -> ReviewItem | None:
        at = self.list.currentRow()
        return self.view.items[at] if 0 <= at < len(self.view.items) else None

    def _judge(self, key: int) -> None:
        item = self._current()
        if key in (Qt.Key.Key_D, Qt.Key.Key_L):
            kind = DIAGNOSIS if key == Qt.Key.Key_D else LINE
            last = max((i.position for i in self.view.items if i.kind == kind), default=0)
            self._ask(ReviewItem(kind, last + 1, "", "", "", ADD))
        elif item is None:
            return
        elif item.verdict == ADD and key != Qt.Key.Key_Delete:
            self.say("The reviewer's own code; Delete takes it off again.")
        elif key == Qt.Key.Key_A:
            self._send(replace(item, verdict=AGREE, better_code="", reason=""))
        elif key == Qt.Key.Key_Delete:
            self._send(replace(item, verdict=""))
        else:
            self._ask(replace(item, verdict=CHANGE if key == Qt.Key.Key_C else REMOVE))

    def _ask(self, item: ReviewItem) -> None:
        """Ask for the better code and the reason."""
        self._pending = item
        self.say("")
        wants_code = item.verdict != REMOVE
        self.diagnosis.setVisible(wants_code and item.kind == DIAGNOSIS)
        self.line.setVisible(wants_code and item.kind == LINE)
        self.diagnosis.set_value(None)
        self.line.set_value(item.code if item.verdict == CHANGE else "")
        self.reason.set_value(item.reason)
        self.keep_button.setText(_VERBS[item.verdict])
        self.entry.show()
        first: QWidget = self.reason
        if wants_code:
            first = self.diagnosis if item.kind == DIAGNOSIS else self.line
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Keep the verdict that is being entered."""
        item = self._pending
        if item is None:
            return
        better = ""
        if item.verdict != REMOVE:
            chosen = self.diagnosis.value()
            better = chosen[0] if item.kind == DIAGNOSIS and chosen else ""
            better = better if item.kind == DIAGNOSIS else self.line.value()
        if item.verdict != REMOVE and not better:
            self.say("Name the better code: type it, then Enter.")
        elif not self.reason.value():
            self.say("Say why, so that the coder learns from it.")
            self.reason.setFocus()
        else:
            self._send(replace(item, better_code=better, reason=self.reason.value()))

    def _send(self, changed: ReviewItem) -> None:
        self.say("")
        place = (changed.kind, changed.position)
        items = [i for i in self.view.items if (i.kind, i.position) != place]
        self.judged.emit(
            [
                VerdictDraft(i.kind, i.position, i.verdict, i.better_code, i.reason)
                for i in (*items, changed)
                if i.verdict
            ]
        )

    def _leave_entry(self) -> None:
        self._pending = None
        self.entry.hide()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        if not self.may_judge:
            return
        if self.view.unjudged:
            self.say(f"{self.view.unjudged} code(s) have no verdict yet.")
        else:
            self.close_wanted.emit()

    def _on_opened(self) -> None:
        item = self._current()
        if item is not None and not self.may_judge and item.verdict not in ("", AGREE):
            self.wanted.emit(item)

    # -- keys --------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: one letter judges."""
        keys = (
            Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_R, Qt.Key.Key_D, Qt.Key.Key_L,
            Qt.Key.Key_Delete,
        )  # fmt: skip
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if self.may_judge and event.key() in keys and not event.modifiers() & held:
            self._judge(event.key())
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Esc leaves the entry first; Enter presses no button by itself."""
        if event.key() == Qt.Key.Key_Escape and self._pending is not None:
            self.say("")
            self._leave_entry()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _words(item: ReviewItem) -> str:
    if item.kind == DIAGNOSIS:
        place = letter(item.position) if item.code else "＋"
        code = item.shown or dotted(item.better_code)
    else:
        place = f"Line {item.position}" if item.code else "＋ line"
        code = item.shown or item.better_code
    return "   ".join(part for part in (place, code, item.title) if part)


def _verdict(item: ReviewItem, *, judging: bool) -> str:
    better = dotted(item.better_code) if item.kind == DIAGNOSIS else item.better_code
    words = {
        AGREE: "Agreed",
        CHANGE: f"Change to {better}: {item.reason}",
        REMOVE: f"Remove: {item.reason}",
        ADD: f"Add: {item.reason}",
    }
    return words.get(item.verdict, "No verdict yet" if judging else "Waits for the reviewer")
