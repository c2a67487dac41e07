"""What one answered line does to the ledger: pure arithmetic, no database.

First payer: what is paid, written off and moved adds up with what is held to the charge.
Later payers restate the whole charge: their own payment and their patient's share count,
their other reductions only up to what the line still owes them, and OA 23 never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.enums import Account, Party
from desktop.models.values.money import ZERO, Money
from desktop.services.money.drafts import LegDraft, receivable
from desktop.services.payments.adjustments import (
    HOLD,
    PAID_TO_PATIENT,
    PATIENT,
    WRITE_OFF,
    Reduction,
    is_denied,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as it stands when an answer arrives.

    Attributes:
        owed: what the answering party owes on it now.
        next_party: where the patient's share goes: the next payer in order, or the patient.
        next_payer_id: that payer, None for the patient.
        forgive: nobody may be billed (QMB): a share that no payer takes is written off.
    """

    charge_line_id: int
    party: Party
    payer_id: int
    owed: Money
    next_party: Party
    next_payer_id: int | None
    forgive: bool = False


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Legs for one line, and what stays with the payer for somebody to look at."""

    legs: tuple[LegDraft, ...]
    denied: bool
    held: tuple[Reduction, ...]
    moved: Money
    moved_to_patient: Money


def plan_line(
    facts: LineFacts, charge: Money, paid: Money, reductions: Sequence[Reduction], receipt_id: int
) -> LinePlan:
    """Plan one line; the receipt pays what is `paid`."""
    denied = is_denied(charge, paid, reductions)
    later = facts.party is not Party.PRIMARY
    remaining = facts.owed - paid
    legs: list[LegDraft] = []
    credit = paid
    if paid:
        legs.append(LegDraft(Account.UNAPPLIED, paid, receipt_id=receipt_id))
    for r in reductions:
        if r.action != PATIENT:
            continue
        amount = min(r.amount, max(remaining, ZERO)) if later else r.amount
        if not amount:
            continue
        legs.append(_share(facts, r, amount))
        credit += amount
        remaining -= amount
    if not denied:
        for r in reductions:
            if r.action != WRITE_OFF:
                continue
            amount = _within(r.amount, remaining) if later else r.amount
            if amount:
                legs.append(_adjustment(facts, r, amount))
                credit += amount
                remaining -= amount
    if credit:
        legs.append(receivable(facts.charge_line_id, facts.party, facts.payer_id, -credit))
    held = tuple(r for r in reductions if r.action == HOLD or (denied and r.action == WRITE_OFF))
    moved = _moved_to(facts.next_party, legs)
    return LinePlan(tuple(legs), denied, held, moved, _moved_to(Party.PATIENT, legs))


def _moved_to(party: Party, legs: Sequence[LegDraft]) -> Money:
    owed = (g.amount.cents for g in legs if g.account is Account.RECEIVABLE and g.party is party)
    return Money(sum(owed))


def _share(facts: LineFacts, r: Reduction, amount: Money) -> LegDraft:
    """Who takes a patient's share: the next payer, the patient, or (QMB) nobody."""
    if r.reason == PAID_TO_PATIENT:
        # The patient holds the money: no later payer owes it, and nobody forgives it.
        return _to(facts, Party.PATIENT, None, r, amount)
    if facts.next_party is Party.PATIENT and facts.forgive:
        return _adjustment(facts, r, amount)
    return _to(facts, facts.next_party, facts.next_payer_id, r, amount)


def _within(amount: Money, remaining: Money) -> Money:
    """A later payer's reduction only up to what is owed; an incentive only up to the credit."""
    if amount < ZERO:
        return max(amount, min(remaining, ZERO))
    return min(amount, max(remaining, ZERO))


def _to(
    facts: LineFacts, party: Party, payer_id: int | None, r: Reduction, amount: Money
) -> LegDraft:
    # The reason rides on the leg: it is the answer to "why do I owe this".
    return LegDraft(
        Account.RECEIVABLE,
        amount,
        charge_line_id=facts.charge_line_id,
        party=party,
        payer_id=payer_id,
        group_code=r.group,
        reason=r.reason,
    )


def _adjustment(facts: LineFacts, r: Reduction, amount: Money) -> LegDraft:
    return LegDraft(
        Account.ADJUSTMENT,
        amount,
        charge_line_id=facts.charge_line_id,
        payer_id=facts.payer_id,
        group_code=r.group,
        reason=r.reason,
    )


def split_whole(
    charges: Sequence[Money], paid: Money, reductions: Sequence[Reduction]
) -> list[tuple[Money, tuple[Reduction, ...]]]:
    """Divide an answer without lines over our lines by their charges, exact to the cent.

    Each line keeps charge = paid + reasons; what rounding leaves goes to the payment.

    Args:
        charges: of our lines, in order.
        paid: of the whole claim.
        reductions: of the whole claim.
    """
    weights = [c.cents for c in charges]
    shares = [(r, r.amount.split(weights)) for r in reductions]
    payments = paid.split(weights)
    out = [
        (payment, tuple(Reduction(r.group, r.reason, part[i], r.action) for r, part in shares))
        for i, payment in enumerate(payments)
    ]
    return _settled(charges, out)


def _settled(
    charges: Sequence[Money], parts: list[tuple[Money, tuple[Reduction, ...]]]
) -> list[tuple[Money, tuple[Reduction, ...]]]:
    """Move single cents between the lines' largest reasons until each line adds up.

    The totals of each reason and of the payment stay as they are: what one line gains another
    loses. It only matters where several shares of one line were rounded the same way.
    """
    paid = [p for p, _ in parts]
    rows = [list(r) for _, r in parts]

    def off(i: int) -> int:
        return charges[i].cents - paid[i].cents - sum(r.amount.cents for r in rows[i])

    if sum(off(i) for i in range(len(parts))) != 0:
        return parts
    for i in range(len(parts)):
        while off(i):
            step = 1 if off(i) > 0 else -1
            j = next(k for k in range(len(parts)) if off(k) * step < 0)
            if rows[i]:
                k = max(range(len(rows[i])), key=lambda n: abs(rows[i][n].amount.cents))
                rows[i][k] = _plus(rows[i][k], step)
                rows[j][k] = _plus(rows[j][k], -step)
            else:
                paid[i] += Money(step)
                paid[j] -= Money(step)
    return [(p, tuple(r)) for p, r in zip(paid, rows, strict=True)]


def _plus(r: Reduction, cents: int) -> Reduction:
    return Reduction(r.group, r.reason, r.amount + Money(cents), r.action)
