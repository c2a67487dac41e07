"""Notices when nobody is at the keyboard, so that the window locks itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_MS = 5_000
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """Counts the time since the last key, click or move anywhere in the program.

    Signals:
        idled: the limit has passed; emitted once until the next sign of life.
    """

    idled = Signal()

    def __init__(
        self,
        parent: QObject,
        *,
        minutes: float,
        seconds_now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._limit = minutes * 60
        self._now = seconds_now
        self._last = seconds_now()
        self._told = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_minutes(self, minutes: float) -> None:
        """Change the limit."""
        self._limit = minutes * 60

    def start(self) -> None:
        """Watch from now on; before, the first paint need not pass through Python."""
        self.touch()
        application = QCoreApplication.instance()
        if application is not None and not self._timer.isActive():
            self._timer.start()
            application.installEventFilter(self)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._now()
        self._told = False

    def look(self) -> None:
        """Tell once when the limit has passed."""
        if not self._told and self._now() - self._last >= self._limit:
            self._told = True
            self.idled.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: any key or movement of the hand counts."""
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
        return super().eventFilter(watched, event)
