"""Labels that never read markup.

This module is loaded before the first paint and so does without `Qt`: creating that namespace
in Python takes longer than painting the first screen.
"""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from desktop.ui.lib import theme

# Qt.TextFormat.PlainText, by its number.
_PLAIN_TEXT = 0


def plain_label(text: str = "", *, muted: bool = False) -> QLabel:
    """A label that never reads markup."""
    label = QLabel(text)
    label.setProperty("textFormat", _PLAIN_TEXT)
    if muted:
        theme.flag(label, "muted")
    return label
