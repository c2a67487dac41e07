"""Buttons that Enter presses only while they have the focus, in windows and dialogs alike.

Qt's own rule is the other way round: in a dialog Enter in a field presses some button, and in
a window Enter on a button does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from desktop.ui.lib import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

# Qt.Key_Return and Qt.Key_Enter by number: this module is loaded before the first paint, and
# the `Qt` namespace takes longer to load than the window to appear.
_ENTER = (0x01000004, 0x01000005)


class Button(QPushButton):
    """A push button with one of three looks."""

    def __init__(self, text: str = "", *, primary: bool = False, quiet: bool = False) -> None:
        super().__init__(text)
        self.setAutoDefault(False)
        if primary:
            theme.flag(self, "primary")
        if quiet:
            theme.flag(self, "quiet")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter presses the focused button."""
        if event.key() in _ENTER and not event.isAutoRepeat():
            self.click()
            event.accept()
        else:
            super().keyPressEvent(event)
