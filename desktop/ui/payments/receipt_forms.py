"""Forms around a patient's payment: take it, apply what waits, pay back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.models.values.enums import ReceiptMethod, VisitState
from desktop.models.values.money import ZERO, Money
from desktop.services.money import receipts
from desktop.services.money.receipts import ReceiptDraft, ReceiptView
from desktop.services.payments import choices
from desktop.services.people import account, header
from desktop.ui.lib import dates, messages, theme
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Check, Choice, DateEdit, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.type_ahead import Suggestion, TypeAhead
from desktop.ui.payments import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desktop.services.core.work import Work
    from desktop.services.payments.choices import PatientLine
    from desktop.services.people.account import AccountVisit
    from desktop.services.people.header import PatientHeader
    from desktop.ui.lib.page import Context

_METHODS = (
    (ReceiptMethod.CHECK, "check"),
    (ReceiptMethod.CASH, "cash"),
    (ReceiptMethod.CARD, "card (terminal)"),
    (ReceiptMethod.EFT, "bank transfer"),
)
_OLDEST, _CHOSEN, _NONE = "oldest", "chosen", "none"
_WAYS = (
    (_OLDEST, "to the oldest balances"),
    (_CHOSEN, "to lines chosen below"),
    (_NONE, "leave it unapplied"),
)


class AmountGrid(QWidget):
    """An amount per line that a patient owes; an editor for forms.

    Signals:
        edited: an amount changed.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[PatientLine, MoneyEdit]] = []

    def set_lines(self, lines: Sequence[PatientLine]) -> None:
        """Show these lines, all without an amount."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._rows = []
        for row, line in enumerate(lines):
            edit = MoneyEdit()
            edit.setAccessibleName(f"Amount for {line.procedure} of {dates.shown(line.service_on)}")
            edit.edited.connect(self.edited)
            self._grid.addWidget(plain_label(dates.shown(line.service_on)), row, 0)
            self._grid.addWidget(plain_label(f"{line.procedure}  {line.patient}"), row, 1)
            owes = plain_label(f"owes {line.owed.shown}", muted=True)
            owes.setFont(theme.tabular(owes.font()))
            self._grid.addWidget(owes, row, 2, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(edit, row, 3)
            self._rows.append((line, edit))
        if not lines:
            self._grid.addWidget(plain_label("Nobody in this family owes anything.", muted=True))
        if self._rows:
            self.setFocusProxy(self._rows[0][1])

    def value(self) -> tuple[tuple[int, Money], ...]:
        """(charge line, amount) pairs that have an amount."""
        pairs = ((line.id, edit.value()) for line, edit in self._rows)
        return tuple((i, amount) for i, amount in pairs if amount)

    def set_value(self, _value: object) -> None:
        """Empty all amounts."""
        for _line, edit in self._rows:
            edit.set_value(None)

    def problem(self) -> str:
        """The first amount that cannot be read."""
        return next((edit.problem() for _line, edit in self._rows if edit.problem()), "")


@dataclass(frozen=True, slots=True)
class _Account:
    header: PatientHeader
    visits: tuple[AccountVisit, ...]
    lines: tuple[PatientLine, ...]


class TakePayment:
    """The form for a patient's payment; one `entry_key` per opened form."""

    def __init__(
        self, owner: QWidget, context: Context, done: Callable[[ReceiptView], None]
    ) -> None:
        self._owner = owner
        self._context = context
        self._done = done
        self._key = uuid.uuid4().hex
        self.form = Form()
        self.patient = TypeAhead(sources.patients(context, owner), required=True)
        self.form.add("patient_id", "Patient", self.patient, required=True)
        self._told = plain_label(muted=True)
        self._told.setWordWrap(True)
        self.form.add_widget(self._told)
        self.amount = self.form.add("amount", "Amount", MoneyEdit(), required=True)
        self.form.add("method", "How", Choice(_METHODS))
        self.form.add(
            "reference",
            "Reference",
            TextEdit(limit=60),
            hint="Check number or terminal slip; never a card number",
        )
        self._visit = self.form.add("visit_id", "For the visit", Choice(empty="no visit"))
        self._copay = self.form.add("is_copay", "", Check("It is the copay of that visit"))
        self._way = self.form.add("way", "Apply it", Choice(_WAYS))
        self._grid = self.form.add("apply_to", "Lines", AmountGrid())
        self.form.add("deposit_on", "Deposit date", DateEdit(context.today))
        self.form.add("memo", "Note", TextEdit(limit=200))
        self.form.set_field_visible("apply_to", visible=False)
        self.patient.chosen.connect(lambda found: self._read(found.value))
        self._way.edited.connect(self._show_way)
        self._copay.edited.connect(self._on_copay)
        self._loaded: _Account | None = None
        self.dialog = FormDialog(
            owner,
            "Take a patient's payment",
            self.form,
            verb="Take the payment",
            on_save=self._save,
        )
        self.dialog.open()

    def show_patient(self, patient_id: int) -> None:
        """Open it for a patient."""
        self._read(patient_id, name=True)

    def _read(self, patient_id: int, *, name: bool = False) -> None:
        def read(work: Work) -> _Account:
            return _Account(
                header.patient_header(work, patient_id),
                account.patient_account(work, patient_id).visits,
                tuple(choices.patient_lines(work, patient_id)),
            )

        def show(found: _Account) -> None:
            self._loaded = found
            head = found.header
            if name:
                self.patient.set_value(Suggestion(head.id, head.name))
            owes = max(head.patient_balance, ZERO)
            text = f"{head.name} owes {owes.shown}"
            family = Money(sum(x.owed.cents for x in found.lines if x.patient_id != head.id))
            if family:
                text += f", the family {family.shown} more"
            if head.unapplied:
                text += f"; {head.unapplied.shown} of earlier payments is unapplied"
            if head.copay is not None:
                text += f". Copay by the card: {head.copay.shown}"
            self._told.setText(text + ".")
            self.amount.set_value(owes or None)
            visits = [v for v in found.visits if v.state is not VisitState.VOID][:30]
            self._visit.set_options(
                [
                    (v.id, f"{dates.shown(v.service_on)}  {v.codes}  owes {v.patient.shown}")
                    for v in visits
                ]
            )
            self._grid.set_lines(found.lines)
            if name:
                self.amount.setFocus()
                self.amount.selectAll()

        self._context.runner.read(self.dialog, read, show)

    def _show_way(self) -> None:
        self.form.set_field_visible("apply_to", visible=self._way.value() == _CHOSEN)

    def _on_copay(self) -> None:
        copay = self._loaded.header.copay if self._loaded else None
        if self._copay.value() and copay is not None:
            self.amount.set_value(copay)

    def _save(self, values: Mapping[str, Any], dialog: FormDialog) -> None:
        way = values["way"]
        chosen = values["apply_to"] if way == _CHOSEN else None
        draft = ReceiptDraft(
            patient_id=values["patient_id"],
            amount=values["amount"],
            method=values["method"],
            reference=values["reference"],
            visit_id=values["visit_id"],
            is_copay=bool(values["is_copay"] and values["visit_id"]),
            memo=values["memo"],
            deposit_on=values["deposit_on"],
            apply_to=() if way == _NONE else chosen,
            entry_key=self._key,
        )

        def take(work: Work) -> ReceiptView:
            return receipts.get_receipt(work, receipts.take_payment(work, draft))

        def done(receipt: ReceiptView) -> None:
            dialog.saved()
            self._done(receipt)

        self._context.runner.write(dialog, take, done, dialog.refused, disable=dialog.save_button)


