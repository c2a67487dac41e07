"""The receipt: what was paid, how, toward what, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import Problem, raise_if_any
from desktop.models.values.money import ZERO, Money, total
from desktop.services.formats.documents.sheet import Letterhead, Sheet
from desktop.services.formats.documents.typography import (
    ACCENT,
    INK,
    QUIET,
    TINT,
    long_date,
    short_date,
)

if TYPE_CHECKING:
    import datetime as dt

_LEFT, _RIGHT = 54.0, 558.0
_FOOT = 736.0


@dataclass(frozen=True, slots=True)
class AppliedLine:
    """A part of the money and the service it paid toward."""

    on: dt.date
    patient: str
    what: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ReceiptData:
    """Everything on one receipt.

    Attributes:
        number: the receipt's own number.
        on: day the money was received.
        payer: who paid.
        method: in words: ``Cash``, ``Check``, ``Card``.
        reference: check number or the terminal's reference; never a card number.
        applied: parts that paid toward services.
        refunded: parts given back.
        balance: what the account owes after this receipt; below zero it is a credit.
        voided: why the receipt is void; empty for a good one.
    """

    practice: Letterhead
    number: str
    on: dt.date
    payer: str
    account: str
    method: str
    amount: Money
    balance: Money
    reference: str = ""
    applied: tuple[AppliedLine, ...] = ()
    refunded: Money = ZERO
    note: str = ""
    voided: str = ""

    @property
    def unapplied(self) -> Money:
        """What of the amount stands on the account for later."""
        return self.amount - total(part.amount for part in self.applied) - self.refunded


def render(data: ReceiptData) -> bytes:
    """The receipt as PDF, usually one page.

    Raises:
        RuleError: more was applied and refunded than was received.
    """
    if data.unapplied < ZERO:
        raise_if_any(
            [
                Problem(
                    "receipt",
                    f"Receipt {data.number} is not printed: {abs(data.unapplied).shown} more is "
                    "applied than was received. Run doctor to check the ledger.",
                )
            ]
        )
    sheet = Sheet(f"Receipt {data.number}")
    y = max(_top(sheet, data), 176.0)
    y = _applied(sheet, data, y)
    _ending(sheet, data, y)
    count = len(sheet.pages)
    for i in range(count):
        sheet.text(
            _RIGHT, 764, f"Receipt {data.number} · page {i + 1} of {count}", 7.5,
            colour=QUIET, align="right", page=i,
        )  # fmt: skip
    return sheet.pdf()


def _top(sheet: Sheet, data: ReceiptData) -> float:
    below = sheet.letterhead(_LEFT, 60, data.practice, 290)
    title = "Receipt" if not data.voided else "Receipt · VOID"
    sheet.text(_RIGHT, 62, title, 20, colour=ACCENT, align="right")
    y = 84.0
    for label, value in (
        ("Receipt number", data.number),
        ("Date", long_date(data.on)),
        ("Account", data.account),
    ):
        sheet.text(390, y, label, 9, colour=QUIET)
        sheet.text(_RIGHT, y, value, 9, align="right", room=100)
        y += 14
    y = max(below, y) + 22
    sheet.box(_LEFT, y - 16, _RIGHT - _LEFT, 46, fill=TINT)
    sheet.text(_LEFT + 10, y, "Received from", 8, colour=QUIET)
    sheet.text(_LEFT + 10, y + 17, data.payer, 12, bold=True, room=250)
    sheet.text(330, y, "Paid by", 8, colour=QUIET)
    paid_by = f"{data.method} {data.reference}".strip()
    sheet.text(330, y + 17, paid_by, 10, room=120)
    sheet.text(_RIGHT - 10, y, "Amount", 8, colour=QUIET, align="right")
    sheet.text(_RIGHT - 10, y + 18, f"${data.amount.shown}", 15, bold=True, align="right")
    if data.voided:
        y = sheet.paragraph(_LEFT, y + 48, _RIGHT - _LEFT, f"Void: {data.voided}", 10, bold=True)
        return y + 24
    return y + 64


def _applied(sheet: Sheet, data: ReceiptData, y: float) -> float:
    if data.applied:
        y = _head(sheet, y)
    for part in data.applied:
        if y > _FOOT:
            sheet.turn()
            y = _head(sheet, 60)
        sheet.text(_LEFT, y, short_date(part.on), 9)
        sheet.text(_LEFT + 64, y, part.patient, 9, room=150)
        sheet.text(_LEFT + 222, y, part.what, 9, room=210)
        sheet.text(_RIGHT, y, part.amount.shown, 9, align="right")
        y += 14
    return y


def _head(sheet: Sheet, y: float) -> float:
    for x, title in ((_LEFT, "Service on"), (_LEFT + 64, "Patient"), (_LEFT + 222, "Paid toward")):
        sheet.text(x, y, title, 8, colour=QUIET)
    sheet.text(_RIGHT, y, "Amount", 8, colour=QUIET, align="right")
    sheet.rule(_LEFT, y + 5, _RIGHT, colour=INK, thick=0.8)
    return y + 19


def _ending(sheet: Sheet, data: ReceiptData, y: float) -> None:
    credit = data.balance < ZERO
    rows = [("Refunded", data.refunded, False)] if data.refunded else []
    if data.unapplied:
        rows.append(("Kept on your account for later", data.unapplied, False))
    rows.append(("Received", data.amount, True))
    label = "Credit on the account after this receipt" if credit else "Balance after this receipt"
    if y + 14 * (len(rows) + 4) > _FOOT:
        sheet.turn()
        y = 60
    sheet.rule(_LEFT, y - 8, _RIGHT)
    y += 6
    for text, amount, bold in rows:
        sheet.text(_LEFT, y, text, 9, bold=bold)
        sheet.text(_RIGHT, y, amount.shown, 9, bold=bold, align="right")
        y += 15
    y += 8
    sheet.text(_LEFT, y, label, 9)
    sheet.text(_RIGHT, y, f"${abs(data.balance).shown}", 9, bold=True, align="right")
    if data.note:
        y = sheet.paragraph(_LEFT, y + 26, _RIGHT - _LEFT, data.note, 9)
    sheet.text(_LEFT, y + 28, "Thank you.", 9, colour=QUIET)
