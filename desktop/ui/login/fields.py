"""Parts of the start screens: a password line with Show, a card in the middle, a problem line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import theme
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.icons import icon
from desktop.ui.lib.labels import plain_label

CARD_WIDTH = 520


class PasswordEdit(QWidget):
    """A masked line with a Show button; pasting is allowed, blanks count.

    Signals:
        edited: the text changed.
        entered: Enter was pressed.
    """

    edited = Signal()
    entered = Signal()

    def __init__(self, name: str = "Password") -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(256)
        self.line.setAccessibleName(name)
        self.show_button = Button("Show")
        self.show_button.setCheckable(True)
        self.show_button.setAccessibleName(f"Show the {name.lower()}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.show_button)
        self.setFocusProxy(self.line)
        self.show_button.toggled.connect(self._on_show)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.line.returnPressed.connect(self.entered)

    def value(self) -> str:
        """The text as typed; blanks at the ends belong to it."""
        return self.line.text()

    def set_value(self, value: object) -> None:
        """Set or empty the line, masked again."""
        self.line.setText(str(value or ""))
        self.show_button.setChecked(False)

    def problem(self) -> str:
        """Nothing to refuse by itself."""
        return ""

    def _on_show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.line.setEchoMode(mode.Normal if shown else mode.Password)
        self.show_button.setText("Hide" if shown else "Show")


def problem_label() -> QLabel:
    """A sentence in the colour of problems, hidden while empty; say its text with `say`."""
    label = plain_label()
    label.setWordWrap(True)
    theme.flag(label, "bad")
    label.hide()
    return label


def say(label: QLabel, text: str) -> None:
    """Show a sentence, or hide the label for none."""
    label.setText(text)
    label.setAccessibleName(text)
    label.setVisible(bool(text))


def title_row(text: str, icon_name: str) -> QHBoxLayout:
    """A large title with an icon."""
    row = QHBoxLayout()
    mark = QLabel()
    mark.setPixmap(icon(icon_name, theme.current().accent, 26).pixmap(26, 26))
    title = plain_label(text)
    theme.flag(title, "title")
    title.setWordWrap(True)
    row.addWidget(mark)
    row.addWidget(title, 1)
    return row


class Card(QWidget):
    """A framed column in the middle of the window.

    Attributes:
        column: the layout to fill.
    """

    def __init__(self) -> None:
        super().__init__()
        frame = QFrame()
        theme.flag(frame, "card")
        frame.setFixedWidth(CARD_WIDTH)
        self.column = QVBoxLayout(frame)
        self.column.setContentsMargins(28, 24, 28, 24)
        self.column.setSpacing(10)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(frame)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)
