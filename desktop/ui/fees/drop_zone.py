"""A place where files are dropped, that looks like one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.icons import icon

_ICON = 34


class DropZone(QWidget):
    """A dashed frame with an icon, words and a place for buttons; the tab takes the drop."""

    def __init__(self, words: str, more: str) -> None:
        super().__init__()
        self._hot = False
        self.setAccessibleName(words)
        self._icon = QLabel()
        self._words = plain_label(words)
        theme.flag(self._words, "heading")
        self._more = plain_label(more, muted=True)
        self._more.setWordWrap(True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(18, 12, 14, 12)
        self.row.setSpacing(14)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._words)
        column.addWidget(self._more)
        self.row.addWidget(self._icon)
        self.row.addLayout(column, 1)
        self._recolour()

    def set_hot(self, *, hot: bool) -> None:
        """Show that files held above it would be taken."""
        if hot != self._hot:
            self._hot = hot
            self.update()

    @property
    def is_hot(self) -> bool:
        """Whether files are held above it."""
        return self._hot

    def changeEvent(self, event: QEvent) -> None:
        """Override of Qt: the icon's colour follows the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icon"):
            self._recolour()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: the dashed frame."""
        super().paintEvent(event)
        scheme = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(scheme.accent if self._hot else scheme.edge), 2 if self._hot else 1.4)
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(scheme.selection if self._hot else scheme.base))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)
        painter.end()

    def _recolour(self) -> None:
        drawing = icon("folder", theme.current().accent, _ICON)
        self._icon.setPixmap(drawing.pixmap(_ICON, _ICON))
        self.update()


def files_of(data: QMimeData) -> list[Path]:
    """The local files that are dragged; none when something else is."""
    if not data.hasUrls():
        return []
    found = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in found if path.is_file()]
