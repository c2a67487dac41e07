"""TA1 and 999: what they say of whole files and sets.

A set that was rejected was never read: its claims are ready again, under new numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.models.claims import Submission
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
from desktop.services.claims.life.events import Step, move_many
from desktop.services.claims.life.lifecycle import renumber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.core.work import Work
    from desktop.services.formats.edi.acknowledgments import (
        Acknowledgment,
        InterchangeAcknowledgment,
        SetAcknowledgment,
    )


def apply_ta1(work: Work, answer: InterchangeAcknowledgment, sha: str) -> list[ClaimAnswer]:
    """A TA1: the whole file was taken in, or nothing of it was read."""
    number = answer.control_number
    query = select(Submission.id).where(Submission.interchange_control == control(number))
    submission_id = work.session.scalar(query)
    if submission_id is None:
        text = "This file number (ISA13) is none of ours."
        return [ClaimAnswer(number, None, None, text)]
    sent = sent_claims(work.session, submission_id)
    if answer.accepted:
        return _note(work, sent, "The file's envelope was accepted (TA1).", sha)
    return _return_to_ready(
        work, sent, f"The whole file was rejected unread (TA1, code {answer.code}).", sha, {}
    )


def apply_999(work: Work, answer: Acknowledgment, sha: str) -> list[ClaimAnswer]:
    """A 999: each set passed the syntax check, or none of its claims was read."""
    number = answer.group_control
    query = select(Submission.id).where(Submission.group_control == control(number))
    submission_id = work.session.scalar(query)
    if submission_id is None:
        text = "This group number (GS06) is none of ours."
        return [ClaimAnswer(number, None, None, text)]
    if not answer.sets:
        sent = sent_claims(work.session, submission_id)
        if answer.accepted:
            return _note(work, sent, "The file passed the syntax check (999).", sha)
        return _return_to_ready(work, sent, "The group was rejected (999).", sha, {})
    heard: list[ClaimAnswer] = []
    for one in answer.sets:
        sent = sent_claims(work.session, submission_id, one.control_number)
        if not sent:
            text = f"Group {number} has no such set."
            heard.append(ClaimAnswer(one.control_number, None, None, text))
        elif one.accepted:
            text = "The file passed the syntax check (999)."
            if one.result == "E":
                text = f"The file passed with remarks (999): {_where(one)}"
            heard.extend(_note(work, sent, text, sha))
        else:
            text = f"The set was rejected (999): {_where(one)}"
            heard.extend(_return_to_ready(work, sent, text, sha, _named(one)))
    return heard


def _where(one: SetAcknowledgment) -> str:
    """The first segments that stand in the way, as the 999 names them."""
    parts = []
    for error in one.errors[:3]:
        elements = ", ".join(f"element {e.position} code {e.code}" for e in error.elements)
        parts.append(
            f"segment {error.segment} at {error.position}, code {error.code}"
            + (f" ({elements})" if elements else "")
        )
    more = len(one.errors) - 3
    return "; ".join(parts) + (f"; and {more} more" if more > 0 else "") + "."


def _named(one: SetAcknowledgment) -> dict[str, str]:
    """Per claim that the 999 names, its own errors."""
    named: dict[str, list[str]] = {}
    for error in one.errors:
        if error.claim_number:
            named.setdefault(error.claim_number, []).append(
                f"segment {error.segment}, code {error.code}"
            )
    return {number: "; ".join(texts) for number, texts in named.items()}


def _note(work: Work, sent: Sequence[SentClaim], text: str, sha: str) -> list[ClaimAnswer]:
    """An event on each claim, which stays where it is."""
    move_many(work, [Step(s.claim.id, s.claim.state, text, sha) for s in sent])
    return [ClaimAnswer(s.control_number, s.claim.id, None, text) for s in sent]


def _return_to_ready(
    work: Work, sent: Sequence[SentClaim], text: str, sha: str, own: dict[str, str]
) -> list[ClaimAnswer]:
    """Claims that were never read are ready again, under new numbers; one task for all."""
    texts = {}
    for s in sent:
        mine = own.get(s.control_number)
        texts[s.control_number] = f"{text} This claim: {mine}." if mine else text
    open_ = [s for s in sent if s.is_current and s.claim.state in UNANSWERED]
    fresh = {s.control_number for s in open_}
    limits = [s.claim.file_by for s in open_ if s.claim.file_by is not None]
    steps = [
        Step(
            s.claim.id,
            ClaimState.READY if s.control_number in fresh else s.claim.state,
            texts[s.control_number],
            sha,
        )
        for s in sent
    ]
    heard = [
        ClaimAnswer(s.control_number, s.claim.id, accepted=False, text=texts[s.control_number])
        for s in sent
    ]
    renumber(work, [s.claim for s in open_])
    move_many(work, steps)
    if fresh:
        title = f"{len(fresh)} claims were rejected unread; send them again"
        add_task(work, title, text, due(work, min(limits, default=None)))
    return heard
