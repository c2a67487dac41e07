"""The tab “Account”: visits with what is paid and open, and the patient's payments."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.registration.account import AccountReceipt, AccountVisit, PatientAccount
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.table import Column, Kind, RowsTable


class AccountTab(QWidget):
    """Two tables; Enter on a visit opens it."""

    def __init__(self, open_visit: Callable[[int], None]) -> None:
        super().__init__()
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
        outer.addWidget(heading)
        outer.addWidget(self.receipts, 2)
        self.visits.opened.connect(lambda row: open_visit(_visit(row)))

    def show_account(self, account: PatientAccount) -> None:
        """Show an account as read."""
        self.visits.set_rows(account.visits)
        self.receipts.set_rows(account.receipts)


def _visit(row: AccountVisit) -> int:
    return row.id


def _receipt_state(row: AccountReceipt) -> str:
    return "void" if row.is_void else ""
