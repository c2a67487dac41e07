"""The page “Patients”: one box that finds, the list, and one patient."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.services.core.work import Changes
from desktop.services.people import search
from desktop.ui.lib import commands, messages
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.table import Column, Kind, RowsTable
from desktop.ui.patients.record import PatientView
from desktop.ui.patients.registering import RegisterDialog

if TYPE_CHECKING:
    from desktop.services.people.search import PatientRow

TITLE = "Patients"


class PatientsPage(Page):
    """Find, register, open. `show_record` takes a patient's id."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, TITLE)
        self.table = RowsTable(
            (
                Column("name", "Name", stretch=True),
                Column("birth_on", "Birth date", Kind.DATE),
                Column("account_number", "Account", width=10),
                Column("phone_last4", "Phone", getter=_phone, width=8),
                Column("payer", "Primary payer", width=26),
                Column("balance", "Patient owes", Kind.MONEY),
            ),
            name="patients",
            empty="No patients yet. Press F8 to register one.",
            filter_hint="Find by any part of name, birth date, phone or account number",
            own_filter=False,
        )
        self.view = PatientView(context)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.view)
        self.body.addWidget(self.stack, 1)
        self.dialog: RegisterDialog | None = None
        self._search = context.runner.latest(self)
        self._add_commands()
        self.table.filter_edited.connect(lambda _text: self._find())
        self.table.opened.connect(self._on_opened)
        self.table.selection_changed.connect(lambda _rows: self._follow())
        self.view.tabs.currentChanged.connect(lambda _at: self._follow())
        kinds = Changes.PATIENTS | Changes.LEDGER | Changes.PAYERS | Changes.VISITS
        context.runner.on_change(self, kinds, self.refresh)
        self.view.details.form.dirty_changed.connect(lambda _dirty: self._follow())
        self._follow()

    def refresh(self) -> None:
        """See `Page.refresh`."""
        self._find()
        if self._is_open:
            self.view.reload()

    def focus_search(self) -> None:
        """See `Page.focus_search`: Ctrl+F and F3 lead back to the box."""
        if self._is_open and not self._close():
            return
        self.table.focus_filter()

    def show_record(self, argument: object) -> None:
        """A patient's id."""
        if isinstance(argument, int) and self.view.may_leave():
            self._open(argument)

    def has_unsaved(self) -> bool:
        """See `Page.has_unsaved`."""
        return self.view.is_dirty

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        if self._is_open:
            return [self.view.tabs]
        return [self.table.filter, self.table.view]

    @property
    def _is_open(self) -> bool:
        return self.stack.currentWidget() is self.view

    def _add_commands(self) -> None:
        self._back = self.add_command(commands.CLOSE, self._on_close, text="Back to the list")
        self._save = self.add_command(commands.SAVE, self.view.details.save, primary=True)
        self._add = self.add_command(commands.COVERAGE_ADD, self.view.add_coverage)
        self._visit = self.add_command(commands.VISIT_NEW, self._on_visit)
        self._account = self.add_command(commands.ACCOUNT, self._on_account, text="Account")
        self._explain = self.add_command(commands.EXPLAIN, self._on_explain, button=False)
        self._remove = self.add_command(commands.REMOVE, self._on_remove, button=False)
        self._edit = self.add_command(commands.EDIT, self._on_edit, text="Open")
        self._new = self.add_command(commands.NEW, self._on_new, text="New patient")

    def _find(self) -> None:
        text = self.table.filter.text()
        self._search.read(partial(search.search, text=text), self._on_found)

    def _on_found(self, rows: list[PatientRow]) -> None:
        asked = self.table.filter.text().strip()
        self.table.set_empty_text(
            "No patient is found by this. Esc clears it, F8 registers somebody new."
            if asked
            else "No patients yet. Press F8 to register one."
        )
        self.table.set_rows(rows)
        if self.table.current_row() is None:
            self.table.select_first()
        self._follow()

    def _on_opened(self, row: PatientRow) -> None:
        self._open(row.id)

    def _open(self, patient_id: int) -> None:
        self.view.open_patient(patient_id)
        self.stack.setCurrentWidget(self.view)
        self.set_title("Patient")
        self._follow()
        self.view.tabs.setFocus()

    def _close(self) -> bool:
        if not self.view.may_leave():
            return False
        self.view.patient_id = None
        self.stack.setCurrentWidget(self.table)
        self.set_title(TITLE)
        self._follow()
        return True

    def _on_close(self) -> None:
        if self._is_open and self._close():
            self.table.view.setFocus()

    def _on_new(self) -> None:
        if self._is_open and not self.view.may_leave():
            return
        self.dialog = RegisterDialog(self, self.context, self._on_registered, self._open)
        self.dialog.open()

    def _on_registered(self, patient_id: int) -> None:
        messages.info(self, "Registered.")
        self._open(patient_id)

    def _on_edit(self) -> None:
        if self._is_open:
            self.view.edit()
            return
        row = self.table.current_row()
        if row is not None:
            self._open(row.id)

    def _on_account(self) -> None:
        if not self._is_open:
            row = self.table.current_row()
            if row is None:
                return
            self._open(row.id)
        self.view.show_account()

    def _on_explain(self) -> None:
        self.view.explain()

    def _on_visit(self) -> None:
        if self.view.patient_id is not None:
            self.context.go("visits", ("new", self.view.patient_id))

    def _on_remove(self) -> None:
        if not self._is_open:
            return
        if self.view.tabs.currentWidget() is self.view.coverage:
            self.view.coverage.remove()
        else:
            self.view.set_active(active=not self.view.is_active)

    def _follow(self) -> None:
        """Offer what works now."""
        is_open = self._is_open
        for action in (self._back, self._save, self._add, self._visit, self._explain):
            action.setVisible(is_open)
            action.setEnabled(is_open)
        self._save.setEnabled(self.view.is_dirty)
        chosen = is_open or self.table.current_row() is not None
        self._edit.setEnabled(chosen)
        self._edit.setText("Edit" if is_open else "Open")
        self._account.setEnabled(chosen)
        self._remove.setEnabled(is_open)
        on_coverage = self.view.tabs.currentWidget() is self.view.coverage
        self._remove.setText(
            "Remove the coverage" if on_coverage else "Take out of the lists, or back"
        )


def _phone(row: PatientRow) -> str:
    return f"…{row.phone_last4}" if row.phone_last4 else ""
