"""The receipt of a payer's remittance: opened when it posts, voided when it is un-posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.clock import stamp
from desktop.models.payments import Receipt
from desktop.services.core import numbers

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.enums import ReceiptMethod
    from desktop.models.values.money import Money
    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class InsuranceReceipt:
    """What a remittance brings, before provider adjustments; `method` is EFT, check or card."""

    remittance_id: int
    payer_id: int | None
    method: ReceiptMethod
    reference: str
    amount: Money
    deposit_on: dt.date


def open_receipt(work: Work, draft: InsuranceReceipt) -> Receipt:
    """Write the receipt of a remittance.

    Its money is posted by the caller in the same transaction.
    """
    receipt = Receipt(
        number=numbers.receipt_number(work),
        kind="insurance",
        method=draft.method,
        reference=draft.reference,
        amount=draft.amount,
        received_on=work.clock.today(),
        deposit_on=draft.deposit_on,
        payer_id=draft.payer_id,
        remittance_id=draft.remittance_id,
        created_at=stamp(work.clock.now()),
    )
    work.session.add(receipt)
    work.session.flush()
    return receipt


def void_receipts(work: Work, remittance_id: int, reason: str) -> None:
    """Void what a remittance brought, because it was un-posted; its entries are reversed apart."""
    query = select(Receipt).where(
        Receipt.remittance_id == remittance_id, Receipt.voided_on.is_(None)
    )
    for receipt in work.session.scalars(query):
        receipt.voided_on = work.clock.today()
        receipt.void_reason = reason
