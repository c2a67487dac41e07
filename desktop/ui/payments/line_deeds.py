"""Write-off and transfer on one charge line: who owes, who shall owe, how much, why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.models.values.enums import Party
from desktop.models.values.money import Money
from desktop.services.payments import choices, receipts
from desktop.services.payments.choices import LineChoice
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.page import Context
from desktop.ui.payments import words


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
