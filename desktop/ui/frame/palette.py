"""Ctrl+K: one line that finds any command, page or record; F3 asks for patients only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.type_ahead import Suggestion, SuggestionDelegate, SuggestionModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.core.work import Work
    from desktop.ui.frame.pages import Found, SearchSpec
    from desktop.ui.lib.runner import Latest, Runner

_MOST_RECORDS = 10
_PAGE = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the palette can do.

    Attributes:
        text: its words; `key` the shortcut shown beside them.
        do: does it.
    """

    text: str
    key: str
    do: Callable[[], None]


def native_key(key: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Palette(QDialog):
    """The line and its list. Down and Up move, Enter does it, Esc closes."""

    def __init__(
        self,
        parent: QWidget,
        *,
        deeds: Sequence[Deed],
        searches: Sequence[SearchSpec],
        runner: Runner,
        go: Callable[[str, object], None],
        prompt: str,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setModal(True)
        self.setWindowTitle("Find")
        self._deeds = tuple(deeds)
        self._searches = tuple(searches)
        self._go = go
        self._asked: Latest = runner.latest(self)
        self._records: list[Suggestion] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
        self.line.setMaxLength(120)
        self._model = SuggestionModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(SuggestionDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("What was found")
        self.list.clicked.connect(lambda index: self._take(index.row()))
        self._empty = plain_label(muted=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self.line)
        box.addWidget(self.list, 1)
        box.addWidget(self._empty)
        self.line.textChanged.connect(self._on_text)
        self._place(parent)
        self._on_text("")

    def suggestions(self) -> list[Suggestion]:
        """What is listed now."""
        return list(self._model.items)

    def _place(self, parent: QWidget) -> None:
        window = parent.window()
        width = min(640, window.width() - 40)
        height = min(420, window.height() - 80)
        self.resize(width, height)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 56)

    def _on_text(self, text: str) -> None:
        words = text.casefold().split()
        self._records = []
        self._show(words)
        if words and self._searches:
            searches = self._searches

            def search(work: Work) -> list[Suggestion]:
                return [
                    _suggestion(spec, found)
                    for spec in searches
                    for found in spec.search(work, text.strip())
                ][:_MOST_RECORDS]

            self._asked.read(search, lambda found: self._on_found(found, words))
        else:
            self._asked.forget()

    def _on_found(self, found: list[Suggestion], words: list[str]) -> None:
        self._records = found
        self._show(words)

    def _show(self, words: list[str]) -> None:
        fitting = [
            Suggestion(deed, deed.text, "", native_key(deed.key))
            for deed in self._deeds
            if all(word in deed.text.casefold() for word in words)
        ]
        items = [*self._records, *fitting]
        self._model.set_items(items)
        if items:
            self.list.setCurrentIndex(self._model.index(0))
        if words and not items:
            self._empty.setText("Nothing found. Try a part of a name, or another word.")
        else:
            self._empty.setText("Enter does it, Esc closes.")

    def _take(self, row: int) -> None:
        if not 0 <= row < len(self._model.items):
            return
        value = self._model.items[row].value
        self.accept()
        if isinstance(value, Deed):
            value.do()
        else:
            page_id, argument = value
            self._go(page_id, argument)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: the list is moved from the line."""
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _PAGE,
            Qt.Key.Key_PageUp: -_PAGE,
        }
        if event.key() in steps:
            row = self.list.currentIndex().row() + steps[Qt.Key(event.key())]
            row = max(0, min(len(self._model.items) - 1, row))
            self.list.setCurrentIndex(self._model.index(row))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex().row())
        else:
            super().keyPressEvent(event)


def _suggestion(spec: SearchSpec, found: Found) -> Suggestion:
    return Suggestion((spec.page_id, found.argument), found.text, found.detail, found.right)
