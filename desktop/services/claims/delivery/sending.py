"""Claims on their way out: numbered and queued in one commit, then into the outbox, then sent.

`prepare_batch` and `mark_sent` are transactions; `deliver` stands between them and writes the
file. A crash at any point leaves either nothing, or a queued submission whose bytes and name
are fixed, which `resume_queued` takes up at the next start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from desktop.clock import stamp
from desktop.errors import AppError, Problem, RuleError, raise_if_any
from desktop.models.claims import Claim, Submission, SubmissionClaim
from desktop.models.practice import Payer, Practice
from desktop.models.values.enums import ClaimState
from desktop.models.values.money import ZERO, Money, total
from desktop.services.claims.delivery import outbox
from desktop.services.claims.delivery.ready import LeftOut, select_ready, sift
from desktop.services.claims.life.events import Step, move_many, set_columns
from desktop.services.claims.life.lifecycle import closing_steps, renumber
from desktop.services.core import audit, counters, numbers
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.edi.training_id import (
    TRAINING_ID,
    TRAINING_NAME,
    TRAINING_OFFICE,
    is_training,
)
from desktop.services.formats.edi.write837 import Batch837, plan_sets, unwritable, write_837p
from desktop.services.practice.office import practice as office

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.services.claims.delivery.ready import ReadyClaim
    from desktop.services.claims.life.checking import Checker
    from desktop.services.core.database import Database


@dataclass(frozen=True, slots=True)
class Batch:
    """What was queued or printed.

    Attributes:
        submission_id: None when no claim could go.
        left_out: claims that were asked for and do not go.
    """

    submission_id: int | None
    file_name: str = ""
    claim_ids: tuple[int, ...] = ()
    charge: Money = ZERO
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one submission came.

    Attributes:
        path: where the file lies; None when it could not be written.
        problem: the sentence that says why, else empty.
    """

    submission_id: int
    path: Path | None
    problem: str = ""


# -- the whole way --------------------------------------------------------------------------


def send(
    database: Database,
    folder: Path,
    claim_ids: Sequence[int] | None = None,
    checker: Checker | None = None,
) -> tuple[Batch, Delivery | None]:
    """Check, queue and deliver claims (all that are ready and go as a file, when None).

    Raises:
        EnvironmentProblem: the outbox cannot be written; nothing was queued.
        RuleError: the practice's own settings do not allow a file.
    """
    outbox.check_folder(folder, database.folder, sample=database.is_sample)
    batch = database.write(
        lambda work: prepare_batch(work, claim_ids, str(folder), checker=checker)
    )
    if batch.submission_id is None:
        return batch, None
    return batch, deliver(database, batch.submission_id)


def deliver(database: Database, submission_id: int) -> Delivery:
    """Write a queued submission to its outbox, then note that it was sent.

    A submission that was sent already is left as it is.

    Raises:
        EnvironmentProblem: the file could not be written; the claims stay queued.
    """
    queued = database.read(lambda work: _queued(work, submission_id))
    if queued is None:
        return Delivery(submission_id, None)
    folder, name, sha = queued
    data = database.documents.get(sha).data
    path = outbox.put(Path(folder), name, data)
    database.write(lambda work: mark_sent(work, submission_id))
    return Delivery(submission_id, path)


def resume_queued(database: Database) -> list[Delivery]:
    """Deliver what an earlier run queued and did not finish; call it when a practice opens.

    One outbox that is out of reach does not keep the others waiting.
    """
    deliveries = []
    for submission_id in database.read(queued_submissions):
        try:
            deliveries.append(deliver(database, submission_id))
        except AppError as error:
            deliveries.append(Delivery(submission_id, None, str(error)))
    return deliveries


def withdraw(database: Database, submission_id: int, reason: str) -> None:
    """Take back a queued submission whose file is not in the outbox.

    Raises:
        RuleError: it was sent, or its file lies in the outbox already.
    """
    queued = database.read(lambda work: _queued(work, submission_id))
    if queued is None:
        raise RuleError(f"Submission {submission_id} is not queued.")
    if (Path(queued[0]) / queued[1]).exists():
        raise RuleError(
            f"The file {queued[1]} lies in the outbox already; send the queue to finish it."
        )
    database.write(lambda work: unqueue(work, submission_id, reason))


# -- the transactions -----------------------------------------------------------------------


