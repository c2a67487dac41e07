"""Money that a patient left for a visit is applied as soon as the visit has a patient's share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.models.ledger import Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.values.enums import Account, EntryKind, Party
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine
from desktop.services.money import ledger
from desktop.services.money.drafts import EntryDraft, LegDraft, receivable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.core.work import Work


def application(
    work: Work,
    receipt_id: int,
    charge_line_id: int,
    amount: Money,
    remittance_id: int | None = None,
) -> EntryDraft:
    """The entry that applies part of a patient's receipt to a line."""
    return EntryDraft(
        EntryKind.APPLY,
        work.clock.today(),
        (
            LegDraft(Account.UNAPPLIED, amount, receipt_id=receipt_id),
            receivable(charge_line_id, Party.PATIENT, None, -amount),
        ),
        receipt_id=receipt_id,
        remittance_id=remittance_id,
    )


@dataclass(slots=True)
class _Waiting:
    """A receipt that waits for its visit's share, and what is left of it."""

    receipt_id: int
    cents: int


def apply_waiting(work: Work, visit_ids: Sequence[int], remittance_id: int | None) -> int:
    """Apply unapplied receipts of these visits to the patient's open lines of the same visit.

    Returns:
        how many applications were posted. They carry the remittance that made them possible,
        so that un-posting it undoes them too.
    """
    if not visit_ids:
        return 0
    waiting = _waiting(work, sorted(set(visit_ids)))
    if not waiting:
        return 0
    drafts: list[EntryDraft] = []
    lines = work.session.execute(
        select(ChargeLine.visit_id, OpenItem.charge_line_id, OpenItem.amount)
        .join(OpenItem, OpenItem.charge_line_id == ChargeLine.id)
        .where(
            ChargeLine.visit_id.in_(sorted(waiting)),
            OpenItem.party == Party.PATIENT,
            OpenItem.amount > ZERO,
        )
        .order_by(ChargeLine.visit_id, ChargeLine.position)
    )
    for visit_id, line_id, owed in lines:
        open_cents = owed.cents
        for receipt in waiting[visit_id]:
            part = min(open_cents, receipt.cents)
            if part > 0:
                drafts.append(
                    application(work, receipt.receipt_id, line_id, Money(part), remittance_id)
                )
                receipt.cents -= part
                open_cents -= part
    ledger.post_many(work, drafts)
    return len(drafts)


def _waiting(work: Work, visit_ids: Sequence[int]) -> dict[int, list[_Waiting]]:
    """By visit: the receipts left for it that hold unapplied money, oldest first."""
    found: dict[int, list[_Waiting]] = defaultdict(list)
    for start in range(0, len(visit_ids), 400):
        rows = work.session.execute(
            select(Receipt.visit_id, Receipt.id, func.sum(Leg.amount))
            .join(Leg, Leg.receipt_id == Receipt.id)
            .where(
                Receipt.visit_id.in_(visit_ids[start : start + 400]),
                Receipt.kind == "patient",
                Receipt.voided_on.is_(None),
                Leg.account == Account.UNAPPLIED,
            )
            .group_by(Receipt.id)
            .having(func.sum(Leg.amount) < ZERO)
            .order_by(Receipt.id)
        )
        for visit_id, receipt_id, amount in rows:
            found[visit_id or 0].append(_Waiting(receipt_id, -amount.cents))
    return found
