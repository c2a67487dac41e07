"""Fields for text, dates, money, codes, phones and choices. One widget per kind, everywhere.

Every editor has the same face (`Editor`): `value()`, `set_value()`, `problem()` and the signal
`edited`, which a form uses without knowing the kind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from desktop.models.values.money import Money
from desktop.ui.lib import dates, theme
from desktop.ui.lib.labels import plain_label as plain_label  # noqa: PLC0414 - for pages

Today = Callable[[], dt.date]


class Editor(Protocol):
    """What a form needs of a field. `edited` is emitted when the user changed something."""

    @property
    def edited(self) -> SignalInstance:
        """Emitted without arguments when the content changed."""
        ...

    def value(self) -> object:
        """The content, typed; None or an empty string when nothing stands there."""
        ...

    def set_value(self, value: object) -> None:
        """Show a value without counting as the user's change."""
        ...

    def problem(self) -> str:
        """Why the text cannot be read, as a sentence; empty when it can."""
        ...


def width_for(widget: QWidget, characters: int) -> int:
    """Pixels that hold so many figures plus the frame."""
    return QFontMetrics(widget.font()).horizontalAdvance("0") * characters + 18


class LineEdit(QLineEdit):
    """One line that is typed; the kinds say what its text stands for.

    Signals:
        edited: the user changed the text.
    """

    edited = Signal()

    def __init__(
        self, *, limit: int = 120, characters: int = 0, placeholder: str = "", upper: bool = False
    ) -> None:
        super().__init__()
        self.setMaxLength(limit)
        self.setPlaceholderText(placeholder)
        self._upper = upper
        if characters:
            self.setMinimumWidth(width_for(self, min(characters, 12)))
            self.setMaximumWidth(width_for(self, characters))
        self.textEdited.connect(self._on_edited)

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`."""
        self.setText("" if value is None else str(value))
        self.setCursorPosition(0)

    def problem(self) -> str:
        """See `Editor.problem`."""
        return ""

    def _on_edited(self, text: str) -> None:
        if self._upper and text != text.upper():
            at = self.cursorPosition()
            self.setText(text.upper())
            self.setCursorPosition(at)
        self.edited.emit()


class TextEdit(LineEdit):
    """One line of text; `value()` is stripped of blanks at the ends."""

    def value(self) -> str:
        """See `Editor.value`."""
        return self.text().strip()


class CodeEdit(TextEdit):
    """A short code (procedure, modifier, place, state): capitals, no blanks."""

    def __init__(self, *, limit: int = 12, placeholder: str = "") -> None:
        super().__init__(limit=limit, characters=limit + 2, placeholder=placeholder, upper=True)

    def value(self) -> str:
        """See `Editor.value`."""
        return re.sub(r"\s+", "", self.text()).upper()


class PhoneEdit(TextEdit):
    """A US phone number, shown as (555) 013-4477; `value()` is its ten digits."""

    def __init__(self) -> None:
        super().__init__(limit=24, characters=16)
        self.editingFinished.connect(lambda: self.set_value(self.value()))

    def value(self) -> str:
        """Ten digits, or what stands there when it is no US number."""
        digits = re.sub(r"[^0-9]", "", self.text())
        if len(digits) == 11 and digits.startswith("1"):
            digits = digits[1:]
        return digits if len(digits) == 10 else self.text().strip()

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`."""
        text = str(value or "")
        if re.fullmatch(r"[0-9]{10}", text):
            text = f"({text[:3]}) {text[3:6]}-{text[6:]}"
        super().set_value(text)

    def problem(self) -> str:
        """See `Editor.problem`."""
        value = self.value()
        if value and not re.fullmatch(r"[0-9]{10}", value):
            return "A phone number has ten digits, area code first."
        return ""


class NoteEdit(QPlainTextEdit):
    """Several lines of plain text. Tab leaves the field; Enter makes a new line."""

    edited = Signal()

    def __init__(self, *, lines: int = 3, limit: int = 2_000) -> None:
        super().__init__()
        self._limit = limit
        self._silent = False
        self.setTabChangesFocus(True)
        height = QFontMetrics(self.font()).lineSpacing() * lines + 14
        self.setMinimumHeight(height)
        self.setMaximumHeight(height)
        self.textChanged.connect(self._on_changed)

    def value(self) -> str:
        """See `Editor.value`."""
        return self.toPlainText().strip()

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`."""
        self._silent = True
        self.setPlainText("" if value is None else str(value))
        self._silent = False

    def problem(self) -> str:
        """See `Editor.problem`."""
        over = len(self.toPlainText()) - self._limit
        return f"This is {over} characters too long." if over > 0 else ""

    def _on_changed(self) -> None:
        if not self._silent:
            self.edited.emit()


