"""The tasks that a posted answer leaves: denials, credits, shares nobody may bill, next payers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.models.practice import Payer
from desktop.models.values.enums import Account, Party, TaskKind
from desktop.models.values.money import ZERO, Money
from desktop.services.claims.life import lifecycle
from desktop.services.core.tasks import TaskDraft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.models.payments import Remittance
    from desktop.services.core.work import Work
    from desktop.services.payments.adjustments import Reduction
    from desktop.services.payments.book import Book, ClaimRow
    from desktop.services.payments.outcomes import Outcome

_FORWARDED_STATUS: Final = frozenset({"19", "20", "21"})


def follow_ups(
    work: Work, book: Book, outcome: Outcome, row: Remittance, days: int
) -> list[TaskDraft]:
    """What a person must look at after one claim was answered.

    A crossover (CLP02 19-21) opens the next payer's claim as “forwarded”: it is not billed a
    second time. Where the payer did not forward, a task says that the next payer is to be
    billed; the claim is not taken for settled.

    Args:
        work: the unit of work.
        book: what the posting knows of visits and lines.
        outcome: the answer as it was posted.
        row: its remittance.
        days: how long the payer allows for an appeal.
    """
    after = book.next_party(outcome.claim)
    todo = _denials(outcome, row, days)
    todo += _credits(book, outcome, row)
    todo += _barred(book, outcome, row)
    if after is Party.PATIENT:
        todo += _forwarded_elsewhere(outcome, row)
    elif any(p.moved for p in outcome.plans):
        todo += _next_payer(work, book, outcome, row, after)
    elif outcome.taken_back:
        todo += _next_payer_waits(outcome, row, after)
    return todo


def _reasons(held: Sequence[Reduction]) -> str:
    return ", ".join(f"{r.group} {r.reason} {r.amount.shown}" for r in held)


def _denials(outcome: Outcome, row: Remittance, days: int) -> list[TaskDraft]:
    held = [r for p in outcome.plans for r in p.held]
    if not held:
        return []
    claim = outcome.claim
    of_patient = [r for r in held if r.group == "PR"]
    others = [r for r in held if r.group != "PR"]
    out = []
    if others:
        out.append(
            TaskDraft(
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
            TaskDraft(
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


def _credits(book: Book, outcome: Outcome, row: Remittance) -> list[TaskDraft]:
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
        TaskDraft(
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


def _barred(book: Book, outcome: Outcome, row: Remittance) -> list[TaskDraft]:
    """A share that fell to a patient whom nobody may bill."""
    claim = outcome.claim
    moved = Money(sum(p.moved_to_patient.cents for p in outcome.plans))
    if not moved or not book.visit(claim).may_not_bill:
        return []
    return [
        TaskDraft(
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
) -> list[TaskDraft]:
    claim = outcome.claim
    if claim.visit_id is None:
        return []
    moved = Money(sum(p.moved.cents for p in outcome.plans))
    forwarded = claim.status in _FORWARDED_STATUS or bool(claim.crossover_to)
    if forwarded:
        _open_forwarded(work, claim, row, after.value)
        return []
    name = work.session.scalar(
        select(Payer.name).where(Payer.id == book.visit(claim).payers[after.value])
    )
    return [
        TaskDraft(
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


def _forwarded_elsewhere(outcome: Outcome, row: Remittance) -> list[TaskDraft]:
    """The payer sent the claim on to a payer of whom this practice knows nothing."""
    claim = outcome.claim
    moved = Money(sum(p.moved_to_patient.cents for p in outcome.plans))
    if not moved or not (claim.status in _FORWARDED_STATUS or claim.crossover_to):
        return []
    to = claim.crossover_to or "another payer"
    return [
        TaskDraft(
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


def _next_payer_waits(outcome: Outcome, row: Remittance, after: Party) -> list[TaskDraft]:
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
        TaskDraft(
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
