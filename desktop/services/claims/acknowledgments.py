"""What became of the files we sent: TA1, 999 and 277CA bring claims to their states.

An accepted 999 says only that the syntax passed, so the claims stay sent. A rejected set was
never read: its claims are ready again. A 277CA accepts or rejects claim by claim; a rejection
means that the payer does not have the claim, and the filing limit runs on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desktop.errors import RuleError
from desktop.models.claims import Acknowledgment as AcknowledgmentRow
from desktop.models.claims import Claim, Submission, SubmissionClaim, Task
from desktop.models.values.enums import ClaimState, TaskKind
from desktop.services import audit
from desktop.services.claims import codec
from desktop.services.claims.events import ADJUDICATED, Step, move_many
from desktop.services.claims.lifecycle import renumber
from desktop.services.clock import stamp
from desktop.services.edi.acknowledgments import (
    Acknowledgment,
    InterchangeAcknowledgment,
    SetAcknowledgment,
)
from desktop.services.edi.claim_status import ClaimStatus, ClaimStatusSet, Status
from desktop.services.edi.read import EdiFile, read_file
from desktop.services.training.identity import is_training
from desktop.services.work import Changes, Permission, Work, needs

_Answer = Acknowledgment | InterchangeAcknowledgment | ClaimStatusSet

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
# Time to mend a rejection before the filing limit is looked at.
_DAYS_TO_MEND = 7
_OPEN = frozenset({ClaimState.QUEUED, ClaimState.SENT, ClaimState.ACCEPTED})


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
            return _apply_ta1(work, answer, sha)
        case Acknowledgment():
            return _apply_999(work, answer, sha)
        case ClaimStatusSet():
            return _apply_277ca(work, answer, sha)


# -- TA1 and 999: whole files and sets ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _SentClaim:
    """A claim as one submission carried it."""

    control_number: str
    claim: Claim
    record: str

    @property
    def is_current(self) -> bool:
        """Whether nothing newer was sent or prepared since."""
        return self.claim.control_number == self.control_number


def _apply_ta1(work: Work, answer: InterchangeAcknowledgment, sha: str) -> list[ClaimAnswer]:
    number = answer.control_number
    query = select(Submission.id).where(
        Submission.interchange_control == (int(number) if number.isdecimal() else -1)
    )
    submission_id = work.session.scalar(query)
    if submission_id is None:
        text = "This file number (ISA13) is none of ours."
        return [ClaimAnswer(number, None, None, text)]
    sent = _sent(work.session, submission_id)
    if answer.accepted:
        return _note(work, sent, "The file's envelope was accepted (TA1).", sha)
    return _return_to_ready(
        work, sent, f"The whole file was rejected unread (TA1, code {answer.code}).", sha, {}
    )


def _apply_999(work: Work, answer: Acknowledgment, sha: str) -> list[ClaimAnswer]:
    number = answer.group_control
    query = select(Submission.id).where(
        Submission.group_control == (int(number) if number.isdecimal() else -1)
    )
    submission_id = work.session.scalar(query)
    if submission_id is None:
        text = "This group number (GS06) is none of ours."
        return [ClaimAnswer(number, None, None, text)]
    if not answer.sets:
        sent = _sent(work.session, submission_id)
        if answer.accepted:
            return _note(work, sent, "The file passed the syntax check (999).", sha)
        return _return_to_ready(work, sent, "The group was rejected (999).", sha, {})
    heard: list[ClaimAnswer] = []
    for one in answer.sets:
        sent = _sent(work.session, submission_id, one.control_number)
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


def _sent(session: Session, submission_id: int, set_control: str | None = None) -> list[_SentClaim]:
    query = (
        select(SubmissionClaim, Claim)
        .join(Claim, Claim.id == SubmissionClaim.claim_id)
        .where(SubmissionClaim.submission_id == submission_id)
        .order_by(SubmissionClaim.control_number)
    )
    if set_control is not None:
        query = query.where(SubmissionClaim.set_control == set_control)
    return [_SentClaim(s.control_number, c, s.record) for s, c in session.execute(query)]


def _note(work: Work, sent: Sequence[_SentClaim], text: str, sha: str) -> list[ClaimAnswer]:
    """An event on each claim, which stays where it is."""
    move_many(work, [Step(s.claim.id, s.claim.state, text, sha) for s in sent])
    return [ClaimAnswer(s.control_number, s.claim.id, None, text) for s in sent]


def _return_to_ready(
    work: Work, sent: Sequence[_SentClaim], text: str, sha: str, own: dict[str, str]
) -> list[ClaimAnswer]:
    """Claims that were never read are ready again, under new numbers; one task for all."""
    texts = {}
    for s in sent:
        mine = own.get(s.control_number)
        texts[s.control_number] = f"{text} This claim: {mine}." if mine else text
    open_ = [s for s in sent if s.is_current and s.claim.state in _OPEN]
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
        _add_task(work, title, text, _due(work, min(limits, default=None)))
    return heard


# -- 277CA: claim by claim ------------------------------------------------------------------


def _apply_277ca(work: Work, answer: ClaimStatusSet, sha: str) -> list[ClaimAnswer]:
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
    sent: _SentClaim,
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
        to = ClaimState.REJECTED if claim.state in _OPEN else None
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
        _add_task(
            work,
            f"Claim {claim.id} was rejected; mend it and send it anew",
            text,
            _due(work, claim.file_by),
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
    query = select(Submission.id).where(
        Submission.interchange_control == (int(reference) if reference.isdecimal() else -1)
    )
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
    for sent in _sent(work.session, submission_id):
        if not whole and codec.load(sent.record).billing.npi not in providers:
            continue
        claim = sent.claim
        if sent.is_current and claim.state in _OPEN:
            title = f"Claim {claim.id} was rejected; mend it and send it anew"
            _add_task(work, title, text, _due(work, claim.file_by), claim)
            steps.append(Step(claim.id, ClaimState.REJECTED, text, sha))
        else:
            steps.append(Step(claim.id, claim.state, text, sha))
        yield ClaimAnswer(sent.control_number, claim.id, accepted=False, text=text)


def _by_number(session: Session, numbers: Sequence[str]) -> dict[str, _SentClaim]:
    known: dict[str, _SentClaim] = {}
    for start in range(0, len(numbers), 1000):
        query = (
            select(SubmissionClaim, Claim)
            .join(Claim, Claim.id == SubmissionClaim.claim_id)
            .where(SubmissionClaim.control_number.in_(numbers[start : start + 1000]))
        )
        for s, c in session.execute(query):
            known[s.control_number] = _SentClaim(s.control_number, c, s.record)
    return known


def _said(statuses: Sequence[Status]) -> str:
    parts = []
    for s in statuses:
        codes = ":".join(p for p in (s.category, s.status, s.entity) if p)
        words = _CATEGORIES.get(s.category)
        text = f"{codes} {words}" if words else codes
        parts.append(f"{text} ({s.text})" if s.text else text)
    return ", ".join(dict.fromkeys(parts))


def _due(work: Work, limit: dt.date | None) -> dt.date:
    """A week, or the filing limit when that is sooner."""
    week = work.clock.today() + dt.timedelta(days=_DAYS_TO_MEND)
    return week if limit is None else min(week, limit)


def _add_task(
    work: Work, title: str, detail: str, due_on: dt.date, claim: Claim | None = None
) -> None:
    work.session.add(
        Task(
            kind=TaskKind.REJECTION,
            title=title,
            detail=detail,
            due_on=due_on,
            patient_id=claim.patient_id if claim else None,
            visit_id=claim.visit_id if claim else None,
            claim_id=claim.id if claim else None,
            amount=claim.charge if claim else None,
            opened_on=work.clock.today(),
        )
    )
