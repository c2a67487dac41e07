"""The Receipts tab: what patients and payers paid, what is unapplied, void and refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.services.money import receipts
from desktop.services.payments import choices
from desktop.ui.lib import commands, messages, theme
from desktop.ui.lib.edits import Choice, plain_label
from desktop.ui.lib.page import Page, action_button
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from desktop.ui.payments import choosing, receipt_forms
from desktop.ui.payments.receipt_forms import TakePayment

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.money import Money
    from desktop.services.core.work import Work
    from desktop.services.money.receipts import ReceiptView


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt with whose it is."""

    view: ReceiptView
    patient: str

    @property
    def id(self) -> int:
        """The receipt's id."""
        return self.view.id

    @property
    def received_on(self) -> dt.date:
        """The day it was taken."""
        return self.view.received_on

    @property
    def state(self) -> str:
        """Void, waiting money, or applied."""
        if self.view.voided_on is not None:
            return "void"
        return "unapplied" if self.view.unapplied else "applied"

    @property
    def unapplied(self) -> Money | None:
        """What waits; nothing for a void receipt."""
        return self.view.unapplied or None


_TONES = {"void": Tone.NEUTRAL, "unapplied": Tone.WARN, "applied": Tone.GOOD}

COLUMNS = (
    Column("number", "Receipt", width=10, getter=lambda r: r.view.number),
    Column("received_on", "Date", Kind.DATE, width=10),
    Column("patient", "From", width=20, stretch=True),
    Column("method", "How", width=8, getter=lambda r: r.view.method.value),
    Column("reference", "Reference", width=20, getter=lambda r: r.view.reference),
    Column("amount", "Amount", Kind.MONEY, width=10, getter=lambda r: r.view.amount),
    Column("unapplied", "Unapplied", Kind.MONEY, width=10),
    Column("refunded", "Refunded", Kind.MONEY, width=10, getter=lambda r: r.view.refunded or None),
    Column("state", "State", Kind.STATE, width=13, tone=lambda r: _TONES[r.state]),
    Column("note", "Note", width=12, getter=lambda r: r.view.void_reason or r.view.memo),
)