@needs(Permission.CLAIM)
def prepare_batch(
    work: Work,
    claim_ids: Sequence[int] | None,
    folder: str,
    *,
    checker: Checker | None = None,
    recheck: bool = True,
) -> Batch:
    """Give a batch its numbers, keep its bytes, and queue its claims, all in one commit.

    Args:
        work: the unit of work.
        claim_ids: None means every unsent claim whose payer takes files.
        folder: the outbox that the file is meant for.
        checker: stands in for the checks.
        recheck: bring the claims up to date with their visits and check them first.

    Raises:
        RuleError: settings that every file needs are missing.
    """
    ready, left_out = select_ready(work, claim_ids, on_paper=False, checker=checker,
                                   recheck=recheck)  # fmt: skip
    kept = sift(ready, left_out, _unwritable)
    if not kept:
        return Batch(None, left_out=tuple(left_out))
    practice = work.session.get_one(Practice, 1)
    if work.is_sample:
        _refuse_real_payers(work, kept)
    batch = _envelope(work, practice)
    records = [c.record for c in kept]
    data = write_837p(batch, records)
    sets = {r.control_number: s.control for s in plan_sets(batch, records) for r in s.claims}
    submission = _submission(work, batch, kept, data, folder)
    write_submission(work, submission, kept, sets)
    text = f"Queued as {submission.file_name}."
    _move_all(work, kept, ClaimState.QUEUED, text, submission.document_sha)
    return _batch(submission, kept, left_out)


@needs(Permission.CLAIM)
def mark_sent(work: Work, submission_id: int) -> None:
    """Note that a queued submission's file lies in the outbox."""
    submission = work.session.get_one(Submission, submission_id)
    if submission.state != "queued":
        return
    submission.state = "sent"
    submission.sent_at = stamp(work.clock.now())
    ids = list(
        work.session.scalars(
            select(SubmissionClaim.claim_id)
            .where(SubmissionClaim.submission_id == submission_id)
            .order_by(SubmissionClaim.control_number)
        )
    )
    move_sent(work, ids, f"Sent as {submission.file_name}.", submission.document_sha)
    audit.record(work, "sent", "submission", submission_id, claims=len(ids))


@needs(Permission.CLAIM)
def unqueue(work: Work, submission_id: int, reason: str) -> None:
    """Void a queued submission; its claims are ready again under new numbers."""
    submission = work.session.get_one(Submission, submission_id)
    if submission.state != "queued":
        raise RuleError(f"Submission {submission_id} is {submission.state}, not queued.")
    submission.state = "void"
    rows = work.session.scalars(
        select(Claim)
        .join(SubmissionClaim, SubmissionClaim.claim_id == Claim.id)
        .where(SubmissionClaim.submission_id == submission_id, Claim.state == ClaimState.QUEUED)
        .order_by(Claim.id)
    )
    claims = list(rows)
    renumber(work, claims)
    move_many(work, [Step(c.id, ClaimState.READY, f"Withdrawn: {reason}") for c in claims])
    audit.record(work, "voided", "submission", submission_id, reason=reason)


@needs(Permission.VIEW)
def outbox_folder(work: Work) -> str:
    """The folder that files went to last; empty when none was chosen yet."""
    return work.session.get_one(Practice, 1).outbox_folder


@needs(Permission.CLAIM)
def keep_outbox(work: Work, folder: str) -> None:
    """Remember the outbox for the next time."""
    office.set_outbox(work, folder)


@needs(Permission.VIEW)
def queued_submissions(work: Work) -> list[int]:
    """Files that wait for their outbox, oldest first."""
    query = select(Submission.id).where(Submission.state == "queued").order_by(Submission.id)
    return list(work.session.scalars(query))


def write_submission(
    work: Work, submission: Submission, claims: Sequence[ReadyClaim], sets: dict[str, str]
) -> None:
    """Keep a submission with every claim as it goes out."""
    session = work.session
    session.add(submission)
    session.flush()
    session.execute(
        insert(SubmissionClaim),
        [
            {
                "control_number": c.record.control_number,
                "submission_id": submission.id,
                "claim_id": c.claim_id,
                "set_control": sets.get(c.record.control_number, ""),
                "record": c.text,
            }
            for c in claims
        ],
    )
    audit.record(work, "queued", "submission", submission.id, claims=len(claims))
    work.touch(Changes.CLAIMS)


