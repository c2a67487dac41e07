"""Remittances as they are shown: the list, and one payment beside our claims, line by line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import NotFound
from desktop.models.ledger import Entry, Leg
from desktop.models.payments import ProviderAdjustmentRow, Receipt, Remittance, RemittanceClaim
from desktop.models.values.enums import Account
from desktop.models.values.money import ZERO, Money
from desktop.services.core.work import Permission, Work, needs
from desktop.services.payments.claim_views import ClaimView, claim_views

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """A remittance in the list."""

    id: int
    kind: str
    state: str
    payer_id: int | None
    payer_name: str
    trace: str
    paid_on: dt.date | None
    amount: Money
    difference: Money
    claims: int
    unmatched: int
    held_reason: str
    file_name: str
    posted_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PlbView:
    """A provider adjustment; a positive amount lowered the payment."""

    code: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RemittanceView:
    """One payment with all it says."""

    row: RemittanceRow
    claims_paid: Money
    provider_adjustments: tuple[PlbView, ...]
    receipt_id: int | None
    receipt_number: str
    unapplied: Money
    document_sha: str | None
    claims: tuple[ClaimView, ...]


@needs(Permission.VIEW)
def list_remittances(
    work: Work, *, states: tuple[str, ...] = (), limit: int = 500
) -> list[RemittanceRow]:
    """Remittances, newest first; un-posted and discarded ones only when asked for."""
    query = select(Remittance).order_by(Remittance.id.desc()).limit(limit)
    if states:
        query = query.where(Remittance.state.in_(states))
    return _rows(work, list(work.session.scalars(query)))


def _rows(work: Work, found: list[Remittance]) -> list[RemittanceRow]:
    ids = [r.id for r in found]
    total: dict[int, int] = defaultdict(int)
    lost: dict[int, int] = defaultdict(int)
    grouped = work.session.execute(
        select(RemittanceClaim.remittance_id, RemittanceClaim.state, func.count())
        .where(RemittanceClaim.remittance_id.in_(ids))
        .group_by(RemittanceClaim.remittance_id, RemittanceClaim.state)
    )
    for remittance_id, state, number in grouped:
        total[remittance_id] += number
        if state in {"unmatched", "unapplied"}:
            lost[remittance_id] += number
    return [
        RemittanceRow(
            r.id,
            r.kind,
            r.state,
            r.payer_id,
            r.payer_name,
            r.trace,
            r.paid_on,
            r.amount,
            r.difference,
            total[r.id],
            lost[r.id],
            r.held_reason,
            r.file_name,
            r.posted_on,
        )
        for r in found
    ]


@needs(Permission.VIEW)
def get_remittance(work: Work, remittance_id: int) -> RemittanceView:
    """One remittance with claims, lines, reasons and our side of each.

    Raises:
        NotFound: there is none.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None:
        raise NotFound(f"There is no remittance {remittance_id}.")
    receipt = work.session.scalars(
        select(Receipt).where(Receipt.remittance_id == row.id).order_by(Receipt.id.desc())
    ).first()
    held = ZERO
    if receipt is not None:
        amount = work.session.scalar(
            select(func.sum(Leg.amount))
            .join(Entry, Entry.id == Leg.entry_id)
            .where(Leg.receipt_id == receipt.id, Leg.account == Account.UNAPPLIED)
        )
        held = -amount if amount else ZERO
    plb = work.session.scalars(
        select(ProviderAdjustmentRow)
        .where(ProviderAdjustmentRow.remittance_id == row.id)
        .order_by(ProviderAdjustmentRow.id)
    )
    return RemittanceView(
        _rows(work, [row])[0],
        row.claims_paid,
        tuple(PlbView(p.code, p.reference, p.amount) for p in plb),
        receipt.id if receipt else None,
        receipt.number if receipt else "",
        held,
        row.document_sha,
        claim_views(work, row.id),
    )
