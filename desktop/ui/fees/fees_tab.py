"""The tab “Fees”: the schedules and their prices."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton

from desktop.errors import AppError, EnvironmentProblem, RuleError
from desktop.models.values.money import Money
from desktop.services.practice.fees import fees
from desktop.services.practice.fees.fees import FeeDraft, FeeImport, FeeRow, ScheduleRow
from desktop.ui.lib import messages, theme
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, CodeEdit, DateEdit, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.records import RecordsTab
from desktop.ui.lib.table import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.core.work import Work
    from desktop.ui.lib.page import Context

_SHOWN_PROBLEMS = 12


class FeesTab(RecordsTab[FeeRow]):
    """Prices of one schedule at a time."""

    noun = "price"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("code", "Code", width=9),
            Column("modifier", "Modifier", width=9),
            Column("title", "Procedure", stretch=True),
            Column("amount", "Price", Kind.MONEY),
            Column("valid_from_shown", "From", Kind.DATE),
        )
        super().__init__(context, columns, name="fees")
        self.schedules: list[ScheduleRow] = []
        self.schedule = Choice()
        self.schedule.setAccessibleName("Fee schedule")
        self.schedule.setMinimumContentsLength(24)
        self.used_by = plain_label(muted=True)
        self.problems = plain_label()
        self.problems.setWordWrap(True)
        theme.flag(self.problems, "bad")
        self.problems.hide()
        self.add_button = QPushButton("New schedule…")
        self.import_button = QPushButton("Load from CSV…")
        self.remove_button = QPushButton("Remove the price")
        for button, do in (
            (self.add_button, self.add_schedule),
            (self.import_button, self.choose_file),
            (self.remove_button, self.remove),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, do=do: do())
        top = QHBoxLayout()
        label = plain_label("Schedule")
        label.setBuddy(self.schedule)
        top.addWidget(label)
        top.addWidget(self.schedule)
        top.addWidget(self.add_button)
        top.addWidget(self.import_button)
        top.addWidget(self.used_by, 1)
        self.buttons.insertWidget(2, self.remove_button)
        self.outer.insertLayout(0, top)
        self.outer.insertWidget(1, self.problems)
        self.schedule.edited.connect(self._on_schedule)

    def read(self, work: Work) -> Sequence[FeeRow]:
        """See `RecordsTab.read`."""
        chosen = self.schedule.value()
        return fees.list_fees(work, chosen) if chosen is not None else []

    def refresh(self) -> None:
        """Read the schedules, then the prices of the chosen one."""
        self.context.runner.read(self, fees.schedules, self._on_schedules)

    def build(self, form: Form, row: FeeRow | None) -> None:
        """See `RecordsTab.build`."""
        form.add("code", "Code", CodeEdit(limit=5), required=True)
        form.add("modifier", "Modifier", CodeEdit(limit=2), hint="Empty: the bare code's price")
        form.add("amount", "Price", MoneyEdit(), required=True)
        form.add("valid_from", "From", DateEdit(self.context.today), hint="Empty: always")
        if row is not None:
            form.set_values(
                {
                    "code": row.code,
                    "modifier": row.modifier,
                    "amount": row.amount,
                    "valid_from": row.valid_from_shown,
                }
            )

    def write(self, work: Work, values: Mapping[str, Any], row: FeeRow | None) -> object:
        """See `RecordsTab.write`."""
        return fees.save_fee(
            work,
            FeeDraft(
                schedule_id=self.schedule.value() or 0,
                code=values["code"],
                modifier=values["modifier"],
                amount=values["amount"] or Money(0),
                valid_from=values["valid_from"] or fees.ALWAYS,
                id=row.id if row else None,
            ),
        )

    def add(self) -> None:
        """F8: a price; without a schedule first a schedule."""
        if self.schedule.value() is None:
            self.add_schedule()
        else:
            super().add()

    def remove(self) -> None:
        """Take the chosen price away; it can be put back."""
        row: FeeRow | None = self.table.current_row()
        if row is None:
            return
        draft = FeeDraft(
            self.schedule.value() or 0, row.code, row.amount, row.modifier, row.valid_from
        )

        def undo() -> None:
            self.context.runner.write(
                self, lambda work: fees.save_fee(work, draft), lambda _id: self.refresh()
            )

        def done(_result: None) -> None:
            messages.info(self, "The price was removed.", action="Undo", on_action=undo)
            self.refresh()

        self.context.runner.write(self, partial(fees.remove_fee, fee_id=row.id), done)

    def add_schedule(self) -> None:
        """Ask for a name."""
        form = Form()
        form.add("name", "Name", TextEdit(limit=60), required=True)

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(schedule_id: int) -> None:
                dialog.saved()
                messages.info(self, "Fee schedule added.")
                self._wanted = schedule_id
                self.refresh()

            name = values["name"]
            self.context.runner.write(
                dialog,
                lambda work: fees.add_schedule(work, name),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

        self.dialog = FormDialog(self, "New fee schedule", form, verb="Add", on_save=save)
        self.dialog.open()

    def choose_file(self) -> None:
        """Ask for a fee file and load it into the chosen schedule."""
        if self.schedule.value() is None:
            messages.warn(self, "Add a fee schedule first; prices are loaded into it.")
            return
        name, _kind = QFileDialog.getOpenFileName(
            self, "Load fees", "", "CSV files (*.csv *.txt *.tsv);;All files (*)"
        )
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Load a fee file: all of it or nothing."""
        chosen = self.schedule.value()
        self.problems.hide()

        def run(work: Work) -> FeeImport:
            return fees.import_fees(work, chosen, read_bytes(path))

        self.context.runner.write(
            self,
            run,
            self._on_loaded,
            self._on_refused,
            progress_text="Loading fees…",
            disable=self.import_button,
        )

    _wanted: int | None = None

    def _on_schedules(self, rows: list[ScheduleRow]) -> None:
        self.schedules = rows
        names = [(s.id, f"{s.name} (standard)" if s.is_standard else s.name) for s in rows]
        self.schedule.set_options(names)
        if self._wanted is not None:
            self.schedule.set_value(self._wanted)
            self._wanted = None
        self._on_schedule()

    def _on_schedule(self) -> None:
        chosen = next((s for s in self.schedules if s.id == self.schedule.value()), None)
        users = ", ".join(chosen.payers) if chosen else ""
        self.used_by.setText(f"Used by {users}" if users else "")
        self.table.set_empty_text(
            "No prices yet. Press F8 to add one, or load them from a CSV file."
            if chosen
            else "No fee schedule yet. Press F8 to add the standard one."
        )
        self.context.runner.read(self, self.read, self._show)

    def _on_loaded(self, done: FeeImport) -> None:
        messages.info(self, done.text)
        self.refresh()

    def _on_refused(self, error: AppError) -> None:
        if not isinstance(error, RuleError):
            messages.error(self, str(error))
            return
        texts = [problem.text for problem in error.problems]
        if len(texts) > _SHOWN_PROBLEMS:
            more = len(texts) - _SHOWN_PROBLEMS
            texts = [*texts[:_SHOWN_PROBLEMS], f"… and {more} more."]
        self.problems.setText("\n".join(texts))
        self.problems.show()


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        EnvironmentProblem: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise EnvironmentProblem(f"“{path.name}” could not be read ({reason}).") from error