class DateEdit(QLineEdit):
    """A date by keyboard: `t` `[` `]` `m` `h` at once, `+7` `-1` `0229` `2/29/24` on leaving.

    The weekday stands beside the date. `value()` is a `datetime.date` or None.
    """

    edited = Signal()

    def __init__(self, today: Today, *, past: bool = False) -> None:
        super().__init__()
        self._today = today
        self._past = past
        self._date: dt.date | None = None
        self._base: dt.date | None = None
        self._read_text = ""
        self._problem = ""
        self.setMaxLength(20)
        self.setPlaceholderText("mm/dd/yyyy")
        self.setMinimumWidth(width_for(self, 16))
        self.setMaximumWidth(width_for(self, 20))
        keys = ", ".join(f"{key} {meaning}" for key, meaning in dates.SHORT_KEYS.items())
        self.setToolTip(f"{keys}, +7 or -1 days; 0229 or 2/29/24")
        self.textEdited.connect(self._on_edited)
        self.editingFinished.connect(self._settle)

    def value(self) -> dt.date | None:
        """The date, read from the text as it stands."""
        self._read()
        return self._date if not self._problem else None

    def set_value(self, value: object) -> None:
        """Show a date, or nothing for None."""
        self._date = self._base = value if isinstance(value, dt.date) else None
        self._problem = ""
        self._read_text = dates.shown(self._date) if self._date else ""
        self.setText(self._read_text)

    def problem(self) -> str:
        """Why the text is no date (or lies ahead), as a sentence."""
        self._read()
        return self._problem

    def weekday(self) -> str:
        """The day's short name as it is painted, or nothing."""
        if self._date is None or self.text() != dates.shown(self._date):
            return ""
        return dates.weekday(self._date)

    def _read(self) -> None:
        """Read the text once: a step such as +7 counts from the settled date, not from itself."""
        if self.text() == self._read_text:
            return
        self._read_text = self.text()
        try:
            self._date = dates.read_date(self.text(), self._today(), self._base, past=self._past)
            self._problem = ""
        except ValueError as error:
            self._problem = str(error)

    def _settle(self) -> None:
        self._read()
        if not self._problem:
            self.set_value(self._date)

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt: the short keys act at once on the date that stands there."""
        key = event.text().lower()
        if key in dates.SHORT_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._read()
            base = None if self._problem else self._date
            try:
                self.set_value(dates.read_date(key, self._today(), base, past=self._past))
            except ValueError as error:
                self._problem = str(error)
            self.selectAll()
            self.edited.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override of Qt: the whole date is chosen, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: the weekday at the right end."""
        super().paintEvent(event)
        name = self.weekday()
        if name:
            painter = QPainter(self)
            painter.setPen(theme.current().muted)
            area = self.rect().adjusted(0, 0, -8, 0)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
            )
            painter.end()


_SUM = re.compile(r"[-+]?[^-+]+(?:[-+][^-+]+)*")


def read_money(text: str) -> Money | None:
    """An amount, or a sum of amounts such as ``100-35``; None for an empty text.

    Raises:
        ValueError: a sentence for the user; three decimals are refused.
    """
    bare = text.replace(" ", "")
    if not bare:
        return None
    if not _SUM.fullmatch(bare):
        raise ValueError(f"“{text.strip()}” is not an amount; write it like 85 or 85.50.")
    amount = Money(0)
    for sign, part in re.findall(r"([-+]?)([^-+]+)", bare):
        each = Money.parse(part)
        amount = amount - each if sign == "-" else amount + each
    return amount


