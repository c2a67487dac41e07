"""The codes that a note gives, as rows: each phrase, its question, its codes by number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.services.coding.notes.values import Status, Suggestion
from desktop.ui.lib import theme
from desktop.ui.visits.note_marks import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.TextFlag.TextWordWrap)
_TOP = Qt.AlignmentFlag.AlignTop
_MARGIN = 8
_GAP = 10
_NUMBERED = 9


@dataclass(frozen=True, slots=True)
class Taken:
    """A code that the coder accepts or takes back, with the words that it rests on."""

    kind: str
    code: str
    title: str
    phrase: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One row of the list.

    Attributes:
        group: which phrase it belongs to, from 0.
        text: the phrase of a heading, the title of a code.
        says: of a heading what the note says of it; of a code the answer that leads to it.
        question: of a heading, what the note leaves open.
        number: the key that takes the code; 0 for headings and beyond nine.
        taken: the code; None for a heading.
        on_visit: the visit has it already.
        quoted: the heading is what somebody wrote.
    """

    group: int
    status: Status
    text: str
    says: str = ""
    question: str = ""
    dotted: str = ""
    number: int = 0
    taken: Taken | None = None
    on_visit: bool = False
    quoted: bool = True

    @property
    def heading(self) -> str:
        """A heading's text as it is shown."""
        return f"“{self.text}”" if self.quoted else self.text

    @property
    def spoken(self) -> str:
        """The row as one line, for screen readers."""
        if self.taken is None:
            return "   ".join(p for p in (self.heading, self.says, self.question) if p)
        lead = f"{self.says}: " if self.says else ""
        text = f"{self.number or ''}  {lead}{self.dotted}   {self.text}".strip()
        return f"{text}   (on the visit)" if self.on_visit else text


def groups_of(found: Sequence[Suggestion]) -> list[list[int]]:
    """Places of suggestions that ask for the same: a note says most things more than once."""
    groups: dict[object, list[int]] = {}
    for at, each in enumerate(found):
        offered = (each.kind, each.codes, each.question, each.answers)
        same = offered if each.codes or each.answers else _plain(each)
        groups.setdefault((each.status, same), []).append(at)
    return list(groups.values())


def rows_of(
    found: Sequence[Suggestion], groups: Sequence[Sequence[int]], have: set[tuple[str, str]]
) -> list[NoteRow]:
    """The rows for a note's suggestions; `have` are the kinds and codes of the visit."""
    return [
        row
        for number, group in enumerate(groups)
        for row in _group(number, [found[at] for at in group], have)
    ]


def _plain(each: Suggestion) -> str:
    return " ".join(each.phrase.split()).casefold()


def _group(
    number: int, same: Sequence[Suggestion], have: set[tuple[str, str]]
) -> Iterator[NoteRow]:
    each = same[0]
    phrase = " ".join(each.phrase.split())
    others = {_plain(s): " ".join(s.phrase.split()) for s in same if _plain(s) != _plain(each)}
    says = [WORDS[each.status]]
    if others:
        says.append("also " + ", ".join(f"“{text}”" for text in others.values()))
    elif len(same) > 1:
        says.append(f"{len(same)} times")
    text = ";  ".join(word for word in says if word)
    yield NoteRow(number, each.status, phrase, text, each.question)
    offered = [(a.text, a.code, a.dotted, a.title) for a in each.answers if each.question]
    asked = {code for _text, code, _dotted, _title in offered}
    offered += [("", c.code, c.dotted, c.title) for c in each.codes if c.code not in asked]
    for key, (lead, code, dotted, title) in enumerate(offered, 1):
        yield NoteRow(
            number, each.status, title, lead, "", dotted,
            key if key <= _NUMBERED else 0,
            Taken(each.kind, code, title, each.phrase),
            (each.kind, code) in have,
        )  # fmt: skip


