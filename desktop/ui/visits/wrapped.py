"""A list of sentences that wrap at any width, each with a quieter line below it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.ui.lib import theme

Index = QModelIndex | QPersistentModelIndex
_SMALL = Qt.ItemDataRole.UserRole + 1
_WRAP = int(Qt.TextFlag.TextWordWrap)
_MARGIN = 6
_ICON = 16
_HIGH = 4000


class WrappedList(QListWidget):
    """Enter opens, which Qt leaves to the platform.

    Signals:
        opened: Enter or a double click on a row.
    """

    opened = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(_Delegate(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.itemDoubleClicked.connect(lambda _item: self.opened.emit())

    def add(self, text: str, small: str = "", icon: QIcon | None = None, tip: str = "") -> None:
        """A row at the end; `small` stands below it in quiet letters."""
        item = QListWidgetItem(icon or QIcon(), text)
        item.setData(_SMALL, small)
        item.setToolTip(tip)
        if small:
            spoken = f"{text} ({small})"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.addItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt."""
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: sentences wrap anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class _Delegate(QStyledItemDelegate):
    """Paints icon, sentence and the quiet line below."""

    def __init__(self, view: WrappedList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override of Qt."""
        _ = option
        width = max(100, self._view.viewport().width())
        text, small = self._boxes(index, QRect(0, 0, width, _HIGH))
        return QSize(width, small.bottom() + 6 if small.height() else text.bottom() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override of Qt."""
        scheme, rect = theme.current(), QRect(option.rect)
        painter.save()
        if self._view.currentIndex() == index:
            painter.fillRect(rect, scheme.selection)
            if self._view.hasFocus():
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), scheme.accent)
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole) or QIcon()
        if not icon.isNull():
            icon.paint(painter, QRect(rect.left() + _MARGIN, rect.top() + 4, _ICON, _ICON))
        text, small = self._boxes(index, rect)
        painter.setPen(scheme.text)
        painter.setFont(self._view.font())
        painter.drawText(text, _WRAP, str(index.data(Qt.ItemDataRole.DisplayRole)))
        painter.setPen(scheme.muted)
        painter.setFont(self._small())
        painter.drawText(small, _WRAP, index.data(_SMALL) or "")
        painter.restore()

    def _small(self) -> QFont:
        font = QFont(self._view.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def _boxes(self, index: Index, rect: QRect) -> tuple[QRect, QRect]:
        """Where sentence and quiet line stand."""
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        lead = _ICON + 6 if isinstance(icon, QIcon) and not icon.isNull() else 0
        area = rect.adjusted(_MARGIN + lead, 4, -_MARGIN, 0)
        area.setHeight(_HIGH)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        text = QFontMetrics(self._view.font()).boundingRect(area, _WRAP, words)
        below = QRect(area.left(), text.bottom() + 2, area.width(), _HIGH)
        quiet = index.data(_SMALL) or ""
        if not quiet:
            return text, QRect(below.left(), below.top(), 0, 0)
        return text, QFontMetrics(self._small()).boundingRect(below, _WRAP, quiet)
