"""277CA: what it says, claim by claim.

A rejection means that the payer does not have the claim: the filing limit runs on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from desktop.models.claims import Claim, Submission, SubmissionClaim
from desktop.models.values.enums import ClaimState
from desktop.services.claims.delivery.answered import (
    UNANSWERED,
    ClaimAnswer,
    SentClaim,
    add_task,
    control,
    due,
    sent_claims,
)
from desktop.services.claims.life.events import ADJUDICATED, Step, move_many
from desktop.services.claims.record import codec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from desktop.services.core.work import Work
    from desktop.services.formats.edi.claim_status import ClaimStatus, ClaimStatusSet, Status

_CATEGORIES = {
    "A0": "forwarded",
    "A1": "received",
    "A2": "taken in for a decision",
    "A3": "returned as unprocessable",
    "A4": "not found",
    "A5": "split",
    "A6": "information is missing",
    "A7": "information is invalid",
    "A8": "fields contradict each other",
}


def apply_277ca(work: Work, answer: ClaimStatusSet, sha: str) -> list[ClaimAnswer]:
    """A 277CA: each claim was taken in or refused, by itself or with its batch."""
    heard: list[ClaimAnswer] = []
    steps: list[Step] = []
    if not answer.claims:
        heard.extend(_reject_without_claims(work, answer, sha, steps))
    numbers = [c.control_number.strip().upper() for c in answer.claims]
    known = _by_number(work.session, numbers)
    above = "; ".join(_said(v.statuses) for v in answer.levels if v.rejected)
    payer_numbers: dict[int, str] = {}
    for number, status in zip(numbers, answer.claims, strict=True):
        sent = known.get(number)
        if sent is None:
            text = "This claim number is none of ours."
            heard.append(ClaimAnswer(status.control_number, None, None, text))
            continue
        if status.payer_claim_number:
            payer_numbers[sent.claim.id] = status.payer_claim_number
        heard.append(_hear(work, sent, status, above, sha, steps))
    move_many(work, steps)
    for claim_id, payer_number in payer_numbers.items():
        work.session.execute(
            update(Claim)
            .where(Claim.id == claim_id)
            .values(payer_claim_number=payer_number, version=Claim.version + 1)
            .execution_options(synchronize_session=False)
        )
    work.session.expire_all()
    return heard


def _hear(
    work: Work,
    sent: SentClaim,
    status: ClaimStatus,
    above: str,
    sha: str,
    steps: list[Step],
) -> ClaimAnswer:
    """One claim's event, state and task."""
    claim = sent.claim
    said = _said(status.statuses) or above or "no status"
    if status.accepted:
        to = ClaimState.ACCEPTED if claim.state in (ClaimState.QUEUED, ClaimState.SENT) else None
        text = f"Accepted (277CA): {said}."
    else:
        to = ClaimState.REJECTED if claim.state in UNANSWERED else None
        said = "; ".join(dict.fromkeys(p for p in (said, above) if p))
        text = f"Rejected (277CA): {said}."
        for line in status.lines:
            if line.statuses:
                text += f" Line {line.line_number or line.code}: {_said(line.statuses)}."
    if not sent.is_current:
        to = None
        text = f"About the earlier submission {sent.control_number}: {text}"
    elif to is None and claim.state in ADJUDICATED:
        text = f"After the payer's decision: {text}"
    if to is ClaimState.REJECTED:
        add_task(
            work,
            f"Claim {claim.id} was rejected; mend it and send it anew",
            text,
            due(work, claim.file_by),
            claim,
        )
    steps.append(Step(claim.id, to or claim.state, text, sha))
    return ClaimAnswer(status.control_number, claim.id, status.accepted, text)


def _reject_without_claims(
    work: Work, answer: ClaimStatusSet, sha: str, steps: list[Step]
) -> Iterable[ClaimAnswer]:
    """A U at the receiver or provider level rejects all below it, listed or not."""
    refusing = [v for v in answer.levels if v.rejected]
    if not refusing:
        return
    reference = answer.batch_reference.partition("-")[0].removeprefix("B")
    query = select(Submission.id).where(Submission.interchange_control == control(reference))
    submission_id = work.session.scalar(query)
    if submission_id is None:
        text = "This batch reference (BHT03) is none of ours."
        yield ClaimAnswer(answer.batch_reference, None, None, text)
        return
    whole = any(v.level != "provider" for v in refusing)
    providers = {v.id for v in refusing}
    text = (
        f"Rejected with the whole batch (277CA): {'; '.join(_said(v.statuses) for v in refusing)}."
    )
    for sent in sent_claims(work.session, submission_id):
        if not whole and codec.load(sent.record).billing.npi not in providers:
            continue
        claim = sent.claim
        if sent.is_current and claim.state in UNANSWERED:
            title = f"Claim {claim.id} was rejected; mend it and send it anew"
            add_task(work, title, text, due(work, claim.file_by), claim)
            steps.append(Step(claim.id, ClaimState.REJECTED, text, sha))
        else:
            steps.append(Step(claim.id, claim.state, text, sha))
        yield ClaimAnswer(sent.control_number, claim.id, accepted=False, text=text)


def _by_number(session: Session, numbers: Sequence[str]) -> dict[str, SentClaim]:
    known: dict[str, SentClaim] = {}
    for start in range(0, len(numbers), 1000):
        query = (
            select(SubmissionClaim, Claim)
            .join(Claim, Claim.id == SubmissionClaim.claim_id)
            .where(SubmissionClaim.control_number.in_(numbers[start : start + 1000]))
        )
        for s, c in session.execute(query):
            known[s.control_number] = SentClaim(s.control_number, c, s.record)
    return known


def _said(statuses: Sequence[Status]) -> str:
    parts = []
    for s in statuses:
        codes = ":".join(p for p in (s.category, s.status, s.entity) if p)
        words = _CATEGORIES.get(s.category)
        text = f"{codes} {words}" if words else codes
        parts.append(f"{text} ({s.text})" if s.text else text)
    return ", ".join(dict.fromkeys(parts))
