"""Reading remittances into the practice: everything is parsed, balanced and matched first.

Nothing here moves money. A remittance ends as ``staged`` (it balances and may be posted) or
``held`` (with the difference or the reason shown). The same payment is taken once: by its
trace key (payer, trace, date, amount) and by the hash of its set.
"""

from __future__ import annotations

import hashlib
from collections import Counter as Bag
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.payments import Remittance, RemittanceClaim
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.edi import remittance as edi
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.training_id import is_training
from desktop.services.payments import holds, matching
from desktop.services.payments.content import insert_content
from desktop.services.payments.takebacks import find_reversed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.services.formats.edi.problems import EdiProblem

ACTIVE: Final = ("held", "staged", "posted")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a payment was read: its kind (``835``, ``eob``), its kept bytes, its file's name."""

    kind: str
    sha: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of one payment of a file.

    Attributes:
        outcome: ``staged``, ``held``, ``duplicate``.
        id: the remittance's id; of the earlier one for a duplicate.
        reason: why it is held, or what it duplicates.
        difference: amount less (claims paid less provider adjustments).
    """

    outcome: str
    id: int
    payer_name: str
    trace: str
    amount: Money
    difference: Money
    reason: str
    claims: int
    unmatched: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """All payments of one file, and what was wrong in it."""

    file_name: str
    document_sha: str
    remittances: tuple[Staged, ...]
    problems: tuple[EdiProblem, ...]


@needs(Permission.POST)
def stage_file(work: Work, data: bytes, file_name: str) -> StagedFile:
    """Read an 835 file and stage each of its payments.

    Raises:
        RuleError: the file holds no 835 at all; nothing is kept.
    """
    read = read_file(data)
    payments = [t for t in read.transactions if isinstance(t, edi.Remittance)]
    if not payments:
        why = f" {read.problems[0].text}" if read.problems else ""
        raise RuleError(f"“{file_name}” holds no remittance (835).{why}")
    _refuse_other_world(work, [i.sender for i in read.interchanges])
    sha = work.documents.put(data, "835", file_name)
    staged = []
    for done, payment in enumerate(payments):
        work.progress.report(done, len(payments), f"Reading payment {done + 1}…")
        staged.append(stage(work, payment, Source("835", sha, file_name)))
    return StagedFile(file_name, sha, tuple(staged), read.problems)


def stage(
    work: Work, payment: edi.Remittance, source: Source, payer_id: int | None = None
) -> Staged:
    """Stage one payment; see `stage_file`. Paper EOBs, whose payer is known, come here too."""
    _refuse_other_world(work, (payment.payer_id, *payment.payer_ids))
    key = trace_key(payment)
    earlier = _earlier(work, payment, key)
    if earlier is not None:
        if earlier.state in {"held", "staged"}:
            rematch(work, earlier.id)
        return _told(work, earlier, "duplicate" if earlier.state == "posted" else earlier.state)
    if payer_id is None:
        payer_id = matching.find_payer(
            work,
            (payment.payer_id, _tax_id(payment.payer_id), *payment.payer_ids),
            payment.payer_name,
        )
    row = _row(work, payment, source, payer_id)
    work.session.add(row)
    work.session.flush()
    insert_content(work, row, payment)
    rematch(work, row.id)
    audit.record(work, "read", "remittance", row.id)
    work.touch(Changes.PAYMENTS)
    return _told(work, row, row.state)


def _row(work: Work, payment: edi.Remittance, source: Source, payer_id: int | None) -> Remittance:
    """The row of a payment that is read for the first time; it is held until it is weighed."""
    return Remittance(
        kind=source.kind,
        state="held",
        payer_id=payer_id,
        payer_name=payment.payer_name,
        payer_identifier=payment.payer_id,
        trace=payment.trace,
        trace_key=trace_key(payment),
        set_hash=payment.set_hash,
        method=payment.method,
        handling=payment.handling,
        paid_on=payment.on or payment.produced_on,
        amount=payment.amount,
        claims_paid=payment.claims_paid,
        deposit=payment.claims_paid - payment.provider_total,
        difference=payment.difference,
        held_reason=_unsound(payment),
        file_name=source.file_name,
        document_sha=source.sha,
        note=holds.other_payee(work, payment),
        set_control=payment.set_control,
        read_at=stamp(work.clock.now()),
    )


def _tax_id(originator: str) -> str:
    """The tax id within TRN03, which is written as 1 and nine digits."""
    return originator[1:] if len(originator) == 10 and originator[0] == "1" else originator


def trace_key(payment: edi.Remittance) -> str:
    """Payer id, trace, date and amount: what names a payment, whatever file brings it."""
    if not payment.trace:
        return f"set:{payment.set_hash}"
    on = payment.on.isoformat() if payment.on else ""
    return "|".join(
        (payment.payer_id, payment.trace.strip().upper(), on, str(payment.amount.cents))
    )


def _earlier(work: Work, payment: edi.Remittance, key: str) -> Remittance | None:
    """The row that already holds this payment: the same set, or the same claims under its key."""
    rows = list(
        work.session.scalars(
            select(Remittance)
            .where(
                (Remittance.trace_key == key) | (Remittance.set_hash == payment.set_hash),
                Remittance.state.in_(ACTIVE),
            )
            .order_by(Remittance.id)
        )
    )
    theirs = Bag((c.control_number, c.status, c.charge.cents, c.paid.cents) for c in payment.claims)
    for row in rows:
        if row.set_hash == payment.set_hash:
            return row
        ours = Bag(
            (r.control_number, r.status, r.charge.cents, r.paid.cents)
            for r in work.session.execute(
                select(
                    RemittanceClaim.control_number,
                    RemittanceClaim.status,
                    RemittanceClaim.charge,
                    RemittanceClaim.paid,
                ).where(RemittanceClaim.remittance_id == row.id)
            )
        )
        if ours == theirs:
            return row
    return None


def _unsound(payment: edi.Remittance) -> str:
    """Why the data itself cannot be posted, apart from the payment's own balance."""
    if not payment.complete:
        return "The file is cut off inside this payment; ask the payer for it again."
    if not payment.readable:
        return "An amount of this payment cannot be read; ask the payer for it again."
    if payment.amount < ZERO:
        # BPR02 is never below zero: what is taken back is carried forward by a PLB (FB).
        return "The total of this payment is below zero, which no payer pays; ask the payer."
    for claim in payment.claims:
        if not claim.fully_balanced:
            off = claim.difference
            line = next((x for x in claim.lines if not x.balanced), None)
            if line is not None:
                off = line.difference
            where = f"claim {claim.control_number or claim.position}"
            where += f", line {line.position}" if line is not None else ""
            return f"The reasons of {where} do not add up: {off.shown} is unexplained."
    return ""


