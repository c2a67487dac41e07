"""The tab “Details”: who the patient is, who pays, what to mind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.services.people import patients
from desktop.ui.lib import messages
from desktop.ui.lib.form import Form
from desktop.ui.patients import fields
from desktop.ui.patients.registering import watch_zip

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.errors import AppError
    from desktop.services.people.patients import PatientRecord
    from desktop.ui.lib.page import Context

_SSN_SHOWN_MS = 20_000


class DetailsTab(QWidget):
    """The patient's form; saving tells the rest of the window by the change it commits."""

    def __init__(self, context: Context, saved: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._saved = saved
        self.record: PatientRecord | None = None
        self._saving = False
        self.form = Form(columns=fields.columns_that_fit())
        fields.add_person(self.form, context)
        fields.add_billing(self.form)
        self.show_ssn = QPushButton("Show the SSN")
        self.show_ssn.setToolTip("For 20 seconds; that it was shown is written down")
        self.show_ssn.setAutoDefault(False)
        self.show_ssn.clicked.connect(self._on_show_ssn)
        fields.add_guarantor(self.form, context, self)
        self.form.add_widget(_left(self.show_ssn))
        self.form.save_wanted.connect(self.save)
        watch_zip(self.form, context, self)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.addWidget(self.form)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def show_record(self, record: PatientRecord) -> None:
        """Show a patient as read."""
        self.record = record
        self.form.set_values(fields.patient_values(record))
        self.form.editor("ssn").set_mask(record.draft.person.ssn_mask)
        self.show_ssn.setEnabled(bool(record.draft.person.ssn_mask))
        fields.show_guarantor(self.form)

    def save(self) -> None:
        """Save what was changed."""
        record = self.record
        if record is None or self._saving or not self.form.is_dirty:
            return
        values = self.form.checked()
        if values is None:
            return
        draft = fields.patient_draft(values, record)
        # The form stays enabled, so that the cursor stays where it is; once at a time.
        self._saving = True
        self._context.runner.write(
            self,
            lambda work: patients.update(work, record.id, draft),
            self._on_saved,
            self._on_refused,
        )

    def _on_refused(self, error: AppError) -> None:
        self._saving = False
        self.form.show_error(error)

    def _on_saved(self, _done: None) -> None:
        self._saving = False
        self.form.set_dirty(False)
        messages.info(self, "Saved.")
        self._saved()

    def _on_show_ssn(self) -> None:
        if self.record is not None:
            self._context.runner.read(
                self, partial(patients.reveal_ssn, patient_id=self.record.id), self._on_ssn
            )

    def _on_ssn(self, ssn: str) -> None:
        shown = f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}"
        mask = self.record.draft.person.ssn_mask if self.record else ""
        editor = self.form.editor("ssn")
        editor.set_mask(shown)
        QTimer.singleShot(_SSN_SHOWN_MS, editor, lambda: editor.set_mask(mask))


def _left(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QVBoxLayout(holder)
    row.setContentsMargins(0, 4, 0, 0)
    row.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
    return holder
