"""What goes with a diagnosis: its missing character or side, codes before and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.coding.notes.values import DIAGNOSIS, Status
from desktop.services.visits.companions import Companion, CompanionGroup, Companions, How
from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label, width_for
from desktop.ui.visits.note_rows import NoteList, NoteRow, Taken

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

_KEYS = (
    "Enter, the number or the letter takes a code, Delete takes it off again, ← → go from "
    "group to group, Esc closes."
)
_NUMBERED = 9
LOOK_UP = "look up"
"""The kind of a `Taken` that stands for too many codes: it is opened in the browser."""


class CompanionsDialog(QDialog):
    """One list of choices; what completes the code takes its place and closes the dialog.

    Signals:
        chosen: how, and a `Taken`.
        removed: a `Taken` to take off the visit again.
    """

    chosen = Signal(object, object)
    removed = Signal(object)

    def __init__(self, parent: QWidget, found: Companions) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"What goes with {found.dotted}")
        self.setModal(True)
        self._owner = parent
        self._found = found
        heading = plain_label(f"{found.dotted}   {found.title}")
        heading.setWordWrap(True)
        theme.flag(heading, "heading")
        self.list = NoteList()
        self.list.setAccessibleName(f"What goes with {found.dotted}")
        self.says = plain_label()
        self.says.setWordWrap(True)
        theme.flag(self.says, "warn")
        hint = plain_label(_KEYS, muted=True)
        hint.setWordWrap(True)
        close = Button("Close")
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        foot.addWidget(close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 12)
        for widget in (heading, self.list, self.says):
            outer.addWidget(widget)
        outer.setStretch(1, 1)
        outer.addLayout(foot)
        self.says.hide()
        self.list.take_wanted.connect(self._take)
        self.list.remove_wanted.connect(self.removed)

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt: as wide as titles need, within the window."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        owner = self._owner.window().frameGeometry()
        lines = sum(1 for _row in self.list.rows) + 7
        high = int(self.fontMetrics().lineSpacing() * 1.5) * lines
        self.resize(
            min(max(width_for(self, 78), owner.width() // 2), room.width() - 40),
            min(max(240, high), owner.height() * 4 // 5, room.height() - 60),
        )
        corner = owner.center() - self.rect().center()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_taken(self, have: set[str]) -> None:
        """Which diagnoses the visit has."""
        rows = []
        for at, group in enumerate(self._found.groups):
            rows.append(_heading(at, group))
            rows.extend(
                _choice(at, number, each, have) for number, each in enumerate(group.choices, 1)
            )
        self.list.show_rows(rows)

    def say(self, text: str) -> None:
        """Why a code was not taken."""
        self.says.setText(text)
        self.says.setVisible(bool(text))

    def _take(self, taken: Taken) -> None:
        row = self.list.current()
        if row is None or row.on_visit:
            return
        self.say("")
        self.chosen.emit(self._found.groups[row.group].how, taken)


def _heading(at: int, group: CompanionGroup) -> NoteRow:
    origin = f"asked for at {group.origin}" if group.origin else ""
    status = Status.PRESENT if group.is_near else Status.HISTORY
    return NoteRow(at, status, group.heading, origin, group.question, quoted=False)


def _choice(at: int, number: int, each: Companion, have: set[str]) -> NoteRow:
    kind = DIAGNOSIS if each.billable else LOOK_UP
    title = each.title if each.billable else f"{each.title} (opens the code browser)"
    if each.mark:
        # The title only repeats the meaning behind what stands above the list already.
        title = each.text
    return NoteRow(
        at, Status.PRESENT, title, each.mark or each.text, "", each.dotted,
        number if number <= _NUMBERED else 0,
        Taken(kind, each.code, each.title, each.text),
        each.code in have,
    )  # fmt: skip


__all__ = ["LOOK_UP", "CompanionsDialog", "How"]
