"""What the window says: notices in the status line, one kind of question, and the crash dialog.

Success and problems are a line at the foot of the window, never a box to click away. Only what
cannot be undone asks first, and its button is a verb. This is the only place that uses Qt's
message box. Text is always plain: markup in a name stays inert.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSizePolicy,
    QWidget,
)

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

INFO_MS = 8_000
_CRASH_SHOWN = "claimstead_crash_shown"


class Level(StrEnum):
    """How much a notice matters; also the name of its icon."""

    INFO = "good"
    WARN = "warning"
    ERROR = "problem"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for the user, with at most one thing to do about it."""

    level: Level
    text: str
    action: str = ""
    on_action: Callable[[], None] | None = None


@runtime_checkable
class NoticeHost(Protocol):
    """A window or dialog that shows notices."""

    def show_notice(self, notice: Notice) -> None:
        """Show it now, in place of an earlier one."""


class NoticeBar(QFrame):
    """The line at the foot of a window. Errors stay until they are closed or replaced.

    Signals:
        shown: the notice that appeared, for whoever logs or tests it.
    """

    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = Button()
        self._action.hide()
        self._close = Button("Close", quiet=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._action.clicked.connect(self._on_action)
        self._close.clicked.connect(self.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown now."""
        return self._notice

    def show_notice(self, notice: Notice) -> None:
        """See `NoticeHost.show_notice`."""
        self._notice = notice
        scheme = theme.current()
        colours = {Level.INFO: scheme.good, Level.WARN: scheme.warn, Level.ERROR: scheme.bad}
        self._icon.setPixmap(icon(notice.level.value, colours[notice.level]).pixmap(18, 18))
        self._text.setText(notice.text)
        self._text.setAccessibleName(notice.text)
        self._action.setVisible(bool(notice.action))
        self._action.setText(notice.action)
        self.show()
        self._timer.stop()
        if notice.level is Level.INFO:
            self._timer.start(INFO_MS)
        _speak(self._text)
        self.shown.emit(notice)

    def clear(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self._notice = None
        self.hide()

    def press_action(self) -> bool:
        """Do what the notice offers (Ctrl+Z for Undo); False when it offers nothing."""
        if self._notice is None or self._notice.on_action is None:
            return False
        self._on_action()
        return True

    def _on_action(self) -> None:
        notice = self._notice
        self.clear()
        if notice and notice.on_action:
            notice.on_action()


def _speak(label: QLabel) -> None:
    """Let a screen reader say a text that appeared."""
    QAccessible.updateAccessibility(QAccessibleEvent(label, QAccessible.Event.Alert))


def info(
    parent: QWidget, text: str, *, action: str = "", on_action: Callable[[], None] | None = None
) -> None:
    """Say that something was done; goes away by itself. `action` is a verb such as Undo."""
    _show(parent, Notice(Level.INFO, text, action, on_action))


def warn(
    parent: QWidget, text: str, *, action: str = "", on_action: Callable[[], None] | None = None
) -> None:
    """Say what deserves a look; stays until closed."""
    _show(parent, Notice(Level.WARN, text, action, on_action))


def error(
    parent: QWidget, text: str, *, action: str = "", on_action: Callable[[], None] | None = None
) -> None:
    """Say what was not done, and how to mend it; stays until closed."""
    _show(parent, Notice(Level.ERROR, text, action, on_action))


def _show(parent: QWidget, notice: Notice) -> None:
    """Give the notice to the nearest window or dialog around `parent` that shows notices."""
    widget: QWidget | None = parent
    while widget is not None:
        if isinstance(widget, NoticeHost):
            widget.show_notice(notice)
            return
        widget = widget.parentWidget()
    # A page shown alone (a test, a preview) has no window around it: the log has the level only.
    log.warning("a notice (%s) found no window to stand in", notice.level.name)


def confirm(parent: QWidget, question: str, *, verb: str, detail: str = "") -> bool:
    """Ask before what cannot be undone. The button carries the verb; Cancel is the default."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(QApplication.applicationDisplayName() or "Claimstead")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    if detail:
        box.setInformativeText(detail)
    do_it = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    return box.clickedButton() is do_it


def crash(parent: QWidget | None, fault: BaseException) -> None:
    """Own up to a bug: say that nothing was saved, offer the log to copy, send nothing."""
    shown = scrubbed_trace(fault)
    log.error("unexpected error: %s", shown)
    application = QApplication.instance()
    if application is None or application.property(_CRASH_SHOWN):
        # A fault that repeats (a timer, a paint) must not bury the user in boxes.
        return
    application.setProperty(_CRASH_SHOWN, shown)
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle("Claimstead has a fault")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(
        "Something went wrong inside Claimstead. The step that failed was not saved; "
        "everything saved before is safe."
    )
    box.setInformativeText("Nothing was sent anywhere. The details name no patient.")
    box.setDetailedText(shown)
    copy = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    going_on = box.addButton("Go on", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(going_on)
    box.setEscapeButton(going_on)
    box.exec()
    application.setProperty(_CRASH_SHOWN, "")
    if box.clickedButton() is copy:
        QApplication.clipboard().setText(shown)


def scrubbed_trace(fault: BaseException) -> str:
    """Type and places of an error, without its message: a message may hold a patient's data."""
    places = traceback.extract_tb(fault.__traceback__)
    lines = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
    return "\n".join([type(fault).__name__, *lines])
