"""Answers for a claim as a whole, divided over its lines once a person has confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from desktop.errors import RuleError
from desktop.models.payments import RemittanceAdjustment, RemittanceClaim, RemittanceLine
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.payments import staging
from desktop.services.payments.adjustments import INFORMATION, Reduction
from desktop.services.payments.our_claims import load_claims
from desktop.services.payments.plan import split_whole
from desktop.services.payments.worklist import open_row

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SplitLine:
    """One line of a proposed split."""

    charge_line_id: int
    procedure: str
    charge: Money
    paid: Money
    reductions: tuple[Reduction, ...]


@needs(Permission.VIEW)
def propose_split(work: Work, claim_row_id: int) -> tuple[SplitLine, ...]:
    """How an answer for a whole claim divides over its lines, exact to the cent.

    An answer without lines is divided by charge. Where lines came with claim-level reasons on
    top, those are divided by what each line was paid (by charge where nothing was).

    Raises:
        RuleError: the claim is not matched yet.
    """
    row = work.session.get(RemittanceClaim, claim_row_id)
    if row is None or row.claim_id is None:
        raise RuleError("Match the claim first; then its answer can be split.")
    ours = load_claims(work, [row.claim_id])[row.claim_id]
    whole = _whole_reasons(work, claim_row_id)
    stored = _stored_lines(work, claim_row_id)
    if not stored:
        parts = split_whole([x.charge for x in ours.lines], row.paid, whole)
        return tuple(
            SplitLine(x.id, x.procedure, x.charge, paid, reasons)
            for x, (paid, reasons) in zip(ours.lines, parts, strict=True)
        )
    weights = [max(s.paid.cents, 0) for s in stored]
    if not any(weights):
        weights = [s.charge.cents for s in stored]
    shares = [(r, r.amount.split(weights)) for r in whole]
    out = []
    for i, s in enumerate(stored):
        mine = tuple(Reduction(r.group, r.reason, part[i], r.action) for r, part in shares)
        paid = s.paid - Money(sum(m.amount.cents for m in mine))
        out.append(SplitLine(s.charge_line_id or 0, s.code, s.charge, paid, mine))
    return tuple(out)


def _whole_reasons(work: Work, claim_row_id: int) -> list[Reduction]:
    rows = work.session.scalars(
        select(RemittanceAdjustment)
        .where(
            RemittanceAdjustment.remittance_claim_id == claim_row_id,
            RemittanceAdjustment.remittance_line_id.is_(None),
        )
        .order_by(RemittanceAdjustment.id)
    )
    return [
        Reduction(r.group_code, r.reason, r.amount, r.action)  # type: ignore[arg-type]
        for r in rows
    ]


@needs(Permission.POST)
def confirm_split(work: Work, claim_row_id: int) -> None:
    """Take the proposed split: from now on the answer stands on the lines."""
    row = open_row(work, claim_row_id)
    if not row.needs_split:
        raise RuleError("This claim is answered by line; there is nothing to split.")
    parts = propose_split(work, claim_row_id)
    lines = _split_lines(work, row, parts)
    work.session.flush()
    _move_reasons(work, row, lines, parts)
    row.needs_split = False
    row.note = "Split over the lines and confirmed."
    work.session.flush()
    staging.rematch(work, row.remittance_id)
    audit.record(work, "split", "remittance claim", claim_row_id)
    work.touch(Changes.PAYMENTS)


def _split_lines(
    work: Work, row: RemittanceClaim, parts: Sequence[SplitLine]
) -> list[RemittanceLine]:
    """The answer's own lines, each paid what its part says; new ones where it came without."""
    lines = _stored_lines(work, row.id)
    if lines:
        for line, part in zip(lines, parts, strict=True):
            line.paid = part.paid
        return lines
    lines = [
        RemittanceLine(
            remittance_claim_id=row.id,
            position=n,
            code=p.procedure,
            charge=p.charge,
            paid=p.paid,
            service_on=row.service_on,
            charge_line_id=p.charge_line_id,
            matched_by="split",
        )
        for n, p in enumerate(parts, 1)
    ]
    work.session.add_all(lines)
    return lines


def _move_reasons(
    work: Work, row: RemittanceClaim, lines: Sequence[RemittanceLine], parts: Sequence[SplitLine]
) -> None:
    """Give the lines their reasons; those of the whole claim are information from now on."""
    reasons = [
        {
            "remittance_claim_id": row.id,
            "remittance_line_id": line.id,
            "group_code": r.group,
            "reason": r.reason,
            "amount": r.amount,
            "quantity": None,
            "action": r.action,
        }
        for line, part in zip(lines, parts, strict=True)
        for r in part.reductions
        if r.amount != ZERO
    ]
    work.session.execute(
        update(RemittanceAdjustment)
        .where(
            RemittanceAdjustment.remittance_claim_id == row.id,
            RemittanceAdjustment.remittance_line_id.is_(None),
        )
        .values(action=INFORMATION)
    )
    if reasons:
        work.session.execute(insert(RemittanceAdjustment), reasons)


def _stored_lines(work: Work, claim_row_id: int) -> list[RemittanceLine]:
    return list(
        work.session.scalars(
            select(RemittanceLine)
            .where(RemittanceLine.remittance_claim_id == claim_row_id)
            .order_by(RemittanceLine.position)
        )
    )
