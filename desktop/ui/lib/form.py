"""Forms: label, field, and the problem beside the field, in words and with an icon.

Enter goes to the next field, Ctrl+Enter saves. What was typed is never lost: a problem keeps
everything and puts the cursor where it has to be mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import AppError, Problem, RuleError
from desktop.ui.lib import messages, theme
from desktop.ui.lib.edits import Editor, plain_label
from desktop.ui.lib.icons import icon
from desktop.ui.lib.type_ahead import TypeAhead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

E = TypeVar("E", bound=Editor)


class ProblemLine(QWidget):
    """An icon and a sentence below a field."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel()
        self._text = plain_label()
        self._text.setWordWrap(True)
        theme.flag(self._text, "bad")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(5)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.hide()

    def text(self) -> str:
        """The sentence shown, empty when none is."""
        return self._text.text() if not self.isHidden() else ""

    def show_text(self, text: str) -> None:
        """Show a sentence, or nothing."""
        self._text.setText(text)
        if text:
            self._icon.setPixmap(icon("problem", theme.current().bad, 15).pixmap(15, 15))
        self.setVisible(bool(text))


class Form(QWidget):
    """Rows of fields in one or two columns.

    Signals:
        save_wanted: Ctrl+Enter was pressed.
        edited: the user changed something.
        dirty_changed: whether there is anything unsaved.
    """

    save_wanted = Signal()
    edited = Signal()
    dirty_changed = Signal(object)

    def __init__(self, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._editors: dict[str, QWidget] = {}
        self._lines: dict[str, ProblemLine] = {}
        self._required: dict[str, str] = {}
        self._labels: dict[str, QLabel] = {}
        self._dirty = False
        self._next = 0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        self._top = ProblemLine()
        outer.addWidget(self._top)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        for column in range(columns):
            self._grid.setColumnStretch(column * 2 + 1, 1)
        outer.addLayout(self._grid)
        outer.addStretch(1)

    def add(
        self,
        name: str,
        label: str,
        editor: E,
        *,
        required: bool = False,
        wide: bool = False,
        hint: str = "",
    ) -> E:
        """Add a field and return its editor.

        `name` is the dotted name that services use in `Problem.field`; `editor` a widget with
        the face of `edits.Editor`. A `required` field refuses to be empty; a `wide` one takes
        the whole row of a two-column form; `hint` stands below it in small words.
        """
        widget = cast("QWidget", editor)
        shown = plain_label(label + (" *" if required else ""))
        shown.setBuddy(widget)
        widget.setAccessibleName(label)
        line = ProblemLine()
        cell = QVBoxLayout()
        cell.setSpacing(1)
        cell.addWidget(widget)
        if hint:
            below = plain_label(hint, muted=True)
            below.setWordWrap(True)
            cell.addWidget(below)
        cell.addWidget(line)
        cell.addStretch(1)
        if wide:
            self._next += -self._next % self._columns
        row, column = divmod(self._next, self._columns)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        shown.setContentsMargins(0, 5, 0, 0)
        self._grid.addWidget(shown, row, column * 2, top)
        self._grid.addLayout(cell, row, column * 2 + 1, 1, self._columns * 2 - 1 if wide else 1)
        self._next += self._columns if wide else 1
        self._register(name, label, widget, line, shown, required=required)
        return editor

    def add_heading(self, text: str) -> None:
        """Start a group of fields below a heading."""
        self._next += -self._next % self._columns
        heading = plain_label(text)
        theme.flag(heading, "heading")
        heading.setContentsMargins(0, 8, 0, 2)
        row = self._next // self._columns
        self._grid.addWidget(heading, row, 0, 1, self._columns * 2)
        self._next += self._columns

    def add_widget(self, widget: QWidget) -> None:
        """Put any widget (a table of lines, a note) across the form."""
        self._next += -self._next % self._columns
        self._grid.addWidget(widget, self._next // self._columns, 0, 1, self._columns * 2)
        self._next += self._columns

    def editor(self, name: str) -> Any:
        """The field of a name."""
        return self._editors[name]

    def set_field_visible(self, name: str, visible: bool) -> None:
        """Show or hide a field with its label; a hidden field is not required."""
        self._editors[name].setVisible(visible)
        self._labels[name].setVisible(visible)
        if not visible:
            self._lines[name].show_text("")

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show a record; what is not named becomes empty. Nothing is unsaved afterwards."""
        for name, widget in self._editors.items():
            cast("Editor", widget).set_value(values.get(name))
        self.clear_problems()
        self.set_dirty(False)

    def values(self) -> dict[str, Any]:
        """All fields as they stand."""
        return {name: cast("Editor", w).value() for name, w in self._editors.items()}

    def checked(self) -> dict[str, Any] | None:
        """All fields, or None after showing which cannot be read or are missing."""
        found = []
        for name, widget in self._editors.items():
            if widget.isHidden():
                continue
            editor = cast("Editor", widget)
            text = editor.problem()
            if not text and name in self._required and editor.value() in (None, ""):
                text = f"{self._required[name]} is needed."
            if text:
                found.append(Problem(name, text))
        self.show_problems(found)
        return None if found else self.values()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show each problem beside its field and focus the first; the rest on top."""
        self.clear_problems()
        placed: dict[str, list[str]] = {}
        loose = []
        for problem in problems:
            name = self._field_of(problem.field)
            if name is None:
                loose.append(problem.text)
            else:
                placed.setdefault(name, []).append(problem.text)
        self._top.show_text(" ".join(loose))
        for name, texts in placed.items():
            self._mark(name, " ".join(texts))
        first = next((name for name in self._editors if name in placed), None)
        if first is not None:
            self._editors[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: AppError) -> None:
        """Place what a service refused; anything that names no field becomes a notice."""
        if isinstance(error, RuleError):
            self.show_problems(error.problems)
        else:
            messages.error(self, str(error))

    def problem_at(self, name: str) -> str:
        """The sentence beside a field; of an empty name the one on top."""
        return self._lines[name].text() if name else self._top.text()

    def clear_problems(self) -> None:
        """Take all sentences away."""
        self._top.show_text("")
        for name in self._editors:
            self._mark(name, "")

    @property
    def is_dirty(self) -> bool:
        """Whether the user changed something that is not saved."""
        return self._dirty

    def set_dirty(self, dirty: bool) -> None:
        """Say that the content is saved (False) or not."""
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit(dirty)

    def focus_first(self) -> None:
        """Put the cursor into the first field that can take it."""
        for widget in self._editors.values():
            if widget.isEnabled() and not widget.isHidden():
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def wanted_width(self) -> int:
        """Pixels in which problems stand beside fields without many broken lines."""
        return self.fontMetrics().horizontalAdvance("0") * (58 * self._columns + 10)

    def _register(
        self,
        name: str,
        label: str,
        widget: QWidget,
        line: ProblemLine,
        shown: QLabel,
        *,
        required: bool,
    ) -> None:
        self._editors[name] = widget
        self._lines[name] = line
        self._labels[name] = shown
        if required:
            self._required[name] = label
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, widget.sizePolicy().verticalPolicy())
        widget.installEventFilter(self)
        cast("Editor", widget).edited.connect(lambda: self._on_edited(name))

    def _field_of(self, dotted: str) -> str | None:
        """The field itself, or the nearest around it: ``lines.2.charge`` falls to ``lines``."""
        while dotted:
            if dotted in self._editors and not self._editors[dotted].isHidden():
                return dotted
            dotted = dotted.rpartition(".")[0]
        return None

    def _mark(self, name: str, text: str) -> None:
        widget = self._editors[name]
        self._lines[name].show_text(text)
        widget.setAccessibleDescription(text)
        if bool(widget.property("bad")) != bool(text):
            widget.setProperty("bad", bool(text))
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _on_edited(self, name: str) -> None:
        self._mark(name, "")
        self.set_dirty(True)
        self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Enter goes on to the next field, Ctrl+Enter saves."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save_wanted.emit()
            return True
        if isinstance(watched, QPlainTextEdit):
            return False
        if isinstance(watched, TypeAhead):
            if watched.is_open() or watched.is_waiting():
                watched.take()
            if watched.value() is None and watched.text().strip():
                return True
        self.focusNextChild()
        return True
