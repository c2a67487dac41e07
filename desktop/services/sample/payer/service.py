"""Asking the training payer from a sample practice; a real practice never can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import NotFound, RuleError
from desktop.models.claims import Submission
from desktop.services.core import audit
from desktop.services.core.work import Permission, Work, needs
from desktop.services.sample.payer.adjudicate import Scenario
from desktop.services.sample.payer.payer import Answers, answer

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class SentFile:
    """A claim file that the training payer may answer."""

    submission_id: int
    file_name: str
    sent_at: str
    claims: int


@needs(Permission.CLAIM)
def sent_files(work: Work) -> list[SentFile]:
    """Claim files that were sent, newest first."""
    query = (
        select(Submission)
        .where(Submission.kind == "837P", Submission.state == "sent")
        .order_by(Submission.id.desc())
    )
    return [
        SentFile(s.id, s.file_name, s.sent_at or "", s.claims) for s in work.session.scalars(query)
    ]


@needs(Permission.CLAIM)
def answer_submission(
    work: Work,
    submission_id: int,
    scenario: Scenario | Mapping[str, Scenario] = Scenario.MIXED,
    *,
    seed: int = 0,
    days: tuple[int, int, int] = (0, 0, 0),
) -> Answers:
    """What the training payer says to a file that was sent; reading it is another step.

    Raises:
        RuleError: this is no sample practice, or the file was not sent.
    """
    if not work.is_sample:
        raise RuleError("The training payer answers in sample practices only.")
    submission = work.session.get(Submission, submission_id)
    if submission is None:
        raise NotFound(f"There is no submission {submission_id}.")
    if submission.kind != "837P" or submission.state != "sent":
        raise RuleError(f"Submission {submission_id} is no claim file that was sent.")
    audit.record(work, "answered", "submission", submission_id, training=True)
    data = work.documents.get(submission.document_sha).data
    return answer(data, scenario, work.clock.today(), seed=seed, days=days)
