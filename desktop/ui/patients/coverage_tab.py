"""The tab “Coverage”: all coverages of a patient, in force first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.models.values.enums import Relationship
from desktop.services.people import coverages, patients
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import DateEdit
from desktop.ui.lib.form import Form
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from desktop.ui.patients import fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from desktop.services.core.work import Work
    from desktop.services.people.coverages import CoverageRecord
    from desktop.services.people.patients import PatientRecord
    from desktop.services.people.people import PersonDraft
    from desktop.ui.lib.page import Context


class CoverageTab(QWidget):
    """Coverages, with their forms."""

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._changed = changed
        self._patient_id: int | None = None
        today = context.today
        self.table = RowsTable(
            (
                Column("rank_name", "Order", width=10),
                Column("payer_name", "Payer", stretch=True),
                Column("member_id", "Member id", width=16),
                Column("subscriber_name", "Subscriber", width=20),
                Column("valid_from", "From", Kind.DATE),
                Column("valid_to", "To", Kind.DATE),
                Column(
                    "state",
                    "State",
                    Kind.STATE,
                    getter=lambda row: _state(row, today())[0],
                    tone=lambda row: _state(row, today())[1],
                ),
            ),
            name="coverages",
            empty="No coverage: the patient pays. Ctrl+Shift+A adds one.",
            filter_hint="Filter the coverages",
        )
        self.table.filter.hide()
        self.edit_button = QPushButton("Edit")
        self.end_button = QPushButton("End on a day…")
        self.replace_button = QPushButton("Replace by another…")
        self.remove_button = QPushButton("Remove")
        buttons = QHBoxLayout()
        for button, do in (
            (self.edit_button, self.edit),
            (self.replace_button, self.replace),
            (self.end_button, self.end),
            (self.remove_button, self.remove),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, do=do: do())
            buttons.addWidget(button)
        buttons.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addLayout(buttons)
        outer.addWidget(self.table, 1)
        self.table.opened.connect(lambda _row: self.edit())
        self.table.selection_changed.connect(lambda _rows: self._follow())
        self._follow()
        self.dialog: FormDialog | None = None

    def show_rows(self, patient_id: int, rows: list[CoverageRecord]) -> None:
        """Show a patient's coverages."""
        self._patient_id = patient_id
        self.table.set_rows(rows)
        if self.table.current_row() is None:
            self.table.select_first()
        self._follow()

    def add(self) -> None:
        """A further coverage, at the first free place of the order."""
        if self._patient_id is None:
            return
        today = self._context.today()
        taken = {row.rank for row in self.table.rows() if row.in_force(today)}
        rank = next((r for r in (1, 2, 3) if r not in taken), 3)
        start = today.replace(month=1, day=1)
        values = {
            "rank": rank,
            "relationship": Relationship.SELF,
            "valid_from": start,
            "benefits_assigned": True,
            "insurance_type": "",
        }
        self._open("New coverage", "Add", values, None)

    def edit(self) -> None:
        """The chosen coverage."""
        row = self.table.current_row()
        if row is not None:
            self._open("Coverage", "Save", fields.coverage_values(row), row)

    def replace(self) -> None:
        """End the chosen coverage the day before another one begins."""
        row: CoverageRecord | None = self.table.current_row()
        if row is None:
            return
        values = fields.coverage_values(row)
        values |= {"payer_id": None, "member_id": "", "group_number": "", "plan_name": ""}
        values |= {"valid_from": None, "valid_to": None, "copay": None}
        self._open("Replace this coverage", "Replace", values, row, replacing=True)

    def end(self) -> None:
        """Ask for the last day of the chosen coverage."""
        row: CoverageRecord | None = self.table.current_row()
        if row is None:
            return
        form = Form()
        form.add("valid_to", "Last day", DateEdit(self._context.today), required=True)
        form.set_values({"valid_to": row.valid_to or self._context.today()})

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            version = row.draft.version or 0
            last_day = values["valid_to"]
            self._write(
                dialog,
                lambda work: coverages.end(work, row.id, version, last_day),
                "The coverage ends on that day.",
            )

        self._show(FormDialog(self, "End the coverage", form, verb="End it", on_save=save))

    def remove(self) -> None:
        """Delete a coverage that was entered by mistake."""
        row: CoverageRecord | None = self.table.current_row()
        if row is None or not messages.confirm(
            self,
            "Remove this coverage?",
            verb="Remove",
            detail="One that was never billed disappears; one that was billed can be ended.",
        ):
            return
        version = row.draft.version or 0
        self._context.runner.write(
            self, lambda work: coverages.remove(work, row.id, version), self._on_removed
        )

    def _on_removed(self, _done: None) -> None:
        messages.info(self, "The coverage was removed.")
        self._changed()

    def _open(
        self,
        title: str,
        verb: str,
        values: Mapping[str, Any],
        row: CoverageRecord | None,
        *,
        replacing: bool = False,
    ) -> None:
        form = Form(columns=2)
        dialog = FormDialog(
            self, title, form, verb=verb, on_save=partial(self._save, row=row, replacing=replacing)
        )
        fields.add_coverage(form, self._context, dialog, required=True)
        form.set_values(values)
        fields.show_subscriber(form)
        form.editor("relationship").edited.connect(partial(self._copy_patient, form))
        self._show(dialog)

    def _show(self, dialog: FormDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _copy_patient(self, form: Form) -> None:
        """A subscriber of the same family: empty fields are filled from the patient."""
        patient_id = self._patient_id
        if patient_id is None or form.editor("relationship").value() is Relationship.SELF:
            return

        def fill(record: PatientRecord) -> None:
            person: PersonDraft = record.draft.person
            for name in ("last", "line1", "zip_code", "city", "state"):
                editor = form.editor(f"subscriber.{name}")
                if not editor.value():
                    editor.set_value(getattr(person, name))

        self._context.runner.read(form, lambda work: patients.get(work, patient_id), fill)

    def _save(
        self,
        values: Mapping[str, Any],
        dialog: FormDialog,
        *,
        row: CoverageRecord | None,
        replacing: bool,
    ) -> None:
        patient_id = self._patient_id
        if patient_id is None:
            return
        draft = fields.coverage_draft(values, patient_id, None if replacing else row)
        if replacing and row is not None:
            if draft.valid_from <= row.valid_from:
                text = "The new coverage must begin after the one that it replaces."
                dialog.form.show_problems([Problem("valid_from", text)])
                return
            version = row.draft.version or 0
            self._write(
                dialog,
                lambda work: coverages.replace_with(work, row.id, version, draft),
                "The coverage was replaced.",
            )
        else:
            self._write(dialog, lambda work: coverages.save(work, draft), "Coverage saved.")

    def _write(self, dialog: FormDialog, do: Callable[[Work], object], text: str) -> None:
        def done(_result: object) -> None:
            dialog.saved()
            messages.info(self, text)
            self._changed()

        self._context.runner.write(dialog, do, done, dialog.refused, disable=dialog.save_button)

    def _follow(self) -> None:
        chosen = self.table.current_row() is not None
        for button in (
            self.edit_button,
            self.end_button,
            self.replace_button,
            self.remove_button,
        ):
            button.setEnabled(chosen)


def _state(row: CoverageRecord, today: dt.date) -> tuple[str, Tone]:
    if row.in_force(today):
        return ("in force", Tone.GOOD) if not row.may_not_bill_patient else ("no bill", Tone.WARN)
    if row.valid_from > today:
        return "not yet", Tone.NEUTRAL
    return "ended", Tone.NEUTRAL
