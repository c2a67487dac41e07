"""Keys as a user's hands give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

CONTROL = Qt.KeyboardModifier.ControlModifier


def type_in(widget: QWidget, text: str) -> None:
    """Type a text into a widget, key by key."""
    QTest.keyClicks(widget, text)


def press(
    widget: QWidget,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press one key."""
    QTest.keyClick(widget, key, modifier)
