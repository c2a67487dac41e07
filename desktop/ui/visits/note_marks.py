"""How the phrases of a note are marked: by line, stroke and ground, never by colour alone."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import QRectF
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from desktop.services.coding.notes.values import Status
from desktop.ui.lib import theme

WORDS = {
    Status.PRESENT: "",
    Status.NEGATED: "denied: nothing to code",
    Status.HISTORY: "past: only as history",
    Status.FAMILY: "in the family: only as family history",
    Status.UNCERTAIN: "uncertain: code the sign or symptom",
}
_LEGEND = (
    (Status.PRESENT, "present"),
    (Status.NEGATED, "denied"),
    (Status.HISTORY, "past"),
    (Status.FAMILY, "in the family"),
    (Status.UNCERTAIN, "uncertain"),
)
_Line = QTextCharFormat.UnderlineStyle
_LINES = {
    Status.PRESENT: _Line.SingleUnderline,
    Status.NEGATED: _Line.NoUnderline,
    Status.HISTORY: _Line.DashUnderline,
    Status.FAMILY: _Line.DotLine,
    Status.UNCERTAIN: _Line.SingleUnderline,
}


def look_of(status: Status, *, chosen: bool) -> QTextCharFormat:
    """The look of a phrase; the one with the cursor is shown in reverse."""
    scheme = theme.current()
    present = status is Status.PRESENT
    look = QTextCharFormat()
    look.setUnderlineStyle(_LINES[status])
    look.setUnderlineColor(QColor(scheme.accent if present else scheme.text))
    look.setFontOverline(status is Status.UNCERTAIN)
    look.setFontStrikeOut(status is Status.NEGATED)
    if chosen:
        look.setBackground(QColor(scheme.accent))
        look.setForeground(QColor(scheme.on_accent))
        look.setUnderlineColor(QColor(scheme.on_accent))
    elif present:
        look.setBackground(QColor(scheme.selection))
    else:
        look.setForeground(QColor(scheme.muted))
    return look


class Units:
    """Where a character of a text stands in Qt's counting, which is that of UTF-16."""

    def __init__(self, text: str) -> None:
        self._at: list[int] | None = None
        if not text.isascii() and any(ord(c) > 0xFFFF for c in text):
            self._at = [0, *accumulate(2 if ord(c) > 0xFFFF else 1 for c in text)]

    def __getitem__(self, place: int) -> int:
        return place if self._at is None else self._at[min(place, len(self._at) - 1)]


class Legend(QWidget):
    """One line that shows each mark with its word; a second one where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        words = ", ".join(word for _status, word in _LEGEND)
        self.setAccessibleName(f"The marks in the note: {words}")
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._write()

    def _write(self) -> None:
        self._document.clear()
        self._document.setDefaultFont(QFont(self.font()))
        cursor = QTextCursor(self._document)
        plain = QTextCharFormat()
        plain.setForeground(QColor(theme.current().muted))
        cursor.insertText("Marks:  ", plain)
        for status, word in _LEGEND:
            shown = word.replace(" ", "\N{NO-BREAK SPACE}")
            cursor.insertText(shown, look_of(status, chosen=False))
            cursor.insertText("    ", plain)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: as high as the words need at this width."""
        super().resizeEvent(event)
        self._write()
        self._document.setTextWidth(self.width())
        self.setFixedHeight(int(self._document.size().height()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt."""
        _ = event
        painter = QPainter(self)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().text))
        context.clip = QRectF(self.rect())
        self._document.documentLayout().draw(painter, context)
        painter.end()