def rematch(work: Work, remittance_id: int) -> None:
    """Decide again whether a remittance that is not posted may be: balance, parts, holds."""
    work.session.flush()
    row = work.session.get_one(Remittance, remittance_id)
    found = parts(work, row)
    difference = row.amount - Money(sum(p.deposit.cents for p in found))
    for part in found:
        part.difference = difference
        reason = part.held_reason if part.held_reason.startswith(_DATA) else ""
        reason = reason or holds.posted_twin(work, part)
        if not reason and difference:
            reason = (
                f"The payment says {part.amount.shown}, its claims and provider adjustments "
                f"come to {(part.amount - difference).shown}: {difference.shown} is missing. "
                "It waits for the missing part."
            )
        reason = reason or holds.nameless(work, part)
        part.held_reason = reason or find_reversed(work, part.id) or holds.unsplit(work, part.id)
    # A payment posts whole: one part that must wait keeps the others waiting.
    waiting = next((p for p in found if p.held_reason), None)
    for part in found:
        if waiting is not None and not part.held_reason:
            part.held_reason = (
                f"Another part of this payment, remittance {waiting.id}, is held: "
                f"{waiting.held_reason}"
            )
        part.state = "held" if part.held_reason else "staged"
    work.session.flush()


_DATA: Final = (
    "The file is cut off",
    "An amount of this payment",
    "The total of this payment",
    "The reasons of",
)


@needs(Permission.VIEW)
def state_of(work: Work, remittance_id: int) -> str:
    """The state in which a remittance stands now."""
    return work.session.get_one(Remittance, remittance_id).state


def parts(work: Work, row: Remittance) -> list[Remittance]:
    """All sets that together are this payment and wait: itself, and others under its key."""
    return list(
        work.session.scalars(
            select(Remittance)
            .where(Remittance.trace_key == row.trace_key, Remittance.state.in_(("held", "staged")))
            .order_by(Remittance.id)
        )
    )


def _refuse_other_world(work: Work, ids: Iterable[str]) -> None:
    """Keep the training payer's money out of real practices."""
    if is_training(*ids) and not work.is_sample:
        raise RuleError(
            "This remittance is from the training payer; it cannot be posted in a real practice."
        )


def _told(work: Work, row: Remittance, outcome: str) -> Staged:
    grouped = work.session.execute(
        select(RemittanceClaim.state, func.count())
        .where(RemittanceClaim.remittance_id == row.id)
        .group_by(RemittanceClaim.state)
    )
    counts = {r[0]: r[1] for r in grouped}
    reason = row.held_reason
    if outcome == "duplicate":
        reason = f"This payment was posted before, as remittance {row.id}; nothing was changed."
    return Staged(
        outcome,
        row.id,
        row.payer_name,
        row.trace,
        row.amount,
        row.difference,
        reason,
        sum(counts.values()),
        counts.get("unmatched", 0),
        row.note,
    )


def eob_hash(*parts: str) -> str:
    """A set hash for what was typed from paper."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
