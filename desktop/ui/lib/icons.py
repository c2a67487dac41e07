"""The program's own line icons, tinted with the theme's colour."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.resources import resource
from desktop.ui.lib import theme


def icon(name: str, colour: str | None = None, size: int = 18) -> QIcon:
    """An icon by its file name without ending, in a colour ``#rrggbb`` (default: the text's)."""
    return _drawn(name, colour or theme.current().text, size, _sharpest())


def _sharpest() -> int:
    """The whole scale that is sharp on every screen there is now."""
    application = QGuiApplication.instance()
    if not isinstance(application, QGuiApplication):
        return 1
    return math.ceil(application.devicePixelRatio())


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, size: int, sharpest: int) -> QIcon:
    source = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
    result = QIcon()
    for scale in range(1, sharpest + 1):
        pixmap = QPixmap(size * scale, size * scale)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        # The same drawing for chosen rows: Qt would wash it out.
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Active):
            result.addPixmap(pixmap, mode)
    return result
