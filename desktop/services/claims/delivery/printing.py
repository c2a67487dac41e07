"""Claims on paper: the CMS-1500 as it goes out, printed again, or looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.claims import Claim, Submission, SubmissionClaim
from desktop.models.practice import Payer
from desktop.models.values.money import total
from desktop.services.claims.delivery.ready import LeftOut, ReadyClaim, select_ready, sift
from desktop.services.claims.delivery.sending import Batch, move_sent, write_submission
from desktop.services.claims.life.events import get
from desktop.services.claims.record import codec
from desktop.services.claims.record.split import DIAGNOSES, PAPER_LINES
from desktop.services.core import audit, counters, numbers
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents import cms1500
from desktop.services.formats.documents.cms1500 import FormOptions, PrinterProfile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.claims.life.checking import Checker


@dataclass(frozen=True, slots=True)
class PrintRun:
    """Forms as they were printed; `pdf` is empty when no claim could go."""

    pdf: bytes
    batch: Batch


@needs(Permission.CLAIM)
def print_claims(
    work: Work,
    claim_ids: Sequence[int] | None = None,
    profile: PrinterProfile | None = None,
    *,
    data_only: bool = True,
    checker: Checker | None = None,
) -> PrintRun:
    """Print claims on CMS-1500 forms and mark them sent.

    Args:
        work: the unit of work.
        claim_ids: None means every unsent claim whose payer takes paper.
        profile: the printer's correction.
        data_only: for pre-printed forms; else over plain boxes, for practising.
        checker: stands in for the checks.
    """
    ready, left_out = select_ready(work, claim_ids, on_paper=True, checker=checker)
    kept = sift(ready, left_out, _too_long)
    if not kept:
        return PrintRun(b"", Batch(None, left_out=tuple(left_out)))
    options = _options(work, [c.payer_id for c in kept], work.clock.today())
    pdf = cms1500.render(
        [c.record for c in kept], profile or PrinterProfile(), boxes=not data_only, options=options
    )
    submission = _submission(work, kept, pdf)
    write_submission(work, submission, kept, {})
    name, ids = submission.file_name, [c.claim_id for c in kept]
    move_sent(work, ids, f"Printed as {name}.", submission.document_sha)
    audit.record(work, "printed", "submission", submission.id, claims=len(ids))
    return PrintRun(pdf, Batch(submission.id, name, tuple(ids), submission.charge, tuple(left_out)))


@needs(Permission.CLAIM)
def print_again(
    work: Work,
    submission_id: int,
    profile: PrinterProfile | None = None,
    *,
    data_only: bool = True,
) -> bytes:
    """The forms of an earlier run once more, word for word, for another printer or tray.

    Raises:
        RuleError: that submission was not on paper.
    """
    rows = work.session.execute(
        select(SubmissionClaim.record, Claim.payer_id, Submission.kind, Submission.queued_on)
        .join(Submission, Submission.id == SubmissionClaim.submission_id)
        .join(Claim, Claim.id == SubmissionClaim.claim_id)
        .where(SubmissionClaim.submission_id == submission_id)
        .order_by(SubmissionClaim.claim_id)
    ).all()
    if not rows or rows[0].kind != "CMS-1500":
        raise RuleError(f"Submission {submission_id} was not printed.")
    records = [codec.load(r.record) for r in rows]
    options = _options(work, [r.payer_id for r in rows], rows[0].queued_on)
    audit.record(work, "printed", "submission", submission_id, again=True)
    return cms1500.render(
        records, profile or PrinterProfile(), boxes=not data_only, options=options
    )


@needs(Permission.VIEW)
def preview(work: Work, claim_id: int) -> bytes:
    """A claim's form over plain boxes, to be looked at; nothing changes.

    Raises:
        NotFound: there is no such claim.
    """
    claim = get(work, claim_id)
    record = codec.load(claim.record)
    work.viewed("patient", claim.patient_id)
    on = claim.sent_on or work.clock.today()
    return cms1500.render([record], boxes=True, options=_options(work, [claim.payer_id], on))


def _submission(work: Work, claims: Sequence[ReadyClaim], pdf: bytes) -> Submission:
    """The submission of a print run whose forms are kept with it; printed is sent."""
    name = f"cms1500-{counters.take(work, numbers.PRINT):09d}.pdf"
    now = stamp(work.clock.now())
    return Submission(
        kind="CMS-1500",
        state="sent",
        file_name=name,
        document_sha=work.documents.put(pdf, "CMS-1500", name),
        claims=len(claims),
        charge=total(c.record.charge for c in claims),
        queued_at=now,
        queued_on=work.clock.today(),
        sent_at=now,
    )


def _too_long(claim: ReadyClaim) -> LeftOut | None:
    """Why a claim does not fit a form."""
    record = claim.record
    if len(record.lines) <= PAPER_LINES and len(record.diagnoses) <= DIAGNOSES:
        return None
    return LeftOut(
        claim.claim_id,
        f"Claim {claim.claim_id} has {len(record.lines)} lines and a form holds {PAPER_LINES}: "
        "mark its payer as billed on paper and make the claims of the visit again.",
    )


def _options(work: Work, payer_ids: Sequence[int], on: dt.date) -> list[FormOptions]:
    """The options of each claim, from its payer; `on` is the date of item 31."""
    always = {p.id: p.send_facility_always for p in work.session.scalars(select(Payer))}
    return [FormOptions(facility_always=always[p], signed_on=on) for p in payer_ids]
