"""The pane that shows one code: a document with links that Tab and Enter reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtWidgets import QTextBrowser

from desktop.ui.fees import code_html
from desktop.ui.lib import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from desktop.services.practice.codes.code_pages import ShownCode

EMPTY = "Choose a code on the left, or search above."


class CodeView(QTextBrowser):
    """Shows a `ShownCode`; loads nothing by itself.

    Signals:
        wanted: a code without dot that was clicked.
        numbered: 1 to 9, the key of a code that a note asks for, or its link.
    """

    wanted = Signal(str)
    numbered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Code")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        theme.flag(self, "card")
        self.document().setDocumentMargin(12)
        self.anchorClicked.connect(self._on_link)
        self._code: ShownCode | None = None
        self._empty = EMPTY
        self._adds = False
        self._scheme = ""
        self._paint()

    @property
    def code(self) -> ShownCode | None:
        """What is shown."""
        return self._code

    def show_code(self, code: ShownCode | None, *, adds_to_visit: bool, empty: str = EMPTY) -> None:
        """Show a code, or the sentence for none."""
        same = code and self._code and code.page.info.code == self._code.page.info.code
        at = self.verticalScrollBar().value() if same else 0
        self._code, self._adds, self._empty = code, adds_to_visit, empty
        self._paint()
        self.verticalScrollBar().setValue(at)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:  # noqa: N802
        """Override of Qt: a document fetches nothing, from nowhere."""
        return None

    def changeEvent(self, event: QEvent) -> None:
        """Override of Qt: new colours when the theme changes."""
        super().changeEvent(event)
        is_look = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
        if is_look and getattr(self, "_scheme", "") not in ("", theme.current().name):
            self._paint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: a number takes the code with that number, a letter a 7th character."""
        number, seventh = digit(event), self._seventh(event)
        if number:
            self.numbered.emit(number)
            return
        if seventh:
            self.wanted.emit(seventh)
            return
        super().keyPressEvent(event)

    def _seventh(self, event: QKeyEvent) -> str:
        """The code with the 7th character that was pressed, else nothing."""
        if self._code is None or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return ""
        mark = event.text().upper()
        found = (s.code for s in self._code.page.sevenths if s.mark == mark and mark.isalpha())
        return next(found, "")

    def _paint(self) -> None:
        scheme = theme.current()
        self._scheme = scheme.name
        self.document().setDefaultStyleSheet(code_html.style(scheme))
        if self._code is None:
            self.setHtml(f'<p class="muted">{self._empty}</p>')
        else:
            self.setHtml(code_html.document(self._code, adds_to_visit=self._adds))

    def _on_link(self, url: QUrl) -> None:
        kind, _, target = url.toString().partition(":")
        if kind == "code":
            self.wanted.emit(target)
        elif kind == "add":
            self.numbered.emit(int(target) + 1)


def digit(event: QKeyEvent) -> int:
    """The number 1 to 9 that was pressed alone, else 0."""
    text = event.text()
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return int(text) if plain and len(text) == 1 and text in "123456789" else 0
