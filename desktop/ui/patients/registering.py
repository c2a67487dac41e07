"""The form that registers a patient with guarantor and first coverage, on one screen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from desktop.errors import AppError, Problem
from desktop.models.values.enums import Relationship
from desktop.services.people import coverages, patients, people
from desktop.services.people.patients import DuplicateFound, PatientDraft
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.form import Form
from desktop.ui.patients import fields
from desktop.ui.patients.duplicates import DuplicatePanel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from desktop.services.core.work import Work
    from desktop.services.people.coverages import CoverageDraft
    from desktop.services.people.search import PatientRow
    from desktop.ui.lib.page import Context


class RegisterDialog(FormDialog):
    """A new patient. The duplicate check runs as soon as name and birth date stand there."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        registered: Callable[[int], None],
        open_known: Callable[[int], None],
    ) -> None:
        form = Form(columns=fields.columns_that_fit())
        super().__init__(parent, "New patient", form, verb="Register", on_save=self._on_save)
        self._context = context
        self._registered = registered
        self._open_known = open_known
        self._accepted = False
        self._asked: tuple[object, ...] = ()
        self.duplicates = DuplicatePanel()
        form.add_widget(self.duplicates)
        fields.add_person(form, context)
        fields.add_billing(form)
        fields.add_guarantor(form, context, self)
        form.add_heading("Coverage (leave the payer empty when there is none)")
        fields.add_coverage(form, context, self, required=False)
        form.set_values(
            {
                "guarantor": "self",
                "relationship": Relationship.SELF,
                "rank": 1,
                "benefits_assigned": True,
                "insurance_type": "",
            }
        )
        fields.show_guarantor(form)
        fields.show_subscriber(form)
        self._latest = context.runner.latest(self)
        form.edited.connect(self._check_duplicates)
        form.editor("relationship").edited.connect(self._copy_to_subscriber)
        watch_zip(form, context, self)
        for name in ("relationship", "guarantor"):
            form.editor(name).edited.connect(self._fit_later)
        self.duplicates.accepted.connect(self._register_anyway)
        self.duplicates.open_wanted.connect(self._on_open_known)

    def _check_duplicates(self) -> None:
        values = self.form.values()
        key = (values["last"], values["first"], values["birth_on"])
        if key == self._asked:
            return
        self._asked = key
        self._accepted = False
        if not (values["last"] and values["birth_on"]):
            self._show_duplicates(())
            return
        draft = PatientDraft(person=fields.person_draft(values))
        self._latest.read(
            lambda work: patients.duplicates(work, draft), self._show_duplicates, _ignore
        )

    def _show_duplicates(self, rows: Sequence[PatientRow]) -> None:
        if rows or self.duplicates.rows():
            self.duplicates.show_rows(rows)
            self._fit_later()

    def _fit_later(self) -> None:
        """Give what appeared its room, once it has been laid out."""
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        room = self.screen().availableGeometry()
        height = min(self._inner.sizeHint().height() + 90, room.height() - 60)
        if height > self.height():
            self.resize(self.width(), height)
            self.move(self.x(), max(room.top() + 30, min(self.y(), room.bottom() - height - 30)))

    def _copy_to_subscriber(self) -> None:
        if self.form.editor("relationship").value() is not Relationship.SELF:
            fields.copy_address(self.form, "subscriber.")

    def _register_anyway(self) -> None:
        self._accepted = True
        self.save()

    def _on_open_known(self, row: PatientRow) -> None:
        self.form.set_dirty(False)
        self.reject()
        self._open_known(row.id)

    def _on_save(self, values: Mapping[str, Any], dialog: FormDialog) -> None:
        problems = []
        if values["payer_id"] is not None and values["valid_from"] is None:
            problems.append(Problem("valid_from", "Enter the first day of the coverage."))
        if values["payer_id"] is None and values["member_id"]:
            problems.append(Problem("payer_id", "Choose the payer of this member id."))
        if problems:
            self.form.show_problems(problems)
            return
        draft = fields.patient_draft(values)
        insured = fields.coverage_draft(values, 0) if values["payer_id"] is not None else None
        self._context.runner.write(
            dialog,
            partial(_register, draft=draft, insured=insured, anyway=self._accepted),
            self._on_done,
            self._on_refused,
            disable=self.save_button,
        )

    def _on_done(self, patient_id: int) -> None:
        self.saved()
        self._registered(patient_id)

    def _on_refused(self, error: AppError) -> None:
        if isinstance(error, DuplicateFound):
            self._show_duplicates(error.found)
            self.duplicates.open_button.setFocus()
            return
        self.refused(error)


def watch_zip(form: Form, context: Context, owner: QWidget) -> None:
    """Fill city and state from the ZIP code as soon as it is left, where it is known here."""
    editor = form.editor("zip_code")

    def fill(town: tuple[str, str] | None) -> None:
        if town is None or form.editor("city").value() or form.editor("state").value():
            return
        form.editor("city").set_value(town[0])
        form.editor("state").set_value(town[1])

    def ask() -> None:
        zip_code = editor.value()
        context.runner.read(owner, lambda work: people.town_of_zip(work, zip_code), fill)

    editor.editingFinished.connect(ask)


def _register(
    work: Work, *, draft: PatientDraft, insured: CoverageDraft | None, anyway: bool
) -> int:
    """Patient and first coverage in one transaction: both or neither."""
    patient_id = patients.register(work, draft, accept_duplicate=anyway)
    if insured is not None:
        coverages.save(work, replace(insured, patient_id=patient_id))
    return patient_id


def _ignore(_error: AppError) -> None:
    """The duplicate check is asked again when the form is saved; here it stays silent."""
