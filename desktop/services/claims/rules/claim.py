"""The claim as a whole: frequency, totals, filing limit, length of notes, paper's limits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.values.enums import Frequency
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    shown,
    target,
    warning,
)
from desktop.services.formats.documents import cms1500

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

NEAR = dt.timedelta(days=14)
CONTROL_LENGTH = 14
NOTE_LENGTH = 80
_DELAY_REASONS = frozenset("1 2 3 4 5 6 7 8 9 10 11 15".split())
# What the form's own reading of the claim calls fields that the screen calls otherwise.
_PAPER_FIELDS = {"note": "claim_note", "dates": "onset_on", "referring": "referring_id"}


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    yield from _frequency(record)
    yield from _filing(record, context)
    if len(record.control_number) > CONTROL_LENGTH:
        text = f"The claim number may have {CONTROL_LENGTH} characters."
        yield error("claim.control_number", "control_number", text, "item 26, CLM01")
    if len(record.note) > NOTE_LENGTH:
        text = f"The claim's note holds {NOTE_LENGTH} characters and this has {len(record.note)}."
        yield error("claim.note", "claim_note", text, "2300 NTE02")
    if record.delay_reason and record.delay_reason not in _DELAY_REASONS:
        text = f"“{record.delay_reason}” is no delay reason code."
        yield error("claim.delay_reason", "delay_reason", text, "CLM20")
    if record.patient_paid > record.charge:
        text = "The patient paid more than this claim charges; check the receipt."
        yield warning("claim.patient_paid", "patient_paid", text, "item 29, AMT*F5")
    yield from _total(record, context)
    if context.on_paper:
        yield from _paper(record)


def _frequency(record: ClaimRecord) -> Iterator[Finding]:
    source = "item 22, CLM05-3 and REF*F8"
    again = record.frequency in {Frequency.REPLACEMENT, Frequency.VOID}
    if again and not record.original_number.strip():
        yield error(
            "frequency.original_number",
            "original_number",
            "A replacement or void needs the payer's number of the first claim, from its "
            "remittance or acknowledgment.",
            source,
        )
    if not again and record.original_number.strip():
        text = "An original claim carries no number of an earlier claim."
        yield error("frequency.not_original", "original_number", text, source)


def _filing(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    by = context.file_by
    if by is None:
        return
    source = "the payer's filing limit"
    if by < context.today:
        late = (context.today - by).days
        text = (
            f"The payer took this claim until {shown(by)}, {late} days ago; give a delay reason "
            "if there is one."
        )
        make = warning if record.delay_reason else error
        yield make("filing.passed", "delay_reason", text, source)
    elif by - context.today <= NEAR:
        left = (by - context.today).days
        text = f"The payer takes this claim until {shown(by)}: {left} days are left."
        yield warning("filing.near", "service_on", text, source)


def _total(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    expected = context.expected_charge
    if expected is not None and expected != record.charge:
        text = (
            f"The lines add to {record.charge.shown}, but the visit charges {expected.shown}; "
            "make the claim anew."
        )
        yield error("claim.total", "lines", text, "item 28, CLM02")


def _paper(record: ClaimRecord) -> Iterator[Finding]:
    numbers = [n for n in (record.prior_authorization, record.referral_number, record.clia) if n]
    if len(numbers) > 1:
        yield error(
            "paper.item23",
            "prior_authorization" if record.prior_authorization else "referral_number",
            "Item 23 holds one number: authorization, referral or CLIA. Split the visit so that "
            "each form needs one.",
            "item 23",
        )
    if target(record) is None:
        return
    for problem in cms1500.form_problems(record):
        head, _, rest = problem.field.partition(".")
        if head == "prior_authorization" and len(numbers) > 1:
            continue
        where = ".".join(p for p in (_PAPER_FIELDS.get(head, head), rest) if p)
        yield warning("paper.cut", where, problem.text, "CMS-1500")
