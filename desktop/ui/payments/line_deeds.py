"""Deeds on one charge line, each with a reason: write off, transfer, take a credit off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.services.money import receipts
from desktop.services.payments import choices
from desktop.ui.lib import dates, messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.payments import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from desktop.models.values.enums import Party
    from desktop.models.values.money import Money
    from desktop.services.core.work import Work
    from desktop.services.payments.choices import CreditPart, LineChoice
    from desktop.ui.lib.page import Context


def write_off(owner: QWidget, context: Context, charge_line_id: int) -> None:
    """Write off part of what somebody owes on a line."""
    _open(owner, context, charge_line_id, moves=False)


def transfer(owner: QWidget, context: Context, charge_line_id: int) -> None:
    """Move what one party owes on a line to another."""
    _open(owner, context, charge_line_id, moves=True)


def _open(owner: QWidget, context: Context, charge_line_id: int, *, moves: bool) -> None:
    def show(line: LineChoice | None) -> None:
        if line is None or not line.owed:
            messages.info(owner, "Nobody owes anything on this line.")
            return
        _form(owner, context, line, moves=moves)

    context.runner.read(owner, lambda work: choices.charge_line(work, charge_line_id), show)


def _form(owner: QWidget, context: Context, line: LineChoice, *, moves: bool) -> None:
    owed = dict(line.owed)
    form = Form()
    form.add_widget(
        plain_label(
            f"Line {line.procedure} of {line.service_on:%m/%d/%Y}, charge {line.charge.shown}. "
            f"Owed: {words.owed(line.owed)}."
        )
    )
    source = form.add(
        "party",
        "From" if moves else "Owed by",
        Choice(
            [(party, f"{words.PARTIES[party]} ({amount.shown})") for party, amount in owed.items()]
        ),
    )
    if moves:
        form.add("target", "To", Choice([(p, text) for p, text in words.PARTIES.items()]))
    amount = form.add("amount", "Amount", MoneyEdit(), required=True)
    form.add("reason", "Why", TextEdit(limit=200), required=True)

    def fill() -> None:
        amount.set_value(owed.get(source.value()))

    source.edited.connect(fill)
    fill()

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        party: Party = values["party"]
        value: Money = values["amount"]

        def done(_entry: int) -> None:
            dialog.saved()
            if moves:
                whom = words.PARTIES[values["target"]]
                messages.info(owner, f"{value.shown} is now owed by the {whom}.")
            else:
                messages.info(owner, f"{value.shown} written off.")

        if moves:
            context.runner.write(
                dialog,
                lambda work: receipts.transfer(
                    work, line.id, party, values["target"], value, values["reason"]
                ),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )
        else:
            context.runner.write(
                dialog,
                lambda work: receipts.write_off(work, line.id, party, value, values["reason"]),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

    title, verb = ("Transfer", "Transfer") if moves else ("Write off", "Write off")
    FormDialog(owner, title, form, verb=verb, on_save=save).open()


def take_off(owner: QWidget, context: Context, claim_id: int) -> None:
    """Give a patient's credit on a claim back to the receipt it came from."""

    def show(parts: list[CreditPart]) -> None:
        if not parts:
            messages.warn(
                owner,
                "No receipt of the patient stands in credit on this claim; transfer a payer's "
                "credit on the line of its remittance.",
            )
            return
        _take_off_form(owner, context, parts)

    context.runner.read(owner, lambda work: choices.credit_parts(work, claim_id), show)


def _take_off_form(owner: QWidget, context: Context, parts: list[CreditPart]) -> None:
    form = Form()
    form.add_widget(
        plain_label("The money is then unapplied on its receipt: refund it or apply it anew.")
    )
    part = form.add(
        "part",
        "Line and receipt",
        Choice(
            [
                (x, f"{x.procedure} of {dates.shown(x.service_on)}, receipt {x.number}")
                for x in parts
            ]
        ),
    )
    amount = form.add("amount", "Amount", MoneyEdit(), required=True)
    form.add("reason", "Why", TextEdit(limit=200), required=True)

    def fill() -> None:
        chosen: CreditPart = part.value()
        amount.set_value(chosen.amount)

    part.edited.connect(fill)
    fill()

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        chosen: CreditPart = values["part"]
        value: Money = values["amount"]

        def deed(work: Work) -> int | None:
            receipts.take_off(
                work, chosen.receipt_id, chosen.charge_line_id, value, values["reason"]
            )
            return receipts.get_receipt(work, chosen.receipt_id).patient_id

        def done(patient_id: int | None) -> None:
            dialog.saved()
            messages.info(
                owner,
                f"{value.shown} is unapplied on receipt {chosen.number}.",
                action="Open receipts",
                on_action=lambda: context.go("payments", ("receipts", patient_id)),
            )

        context.runner.write(dialog, deed, done, dialog.refused, disable=dialog.save_button)

    FormDialog(owner, "Take off the receipt", form, verb="Take off", on_save=save).open()
