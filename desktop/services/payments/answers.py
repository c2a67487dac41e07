"""What a posted answer means for the claim: its state, its tasks, its next payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select

from desktop.models.claims import Claim, ClaimEvent
from desktop.models.payments import Remittance
from desktop.models.practice import Payer
from desktop.models.values.enums import ClaimState, Party
from desktop.models.values.money import ZERO
from desktop.services.claims.life import events
from desktop.services.core.work import Changes, Work
from desktop.services.payments.follow_ups import follow_ups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.core.tasks import TaskDraft
    from desktop.services.payments.book import Book
    from desktop.services.payments.outcomes import Outcome


def record(work: Work, row: Remittance, book: Book, outcomes: Sequence[Outcome]) -> list[TaskDraft]:
    """Set the claims' states with their events; returns the tasks that follow."""
    payer = work.session.get(Payer, row.payer_id) if row.payer_id else None
    days = 30 if payer is None else payer.days_appeal or 30
    todo: list[TaskDraft] = []
    decisions: list[events.Decision] = []
    states = _states(work, outcomes)
    for outcome in outcomes:
        claim_id = outcome.claim.claim_id
        if claim_id is None:
            continue
        before = states[claim_id]
        states[claim_id] = _state_after(book, outcome, before)
        decisions.append(
            events.Decision(
                claim_id,
                before,
                states[claim_id],
                _sentence(outcome, row),
                row.document_sha,
                row.id,
                outcome.claim.payer_claim_number,
            )
        )
        todo += follow_ups(work, book, outcome, row, days)
    events.decide_many(work, decisions)
    work.touch(Changes.CLAIMS)
    return todo


def _states(work: Work, outcomes: Sequence[Outcome]) -> dict[int, ClaimState]:
    ids = {o.claim.claim_id for o in outcomes if o.claim.claim_id is not None}
    if len(ids) > 400:
        rows = work.session.execute(select(Claim.id, Claim.state))
    else:
        rows = work.session.execute(select(Claim.id, Claim.state).where(Claim.id.in_(ids)))
    return {r.id: r.state for r in rows if r.id in ids}


def _state_after(book: Book, outcome: Outcome, before: ClaimState) -> ClaimState:
    """What the claim becomes; a denial of what is settled (OA 18) leaves it as it was."""
    if outcome.state is ClaimState.DENIED and before in (ClaimState.PAID, ClaimState.PARTLY_PAID):
        claim = outcome.claim
        party = Party(claim.rank or 1)
        if all(book.owed(x.charge_line_id, party) <= ZERO for x in book.lines(claim.id)):
            return before
    return outcome.state


def _sentence(outcome: Outcome, row: Remittance) -> str:
    paid = outcome.claim.paid
    if outcome.taken_back:
        return f"{row.payer_name} took back {(-paid).shown}."
    if outcome.state is ClaimState.DENIED:
        return f"{row.payer_name} denied it."
    kept = "; part of it is held" if outcome.state is ClaimState.PARTLY_PAID else ""
    return f"{row.payer_name} paid {paid.shown}{kept}."


def withdraw(work: Work, row: Remittance, reason: str) -> None:
    """Give the claims of an un-posted remittance the states that they had before it."""
    session = work.session
    happened = session.scalars(
        select(ClaimEvent).where(ClaimEvent.remittance_id == row.id).order_by(ClaimEvent.id.desc())
    ).all()
    steps: dict[int, ClaimState] = {}
    left: dict[int, ClaimEvent] = {}
    for event in happened:
        steps[event.claim_id] = ClaimState(event.from_state)
        left.setdefault(event.claim_id, event)
    for claim_id in _decided_since(work, row, left):
        del steps[claim_id]
    events.move_many(
        work,
        [events.Step(i, s, f"Un-posted: {reason}", row.document_sha) for i, s in steps.items()],
    )
    events.set_columns(work, steps, answered_on=None)
    forwarded = session.scalars(
        select(ClaimEvent.claim_id).where(
            ClaimEvent.document_sha == row.document_sha,
            # The document may hold other payments, which forwarded other claims.
            ClaimEvent.claim_id.in_(_of_their_visits(row)),
            ClaimEvent.to_state == ClaimState.FORWARDED.value,
            ClaimEvent.remittance_id.is_(None),
        )
    ).all()
    still = session.scalars(
        select(Claim.id).where(Claim.id.in_(forwarded), Claim.state == ClaimState.FORWARDED)
    ).all()
    events.move_many(work, [events.Step(i, ClaimState.VOID, f"Un-posted: {reason}") for i in still])


def _of_their_visits(row: Remittance) -> Select[int]:
    """Claims of the visits that a remittance answered."""
    visits = (
        select(Claim.visit_id)
        .join(ClaimEvent, ClaimEvent.claim_id == Claim.id)
        .where(ClaimEvent.remittance_id == row.id)
    )
    return select(Claim.id).where(Claim.visit_id.in_(visits))


def _decided_since(work: Work, row: Remittance, left: dict[int, ClaimEvent]) -> list[int]:
    """Claims that a later answer, or a person, brought elsewhere: they stay there."""
    session = work.session
    ours = select(ClaimEvent.claim_id).where(ClaimEvent.remittance_id == row.id)
    states = {
        r.id: r.state
        for r in session.execute(select(Claim.id, Claim.state).where(Claim.id.in_(ours)))
    }
    newest = {
        r.claim_id: r.newest
        for r in session.execute(
            select(ClaimEvent.claim_id, func.max(ClaimEvent.id).label("newest"))
            .join(Remittance, Remittance.id == ClaimEvent.remittance_id)
            .where(ClaimEvent.claim_id.in_(ours), Remittance.state == "posted")
            .group_by(ClaimEvent.claim_id)
        )
    }
    return [
        claim_id
        for claim_id, event in left.items()
        if newest.get(claim_id, 0) > event.id or states[claim_id].value != event.to_state
    ]