def move_sent(work: Work, claim_ids: Sequence[int], text: str, sha: str) -> None:
    """Bring claims to sent, today; then the claims that they stand in for are closed."""
    move_many(work, [Step(i, ClaimState.SENT, text, sha) for i in claim_ids])
    set_columns(work, claim_ids, sent_on=work.clock.today())
    move_many(work, closing_steps(work, claim_ids))


def _unwritable(claim: ReadyClaim) -> LeftOut | None:
    """Why a claim cannot be said in a file."""
    problems = unwritable(claim.record)
    return LeftOut(claim.claim_id, problems[0].text, problems[0].field) if problems else None


def _submission(
    work: Work, batch: Batch837, claims: Sequence[ReadyClaim], data: bytes, folder: str
) -> Submission:
    """The queued submission of a file whose bytes are kept with it."""
    prefix = "training-" if work.is_sample else ""
    name = f"{prefix}claims-{batch.interchange_control:09d}.837"
    return Submission(
        kind="837P",
        state="queued",
        interchange_control=batch.interchange_control,
        group_control=batch.group_control,
        file_name=name,
        folder=folder,
        document_sha=work.documents.put(data, "837P", name),
        claims=len(claims),
        charge=total(c.record.charge for c in claims),
        queued_at=stamp(work.clock.now()),
        queued_on=work.clock.today(),
    )


def _move_all(
    work: Work, claims: Iterable[ReadyClaim], state: ClaimState, text: str, sha: str
) -> None:
    move_many(work, [Step(c.claim_id, state, text, sha) for c in claims])


def _batch(
    submission: Submission, claims: Sequence[ReadyClaim], left_out: Sequence[LeftOut]
) -> Batch:
    return Batch(
        submission.id,
        submission.file_name,
        tuple(c.claim_id for c in claims),
        submission.charge,
        tuple(left_out),
    )


def _queued(work: Work, submission_id: int) -> tuple[str, str, str] | None:
    row = work.session.execute(
        select(Submission.folder, Submission.file_name, Submission.document_sha).where(
            Submission.id == submission_id, Submission.state == "queued"
        )
    ).first()
    return None if row is None else (row.folder, row.file_name, row.document_sha)


def batch_reference(interchange_control: int) -> str:
    """BHT03, by which a 277CA names the batch; a further set of it adds ``-2``, ``-3``."""
    return f"B{interchange_control:09d}"


def _envelope(work: Work, practice: Practice) -> Batch837:
    """Who sends to whom under which new numbers; a sample practice knows only its own payer."""
    sample = work.is_sample
    needed = (
        ("contact_name", practice.contact_name, "a contact's name"),
        ("phone", practice.phone, "a telephone number"),
        *(
            ()
            if sample
            else (
                ("submitter_id", practice.submitter_id, "your submitter id"),
                ("receiver_id", practice.receiver_id, "the clearinghouse's id"),
                ("receiver_name", practice.receiver_name, "the clearinghouse's name"),
            )
        ),
    )
    raise_if_any(
        [
            Problem(field, f"A claim file needs {what}; enter it in Setup under the practice.")
            for field, value, what in needed
            if not value.strip()
        ]
    )
    if not sample and is_training(practice.submitter_id, practice.receiver_id):
        raise RuleError(
            Problem("receiver_id", "These ids belong to the training payer; enter your own.")
        )
    number = numbers.interchange_number(work)
    return Batch837(
        sender_id=TRAINING_OFFICE if sample else practice.submitter_id,
        sender_qualifier="ZZ",
        receiver_id=TRAINING_ID if sample else practice.receiver_id,
        receiver_qualifier="ZZ",
        receiver_name=TRAINING_NAME if sample else practice.receiver_name,
        submitter_name=practice.name,
        submitter_id=TRAINING_OFFICE if sample else practice.submitter_id,
        contact_name=practice.contact_name,
        contact_phone=practice.phone,
        interchange_control=number,
        group_control=counters.take(work, numbers.GROUP),
        first_set_control=1,
        batch_reference=batch_reference(number),
        at=work.clock.now().replace(tzinfo=None),
        usage="T" if sample else practice.usage,
    )


def _refuse_real_payers(work: Work, claims: Sequence[ReadyClaim]) -> None:
    """A sample practice bills training payers only: nothing of it may look real."""
    ids = {c.payer_id for c in claims}
    real = work.session.execute(
        select(Payer.name).where(Payer.id.in_(ids), ~Payer.is_training).limit(1)
    ).first()
    if real is not None:
        raise RuleError(
            f"This is a sample practice and “{real.name}” is not a training payer; "
            "nothing was written."
        )
