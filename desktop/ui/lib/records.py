"""A tab with a table of records and one form for adding and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.form import Form
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.core.work import Work
    from desktop.ui.lib.page import Context

R = TypeVar("R")


class Used(Protocol):
    """A record that may be out of use."""

    @property
    def is_active(self) -> bool:
        """Whether it is still offered."""
        ...


class RecordsTab(QWidget, Generic[R]):
    """Lists drafts of one kind; Enter or F9 edits, F8 adds.

    Subclasses say how the records are read, which fields the form has, and how it becomes a
    draft that is saved.
    """

    noun = "record"

    def __init__(self, context: Context, columns: Sequence[Column], *, name: str) -> None:
        super().__init__()
        self.context = context
        self.table = RowsTable(
            columns,
            name=name,
            empty=f"No {self.noun} yet. Press F8 to add one.",
            filter_hint=f"Filter the {self.noun}s",
        )
        self.new_button = QPushButton(f"New {self.noun}")
        self.edit_button = QPushButton(f"Edit the {self.noun}")
        self.buttons = QHBoxLayout()
        for button, do in ((self.new_button, self.add), (self.edit_button, self.edit)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, do=do: do())
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(0, 8, 0, 0)
        self.outer.addLayout(self.buttons)
        self.outer.addWidget(self.table, 1)
        self.table.opened.connect(lambda _row: self.edit())
        self.dialog: FormDialog | None = None

    def read(self, work: Work) -> Sequence[R]:
        """All records."""
        raise NotImplementedError

    def build(self, form: Form, row: R | None) -> None:
        """Put the fields into the form and show the record, or the defaults of a new one."""
        raise NotImplementedError

    def write(self, work: Work, values: Mapping[str, Any], row: R | None) -> object:
        """Save what the form holds."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read the records anew."""
        self.context.runner.read(self, self.read, self._show)

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def add(self) -> None:
        """F8."""
        self._open(None)

    def edit(self) -> None:
        """F9 or Enter."""
        row = self.table.current_row()
        if row is not None:
            self._open(row)

    def _show(self, rows: Sequence[R]) -> None:
        self.table.set_rows(rows)
        if self.table.current_row() is None:
            self.table.select_first()

    def _open(self, row: R | None) -> None:
        form = Form(columns=2)
        self.build(form, row)
        title = f"New {self.noun}" if row is None else self.noun.capitalize()

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(_result: object) -> None:
                dialog.saved()
                messages.info(self, f"{self.noun.capitalize()} saved.")
                self.refresh()

            self.context.runner.write(
                dialog,
                lambda work: self.write(work, values, row),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

        self.dialog = FormDialog(self, title, form, verb="Save", on_save=save)
        self.dialog.open()


def state_column() -> Column:
    """Whether a record is still used."""
    return Column("state", "State", Kind.STATE, getter=_state, tone=_tone, width=11)


def _state(row: Used) -> str:
    return "in use" if row.is_active else "no longer"


def _tone(row: Used) -> Tone:
    return Tone.GOOD if row.is_active else Tone.NEUTRAL
