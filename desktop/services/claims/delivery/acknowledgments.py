"""What became of the files we sent: TA1, 999 and 277CA bring claims to their states.

An accepted 999 says only that the syntax passed, so the claims stay sent. A rejected set was
never read: its claims are ready again. A 277CA accepts or rejects claim by claim; a rejection
means that the payer does not have the claim, and the filing limit runs on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.claims import Acknowledgment as AcknowledgmentRow
from desktop.services.claims.delivery.answers_277ca import apply_277ca
from desktop.services.claims.delivery.answers_999 import apply_999, apply_ta1
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.edi.acknowledgments import Acknowledgment, InterchangeAcknowledgment
from desktop.services.formats.edi.claim_status import ClaimStatusSet
from desktop.services.formats.edi.read import EdiFile, read_file
from desktop.services.formats.edi.training_id import is_training

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from desktop.services.claims.delivery.answered import ClaimAnswer

_Answer = Acknowledgment | InterchangeAcknowledgment | ClaimStatusSet


@dataclass(frozen=True, slots=True)
class AcknowledgmentResult:
    """What a file of acknowledgments did.

    Attributes:
        kinds: such as 999 or 277CA, each once.
        read_before: every set of the file was taken already; nothing changed.
        unknown: control numbers that are none of ours.
        problems: what is wrong with the file itself.
    """

    document_sha: str
    kinds: tuple[str, ...]
    accepted: int
    rejected: int
    read_before: bool
    answers: tuple[ClaimAnswer, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a claim for a biller; one line too for a file that says nothing new."""
        if self.read_before:
            return (f"{', '.join(self.kinds)}: read before; nothing changed.",)
        return tuple(
            f"{a.control_number}: {a.text}"
            if a.claim_id is None
            else f"Claim {a.claim_id}: {a.text}"
            for a in self.answers
        )

    def plain(self) -> dict[str, object]:
        """For JSON."""
        return {
            "kinds": list(self.kinds),
            "accepted": self.accepted,
            "rejected": self.rejected,
            "read_before": self.read_before,
            "claims": [
                {
                    "control_number": a.control_number,
                    "claim": a.claim_id,
                    "accepted": a.accepted,
                    "text": a.text,
                }
                for a in self.answers
            ],
            "unknown": list(self.unknown),
            "problems": list(self.problems),
        }


@needs(Permission.CLAIM)
def read_acknowledgment(work: Work, data: bytes, file_name: str) -> AcknowledgmentResult:
    """Read a file of TA1, 999 or 277CA sets and bring the claims to their states.

    Raises:
        RuleError: it holds none, or belongs to the other kind of practice.
    """
    file = read_file(data)
    answers: list[_Answer] = [
        t
        for t in file.transactions
        if isinstance(t, Acknowledgment | InterchangeAcknowledgment)
        or (isinstance(t, ClaimStatusSet) and t.kind == "277CA")
    ]
    if not answers:
        first = file.problems[0].text if file.problems else ""
        raise RuleError(
            f"“{file_name}” holds no acknowledgment (TA1, 999 or 277CA). {first}".rstrip()
        )
    refuse_mixing(work, file, file_name)
    kinds = tuple(dict.fromkeys(a.kind for a in answers))
    sha = work.documents.put(data, "+".join(kinds), file_name)
    heard: list[ClaimAnswer] = []
    fresh = 0
    for answer in answers:
        key = _key(answer, file)
        if _was_read(work.session, key):
            continue
        fresh += 1
        part = _apply(work, answer, sha)
        heard.extend(part)
        _keep(work, answer, part, sha, key)
    audit.record(work, "read", "acknowledgment", None, document=sha, sets=fresh)
    work.touch(Changes.CLAIMS | Changes.TASKS)
    return AcknowledgmentResult(
        document_sha=sha,
        kinds=kinds,
        accepted=sum(1 for a in heard if a.accepted),
        rejected=sum(1 for a in heard if a.accepted is False),
        read_before=not fresh,
        answers=tuple(heard),
        unknown=tuple(a.control_number for a in heard if a.claim_id is None),
        problems=tuple(p.text for p in file.problems),
    )


def refuse_mixing(work: Work, file: EdiFile, file_name: str) -> None:
    """Keep the training payer's files out of a real practice, and real ones out of a sample.

    Raises:
        RuleError: the file belongs to the other kind of practice.
    """
    training = any(is_training(i.sender, i.receiver) for i in file.interchanges)
    if training and not work.is_sample:
        raise RuleError(f"“{file_name}” comes from the training payer; it is not real.")
    if work.is_sample and not training:
        raise RuleError(
            f"“{file_name}” does not come from the training payer; a sample practice takes no "
            "real file."
        )


def _key(answer: _Answer, file: EdiFile) -> str:
    """The answer without its own envelope's number: a file sent again says nothing new."""
    sender = file.interchanges[0].sender if file.interchanges else ""
    bare = replace(answer, set_control="", problems=())
    return hashlib.sha256(f"{sender}|{bare!r}".encode()).hexdigest()


def _was_read(session: Session, key: str) -> bool:
    query = select(AcknowledgmentRow.id).where(AcknowledgmentRow.set_hash == key)
    return session.scalar(query) is not None


def _keep(work: Work, answer: _Answer, part: Sequence[ClaimAnswer], sha: str, key: str) -> None:
    accepted = sum(1 for a in part if a.accepted)
    rejected = sum(1 for a in part if a.accepted is False)
    work.session.add(
        AcknowledgmentRow(
            kind=answer.kind,
            document_sha=sha,
            set_hash=key,
            read_at=stamp(work.clock.now()),
            accepted=accepted,
            rejected=rejected,
            summary=f"{accepted} accepted, {rejected} rejected",
        )
    )
    work.session.flush()


def _apply(work: Work, answer: _Answer, sha: str) -> list[ClaimAnswer]:
    match answer:
        case InterchangeAcknowledgment():
            return apply_ta1(work, answer, sha)
        case Acknowledgment():
            return apply_999(work, answer, sha)
        case ClaimStatusSet():
            return apply_277ca(work, answer, sha)
