"""Labels that never read markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.ui.lib import theme


def plain_label(text: str = "", *, muted: bool = False) -> QLabel:
    """A label that never reads markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if muted:
        theme.flag(label, "muted")
    return label
