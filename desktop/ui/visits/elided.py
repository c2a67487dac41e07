"""A line of words that is cut with dots where there is no room; whole as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from desktop.ui.lib import theme


class ElidedLabel(QLabel):
    """Muted words on one line; they never widen what they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(24)
        theme.flag(self, "muted")

    def say(self, text: str) -> None:
        """Show words, with all of them in the tooltip."""
        self.setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Override of Qt: the words may be cut."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt."""
        _ = event
        painter = QPainter(self)
        painter.setPen(theme.current().muted)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