class MoneyEdit(QLineEdit):
    """An amount of dollars, right-aligned; takes ``12``, ``-12.5``, ``1,234.56``, ``100-35``."""

    edited = Signal()

    def __init__(self, *, negative: bool = False) -> None:
        super().__init__()
        self._negative = negative
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(40)
        self.setPlaceholderText("0.00")
        self.setMinimumWidth(width_for(self, 11))
        self.setMaximumWidth(width_for(self, 16))
        self.setToolTip("Takes sums too, like 100-35")
        self.textEdited.connect(lambda _text: self.edited.emit())
        self.editingFinished.connect(self._settle)

    def value(self) -> Money | None:
        """The amount, None when empty or unreadable (`problem` says why)."""
        try:
            return read_money(self.text())
        except ValueError:
            return None

    def set_value(self, value: object) -> None:
        """Show an amount, or nothing for None."""
        self.setText(value.shown if isinstance(value, Money) else "")

    def problem(self) -> str:
        """See `Editor.problem`."""
        try:
            amount = read_money(self.text())
        except ValueError as error:
            return str(error)
        if amount is not None and amount < Money(0) and not self._negative:
            return "This amount cannot be below zero."
        return ""

    def _settle(self) -> None:
        if not self.problem():
            self.set_value(self.value())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override of Qt: the whole amount is chosen, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


_NARROWEST, _WIDEST = 6, 26


class Choice(QComboBox):
    """One of a few values. The wheel changes it only when it has the focus; F4 opens the list."""

    edited = Signal()

    def __init__(
        self, options: Sequence[tuple[Any, str]] = (), *, empty: str | None = None
    ) -> None:
        """Args give (value, text) pairs; `empty` is the text of an additional None choice."""
        super().__init__()
        self._empty = empty
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.set_options(options)
        self.activated.connect(lambda _index: self.edited.emit())

    def set_options(self, options: Sequence[tuple[Any, str]]) -> None:
        """Replace the choices and keep the chosen value if it is still among them."""
        kept = self.value()
        self._values = [value for value, _text in options]
        texts = [text for _value, text in options]
        if self._empty is not None:
            self._values.insert(0, None)
            texts.insert(0, self._empty)
        self.clear()
        self.addItems(texts)
        longest = max((len(text) for text in texts), default=0)
        self.setMinimumContentsLength(min(max(longest, _NARROWEST), _WIDEST))
        self.set_value(kept)

    def value(self) -> Any:
        """The chosen value; None when nothing is chosen."""
        at = self.currentIndex()
        return self._values[at] if 0 <= at < len(getattr(self, "_values", [])) else None

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`; an unknown value chooses nothing, or the first when one must."""
        if value in self._values:
            self.setCurrentIndex(self._values.index(value))
        else:
            self.setCurrentIndex(0 if self._values else -1)

    def problem(self) -> str:
        """See `Editor.problem`."""
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: an arrow in the theme's own colour."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().muted), 1.6))
        x, y = self.width() - 13, self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override of Qt: scrolling past a field never changes it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Override of Qt: a letter typed chooses; that counts as the user's change."""
        before = self.currentIndex()
        handled = super().event(event)
        if event.type() == QEvent.Type.KeyPress and before != self.currentIndex():
            self.edited.emit()
        return handled


class Check(QCheckBox):
    """Yes or no."""

    edited = Signal()

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.clicked.connect(lambda _on: self.edited.emit())

    def value(self) -> bool:
        """See `Editor.value`."""
        return self.isChecked()

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`."""
        self.setChecked(bool(value))

    def problem(self) -> str:
        """See `Editor.problem`."""
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of Qt: a box whose outline and tick have contrast in every theme."""
        super().paintEvent(event)
        scheme = theme.current()
        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        box = QRectF(self.style().subElementRect(part, option, self)).adjusted(1, 1, -1, -1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        painter.setPen(QPen(QColor(scheme.accent if is_on else scheme.edge), 1.2))
        painter.setBrush(QColor(scheme.accent if is_on else scheme.base))
        painter.drawRoundedRect(box, 2, 2)
        if is_on:
            painter.setPen(QPen(QColor(scheme.on_accent), 1.8))
            left, bottom, width, height = box.left(), box.bottom(), box.width(), box.height()
            painter.drawPolyline(
                [
                    QPointF(left + width * 0.2, bottom - height * 0.48),
                    QPointF(left + width * 0.42, bottom - height * 0.25),
                    QPointF(left + width * 0.8, bottom - height * 0.75),
                ]
            )
        painter.end()