def apply_money(owner: QWidget, context: Context, receipt: ReceiptView) -> None:
    """Apply what a receipt still holds: to the oldest balances, or to chosen lines."""
    if receipt.patient_id is None:
        return
    patient_id = receipt.patient_id

    def show(lines: list[PatientLine]) -> None:
        form = Form()
        form.add_widget(
            plain_label(f"Receipt {receipt.number} holds {receipt.unapplied.shown} unapplied.")
        )
        way = form.add("way", "Apply it", Choice(_WAYS[:2]))
        grid = form.add("apply_to", "Lines", AmountGrid())
        grid.set_lines(lines)
        form.set_field_visible("apply_to", visible=False)
        way.edited.connect(
            lambda: form.set_field_visible("apply_to", visible=way.value() == _CHOSEN)
        )

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def deed(work: Work) -> Money:
                if values["way"] == _OLDEST:
                    return receipts.apply_oldest(work, receipt.id)
                receipts.apply_receipt(work, receipt.id, values["apply_to"])
                return Money(sum(amount.cents for _line, amount in values["apply_to"]))

            def done(applied: Money) -> None:
                dialog.saved()
                messages.info(owner, f"{applied.shown} of receipt {receipt.number} applied.")

            context.runner.write(dialog, deed, done, dialog.refused, disable=dialog.save_button)

        FormDialog(owner, "Apply unapplied money", form, verb="Apply", on_save=save).open()

    context.runner.read(owner, lambda work: choices.patient_lines(work, patient_id), show)


def refund_money(owner: QWidget, context: Context, receipt: ReceiptView) -> None:
    """Pay unapplied money back."""
    form = Form()
    form.add_widget(
        plain_label(f"Receipt {receipt.number} holds {receipt.unapplied.shown} unapplied.")
    )
    amount = form.add("amount", "Pay back", MoneyEdit(), required=True)
    amount.set_value(receipt.unapplied)
    form.add("reference", "Check number or note", TextEdit(limit=100), required=True)

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        def done(_entry: int) -> None:
            dialog.saved()
            messages.info(owner, f"{values['amount'].shown} of receipt {receipt.number} refunded.")

        context.runner.write(
            dialog,
            lambda work: receipts.refund(work, receipt.id, values["amount"], values["reference"]),
            done,
            dialog.refused,
            disable=dialog.save_button,
        )

    FormDialog(owner, "Refund unapplied money", form, verb="Refund", on_save=save).open()
