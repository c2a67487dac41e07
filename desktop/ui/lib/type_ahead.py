"""A line that proposes while one types: patients, codes, payers. Fed asynchronously."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMoveEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.ui.lib import theme
from desktop.ui.lib.edits import width_for

Index = QModelIndex | QPersistentModelIndex
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposal.

    Attributes:
        value: what `TypeAhead.value()` returns once it is accepted.
        text: what the line shows then.
        detail: further words beside it in the list (birth date, title of a code).
        right: a short word at the right end (account number, shortcut).
    """

    value: Any
    text: str
    detail: str = ""
    right: str = ""


Deliver = Callable[[Sequence[Suggestion]], None]
Source = Callable[[str, Deliver], None]


class SuggestionModel(QAbstractListModel):
    """The proposals in memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items: list[Suggestion] = []

    def set_items(self, items: Sequence[Suggestion]) -> None:
        """Replace all proposals."""
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override of Qt."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override of Qt: one line of text for display and screen readers."""
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "  ".join(part for part in (item.text, item.detail, item.right) if part)
        if role == Qt.ItemDataRole.UserRole:
            return item
        return None


class SuggestionDelegate(QStyledItemDelegate):
    """Paints text, muted detail and the word at the right end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override of Qt: a row a little higher than the text."""
        _ = index
        return QSize(200, int(option.fontMetrics.lineSpacing() * 1.5))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override of Qt."""
        scheme = theme.current()
        item: Suggestion | None = index.data(Qt.ItemDataRole.UserRole)
        if item is None:
            return
        view = option.widget
        chosen = isinstance(view, QAbstractItemView) and view.currentIndex() == index
        rect: QRect = option.rect
        metrics = option.fontMetrics
        painter.save()
        if chosen:
            painter.fillRect(rect, scheme.selection)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), scheme.accent)
        area = rect.adjusted(10, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(scheme.muted)
        if item.right:
            # Never so much that the words it stands beside are lost.
            most = area.width() * 2 // 5
            right = metrics.elidedText(item.right, Qt.TextElideMode.ElideRight, most)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, right)
            area.adjust(0, 0, -metrics.horizontalAdvance(right) - 12, 0)
        painter.setPen(scheme.text)
        text = metrics.elidedText(item.text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, text)
        area.adjust(metrics.horizontalAdvance(text) + 12, 0, 0, 0)
        painter.setPen(scheme.muted)
        detail = metrics.elidedText(item.detail, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, detail)
        painter.restore()


class TypeAhead(QLineEdit):
    """A line with proposals below it. Tab or Enter accepts, Esc closes and keeps the text.

    `value()` is the accepted suggestion's value, or None as long as none was accepted.

    Signals:
        chosen: the accepted `Suggestion`.
        edited: the content changed by the user's hand.
    """

    chosen = Signal(object)
    edited = Signal()

    def __init__(
        self,
        source: Source,
        *,
        placeholder: str = "",
        required: bool = False,
        minimum: int = 1,
        keep_text: bool = True,
    ) -> None:
        """Make one.

        `source` is asked for each text and calls `deliver` now or later; late answers to older
        texts are dropped here. `required`: an empty line is a problem. `minimum`: letters before
        anything is proposed (F4 or Down proposes at once). `keep_text`: whether the line shows
        the accepted text, else it empties itself (a line that adds to a list).
        """
        super().__init__()
        self._source = source
        self._required = required
        self._minimum = minimum
        self._keep_text = keep_text
        self._ticket = 0
        self._answered = 0
        self._accept_when_answered = False
        self._value: Any = None
        self.setPlaceholderText(placeholder)
        self.setMaxLength(120)
        self.setMinimumWidth(width_for(self, 14))
        self._model = SuggestionModel(self)
        self._popup = QListView(self)
        self._popup.setWindowFlags(Qt.WindowType.ToolTip)
        self._popup.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._popup.setModel(self._model)
        self._popup.setItemDelegate(SuggestionDelegate(self._popup))
        self._popup.setUniformItemSizes(True)
        self._popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._popup.clicked.connect(lambda index: self.accept(index.row()))
        self.textEdited.connect(self._on_edited)

    def value(self) -> Any:
        """See `Editor.value`."""
        return self._value

    def set_value(self, value: object) -> None:
        """Show a `Suggestion` as accepted, or empty the line for None."""
        self.close_list()
        self._ticket += 1
        if isinstance(value, Suggestion):
            self._value = value.value
            self.setText(value.text)
        else:
            self._value = None
            self.setText("")
        self.setCursorPosition(0)

    def problem(self) -> str:
        """See `Editor.problem`."""
        if self._value is None and self.text().strip():
            return "Choose one from the list: type, then Enter or Tab."
        if self._required and self._value is None:
            return "Choose one: type a part of it, then Enter or Tab."
        return ""

    def suggestions(self) -> list[Suggestion]:
        """What is proposed now."""
        return list(self._model.items)

    def marked(self) -> Suggestion | None:
        """The proposal that Enter would take now; None while the list is closed."""
        row = self._popup.currentIndex().row()
        shown = self.is_open() and 0 <= row < len(self._model.items)
        return self._model.items[row] if shown else None

    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._popup.isVisible()

    def ask(self) -> None:
        """Ask for proposals for the text as it stands."""
        self._ticket += 1
        ticket = self._ticket

        def deliver(found: Sequence[Suggestion]) -> None:
            if ticket == self._ticket:
                self._answered = ticket
                self._show(found)

        self._source(self.text().strip(), deliver)

    def accept(self, row: int) -> None:
        """Take one of the proposals."""
        if not 0 <= row < len(self._model.items):
            return
        item = self._model.items[row]
        self.close_list()
        self._ticket += 1
        self._value = item.value
        self.setText(item.text if self._keep_text else "")
        if not self._keep_text:
            self._value = None
        self.edited.emit()
        self.chosen.emit(item)

    def close_list(self) -> None:
        """Close the list and keep the text."""
        self._accept_when_answered = False
        self._popup.hide()

    def _on_edited(self, text: str) -> None:
        self._value = None
        self._accept_when_answered = False
        if len(text.strip()) >= self._minimum:
            self.ask()
        else:
            self._ticket += 1
            self.close_list()
        self.edited.emit()

    def _show(self, found: Sequence[Suggestion]) -> None:
        self._model.set_items(found)
        if not found:
            self.close_list()
            return
        self._popup.setCurrentIndex(self._model.index(0))
        if self._accept_when_answered:
            self.accept(0)
            return
        if not self.hasFocus():
            return
        row = int(self.fontMetrics().lineSpacing() * 1.5)
        height = row * min(len(found), _SHOWN) + 4
        width = max(self.width(), min(width_for(self, 60), self.window().width() - 40))
        self._popup.setFixedSize(width, height)
        self._popup.move(self._place(width, height))
        self._popup.show()

    def _place(self, width: int, height: int) -> QPoint:
        """Below the line; above it where the screen ends, and never past its right edge."""
        below = self.mapToGlobal(QPoint(0, self.height() + 1))
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(below.x(), screen.right() - width))
        if below.y() + height > screen.bottom():
            return QPoint(x, self.mapToGlobal(QPoint(0, 0)).y() - height - 1)
        return QPoint(x, below.y())

    def _move_choice(self, by: int) -> None:
        count = len(self._model.items)
        row = max(0, min(count - 1, self._popup.currentIndex().row() + by))
        self._popup.setCurrentIndex(self._model.index(row))

    def _on_list_key(self, event: QKeyEvent) -> bool:
        """Keys that belong to the open list; True when used up."""
        key = event.key()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _SHOWN,
            Qt.Key.Key_PageUp: -_SHOWN,
        }
        if key in steps:
            self._move_choice(steps[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            self.close_list()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            return True
        return False

    def take(self) -> None:
        """Accept the marked proposal, or the first one as soon as the answer comes."""
        if self._answered == self._ticket:
            self.accept(max(0, self._popup.currentIndex().row()))
        else:
            # The typist was faster than the answer: take its first row when it comes.
            self._accept_when_answered = True

    def is_waiting(self) -> bool:
        """Whether a text was asked for and the answer has not come."""
        asked = len(self.text().strip()) >= self._minimum and self._value is None
        return asked and self._answered != self._ticket

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: the list's keys while it is open; F4 and Down open it."""
        if self.is_open() and self._on_list_key(event):
            event.accept()
            return
        if event.key() in (Qt.Key.Key_F4, Qt.Key.Key_Down):
            self.ask()
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_waiting():
            self._accept_when_answered = True
            event.accept()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Override of Qt: Tab accepts before the focus moves on; Esc is ours while open."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4)
            if event.key() == Qt.Key.Key_F4 or (self.is_open() and event.key() in ours):
                event.accept()
                return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            pending = self.is_open() or self.is_waiting()
            if pending and event.key() == Qt.Key.Key_Tab:
                self.take()
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override of Qt: the list closes with the focus; a pending acceptance stays."""
        self._popup.hide()
        super().focusOutEvent(event)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Override of Qt: a moved line does not leave its list behind."""
        self._popup.hide()
        super().moveEvent(event)
