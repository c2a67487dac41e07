"""Answers of later payers that never got a claim from us: each is tied to a claim of its own.

A crossover payer echoes the first payer's claim number. Its answer must neither change the
first payer's claim nor get lost: the claim that was forwarded, or that stands for its rank,
takes it; where none stands, one is opened as “forwarded”.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.models.claims import Claim, ClaimLine
from desktop.models.payments import Remittance, RemittanceClaim, RemittanceLine
from desktop.services.claims.life import lifecycle

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def tie_to_own_claims(work: Work, row: Remittance, only: int | None = None) -> None:
    """Give each matched answer of a remittance the claim of the rank that answers.

    Answers are matched when they are read, but the claim may have been forwarded since.
    """
    session = work.session
    session.flush()
    query = (
        select(RemittanceClaim, Claim)
        .join(Claim, Claim.id == RemittanceClaim.claim_id)
        .where(
            RemittanceClaim.remittance_id == row.id,
            RemittanceClaim.state == "matched",
            RemittanceClaim.reverses_id.is_(None),
            RemittanceClaim.rank != Claim.rank,
        )
        .order_by(RemittanceClaim.position)
    )
    if only is not None:
        query = query.where(RemittanceClaim.id == only)
    for answer, claim in session.execute(query).all():
        own = lifecycle.forward_claims(
            work,
            claim.visit_id,
            answer.rank or claim.rank,
            f"{row.payer_name} answered claim {claim.control_number}, which another payer sent on.",
            row.document_sha,
        )
        lines = select(RemittanceLine.charge_line_id).where(
            RemittanceLine.remittance_claim_id == answer.id
        )
        answered = session.scalar(select(func.count()).select_from(lines.distinct().subquery()))
        fitting = session.scalars(
            select(ClaimLine.claim_id)
            .where(ClaimLine.claim_id.in_(own), ClaimLine.charge_line_id.in_(lines))
            .group_by(ClaimLine.claim_id)
            .having(func.count() == answered)
            .order_by(ClaimLine.claim_id.desc())
        ).first()
        if fitting is not None:
            answer.claim_id = fitting
    session.flush()
