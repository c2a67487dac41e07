"""The base of every page: title, commands as buttons, a place for content."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from desktop.ui.lib.commands import Command
    from desktop.ui.lib.runner import Runner

_GAP = 6
_SIDE = 16


class Go(Protocol):
    """Opens another page, with a record to show there."""

    def __call__(self, page_id: str, argument: object = None, /) -> None:
        """Go there."""
        ...


def _nowhere(_page_id: str, _argument: object = None, /) -> None:
    """Without a window around it a page goes nowhere (tests, previews)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a page gets from the window.

    Attributes:
        runner: every call of a service goes through it.
        today: the practice's date (a sample practice's clock stands still).
        go: opens another page, ``context.go("patients", patient_id)``.
        is_sample: whether this is a sample practice.
    """

    runner: Runner
    today: Callable[[], dt.date]
    go: Go = field(default=_nowhere)
    is_sample: bool = False


class Page(QWidget):
    """A page of the window. Subclasses fill `body` and override what they need.

    Attributes:
        context: runner, clock, ways to other pages.
        body: the layout below title and buttons.
    """

    def __init__(self, context: Context, title: str) -> None:
        super().__init__()
        self.context = context
        self._commands: list[tuple[Command, QAction]] = []
        self._title = plain_label(title)
        theme.flag(self._title, "title")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_SIDE, 12, _SIDE, 10)
        outer.setSpacing(8)
        self._buttons: list[QPushButton] = []
        self._button_rows: list[list[QPushButton]] = [[]]
        self._bars: list[QHBoxLayout] = []
        self._head = QVBoxLayout()
        self._head.setSpacing(4)
        self._add_bar().insertWidget(0, self._title)
        outer.addLayout(self._head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)

    def title(self) -> str:
        """The words on top of the page."""
        return self._title.text()

    def set_title(self, text: str) -> None:
        """Change the words on top; the window's own title never takes them."""
        self._title.setText(text)
        self._fit_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: on a small or enlarged screen the buttons take a second row."""
        super().resizeEvent(event)
        self._fit_buttons()

    def bar_buttons(self) -> Sequence[QPushButton]:
        """The buttons on top of the page, in order."""
        return tuple(self._buttons)

    def _add_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(_GAP)
        bar.addStretch(1)
        self._head.addLayout(bar)
        self._bars.append(bar)
        return bar

    def _fit_buttons(self) -> None:
        """Divide the buttons over as many rows as they need, so that none is cut."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_WState_Created):
            return
        room = self.width() - 2 * _SIDE
        rows: list[list[QPushButton]] = [[]]
        used = self._title.sizeHint().width() + _GAP
        for button in self._buttons:
            width = 0 if button.isHidden() else button.sizeHint().width() + _GAP
            if used + width > room and used:
                rows.append([])
                used = 0
            rows[-1].append(button)
            used += width
        if rows == self._button_rows:
            return
        self._button_rows = rows
        for bar in self._bars:
            for button in self._buttons:
                bar.removeWidget(button)
        for at, row in enumerate(rows):
            bar = self._bars[at] if at < len(self._bars) else self._add_bar()
            for button in row:
                bar.addWidget(button)

    def add_command(
        self,
        command: Command,
        do: Callable[[], None],
        *,
        text: str = "",
        button: bool = True,
        primary: bool = False,
    ) -> QAction:
        """Offer a command on this page: its key, a button, the palette and F1.

        `text` replaces the command's words (New → “New patient”). Disable the returned action
        and its button follows. Refresh, Search and Undo belong to the window: override
        `refresh`, `focus_search` and `undo` instead.
        """
        action = QAction(text or command.text, self)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked=False: do())
        self.addAction(action)
        self._commands.append((command, action))
        if button:
            shown = action_button(action, command, primary=primary)
            self._buttons.append(shown)
            self._button_rows[-1].append(shown)
            self._bars[len(self._button_rows) - 1].addWidget(shown)
            action.changed.connect(self._fit_buttons)
        return action

    def commands(self) -> list[tuple[Command, QAction]]:
        """What works on this page now."""
        return [(command, action) for command, action in self._commands if action.isEnabled()]

    def refresh(self) -> None:
        """F5, and when the page is first shown: ask the services anew."""

    def focus_search(self) -> None:
        """Ctrl+F; also where the cursor goes when the page opens."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def undo(self) -> bool:
        """Ctrl+Z outside a field: take back the last step; False when there is none."""
        return False

    def panes(self) -> list[QWidget]:
        """Where F6 goes on this page, in order; the whole page unless overridden."""
        return [self]

    def show_record(self, argument: object) -> None:
        """Another page sent the user here for a record (its id, or what the page documents)."""

    def has_unsaved(self) -> bool:
        """Whether closing now would lose something the user typed."""
        return False


def action_button(action: QAction, command: Command, *, primary: bool = False) -> QPushButton:
    """A button that follows an action; its tooltip shows the key."""
    button = Button(action.text(), primary=primary)
    keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    words = command.tooltip or action.text()
    button.setToolTip(f"{words} ({keys})" if keys else words)
    button.setAccessibleName(action.text())
    button.clicked.connect(lambda _checked=False: action.trigger())

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setVisible(action.isVisible())
        button.setText(action.text())
        button.setAccessibleName(action.text())

    action.changed.connect(follow)
    return button
