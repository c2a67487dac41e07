"""Reading remittances into the practice: everything is parsed, balanced and matched first.

Nothing here moves money. A remittance ends as ``staged`` (it balances and may be posted) or
``held`` (with the difference or the reason shown). The same payment is taken once: by its
trace key (payer, trace, date, amount) and by the hash of its set.
"""

from __future__ import annotations

import hashlib
from collections import Counter as Bag
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.models.payments import (
    ProviderAdjustmentRow,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.edi import remittance as edi
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.training_id import is_training
from desktop.services.payments import holds, matching
from desktop.services.payments.adjustments import rule_table
from desktop.services.payments.takebacks import find_reversed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from desktop.services.formats.edi.problems import EdiProblem

ACTIVE: Final = ("held", "staged", "posted")
# Predeterminations and claims passed on to somebody else carry no money of ours.
INFORMATION_STATUS: Final = frozenset({"23", "25"})


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
        staged.append(stage(work, payment, kind="835", sha=sha, file_name=file_name))
    return StagedFile(file_name, sha, tuple(staged), read.problems)


def stage(
    work: Work,
    payment: edi.Remittance,
    *,
    kind: str,
    sha: str | None,
    file_name: str,
    payer_id: int | None = None,
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
    row = Remittance(
        kind=kind,
        state="held",
        payer_id=payer_id,
        payer_name=payment.payer_name,
        payer_identifier=payment.payer_id,
        trace=payment.trace,
        trace_key=key,
        set_hash=payment.set_hash,
        method=payment.method,
        handling=payment.handling,
        paid_on=payment.on or payment.produced_on,
        amount=payment.amount,
        claims_paid=payment.claims_paid,
        deposit=payment.claims_paid - payment.provider_total,
        difference=payment.difference,
        held_reason=_unsound(payment),
        file_name=file_name,
        document_sha=sha,
        note=holds.other_payee(work, payment),
        set_control=payment.set_control,
        read_at=stamp(work.clock.now()),
    )
    work.session.add(row)
    work.session.flush()
    _insert_content(work, row, payment)
    rematch(work, row.id)
    audit.record(work, "read", "remittance", row.id)
    work.touch(Changes.PAYMENTS)
    return _told(work, row, row.state)


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


def _insert_content(work: Work, row: Remittance, payment: edi.Remittance) -> None:
    session = work.session
    next_claim = (session.scalar(select(func.max(RemittanceClaim.id))) or 0) + 1
    next_line = (session.scalar(select(func.max(RemittanceLine.id))) or 0) + 1
    rules = rule_table(work, row.payer_id)
    claims: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    reasons: list[dict[str, Any]] = []

    def add_reasons(found: Sequence[edi.Adjustment], claim_id: int, line_id: int | None) -> None:
        reasons.extend(
            {
                "remittance_claim_id": claim_id,
                "remittance_line_id": line_id,
                "group_code": a.group,
                "reason": a.reason,
                "amount": a.amount,
                "quantity": _milli(a),
                "action": rules.action(a.group, a.reason, a.amount),
            }
            for a in found
        )

    for claim in payment.claims:
        claims.append(
            {
                "id": next_claim,
                "remittance_id": row.id,
                "position": claim.position,
                "control_number": claim.control_number,
                "status": claim.status,
                "charge": claim.charge,
                "paid": claim.paid,
                "patient_responsibility": claim.patient_responsibility,
                "payer_claim_number": claim.payer_claim_number,
                "patient_name": shown_name(claim),
                "member_id": claim.patient_id or claim.subscriber_id,
                "service_on": claim.from_on or next((x.from_on for x in claim.lines), None),
                "state": "information" if _is_information(claim) else "unmatched",
                "crossover_to": claim.crossover_to,
                "other_claim_number": claim.other_claim_number,
                "remarks": " ".join(claim.remarks),
                "needs_split": not claim.is_reversal
                and claim.status not in INFORMATION_STATUS
                and (bool(claim.adjustments) or not claim.lines),
                "claim_id": None,
                "rank": None,
                "matched_by": "",
                "note": "",
            }
        )
        add_reasons(claim.adjustments, next_claim, None)
        for line in claim.lines:
            lines.append(
                {
                    "id": next_line,
                    "remittance_claim_id": next_claim,
                    "position": line.position,
                    "code": line.code,
                    "modifiers": " ".join(line.modifiers),
                    "charge": line.charge,
                    "paid": line.paid,
                    "allowed": line.allowed,
                    "units": None,
                    "service_on": line.from_on,
                    "line_number": line.line_number,
                    "remarks": " ".join(line.remarks),
                    "charge_line_id": None,
                    "matched_by": "",
                }
            )
            add_reasons(line.adjustments, next_claim, next_line)
            next_line += 1
        next_claim += 1
    # Matched before it is written, so that each row is written once.
    _match(work, row, payment, claims, lines)
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (RemittanceClaim.__table__, claims),
        (RemittanceLine.__table__, lines),
        (RemittanceAdjustment.__table__, reasons),
    )
    for table, rows in tables:
        if rows:
            # Into the tables: through the mapped classes each row is weighed again.
            session.connection().execute(insert(table), rows)
    plb = [
        {"remittance_id": row.id, "code": a.code, "reference": a.reference, "amount": a.amount}
        for a in payment.provider_adjustments
    ]
    if plb:
        session.execute(insert(ProviderAdjustmentRow), plb)


def _is_information(claim: edi.RemittanceClaim) -> bool:
    """Whether it moves nothing; money that came is never passed over, whatever its status."""
    return claim.status in INFORMATION_STATUS and not claim.paid


def _milli(adjustment: edi.Adjustment) -> Decimal | None:
    quantity = adjustment.quantity
    return None if quantity is None else round(quantity, 3)


def shown_name(claim: edi.RemittanceClaim) -> str:
    """The patient as the payer names them: ``QUILL, DORA``."""
    name = claim.patient_name
    return ", ".join(part for part in (name.last, name.first) if part)


def _match(
    work: Work,
    row: Remittance,
    payment: edi.Remittance,
    claims: list[dict[str, Any]],
    lines: list[dict[str, Any]],
) -> None:
    """Match a freshly read payment's claims and lines: what was found goes into their rows."""
    index = matching.ClaimIndex(work, payment.claims)
    if row.payer_id is None:
        row.payer_id = _payer_of_claims(index, payment)
    at = 0
    for stored, answer in zip(claims, payment.claims, strict=True):
        own = lines[at : at + len(answer.lines)]
        at += len(answer.lines)
        if answer.status in INFORMATION_STATUS:
            if answer.paid:
                stored["note"] = f"Status {answer.status} carries no money; ask the payer."
            continue
        found = index.match(answer, row.payer_id)
        if isinstance(found, str):
            stored["note"] = found
            continue
        pairs = matching.match_lines(found.claim, answer)
        for line, (ours, how) in zip(own, pairs, strict=True):
            if ours is not None:
                line["charge_line_id"], line["matched_by"] = ours, how
        lost = next((p.position for p, (o, _) in zip(answer.lines, pairs, strict=True) if not o), 0)
        stored["state"] = "unmatched" if lost else "matched"
        stored["claim_id"], stored["rank"] = found.claim.id, found.rank
        stored["matched_by"] = found.matched_by
        if lost:
            stored["note"] = f"Line {lost} fits no line of the claim; choose it."
    work.session.flush()


def _payer_of_claims(index: matching.ClaimIndex, payment: edi.Remittance) -> int | None:
    """The payer of the claims that the payment names, if it is one and the same.

    Not where another payer of the visit may be the one that writes, as second or third payer
    under the first one's claim number: then a person says which.
    """
    payers = set()
    for answer in payment.claims:
        found = index.match(answer, None)
        if isinstance(found, str):
            continue
        if len(found.claim.coverages) > 1 and answer.status not in holds.SAYS_ITS_RANK:
            return None
        payers.add(found.claim.coverages.get(found.rank, (found.claim.payer_id, ""))[0])
    return payers.pop() if len(payers) == 1 else None


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
