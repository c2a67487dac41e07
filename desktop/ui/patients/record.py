"""One patient: the header that is always visible, and the tabs below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.services.people import account, coverages, header, patients
from desktop.ui.lib import messages
from desktop.ui.patients.account_tab import AccountTab
from desktop.ui.patients.coverage_tab import CoverageTab
from desktop.ui.patients.details import DetailsTab
from desktop.ui.patients.header import HeaderBar
from desktop.ui.shared.account_dialog import AccountDialog

if TYPE_CHECKING:
    from desktop.services.core.work import Work
    from desktop.services.people.account import PatientAccount
    from desktop.services.people.coverages import CoverageRecord
    from desktop.services.people.header import PatientHeader
    from desktop.services.people.patients import PatientRecord
    from desktop.ui.lib.page import Context


@dataclass(frozen=True, slots=True)
class PatientFile:
    """Everything that a patient's page shows, read in one transaction."""

    header: PatientHeader
    record: PatientRecord
    coverages: list[CoverageRecord]
    account: PatientAccount


def read_file(work: Work, patient_id: int) -> PatientFile:
    """Read a patient for the page."""
    return PatientFile(
        header=header.patient_header(work, patient_id),
        record=patients.get(work, patient_id),
        coverages=coverages.list_for(work, patient_id),
        account=account.patient_account(work, patient_id),
    )


class PatientView(QWidget):
    """The page of one patient."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.patient_id: int | None = None
        self.header = HeaderBar()
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Patient")
        self.details = DetailsTab(context, self.reload)
        self.coverage = CoverageTab(context, self.reload)
        self.account = AccountTab(self._open_visit, self.explain)
        self.tabs.addTab(self.details, "&Details")
        self.tabs.addTab(self.coverage, "Co&verage")
        self.tabs.addTab(self.account, "&Account")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.header)
        outer.addWidget(self.tabs, 1)
        self._latest = context.runner.latest(self)

    @property
    def is_dirty(self) -> bool:
        """Whether something typed is not saved."""
        return self.patient_id is not None and self.details.form.is_dirty

    def may_leave(self) -> bool:
        """Ask before what was typed is lost."""
        if not self.is_dirty:
            return True
        if messages.confirm(
            self, "Leave without saving?", verb="Discard", detail="What you typed is not saved."
        ):
            self.details.form.set_dirty(False)
            return True
        return False

    def open_patient(self, patient_id: int) -> None:
        """Show a patient, the details first."""
        self.patient_id = patient_id
        self.tabs.setCurrentWidget(self.details)
        self.reload()

    def reload(self) -> None:
        """Read the patient anew; what is being typed stays."""
        if self.patient_id is not None:
            self._latest.read(partial(read_file, patient_id=self.patient_id), self._show)

    def show_account(self) -> None:
        """F7."""
        self.tabs.setCurrentWidget(self.account)
        self.account.visits.setFocus()

    def edit(self) -> None:
        """F9: into the form of the tab; on the account, the chosen visit."""
        if self.tabs.currentWidget() is self.coverage:
            self.coverage.edit()
            return
        if self.tabs.currentWidget() is self.account:
            self.account.open_visit()
            return
        self.tabs.setCurrentWidget(self.details)
        self.details.form.focus_first()

    def explain(self, visit_id: int | None = None) -> None:
        """Why the account is owed, the cursor on a visit if one is named."""
        if self.patient_id is not None:
            AccountDialog(self, self._context, patient_id=self.patient_id, visit_id=visit_id).open()

    def add_coverage(self) -> None:
        """A further coverage."""
        self.tabs.setCurrentWidget(self.coverage)
        self.coverage.add()

    def set_active(self, *, active: bool) -> None:
        """Take the patient out of the lists, or bring the patient back."""
        record = self.details.record
        if record is None or record.draft.version is None:
            return
        do = patients.reactivate if active else patients.deactivate
        version = record.draft.version

        def done(_result: None) -> None:
            text = "The patient is in the lists again." if active else "Taken out of the lists."
            messages.info(
                self, text, action="Undo", on_action=lambda: self.set_active(active=not active)
            )
            self.reload()

        self._context.runner.write(self, lambda work: do(work, record.id, version), done)

    @property
    def is_active(self) -> bool:
        """Whether the patient stands in the lists."""
        return self.details.record is None or self.details.record.is_active

    def _show(self, file: PatientFile) -> None:
        self.header.show_header(file.header)
        if not self.details.form.is_dirty:
            self.details.show_record(file.record)
        self.coverage.show_rows(file.record.id, file.coverages)
        self.account.show_account(file.account)

    def _open_visit(self, visit_id: int) -> None:
        self._context.go("visits", visit_id)
