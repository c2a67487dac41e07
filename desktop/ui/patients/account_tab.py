"""The tab “Account”: visits with what is paid and open, and the patient's payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.values.enums import VisitState
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.people.account import AccountReceipt, AccountVisit, PatientAccount


class AccountTab(QWidget):
    """Two tables; Enter on a visit asks why it is owed, F9 opens the visit.

    Nothing is owed yet on a draft, so Enter opens it too.
    """

    def __init__(self, open_visit: Callable[[int], None], explain: Callable[[int], None]) -> None:
        super().__init__()
        self._open_visit = open_visit
        self._explain = explain
        self.visits = RowsTable(
            (
                Column("service_on", "Service", Kind.DATE),
                Column("codes", "Procedures", stretch=True),
                Column("charge", "Charge", Kind.MONEY),
                Column("paid", "Paid", Kind.MONEY),
                Column("adjusted", "Adjusted", Kind.MONEY),
                Column("insurance", "Insurance owes", Kind.MONEY),
                Column("patient", "Patient owes", Kind.MONEY),
                Column("state", "State", width=8),
            ),
            name="account visits",
            empty="No visits yet.",
            filter_hint="Filter the visits",
        )
        self.receipts = RowsTable(
            (
                Column("received_on", "Received", Kind.DATE),
                Column("number", "Receipt", width=12),
                Column("method", "By", width=8),
                Column("reference", "Reference", stretch=True),
                Column("amount", "Amount", Kind.MONEY),
                Column("unapplied", "Not applied", Kind.MONEY),
                Column("state", "State", getter=_receipt_state, width=8),
            ),
            name="account receipts",
            empty="No payments of the patient yet.",
        )
        self.receipts.filter.hide()
        heading = plain_label("Payments of the patient")
        theme.flag(heading, "heading")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(self.visits, 3)
        outer.addWidget(plain_label("Enter: why it is owed  ·  F9: open the visit", muted=True))
        outer.addWidget(heading)
        outer.addWidget(self.receipts, 2)
        self.visits.opened.connect(self._on_opened)

    def show_account(self, account: PatientAccount) -> None:
        """Show an account as read."""
        self.visits.set_rows(account.visits)
        self.receipts.set_rows(account.receipts)

    def open_visit(self) -> None:
        """F9: the chosen visit itself."""
        row: AccountVisit | None = self.visits.current_row()
        if row is not None:
            self._open_visit(row.id)

    def _on_opened(self, row: AccountVisit) -> None:
        (self._explain if row.state is VisitState.POSTED else self._open_visit)(row.id)


def _receipt_state(row: AccountReceipt) -> str:
    return "void" if row.is_void else ""
