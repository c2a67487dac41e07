"""What a person decides about a remittance: its payer, the right claim and line, a discard."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.payments import (
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from desktop.models.practice import Payer
from desktop.models.values.claim_record import Name
from desktop.models.values.enums import TaskKind
from desktop.services.core import audit, tasks
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.edi import remittance as edi
from desktop.services.payments import matching, posting, staging
from desktop.services.payments.adjustments import rule_table
from desktop.services.payments.our_claims import OurClaim, load_claims
from desktop.services.practice.payers import payers

if TYPE_CHECKING:
    from collections.abc import Sequence


@needs(Permission.POST)
def choose_claim(work: Work, claim_row_id: int, claim_id: int, rank: int | None = None) -> None:
    """Say which claim a payer's answer belongs to; a posted remittance then posts it at once.

    Raises:
        RuleError: the row is posted already, or a line of it fits no line of that claim.
    """
    row = open_row(work, claim_row_id)
    ours = load_claims(work, [claim_id]).get(claim_id)
    if ours is None:
        raise NotFound(Problem("claim_id", f"There is no claim {claim_id}."))
    remittance = work.session.get_one(Remittance, row.remittance_id)
    of_payer = [r for r, (p, _) in sorted(ours.coverages.items()) if p == remittance.payer_id]
    chosen = rank or (of_payer[0] if of_payer else ours.rank)
    if chosen not in ours.coverages:
        raise RuleError(Problem("rank", "The visit of this claim has no payer of that rank."))
    row.claim_id, row.matched_by, row.rank = claim_id, "chosen by hand", chosen
    _match_stored_lines(work, row, ours)
    lost = work.session.scalar(
        select(func.count()).where(
            RemittanceLine.remittance_claim_id == row.id, RemittanceLine.charge_line_id.is_(None)
        )
    )
    row.note = "Choose the line for each payment that fits none." if lost else ""
    _settle(work, row, remittance, ready=not lost)
    audit.record(work, "matched", "remittance claim", claim_row_id, claim=claim_id)


@needs(Permission.POST)
def choose_line(work: Work, line_row_id: int, charge_line_id: int) -> None:
    """Say which charge line a service payment belongs to.

    Raises:
        RuleError: the line is not of the matched claim.
    """
    line = work.session.get(RemittanceLine, line_row_id)
    if line is None:
        raise NotFound(f"There is no payment line {line_row_id}.")
    row = open_row(work, line.remittance_claim_id)
    ours = load_claims(work, [row.claim_id or 0]).get(row.claim_id or 0)
    if ours is None or charge_line_id not in {x.id for x in ours.lines}:
        raise RuleError(Problem("charge_line_id", "Choose a line of the matched claim."))
    line.charge_line_id, line.matched_by = charge_line_id, "chosen by hand"
    work.session.flush()
    lost = work.session.scalar(
        select(func.count()).where(
            RemittanceLine.remittance_claim_id == row.id, RemittanceLine.charge_line_id.is_(None)
        )
    )
    remittance = work.session.get_one(Remittance, row.remittance_id)
    if not lost:
        row.note = ""
    _settle(work, row, remittance, ready=not lost)
    audit.record(work, "matched", "remittance line", line_row_id, line=charge_line_id)


def open_row(work: Work, claim_row_id: int) -> RemittanceClaim:
    """A claim payment about which a person may still decide.

    Raises:
        NotFound: there is none.
        RuleError: it is posted, or its remittance was put away.
    """
    row = work.session.get(RemittanceClaim, claim_row_id)
    if row is None:
        raise NotFound(f"There is no claim payment {claim_row_id}.")
    if row.state in {"posted", "information"}:
        raise RuleError(f"This claim payment is {row.state}; un-post the remittance to change it.")
    remittance = work.session.get_one(Remittance, row.remittance_id)
    if remittance.state not in staging.ACTIVE:
        raise RuleError(f"Remittance {remittance.id} was {remittance.state}; read its file again.")
    return row


def _answer(row: RemittanceClaim, stored: Sequence[RemittanceLine]) -> edi.RemittanceClaim:
    """A claim payment as it was read, so that it is matched by the same rules."""
    last, _, first = row.patient_name.partition(", ")
    return edi.RemittanceClaim(
        row.position,
        row.control_number,
        row.status,
        row.charge,
        row.paid,
        payer_claim_number=row.payer_claim_number,
        other_claim_number=row.other_claim_number,
        patient_name=Name(last, first),
        patient_id=row.member_id,
        from_on=row.service_on,
        lines=tuple(
            edi.RemittanceLine(
                s.position,
                s.code,
                s.charge,
                s.paid,
                tuple(s.modifiers.split()),
                from_on=s.service_on,
                line_number=s.line_number,
            )
            for s in stored
        ),
    )


def _lines_of(work: Work, remittance_id: int) -> dict[int, list[RemittanceLine]]:
    rows = work.session.scalars(
        select(RemittanceLine)
        .join(RemittanceClaim, RemittanceClaim.id == RemittanceLine.remittance_claim_id)
        .where(RemittanceClaim.remittance_id == remittance_id)
        .order_by(RemittanceLine.remittance_claim_id, RemittanceLine.position)
    )
    out: dict[int, list[RemittanceLine]] = defaultdict(list)
    for line in rows:
        out[line.remittance_claim_id].append(line)
    return out


def _match_stored_lines(work: Work, row: RemittanceClaim, ours: OurClaim) -> None:
    """Match stored lines to a chosen claim."""
    stored = _lines_of(work, row.remittance_id)[row.id]
    pairs = matching.match_lines(ours, _answer(row, stored))
    for line, (found, how) in zip(stored, pairs, strict=True):
        line.charge_line_id, line.matched_by = found, how
    work.session.flush()


def _match_again(work: Work, remittance: Remittance) -> None:
    """Match by the payer that is known only now; what a person chose stays.

    What its reasons do follows that payer's table; a split that was confirmed stays too.
    """
    session = work.session
    lines = _lines_of(work, remittance.id)
    rows = session.scalars(
        select(RemittanceClaim).where(
            RemittanceClaim.remittance_id == remittance.id,
            RemittanceClaim.state.in_(("matched", "unmatched")),
            RemittanceClaim.matched_by != "chosen by hand",
        )
    ).all()
    answers = {row.id: _answer(row, lines[row.id]) for row in rows}
    index = matching.ClaimIndex(work, answers.values())
    for row in rows:
        found = index.match(answers[row.id], remittance.payer_id)
        if isinstance(found, str):
            row.state, row.claim_id, row.rank, row.note = "unmatched", None, None, found
            continue
        known = row.claim_id
        row.claim_id, row.rank, row.matched_by = found.claim.id, found.rank, found.matched_by
        if known == found.claim.id:
            continue
        _match_stored_lines(work, row, found.claim)
        lost = any(line.charge_line_id is None for line in lines[row.id])
        row.state = "unmatched" if lost else "matched"
        row.note = "Choose the line for each payment that fits none." if lost else ""
    rules = rule_table(work, remittance.payer_id)
    reasons = session.scalars(
        select(RemittanceAdjustment)
        .join(RemittanceClaim, RemittanceClaim.id == RemittanceAdjustment.remittance_claim_id)
        .where(
            RemittanceClaim.remittance_id == remittance.id,
            RemittanceAdjustment.remittance_line_id.is_not(None) | RemittanceClaim.needs_split,
        )
    )
    for reason in reasons:
        reason.action = rules.action(reason.group_code, reason.reason, reason.amount)
    session.flush()


def _settle(work: Work, row: RemittanceClaim, remittance: Remittance, *, ready: bool) -> None:
    posted = remittance.state == "posted"
    row.state = "matched" if ready else ("unapplied" if posted else "unmatched")
    work.session.flush()
    if posted and ready:
        if row.needs_split:
            raise RuleError(
                "This claim is answered as a whole; un-post the remittance, then match and split."
            )
        posting.post_matched_claim(work, row.id)
        _close_unmatched_task(work, row)
    elif not posted:
        staging.rematch(work, remittance.id)
    work.touch(Changes.PAYMENTS | Changes.CLAIMS)


def _close_unmatched_task(work: Work, row: RemittanceClaim) -> None:
    # Equal claims have equal titles: one answer closes one task.
    remittance = work.session.get_one(Remittance, row.remittance_id)
    tasks.close_first(
        work,
        "matched and posted",
        remittance_id=row.remittance_id,
        kind=TaskKind.UNMATCHED,
        title=posting.unmatched_title(row.paid, row.control_number, remittance),
    )


@needs(Permission.POST)
def discard(work: Work, remittance_id: int, reason: str) -> None:
    """Put a remittance that was never posted away; its file may be read again.

    Raises:
        RuleError: it is posted, or no reason is given.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None or row.state not in {"held", "staged"}:
        raise RuleError(f"Remittance {remittance_id} is not waiting; it cannot be discarded.")
    if not reason.strip():
        raise RuleError(Problem("reason", "Say in a few words why."))
    row.state, row.note = "discarded", reason.strip()
    # Parts that waited with it wait for it again.
    staging.rematch(work, row.id)
    tasks.close_where(work, "the remittance was discarded", remittance_id=row.id)
    audit.record(work, "discarded", "remittance", row.id)
    work.touch(Changes.PAYMENTS)


@needs(Permission.POST)
def choose_payer(work: Work, remittance_id: int, payer_id: int, *, remember: bool = True) -> None:
    """Say which payer a remittance is from; remembered by its id for the next file."""
    row = work.session.get(Remittance, remittance_id)
    if row is None or row.state not in {"held", "staged"}:
        raise RuleError(f"Remittance {remittance_id} is not waiting; its payer stays.")
    if work.session.get(Payer, payer_id) is None:
        raise NotFound(Problem("payer_id", "Choose a payer of the list."))
    row.payer_id = payer_id
    _match_again(work, row)
    if remember and row.payer_identifier:
        payers.remember_identifier(work, payer_id, row.payer_identifier)
    work.session.flush()
    staging.rematch(work, row.id)
    audit.record(work, "changed", "remittance", row.id, payer=payer_id)
    work.touch(Changes.PAYMENTS | Changes.PAYERS)
