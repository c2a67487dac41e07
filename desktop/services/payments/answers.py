"""What a posted answer means for the claim: its state, its tasks, its next payer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, bindparam, func, insert, select, update

from desktop.clock import stamp
from desktop.models.claims import Claim, ClaimEvent
from desktop.models.payments import Remittance
from desktop.models.practice import Payer
from desktop.models.values.enums import Account, ClaimState, Party, TaskKind
from desktop.models.values.money import ZERO, Money
from desktop.services.claims.life import events, lifecycle
from desktop.services.core import tasks
from desktop.services.core.work import Changes, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.money.ledger import EntryDraft
    from desktop.services.payments.adjustments import Reduction
    from desktop.services.payments.book import Book, ClaimRow
    from desktop.services.payments.plan import LinePlan

FORWARDED_STATUS = frozenset({"19", "20", "21"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One posted claim payment: its ledger entries and the plan of each line."""

    claim: ClaimRow
    drafts: tuple[EntryDraft, ...]
    plans: tuple[LinePlan, ...]
    taken_back: bool = False

    @property
    def denied_lines(self) -> int:
        """How many lines were denied."""
        return sum(1 for p in self.plans if p.denied)

    @property
    def state(self) -> ClaimState:
        """What the claim becomes."""
        if self.taken_back:
            return ClaimState.ACCEPTED
        if self.plans and self.denied_lines == len(self.plans):
            return ClaimState.DENIED
        if any(p.held for p in self.plans):
            return ClaimState.PARTLY_PAID
        return ClaimState.PAID


def record(
    work: Work, row: Remittance, book: Book, outcomes: Sequence[Outcome]
) -> list[tasks.TaskDraft]:
    """Set the claims' states with their events; returns the tasks that follow.

    A crossover (CLP02 19-21) opens the next payer's claim as “forwarded”: it is not billed a
    second time. Where the payer did not forward, a task says that the next payer is to be
    billed; the claim is not taken for settled.
    """
    payer = work.session.get(Payer, row.payer_id) if row.payer_id else None
    days = 30 if payer is None else payer.days_appeal or 30
    todo: list[tasks.TaskDraft] = []
    numbers: list[dict[str, object]] = []
    states = _states(work, outcomes)
    happened: list[dict[str, object]] = []
    at, today = stamp(work.clock.now()), work.clock.today()
    for outcome in outcomes:
        claim = outcome.claim
        if claim.claim_id is None:
            continue
        after = book.next_party(claim)
        to = _state_after(book, outcome, states[claim.claim_id])
        text = _sentence(outcome, row)
        if outcome.taken_back:
            text = f"{row.payer_name} took back {(-claim.paid).shown}."
        happened.append(
            {
                "claim_id": claim.claim_id,
                "at": at,
                "on": today,
                "user_id": int(work.actor.user_id),
                "from_state": states[claim.claim_id].value,
                "to_state": to.value,
                "text": text,
                "document_sha": row.document_sha,
                "remittance_id": row.id,
            }
        )
        states[claim.claim_id] = to
        numbers.append(
            {
                "b_id": claim.claim_id,
                "state": to,
                "answered_on": today,
                "number": claim.payer_claim_number,
            }
        )
        todo += _denials(outcome, row, days)
        todo += _credits(book, outcome, row)
        todo += _barred(book, outcome, row)
        if after is Party.PATIENT:
            todo += _forwarded_elsewhere(outcome, row)
        elif any(p.moved for p in outcome.plans):
            todo += _next_payer(work, book, outcome, row, after)
        elif outcome.taken_back:
            todo += _next_payer_waits(outcome, row, after)
    if happened:
        work.session.execute(insert(ClaimEvent), happened)
        _update_claims(work, numbers)
    work.touch(Changes.CLAIMS)
    return todo


def _states(work: Work, outcomes: Sequence[Outcome]) -> dict[int, ClaimState]:
    ids = {o.claim.claim_id for o in outcomes if o.claim.claim_id is not None}
    if len(ids) > 400:
        rows = work.session.execute(select(Claim.id, Claim.state))
    else:
        rows = work.session.execute(select(Claim.id, Claim.state).where(Claim.id.in_(ids)))
    return {r.id: r.state for r in rows if r.id in ids}


def _update_claims(work: Work, values: Sequence[dict[str, object]]) -> None:
    last = {v["b_id"]: v for v in values}
    table = Claim.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("b_id"))
        .values(
            state=bindparam("state"),
            answered_on=bindparam("answered_on"),
            # An answer without the payer's number does not unsay the earlier one.
            payer_claim_number=func.coalesce(
                func.nullif(bindparam("number"), ""), table.c.payer_claim_number
            ),
            version=table.c.version + 1,
        )
    )
    work.session.connection().execute(statement, list(last.values()))
    work.session.expire_all()


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
    if outcome.state is ClaimState.DENIED:
        return f"{row.payer_name} denied it."
    kept = "; part of it is held" if outcome.state is ClaimState.PARTLY_PAID else ""
    return f"{row.payer_name} paid {paid.shown}{kept}."


def _reasons(held: Sequence[Reduction]) -> str:
    return ", ".join(f"{r.group} {r.reason} {r.amount.shown}" for r in held)


