"""The tree of a code system; the nodes below one are read when it is opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from desktop.ui.fees.code_view import digit
from desktop.ui.lib import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent

    from desktop.services.practice.codes.code_pages import CodeLine

_CODE = Qt.ItemDataRole.UserRole
_LOADED = Qt.ItemDataRole.UserRole + 1
_YES = True
_RANGE = re.compile(r" \([A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?\)$")
FAVOURITES = "favourites"
"""Stands for the code of the node that holds the practice's favourites."""


class CodeTree(QTreeWidget):
    """Chapters, sections, categories, codes.

    Signals:
        shown_code: the cursor came to a code (without dot).
        entered: Enter on a code.
        numbered: a number was pressed.
    """

    shown_code = Signal(str)
    entered = Signal()
    numbered = Signal(int)

    def __init__(self, load: Callable[[str], None]) -> None:
        """`load(parent)` asks for the nodes below one; they come by `fill`."""
        super().__init__()
        self._load = load
        self._silent = False
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setAccessibleName("Codes by chapter")
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._size = QSize(0, int(self.fontMetrics().lineSpacing() * 1.45))
        self.setIndentation(16)
        theme.flag(self, "card")
        self.itemExpanded.connect(self._on_expanded)
        self.currentItemChanged.connect(self._on_current)

    def start(self, top: Sequence[CodeLine], favourites: Sequence[CodeLine]) -> None:
        """Show the chapters, and above them the favourites if there are any."""
        self._silent = True
        self.clear()
        if favourites:
            head = QTreeWidgetItem([f"★  Favourites ({len(favourites)})"])
            head.setSizeHint(0, self._size)
            head.setData(0, _CODE, FAVOURITES)
            head.setData(0, _LOADED, _YES)
            head.addChildren([self._item(line) for line in favourites])
            self.addTopLevelItem(head)
        self.addTopLevelItems([self._item(line) for line in top])
        self._silent = False

    def fill(self, parent: str, lines: Sequence[CodeLine]) -> None:
        """Put the nodes below one in its place, once."""
        item = self._find(parent)
        if item is None or item.data(0, _LOADED):
            return
        item.setData(0, _LOADED, _YES)
        item.takeChildren()
        item.addChildren([self._item(line) for line in lines])

    def lacks(self, parents: Sequence[str]) -> list[str]:
        """Those of a path's nodes whose codes were not read yet."""
        found = []
        for parent in parents:
            item = self._find(parent)
            if item is None or not item.data(0, _LOADED):
                found.append(parent)
        return found

    def reveal(self, parents: Sequence[str], code: str) -> None:
        """Open a path and put the cursor on a code, without a signal."""
        self._silent = True
        for top in _below(self.invisibleRootItem()):
            if _code(top) not in (*parents, FAVOURITES):
                top.setExpanded(False)
        for parent in parents:
            item = self._find(parent)
            if item is not None:
                item.setExpanded(True)
        item = self._find(code)
        if item is not None:
            self.setCurrentItem(item)
            self.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._silent = False

    def current_code(self) -> str:
        """The code under the cursor, or nothing."""
        item = self.currentItem()
        return "" if item is None else _code(item)

    def top_codes(self) -> list[str]:
        """The codes of the first level."""
        return [_code(item) for item in _below(self.invisibleRootItem())]

    def select_first(self) -> None:
        """Put the cursor on the first node."""
        for item in _below(self.invisibleRootItem())[:1]:
            self.setCurrentItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter goes on to the page, a number takes what a note asks for."""
        number = digit(event)
        if number:
            self.numbered.emit(number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def _item(self, line: CodeLine) -> QTreeWidgetItem:
        if line.code.isdigit():
            text = f"{line.dotted}.  {line.title}"
        elif "-" in line.dotted:
            text = f"{line.dotted}  {_RANGE.sub('', line.title)}"
        else:
            text = f"{line.dotted}  {line.title}"
        item = QTreeWidgetItem([f"{text}  ★" if line.is_favourite else text])
        item.setSizeHint(0, self._size)
        item.setToolTip(0, line.title)
        item.setData(0, _CODE, line.code)
        item.setData(0, _LOADED, not line.is_heading)
        policy = QTreeWidgetItem.ChildIndicatorPolicy
        item.setChildIndicatorPolicy(
            policy.ShowIndicator if line.is_heading else policy.DontShowIndicator
        )
        return item

    def _find(self, code: str) -> QTreeWidgetItem | None:
        """The node of a code outside the favourites, searched along the loaded branches."""
        waiting = _below(self.invisibleRootItem())
        while waiting:
            item = waiting.pop()
            if _code(item) == FAVOURITES:
                continue
            if _code(item) == code:
                return item
            waiting.extend(_below(item))
        return None

    def _on_expanded(self, item: QTreeWidgetItem) -> None:
        if not item.data(0, _LOADED):
            self._load(_code(item))

    def _on_current(self, item: QTreeWidgetItem | None, _before: object) -> None:
        if item is not None and not self._silent and _code(item) != FAVOURITES:
            self.shown_code.emit(_code(item))


def _below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    found = (item.child(n) for n in range(item.childCount()))
    return [child for child in found if child is not None]


def _code(item: QTreeWidgetItem) -> str:
    return str(item.data(0, _CODE) or "")