class NoteList(QListWidget):
    """The rows. Up and Down go from code to code, Left and Right from phrase to phrase.

    Signals:
        take_wanted: Enter, a double click, or a number: the row's code.
        remove_wanted: Delete: the row's code.
        moved: the cursor stands on another row.
    """

    take_wanted = Signal(object)
    remove_wanted = Signal(object)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[NoteRow] = []
        self.setAccessibleName("Codes for the note")
        self.setItemDelegate(_Delegate(self))
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.currentRowChanged.connect(lambda _row: self._on_moved())
        self.itemDoubleClicked.connect(lambda _item: self._emit(self.current()))

    def show_rows(self, rows: Sequence[NoteRow]) -> None:
        """Show rows; the cursor stays on its code where that is still offered."""
        if [_bare(row) for row in rows] == [_bare(row) for row in self.rows]:
            self._remark(rows)
            return
        before = self.current()
        place = self.currentRow()
        self.blockSignals(True)  # noqa: FBT003
        self.rows = list(rows)
        self.clear()
        for row in self.rows:
            item = QListWidgetItem()
            if row.taken is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            _fill(item, row)
            self.addItem(item)
        self.blockSignals(False)  # noqa: FBT003
        self._put_cursor(before, place)

    def _remark(self, rows: Sequence[NoteRow]) -> None:
        """Only what is on the visit changed: a long list is not made anew for it."""
        for at, (old, new) in enumerate(zip(self.rows, rows, strict=True)):
            if old != new:
                _fill(self.item(at), new)
        self.rows = list(rows)
        self._on_moved()

    def _put_cursor(self, before: NoteRow | None, place: int) -> None:
        codes = [at for at, row in enumerate(self.rows) if row.taken]
        same = [at for at in codes if before and self.rows[at].taken == before.taken]
        if place in same or (same and place >= 0):
            self.setCurrentRow(place if place in same else same[0])
        elif codes:
            self.setCurrentRow(codes[0])
        self._on_moved()

    def current(self) -> NoteRow | None:
        """The row with the cursor, if it is a code."""
        at = self.currentRow()
        row = self.rows[at] if 0 <= at < len(self.rows) else None
        return row if row is not None and row.taken is not None else None

    def texts(self) -> list[str]:
        """What the rows say."""
        return [row.spoken for row in self.rows]

    def go_to_group(self, by: int) -> None:
        """To the first code of the next or the previous phrase that has codes."""
        row = self.current()
        here = -1 if row is None else row.group
        groups = sorted({r.group for r in self.rows if r.taken})
        wanted = [g for g in groups if (g > here if by > 0 else g < here)]
        if wanted:
            self._go_into(wanted[0] if by > 0 else wanted[-1])

    def _go_into(self, group: int) -> None:
        at = next(n for n, r in enumerate(self.rows) if r.group == group and r.taken)
        last = max(n for n, r in enumerate(self.rows) if r.group == group)
        # As much of the phrase as there is room for, with what it says above its codes.
        self.scrollToItem(self.item(last))
        heading = next(n for n, r in enumerate(self.rows) if r.group == group)
        self.scrollToItem(self.item(heading))
        self.setCurrentRow(at)

    def _on_moved(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def _emit(self, row: NoteRow | None) -> None:
        if row is not None:
            self.take_wanted.emit(row.taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: Enter, numbers and letters take, Delete takes back, ← → go on."""
        deeds: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Return: lambda: self._emit(self.current()),
            Qt.Key.Key_Enter: lambda: self._emit(self.current()),
            Qt.Key.Key_Right: lambda: self.go_to_group(1),
            Qt.Key.Key_Left: lambda: self.go_to_group(-1),
            Qt.Key.Key_Delete: self._on_delete,
            Qt.Key.Key_Backspace: self._on_delete,
        }
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        deed = deeds.get(event.key())
        if plain == Qt.KeyboardModifier.NoModifier and deed is not None:
            deed()
        elif plain == Qt.KeyboardModifier.NoModifier and event.text() in _DIGITS:
            self._on_number(int(event.text()))
        elif not plain & _COMMANDING and event.text().isalpha():
            self._on_letter(event.text().casefold())
        else:
            super().keyPressEvent(event)

    def _on_delete(self) -> None:
        row = self.current()
        if row is not None:
            self.remove_wanted.emit(row.taken)

    def _on_number(self, number: int) -> None:
        self._take_only([row for row in self._group() if row.number == number])

    def _on_letter(self, letter: str) -> None:
        """The answer that alone begins with a letter: r for right, a for the 7th character A."""
        self._take_only([r for r in self._group() if r.says.casefold().startswith(letter)])

    def _group(self) -> list[NoteRow]:
        """The codes of the phrase with the cursor."""
        here = self.current()
        return [r for r in self.rows if here is not None and r.taken and r.group == here.group]

    def _take_only(self, rows: list[NoteRow]) -> None:
        if len(rows) == 1:
            self.setCurrentRow(self.rows.index(rows[0]))
            self._emit(rows[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt: titles wrap anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


def _bare(row: NoteRow) -> NoteRow:
    return replace(row, on_visit=False)


def _fill(item: QListWidgetItem, row: NoteRow) -> None:
    item.setText(row.spoken)
    item.setData(Qt.ItemDataRole.UserRole, row)
    item.setToolTip("On the visit. Delete takes it off again." if row.on_visit else "")


_DIGITS = tuple("123456789")
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _Delegate(QStyledItemDelegate):
    """Paints a phrase with its question, or a code: number, mark, code, title over lines."""

    def __init__(self, view: NoteList) -> None:
        super().__init__(view)
        self._view = view
        self._heights: dict[tuple[NoteRow, int], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override of Qt: as high as the wrapped words."""
        _ = option
        row: NoteRow = index.data(Qt.ItemDataRole.UserRole)
        width = max(160, self._view.viewport().width())
        # Qt asks for all rows again whenever one changes; long notes have hundreds.
        known = self._heights.get((row, width))
        if known is None:
            known = self._heights[row, width] = self._lay(None, row, QRect(0, 0, width, 4000))
        return QSize(width, known)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override of Qt."""
        row: NoteRow = index.data(Qt.ItemDataRole.UserRole)
        scheme, rect = theme.current(), QRect(option.rect)
        current = self._view.current()
        painter.save()
        if row.taken is not None and self._view.currentIndex() == index:
            painter.fillRect(rect, scheme.selection)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), scheme.accent)
        elif current is not None and current.group == row.group:
            painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), scheme.accent)
        self._lay(painter, row, rect)
        painter.restore()

    def _lay(self, painter: QPainter | None, row: NoteRow, rect: QRect) -> int:
        """Paint a row, or only measure it without a painter; returns its height."""
        return self._heading(painter, row, rect) if row.taken is None else self._code(
            painter, row, rect
        )  # fmt: skip

    def _heading(self, painter: QPainter | None, row: NoteRow, rect: QRect) -> int:
        scheme, line = theme.current(), self._view.fontMetrics().lineSpacing()
        quiet = row.status is not Status.PRESENT
        pen = _Pen(painter, self._view.font(), rect.adjusted(_MARGIN, 0, -_MARGIN, 0))
        pen.y += line * 2 // 5
        phrase = row.heading
        metrics = self._view.fontMetrics()
        wide = metrics.horizontalAdvance(phrase) + _GAP
        if row.says and wide + metrics.horizontalAdvance(row.says) <= pen.room:
            bold = QFontMetrics(_bold(self._view.font())).horizontalAdvance(phrase) + _GAP
            pen.put_at(wide if quiet else bold, row.says, scheme.muted)
            pen.write(phrase, scheme.muted if quiet else scheme.text, bold=not quiet)
        else:
            pen.write(phrase, scheme.muted if quiet else scheme.text, bold=not quiet)
            if row.says:
                pen.write(row.says, scheme.muted)
        if row.question:
            pen.write(f"?  {row.question}", scheme.accent, bold=True)
        return pen.y - rect.top() + 2

    def _code(self, painter: QPainter | None, row: NoteRow, rect: QRect) -> int:
        scheme, font = theme.current(), self._view.font()
        wide = QFontMetrics(_bold(font))
        digit = wide.horizontalAdvance("0")
        pen = _Pen(painter, font, rect.adjusted(_MARGIN * 2, 0, -_MARGIN, 0))
        pen.y += 3
        pen.put(str(row.number or ""), scheme.muted)
        pen.x += digit * 2
        pen.put("✓" if row.on_visit else "", scheme.good, bold=True)
        pen.x += digit * 2
        quiet = row.status is not Status.PRESENT
        pen.put(row.dotted, scheme.muted if quiet else scheme.text, bold=True)
        pen.x += max(digit * 10, wide.horizontalAdvance(row.dotted) + _GAP)
        if row.on_visit:
            pen.put_right("on the visit", scheme.good)
        if row.says:
            lead = wide.horizontalAdvance(row.says)
            if lead * 3 > pen.room:
                pen.write(row.says, scheme.text, bold=True)
            else:
                pen.put(row.says, scheme.text, bold=True)
                pen.x += lead + _GAP
        pen.write(row.text, scheme.muted if row.says or quiet else scheme.text)
        return pen.y - rect.top() + 3


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


class _Pen:
    """Writes words into a rectangle from top to bottom, or only measures them."""

    def __init__(self, painter: QPainter | None, font: QFont, area: QRect) -> None:
        self._painter = painter
        self._font = font
        self.x, self.y = area.left(), area.top()
        self._right = area.right()

    @property
    def room(self) -> int:
        """Pixels left on the line."""
        return max(60, self._right - self.x)

    def put(self, text: str, colour: str, *, bold: bool = False) -> None:
        """Words on this line, without going on."""
        self._draw(QRect(self.x, self.y, self.room, 4000), text, colour, 0, bold=bold)

    def put_at(self, x: int, text: str, colour: str) -> None:
        """Words on this line, so many pixels further right."""
        box = QRect(self.x + x, self.y, self.room, 4000)
        self._draw(box, text, colour, 0, bold=False)

    def put_right(self, text: str, colour: str) -> None:
        """Words at the right end of this line, which leaves less room for what follows."""
        width = QFontMetrics(self._font).horizontalAdvance(text)
        box = QRect(self._right - width, self.y, width + 1, 4000)
        self._draw(box, text, colour, 0, bold=False)
        self._right -= width + _GAP

    def write(self, text: str, colour: str, *, bold: bool = False) -> None:
        """Words over as many lines as they need; what follows stands below."""
        font = _bold(self._font) if bold else self._font
        box = QRect(self.x, self.y, self.room, 4000)
        high = QFontMetrics(font).boundingRect(box, _WRAP, text).height()
        self._draw(box, text, colour, _WRAP, bold=bold)
        self.y += high

    def _draw(self, box: QRect, text: str, colour: str, flags: int, *, bold: bool) -> None:
        if self._painter is not None and text:
            self._painter.setFont(_bold(self._font) if bold else self._font)
            self._painter.setPen(colour)
            self._painter.drawText(box, flags | int(_TOP), text)
