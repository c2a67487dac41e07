"""Deeds on one charge line, each with a reason: write off, transfer, take a credit off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from desktop.services.money import receipts
from desktop.services.payments import choices
from desktop.ui.lib import dates, messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.payments import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from desktop.models.values.money import Money
    from desktop.services.core.work import Work
    from desktop.services.payments.choices import CreditPart, LineChoice
    from desktop.ui.lib.page import Context


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done with an amount that somebody owes on a line.

    Attributes:
        title: of the question, and what its button says.
        source: asks whose debt is meant.
        moves: whether somebody else owes it afterwards, who is then asked for.
        do: does it, by the values of the form; returns the entry's id.
        told: says what was done.
    """

    title: str
    source: str
    moves: bool
    do: Callable[[Work, int, Mapping[str, Any]], int]
    told: Callable[[Mapping[str, Any]], str]


_WRITE_OFF: Final = _Deed(
    "Write off",
    "Owed by",
    moves=False,
    do=lambda work, line_id, v: receipts.write_off(
        work, line_id, v["party"], v["amount"], v["reason"]
    ),
    told=lambda v: f"{v['amount'].shown} written off.",
)
_TRANSFER: Final = _Deed(
    "Transfer",
    "From",
    moves=True,
    do=lambda work, line_id, v: receipts.transfer(
        work, line_id, v["party"], v["target"], v["amount"], v["reason"]
    ),
    told=lambda v: f"{v['amount'].shown} is now owed by the {words.PARTIES[v['target']]}.",
)


def write_off(owner: QWidget, context: Context, charge_line_id: int) -> None:
    """Write off part of what somebody owes on a line."""
    _open(owner, context, charge_line_id, _WRITE_OFF)


def transfer(owner: QWidget, context: Context, charge_line_id: int) -> None:
    """Move what one party owes on a line to another."""
    _open(owner, context, charge_line_id, _TRANSFER)


def _open(owner: QWidget, context: Context, charge_line_id: int, deed: _Deed) -> None:
    def show(line: LineChoice | None) -> None:
        if line is None or not line.owed:
            messages.info(owner, "Nobody owes anything on this line.")
            return
        _ask(owner, context, line, deed)

    context.runner.read(owner, lambda work: choices.charge_line(work, charge_line_id), show)


def _ask(owner: QWidget, context: Context, line: LineChoice, deed: _Deed) -> None:
    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        def done(_entry: int) -> None:
            dialog.saved()
            messages.info(owner, deed.told(values))

        context.runner.write(
            dialog,
            lambda work: deed.do(work, line.id, values),
            done,
            dialog.refused,
            disable=dialog.save_button,
        )

    form = _form(line, deed)
    FormDialog(owner, deed.title, form, verb=deed.title, on_save=save).open()


def _form(line: LineChoice, deed: _Deed) -> Form:
    """Whose debt, how much and why; the amount follows the party that is chosen."""
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
        deed.source,
        Choice(
            [(party, f"{words.PARTIES[party]} ({amount.shown})") for party, amount in owed.items()]
        ),
    )
    if deed.moves:
        form.add("target", "To", Choice([(p, text) for p, text in words.PARTIES.items()]))
    amount = form.add("amount", "Amount", MoneyEdit(), required=True)
    form.add("reason", "Why", TextEdit(limit=200), required=True)

    def fill() -> None:
        amount.set_value(owed.get(source.value()))

    source.edited.connect(fill)
    fill()
    return form


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