def _denials(outcome: Outcome, row: Remittance, days: int) -> list[tasks.TaskDraft]:
    held = [r for p in outcome.plans for r in p.held]
    if not held:
        return []
    claim = outcome.claim
    of_patient = [r for r in held if r.group == "PR"]
    others = [r for r in held if r.group != "PR"]
    out = []
    if others:
        out.append(
            tasks.TaskDraft(
                TaskKind.DENIAL,
                f"{row.payer_name} {'denied' if outcome.denied_lines else 'reduced'} claim "
                f"{claim.control_number}",
                _reasons(others),
                days=days,
                patient_id=claim.patient_id,
                visit_id=claim.visit_id,
                claim_id=claim.claim_id,
                remittance_id=row.id,
                amount=Money(sum(r.amount.cents for r in others)),
            )
        )
    if of_patient:
        out.append(
            tasks.TaskDraft(
                TaskKind.PATIENT_SHARE,
                f"Look before the patient is billed for claim {claim.control_number}",
                _reasons(of_patient),
                days=14,
                patient_id=claim.patient_id,
                visit_id=claim.visit_id,
                claim_id=claim.claim_id,
                remittance_id=row.id,
                amount=Money(sum(r.amount.cents for r in of_patient)),
            )
        )
    return out


def _credits(book: Book, outcome: Outcome, row: Remittance) -> list[tasks.TaskDraft]:
    """A line on which somebody now owes less than nothing."""
    claim = outcome.claim
    below = ZERO
    for line in book.lines(claim.id):
        for party in Party:
            owed = book.owed(line.charge_line_id, party)
            if owed < ZERO:
                below += owed
    if not below:
        return []
    return [
        tasks.TaskDraft(
            TaskKind.CREDIT,
            f"Claim {claim.control_number} stands {(-below).shown} in credit",
            "More was paid than was owed. Find out to whom it belongs, then refund or move it.",
            days=30,
            patient_id=claim.patient_id,
            visit_id=claim.visit_id,
            claim_id=claim.claim_id,
            remittance_id=row.id,
            amount=-below,
        )
    ]


def _barred(book: Book, outcome: Outcome, row: Remittance) -> list[tasks.TaskDraft]:
    """A share that fell to a patient whom nobody may bill."""
    claim = outcome.claim
    moved = Money(sum(p.moved_to_patient.cents for p in outcome.plans))
    if not moved or not book.visit(claim).may_not_bill:
        return []
    return [
        tasks.TaskDraft(
            TaskKind.PATIENT_SHARE,
            f"{moved.shown} of claim {claim.control_number} may not be billed to the patient",
            "The coverage or the patient is marked “may not be billed”: write it off.",
            days=14,
            patient_id=claim.patient_id,
            visit_id=claim.visit_id,
            claim_id=claim.claim_id,
            remittance_id=row.id,
            amount=moved,
        )
    ]


def _next_payer(
    work: Work, book: Book, outcome: Outcome, row: Remittance, after: Party
) -> list[tasks.TaskDraft]:
    claim = outcome.claim
    if claim.visit_id is None:
        return []
    moved = Money(sum(p.moved.cents for p in outcome.plans))
    forwarded = claim.status in FORWARDED_STATUS or bool(claim.crossover_to)
    if forwarded:
        _open_forwarded(work, claim, row, after.value)
        return []
    name = work.session.scalar(
        select(Payer.name).where(Payer.id == book.visit(claim).payers[after.value])
    )
    return [
        tasks.TaskDraft(
            TaskKind.SECONDARY,
            f"Bill {name} {moved.shown} for claim {claim.control_number}",
            f"{row.payer_name} has answered and did not forward the claim.",
            days=14,
            patient_id=claim.patient_id,
            visit_id=claim.visit_id,
            claim_id=claim.claim_id,
            remittance_id=row.id,
            amount=moved,
        )
    ]


def _forwarded_elsewhere(outcome: Outcome, row: Remittance) -> list[tasks.TaskDraft]:
    """The payer sent the claim on to a payer of whom this practice knows nothing."""
    claim = outcome.claim
    moved = Money(sum(p.moved_to_patient.cents for p in outcome.plans))
    if not moved or not (claim.status in FORWARDED_STATUS or claim.crossover_to):
        return []
    to = claim.crossover_to or "another payer"
    return [
        tasks.TaskDraft(
            TaskKind.SECONDARY,
            f"{row.payer_name} sent claim {claim.control_number} on to {to}, who is not on file",
            "Ask the patient for the second coverage before billing the patient's share.",
            days=14,
            patient_id=claim.patient_id,
            visit_id=claim.visit_id,
            claim_id=claim.claim_id,
            remittance_id=row.id,
            amount=moved,
        )
    ]


def _next_payer_waits(outcome: Outcome, row: Remittance, after: Party) -> list[tasks.TaskDraft]:
    """What the next payer was asked for was withdrawn; its claim rests on an answer undone."""
    claim = outcome.claim
    withdrawn = -sum(
        leg.amount.cents
        for draft in outcome.drafts
        for leg in draft.legs
        if leg.account is Account.RECEIVABLE and leg.party is after
    )
    if withdrawn <= 0:
        return []
    return [
        tasks.TaskDraft(
            TaskKind.SECONDARY,
            f"The next payer's claim beside {claim.control_number} rests on a payment taken back",
            f"{row.payer_name} undid its answer. Correct the next payer's claim when it answers "
            "anew; return what was paid on it.",
            days=14,
            patient_id=claim.patient_id,
            visit_id=claim.visit_id,
            claim_id=claim.claim_id,
            remittance_id=row.id,
            amount=Money(withdrawn),
        )
    ]


def _open_forwarded(work: Work, claim: ClaimRow, row: Remittance, rank: int) -> None:
    """The next payer's claim, which the first payer sent on: nothing is to be billed."""
    lifecycle.forward_claims(
        work,
        claim.visit_id or 0,
        rank,
        f"{row.payer_name} forwarded claim {claim.control_number}.",
        row.document_sha,
    )


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
