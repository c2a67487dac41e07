"""What an answer does to a claim that was sent: shared by TA1, 999 and 277CA."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.models.claims import Claim, SubmissionClaim
from desktop.models.values.enums import ClaimState, TaskKind
from desktop.services.core import tasks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from desktop.services.core.work import Work

# Time to mend a rejection before the filing limit is looked at.
DAYS_TO_MEND = 7
_CONTROL_DIGITS = 9
UNANSWERED = frozenset({ClaimState.QUEUED, ClaimState.SENT, ClaimState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What one claim heard.

    Attributes:
        claim_id: None where the number is none of ours.
        accepted: None where nothing was decided about it.
        text: one sentence.
    """

    control_number: str
    claim_id: int | None
    accepted: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class SentClaim:
    """A claim as one submission carried it."""

    control_number: str
    claim: Claim
    record: str

    @property
    def is_current(self) -> bool:
        """Whether nothing newer was sent or prepared since."""
        return self.claim.control_number == self.control_number


def sent_claims(
    session: Session, submission_id: int, set_control: str | None = None
) -> list[SentClaim]:
    """The claims of a submission, or of one set of it."""
    query = (
        select(SubmissionClaim, Claim)
        .join(Claim, Claim.id == SubmissionClaim.claim_id)
        .where(SubmissionClaim.submission_id == submission_id)
        .order_by(SubmissionClaim.control_number)
    )
    if set_control is not None:
        query = query.where(SubmissionClaim.set_control == set_control)
    return [SentClaim(s.control_number, c, s.record) for s, c in session.execute(query)]


def control(text: str) -> int:
    """A control number as the counters give it; -1 for anything that they never gave."""
    return int(text) if text.isdecimal() and len(text) <= _CONTROL_DIGITS else -1


def due(work: Work, limit: dt.date | None) -> dt.date:
    """A week, or the filing limit when that is sooner."""
    week = work.clock.today() + dt.timedelta(days=DAYS_TO_MEND)
    return week if limit is None else min(week, limit)


def add_task(
    work: Work, title: str, detail: str, due_on: dt.date, claim: Claim | None = None
) -> None:
    """Open a task for somebody to look at a rejection."""
    draft = tasks.TaskDraft(
        TaskKind.REJECTION,
        title,
        detail,
        due_on=due_on,
        patient_id=claim.patient_id if claim else None,
        visit_id=claim.visit_id if claim else None,
        claim_id=claim.id if claim else None,
        amount=claim.charge if claim else None,
    )
    tasks.open_many(work, [draft])
