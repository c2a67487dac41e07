"""Reversals (CLP02 22): which earlier claim payment is taken back, and whether it agrees.

A reversal repeats the original with every amount negated, often followed by the corrected
claim. It is matched by the payer's claim number (CLP07 or REF*F8), then by ours and the
amounts. If the amounts differ from what was posted, the remittance is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from desktop.models.payments import Remittance, RemittanceClaim
from desktop.services.payments.matching import fold_number

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def find_reversed(work: Work, remittance_id: int) -> str:
    """Tie each reversal of a remittance to the claim payment that it takes back.

    Returns:
        why the remittance is held, or an empty text. A reversal of something that this
        practice never posted is no reason: its money stays unapplied, with a task.
    """
    session = work.session
    reversals = session.scalars(
        select(RemittanceClaim)
        .where(RemittanceClaim.remittance_id == remittance_id, RemittanceClaim.status == "22")
        .order_by(RemittanceClaim.position)
    ).all()
    for row in reversals:
        row.reverses_id = None
        candidates = _candidates(work, row)
        exact = [c for c in candidates if c.charge == -row.charge and c.paid == -row.paid]
        if exact:
            row.reverses_id = exact[-1].id
            row.claim_id, row.rank = exact[-1].claim_id, exact[-1].rank
            row.state, row.matched_by = "matched", "reversal of what was posted"
            row.note = ""
            session.flush()
        elif candidates:
            return (
                f"The reversal of claim {row.control_number} takes back {(-row.paid).shown}, but "
                f"{candidates[-1].paid.shown} was posted; compare it with the earlier remittance."
            )
        else:
            row.state = "unmatched"
            row.claim_id = None
            row.note = "It takes back a payment that was never posted here."
    return ""


def _candidates(work: Work, row: RemittanceClaim) -> list[RemittanceClaim]:
    """Claim payments that a reversal can mean: posted, or before it; not taken back yet."""
    taken = aliased(RemittanceClaim)
    holder = aliased(Remittance)
    already = (
        select(taken.id)
        .join(holder, holder.id == taken.remittance_id)
        .where(
            taken.reverses_id == RemittanceClaim.id,
            taken.id != row.id,
            holder.state.in_(("held", "staged", "posted")),
        )
        .exists()
    )
    posted = (Remittance.state == "posted") & (RemittanceClaim.state == "posted")
    # A payer may correct twice in one payment: then it takes back what stands further up.
    earlier_here = (
        (RemittanceClaim.remittance_id == row.remittance_id)
        & (RemittanceClaim.position < row.position)
        & (RemittanceClaim.state == "matched")
    )
    own_file = select(Remittance.payer_id).where(Remittance.id == row.remittance_id)
    payer_id = work.session.scalar(own_file)
    query = (
        select(RemittanceClaim)
        .join(Remittance, Remittance.id == RemittanceClaim.remittance_id)
        .where(
            posted | earlier_here,
            RemittanceClaim.status != "22",
            ~already,
        )
        .order_by(RemittanceClaim.id)
    )
    if payer_id is not None:
        query = query.where(Remittance.payer_id == payer_id)
    numbers = [n for n in (row.payer_claim_number, row.other_claim_number) if n]
    if numbers:
        found = list(
            work.session.scalars(query.where(RemittanceClaim.payer_claim_number.in_(numbers)))
        )
        if found:
            return found
    ours = fold_number(row.control_number)
    same = work.session.scalars(
        query.where(RemittanceClaim.control_number.in_({row.control_number, ours}))
    )
    return list(same)
