"""Money held on receipts, neither applied nor refunded: now, or at the end of a past day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Subquery, func, select, union_all

from desktop.models.ledger import Entry, Leg, OpenReceipt
from desktop.models.values.enums import Account
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    import datetime as dt


def dated_after(as_of: dt.date) -> ColumnElement[bool]:
    """Whether a leg's entry is dated after a day.

    As a set of entries, and not as a join, which the engine would begin with all legs there are.
    """
    return Leg.entry_id.in_(select(Entry.id).where(Entry.accounting_on > as_of))


def held(as_of: dt.date | None = None) -> Subquery:
    """Receipts that hold money (`receipt_id`, positive `amount`); None is now.

    A past day is today less what moved since, so that no day costs a walk through all years.
    """
    now = select(OpenReceipt.receipt_id, OpenReceipt.amount).where(OpenReceipt.amount != NOTHING)
    if as_of is None:
        return now.subquery()
    since = select(Leg.receipt_id, Leg.amount).where(
        Leg.account == Account.UNAPPLIED, dated_after(as_of)
    )
    both = union_all(now, since).subquery()
    amount = func.sum(both.c.amount)
    return (
        select(both.c.receipt_id, amount.label("amount"))
        .group_by(both.c.receipt_id)
        .having(amount != NOTHING)
        .subquery()
    )
