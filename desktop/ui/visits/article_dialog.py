"""A Medicare coverage article: which of its diagnosis groups serve a procedure, asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import plain_label, width_for
from desktop.ui.visits.wrapped import WrappedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.errors import AppError
    from desktop.services.claims.rules.coding.articles import PendingArticle

_HINT = (
    "Read the article's text for which group goes with the procedure. Space or the number marks a "
    "group, Enter keeps the answer. It is asked once for each article and procedure."
)


class ArticleDialog(QDialog):
    """The groups with their paragraphs; several may be marked.

    Signals:
        answered: the codes of the groups; none means that the article does not apply.
    """

    answered = Signal(object)

    def __init__(self, parent: QWidget, article: PendingArticle) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Coverage article {article.article}")
        self.setModal(True)
        self._owner = parent
        self._article = article
        self._marked: set[str] = set()
        heading = plain_label(f"{article.article}   {article.title}")
        heading.setWordWrap(True)
        theme.flag(heading, "heading")
        question = plain_label(f"Which diagnosis groups of this article serve {article.procedure}?")
        question.setWordWrap(True)
        self.list = WrappedList("Diagnosis groups of the article")
        self.says = plain_label()
        self.says.setWordWrap(True)
        theme.flag(self.says, "bad")
        self.says.hide()
        hint = plain_label(_HINT, muted=True)
        hint.setWordWrap(True)
        self.keep_button = Button("Covered by the marked groups", primary=True)
        self.none_button = Button("Does not &apply here")
        cancel = Button("Cancel")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (cancel, self.none_button, self.keep_button):
            buttons.addWidget(button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 12)
        for widget in (heading, question, self.list, self.says, hint):
            outer.addWidget(widget)
        outer.setStretch(2, 1)
        outer.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        self.keep_button.clicked.connect(self.keep)
        self.none_button.clicked.connect(lambda: self.answered.emit(()))
        self.list.opened.connect(self.keep)
        self.list.installEventFilter(self)
        self._fill(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Override of Qt: paragraphs are long."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        owner = self._owner.window().frameGeometry()
        self.resize(
            min(max(width_for(self, 80), owner.width() * 3 // 5), room.width() - 40),
            min(max(320, owner.height() * 3 // 5), room.height() - 60),
        )
        corner = owner.center() - self.rect().center()
        self.move(max(room.left(), corner.x()), max(room.top(), corner.y()))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Answer with the marked groups; with none marked, with the one under the cursor."""
        codes = [code for code, _text in self._article.groups]
        at = self.list.currentRow()
        if not self._marked and 0 <= at < len(codes):
            self._mark(at)
        self.answered.emit(tuple(code for code in codes if code in self._marked))

    def refused(self, error: AppError) -> None:
        """The answer was not kept."""
        self.says.setText(str(error))
        self.says.show()

    def marked(self) -> Sequence[str]:
        """The groups marked so far."""
        return sorted(self._marked)

    def _fill(self, row: int) -> None:
        self.list.clear()
        for number, (code, text) in enumerate(self._article.groups, 1):
            sign = "☑" if code in self._marked else "☐"
            group = code.rpartition("/")[2]
            self.list.add(f"{sign}  {number}   Group {group}", text)
        self.list.setCurrentRow(min(row, self.list.count() - 1))

    def _mark(self, at: int) -> None:
        if 0 <= at < len(self._article.groups):
            self._marked ^= {self._article.groups[at][0]}
            self._fill(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Space and numbers mark."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Space:
            self._mark(self.list.currentRow())
            return True
        if event.text().isdigit() and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._mark(int(event.text()) - 1)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter never presses a button by itself."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
