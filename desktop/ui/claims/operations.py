"""What the page Claims asks of the services, in words for its notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.errors import EnvironmentProblem, Problem, RuleError
from desktop.services.claims.delivery import command, printing, sending
from desktop.services.claims.delivery.acknowledgments import (
    AcknowledgmentResult,
    read_acknowledgment,
)
from desktop.services.claims.life import lifecycle
from desktop.services.core.work import Work
from desktop.services.formats.documents.cms1500 import PrinterProfile
from desktop.services.formats.documents.cms1500 import test_sheet as form_test_sheet
from desktop.services.payments.staging import stage_file
from desktop.services.sample.payer.adjudicate import Scenario
from desktop.services.sample.payer.service import SentFile, answer_submission, sent_files

if TYPE_CHECKING:
    from desktop.services.claims.delivery.ready import LeftOut
    from desktop.services.core.database import Database
    from desktop.services.sample.payer.payer import TrainingFile

Correct = Callable[[Work, int, str], int]
TrainingChoice = SentFile

_LARGEST_FILE = 64 * 1024 * 1024
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check in one sentence."""

    text: str
    to_mend: int


@dataclass(frozen=True, slots=True)
class Printed:
    """Forms as printed; `pdf` is empty when no claim could go."""

    pdf: bytes
    file_name: str
    text: str
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer file said."""

    text: str
    needs_work: bool


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _left(left_out: Sequence[LeftOut]) -> str:
    """The claims that did not go, the first few by name."""
    if not left_out:
        return ""
    named = " ".join(x.text for x in left_out[:_SHOWN])
    more = len(left_out) - _SHOWN
    return f" Left out: {named}" + (f" And {more} more." if more > 0 else "")


def check(work: Work) -> Checked:
    """Make missing claims and check all unsent ones."""
    report = command.check(work)
    to_mend = sum(1 for c in report.claims if c.findings)
    ready = len(report.claims) - to_mend
    parts = [f"{_count(ready, 'claim')} ready", f"{to_mend:,} to mend"]
    if report.created:
        parts.insert(0, f"{_count(len(report.created), 'claim')} made")
    text = ", ".join(parts) + "."
    if report.uncarried:
        numbers = ", ".join(str(v) for v in report.uncarried[:_SHOWN])
        text += f" Lines were added after the claim was sent: replace it for visit {numbers}."
    return Checked(text, to_mend + len(report.uncarried))


def send(database: Database, folder: str, ids: Sequence[int] | None) -> str:
    """Queue and deliver claims; says what went and what did not.

    Raises:
        AppError: nothing went; says why and how to mend it.
    """
    if not folder.strip():
        raise RuleError("Choose the folder that your clearinghouse's program takes files from.")
    target = Path(folder.strip())
    finished = _finish_queue(database)
    if ids is None:
        database.write(command.check)
    batch, delivery = sending.send(database, target, ids)
    if batch.submission_id is None or delivery is None:
        if finished:
            return finished + _left(batch.left_out)
        raise RuleError(f"No claim is ready to go as a file.{_left(batch.left_out)}")
    database.write(lambda work: sending.keep_outbox(work, str(target)))
    return (
        f"{finished}{_count(len(batch.claim_ids), 'claim')} over {batch.charge.shown} sent as "
        f"{batch.file_name}.{_left(batch.left_out)}"
    )


def _finish_queue(database: Database) -> str:
    """Deliver files that an earlier attempt left in the queue.

    Raises:
        EnvironmentProblem: their outbox is still out of reach.
    """
    deliveries = sending.resume_queued(database)
    failed = next((d.problem for d in deliveries if d.problem), "")
    if failed:
        raise EnvironmentProblem(failed)
    return f"{_count(len(deliveries), 'waiting file')} sent. " if deliveries else ""


def withdraw(database: Database, submission_id: int, reason: str) -> None:
    """Take a file back that waits in the queue; its claims are ready again."""
    sending.withdraw(database, submission_id, reason)


def outbox_folder(work: Work) -> str:
    """The folder of the last time."""
    return sending.outbox_folder(work)


def preview(work: Work, claim_id: int) -> bytes:
    """The claim's form over plain boxes."""
    return printing.preview(work, claim_id)