class ReceiptsTab(QWidget):
    """List of receipts and what can be done with one.

    Signals:
        left: the choice of one patient was taken back.
    """

    left = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.context = page.context
        self._patient_id: int | None = None
        self.which = Choice([("all", "all receipts"), ("unapplied", "with unapplied money")])
        self.which.setAccessibleName("Which receipts")
        self._of = plain_label(muted=True)
        self._everybody = QPushButton("Show everybody's")
        self._everybody.setAutoDefault(False)
        theme.flag(self._everybody, "quiet")
        self._everybody.clicked.connect(lambda _checked=False: self.show_patient(None))
        self.table = RowsTable(
            COLUMNS,
            name="receipts",
            empty="No receipts yet. Press Ctrl+Shift+T to take a patient's payment.",
            filter_hint="Find by receipt, name, reference or amount",
        )
        self._apply = page.add_command(commands.RECEIPT_APPLY, self._on_apply, button=False)
        self._print = page.add_command(
            commands.PRINT, self._on_print, text="Print the receipt", button=False
        )
        self._refund = page.add_command(commands.RECEIPT_REFUND, self._on_refund, button=False)
        self._void = page.add_command(commands.RECEIPT_VOID, self._on_void, button=False)
        self._account = page.add_command(commands.ACCOUNT, self._on_account, button=False)
        self._deeds = (
            (self._apply, commands.RECEIPT_APPLY),
            (self._print, commands.PRINT),
            (self._refund, commands.RECEIPT_REFUND),
            (self._void, commands.RECEIPT_VOID),
            (self._account, commands.ACCOUNT),
        )
        self._lay_out()
        self.which.edited.connect(self.refresh)
        self.table.selection_changed.connect(lambda _rows: self.enable())
        self.table.opened.connect(lambda _row: self._on_apply_or_account())
        self.setFocusProxy(self.table)

    def refresh(self) -> None:
        """Ask anew."""
        patient_id = self._patient_id
        unapplied = self.which.value() == "unapplied"

        def read(work: Work) -> list[ReceiptRow]:
            found = receipts.list_receipts(work, patient_id=patient_id, unapplied_only=unapplied)
            names = choices.patient_names(work, [r.patient_id for r in found if r.patient_id])
            payers = choices.payer_names(work, [r.payer_id for r in found if r.payer_id])
            return [
                ReceiptRow(
                    r,
                    names.get(r.patient_id or 0)
                    or payers.get(r.payer_id or 0, "insurance payment"),
                )
                for r in found
            ]

        def show(rows: list[ReceiptRow]) -> None:
            self.table.set_rows(rows)
            if self.table.current_row() is None:
                self.table.select_first()
            if patient_id is not None:
                self._of.setText("Receipts of one patient.")
            self.enable()

        self.context.runner.read(self, read, show)

    def show_patient(self, patient_id: int | None) -> None:
        """Only one patient's receipts, or everybody's."""
        self._patient_id = patient_id
        self._of.setVisible(patient_id is not None)
        self._everybody.setVisible(patient_id is not None)
        self.refresh()

    def take(self, patient_id: int | None = None) -> TakePayment:
        """Open the form for a payment; of the shown patient unless another is named."""

        def done(receipt: ReceiptView) -> None:
            text = f"Receipt {receipt.number}: {receipt.amount.shown} taken"
            text += f", {receipt.unapplied.shown} unapplied." if receipt.unapplied else "."
            messages.info(
                self, text, action="Print", on_action=lambda: self._print_receipt(receipt.id)
            )

        form = TakePayment(self, self.context, done)
        wanted = patient_id or self._patient_id
        if wanted is not None:
            form.show_patient(wanted)
        return form

    def enable(self) -> None:
        """Offer what the chosen receipt allows; nothing while another tab is shown."""
        row = self._row()
        view = row.view if row is not None and self.isVisible() else None
        live = view is not None and view.voided_on is None and view.kind == "patient"
        waits = live and view is not None and bool(view.unapplied)
        self._apply.setEnabled(waits)
        self._refund.setEnabled(waits)
        self._void.setEnabled(live)
        self._print.setEnabled(view is not None and view.kind == "patient")
        self._account.setEnabled(view is not None and view.patient_id is not None)

    def _row(self) -> ReceiptRow | None:
        row: Any = self.table.current_row()
        return row if isinstance(row, ReceiptRow) else None

    def _on_apply_or_account(self) -> None:
        (self._apply if self._apply.isEnabled() else self._account).trigger()

    def _on_apply(self) -> None:
        row = self._row()
        if row is not None:
            receipt_forms.apply_money(self, self.context, row.view)

    def _on_refund(self) -> None:
        row = self._row()
        if row is not None:
            receipt_forms.refund_money(self, self.context, row.view)

    def _on_account(self) -> None:
        row = self._row()
        if row is not None and row.view.patient_id is not None:
            self.context.go("patients", row.view.patient_id)

    def _on_print(self) -> None:
        row = self._row()
        if row is not None:
            self._print_receipt(row.id)

    def _print_receipt(self, receipt_id: int) -> None:
        from desktop.ui.payments.printing import show_receipt  # noqa: PLC0415 - loads ReportLab

        show_receipt(self, self.context, receipt_id)

    def _on_void(self) -> None:
        row = self._row()
        if row is None:
            return
        number, wanted = row.view.number, row.id
        choosing.ask_reason(
            self,
            self.context,
            title=f"Void receipt {number}",
            verb="Void the receipt",
            note="The payment and all it was applied to are reversed; a returned check too.",
            deed=lambda work, reason: receipts.void_receipt(work, wanted, reason),
            done=lambda _none: messages.info(self, f"Receipt {number} is void."),
        )

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(plain_label("Show"))
        top.addWidget(self.which)
        top.addWidget(self._of)
        top.addWidget(self._everybody)
        top.addStretch(1)
        for action, command in self._deeds:
            action.setEnabled(False)
            button = action_button(action, command)
            button.setEnabled(False)
            top.addWidget(button)
        outer.addLayout(top)
        outer.addWidget(self.table, 1)
        self._of.hide()
        self._everybody.hide()