def profile_of(values: Mapping[str, Any]) -> PrinterProfile:
    """The printer's correction as typed.

    Raises:
        RuleError: an offset or scale that no printer needs.
    """
    return PrinterProfile(
        _whole(values["x_offset"], "x_offset"),
        _whole(values["y_offset"], "y_offset"),
        _whole(values["scale"], "scale"),
    )


def _whole(text: object, field: str) -> int:
    try:
        return int(str(text).strip() or "0")
    except ValueError:
        raise RuleError(Problem(field, "Enter a whole number, such as 5 or -12.")) from None


def test_sheet(values: Mapping[str, Any]) -> bytes:
    """A sheet that shows how far the printer is off."""
    return form_test_sheet(profile_of(values))


def print_forms(work: Work, ids: Sequence[int] | None, values: Mapping[str, Any]) -> Printed:
    """Print claims on forms and mark them sent."""
    profile = profile_of(values)
    if ids is None:
        command.check(work)
    run = printing.print_claims(work, ids, profile, data_only=values["data_only"])
    count = len(run.batch.claim_ids)
    text = f"{_count(count, 'claim')} printed." if count else "No claim is ready to be printed."
    return Printed(
        run.pdf, run.batch.file_name, text + _left(run.batch.left_out), run.batch.left_out
    )


def print_again(work: Work, submission_id: int) -> bytes:
    """The forms of an earlier print run, word for word."""
    return printing.print_again(work, submission_id)


def read_answer(database: Database, name: str) -> Heard:
    """Read a file of acknowledgments from the disk.

    Raises:
        EnvironmentProblem: it cannot be read.
        RuleError: it holds none.
    """
    path = Path(name)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise RuleError(f"“{path.name}” is larger than any answer file.")
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"“{path.name}” cannot be read ({error.strerror}).") from error
    return heard(database.write(lambda work: read_acknowledgment(work, data, path.name)))


def heard(result: AcknowledgmentResult) -> Heard:
    """What the acknowledgments said, in one line."""
    if result.read_before:
        return Heard("This file was read before; nothing changed.", needs_work=False)
    kinds = " and ".join(result.kinds)
    text = f"{kinds}: {result.accepted:,} accepted, {result.rejected:,} rejected"
    if result.unknown:
        text += f", {_count(len(result.unknown), 'number')} unknown to this practice"
    return Heard(text + ".", needs_work=bool(result.rejected or result.unknown))


def void_unsent(work: Work, claim_id: int, reason: str) -> int:
    """Drop a claim that has not left the practice."""
    lifecycle.void_before_sending(work, claim_id, reason)
    return claim_id


def void_sent(work: Work, claim_id: int, reason: str) -> int:
    """Make the claim that voids a sent one."""
    return lifecycle.void_sent(work, claim_id, reason)


def resend(work: Work, claim_id: int, reason: str) -> int:
    """Send a rejected or unanswered claim anew."""
    return lifecycle.resend(work, claim_id, reason)


def resend_denied(work: Work, claim_id: int, reason: str) -> int:
    """Send a claim anew that was denied as unprocessable."""
    return lifecycle.resend(work, claim_id, reason, unprocessable=True)


def replace(work: Work, claim_id: int, reason: str) -> int:
    """Make the claim that replaces a sent one."""
    return lifecycle.replace_claim(work, claim_id, reason)


def training_files(work: Work) -> list[TrainingChoice]:
    """Files that the training payer may answer."""
    return sent_files(work)


def train(database: Database, values: Mapping[str, Any]) -> str:
    """Let the training payer answer a file, read what it says, and stage what it pays."""
    scenario = Scenario(values["scenario"])
    answers = database.write(lambda work: answer_submission(work, int(values["file"]), scenario))
    told = [
        heard(_hear(database, file)).text
        for file in (answers.ack999, answers.ack277ca)
        if file is not None
    ]
    staged = sum(_stage(database, file) for file in answers.remittances)
    if staged:
        told.append(f"{_count(staged, 'payment')} to look at and post on the page Payments.")
    return " ".join(told)


def _hear(database: Database, file: TrainingFile) -> AcknowledgmentResult:
    return database.write(lambda work: read_acknowledgment(work, file.data, file.name))


def _stage(database: Database, file: TrainingFile) -> int:
    return len(database.write(lambda work: stage_file(work, file.data, file.name)).remittances)
