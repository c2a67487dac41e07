"""Posting a remittance in one transaction, and un-posting it by reversal.

One receipt holds what was paid for claims; one entry brings in the money (cash, provider
adjustments, interest) and one entry a service line applies it, writes off, and moves the
patient's share. What cannot be matched stays unapplied on the receipt, with a task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from desktop.errors import NotFound, RuleError
from desktop.models.payments import ProviderAdjustmentRow, Receipt, Remittance, RemittanceClaim
from desktop.models.values.enums import Account, EntryKind, ReceiptMethod, TaskKind
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit, tasks
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.money import copays, insurance_receipts, ledger
from desktop.services.money.drafts import EntryDraft, LegDraft
from desktop.services.money.entries import open_entries
from desktop.services.payments import answers, crossovers, staging
from desktop.services.payments.book import Book, ClaimRow
from desktop.services.payments.outcomes import Outcome
from desktop.services.payments.plan import LinePlan, plan_line

if TYPE_CHECKING:
    from collections.abc import Sequence

INTEREST_CODE: Final = "L6"
RECOUPMENTS: Final = frozenset({"WO", "FB", "LE"})
_METHODS: Final = {"CHK": ReceiptMethod.CHECK, "NON": ReceiptMethod.NONE}


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting did.

    Attributes:
        unapplied: money of claims that could not be matched; it stays on the receipt.
        tasks: how many tasks were opened.
    """

    remittance_ids: tuple[int, ...]
    receipt_numbers: tuple[str, ...]
    amount: Money
    claims_posted: int
    claims_unapplied: int
    unapplied: Money
    denied: int
    tasks: int


@needs(Permission.POST)
def post_remittance(work: Work, remittance_id: int) -> Posted:
    """Post a staged remittance with all its parts.

    Raises:
        RuleError: it is held (the sentence says why), was posted before, or is unknown.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None:
        raise NotFound(f"There is no remittance {remittance_id}.")
    if row.state == "posted":
        raise RuleError(f"Remittance {row.id} is posted already; nothing was changed.")
    if row.state in {"unposted", "discarded"}:
        raise RuleError(f"Remittance {row.id} was {row.state}; read its file again to post it.")
    staging.rematch(work, row.id)
    if row.state == "held":
        raise RuleError(row.held_reason)
    done = [_post_one(work, part) for part in staging.parts(work, row)]
    work.touch(Changes.PAYMENTS | Changes.CLAIMS | Changes.LEDGER | Changes.TASKS)
    return Posted(
        tuple(i for d in done for i in d.remittance_ids),
        tuple(n for d in done for n in d.receipt_numbers),
        Money(sum(d.amount.cents for d in done)),
        sum(d.claims_posted for d in done),
        sum(d.claims_unapplied for d in done),
        Money(sum(d.unapplied.cents for d in done)),
        sum(d.denied for d in done),
        sum(d.tasks for d in done),
    )


def _post_one(work: Work, row: Remittance) -> Posted:
    receipt = _receipt(work, row)
    crossovers.tie_to_own_claims(work, row)
    book = Book.load(work, row)
    drafts = _header(work, row, receipt)
    outcomes: list[Outcome] = []
    todo: list[tasks.TaskDraft] = []
    for claim in book.claims:
        if claim.state == "matched":
            outcome = _post_claim(work, book, claim, receipt.id, row.id)
            drafts.extend(outcome.drafts)
            outcomes.append(outcome)
        elif claim.state == "unmatched":
            todo.append(_unmatched_task(claim, row))
    if row.note:
        todo.append(_payee_task(row))
    todo += _provider_tasks(work, row, book)
    ledger.post_many(work, drafts)
    _mark(work, row)
    todo += answers.record(work, row, book, outcomes)
    tasks.open_many(work, todo)
    copays.apply_waiting(work, [o.claim.visit_id for o in outcomes if o.claim.visit_id], row.id)
    audit.record(work, "posted", "remittance", row.id, receipt=receipt.id)
    lost = [c for c in book.claims if c.state == "unmatched"]
    return Posted(
        (row.id,),
        (receipt.number,),
        row.deposit,
        len(outcomes),
        len(lost),
        Money(sum(c.paid.cents for c in lost)),
        sum(1 for o in outcomes if o.denied_lines),
        len(todo),
    )


def _receipt(work: Work, row: Remittance) -> Receipt:
    return insurance_receipts.open_receipt(
        work,
        insurance_receipts.InsuranceReceipt(
            row.id,
            row.payer_id,
            _METHODS.get(row.method, ReceiptMethod.EFT),
            row.trace,
            row.claims_paid,
            row.paid_on or work.clock.today(),
        ),
    )


def _header(work: Work, row: Remittance, receipt: Receipt) -> list[EntryDraft]:
    """Money in: cash, each provider adjustment, and what is now to be applied."""
    legs = [LegDraft(Account.CASH, row.deposit, receipt_id=receipt.id, payer_id=row.payer_id)]
    adjustments = work.session.scalars(
        select(ProviderAdjustmentRow)
        .where(ProviderAdjustmentRow.remittance_id == row.id)
        .order_by(ProviderAdjustmentRow.id)
    )
    for a in adjustments:
        account = Account.INTEREST if a.code == INTEREST_CODE else Account.PAYER_ACCOUNT
        legs.append(
            LegDraft(account, a.amount, receipt_id=receipt.id, payer_id=row.payer_id, reason=a.code)
        )
    legs.append(LegDraft(Account.UNAPPLIED, -row.claims_paid, receipt_id=receipt.id))
    if not any(leg.amount for leg in legs):
        return []
    return [
        EntryDraft(
            EntryKind.REMITTANCE,
            work.clock.today(),
            tuple(legs),
            memo=f"{row.payer_name} {row.trace}".strip(),
            receipt_id=receipt.id,
            remittance_id=row.id,
        )
    ]


def _post_claim(
    work: Work, book: Book, claim: ClaimRow, receipt_id: int, remittance_id: int
) -> Outcome:
    today = work.clock.today()

    def entry(legs: tuple[LegDraft, ...], memo: str, line_id: int | None) -> EntryDraft:
        return EntryDraft(
            EntryKind.REMITTANCE_LINE,
            today,
            legs,
            memo=memo,
            receipt_id=receipt_id,
            remittance_id=remittance_id,
            remittance_claim_id=claim.id,
            remittance_line_id=line_id,
        )

    if claim.reverses_id is not None:
        legs = book.mirror(claim.reverses_id, receipt_id)
        book.apply(legs)
        drafts = (entry(legs, "the payer took a payment back", None),) if legs else ()
        return Outcome(claim, drafts, (), taken_back=True)
    drafts_: list[EntryDraft] = []
    plans: list[LinePlan] = []
    for line in book.lines(claim.id):
        facts = book.facts(claim, line)
        plan = plan_line(facts, line.charge, line.paid, line.reductions, receipt_id)
        book.apply(plan.legs)
        book.remember(claim.id, plan.legs)
        plans.append(plan)
        if plan.legs:
            drafts_.append(entry(plan.legs, "", line.id))
    return Outcome(claim, tuple(drafts_), tuple(plans))


def _mark(work: Work, row: Remittance) -> None:
    for old, new in (("matched", "posted"), ("unmatched", "unapplied")):
        work.session.execute(
            update(RemittanceClaim)
            .where(RemittanceClaim.remittance_id == row.id, RemittanceClaim.state == old)
            .values(state=new)
        )
    row.state = "posted"
    row.posted_on = work.clock.today()
    row.held_reason = ""
    work.session.flush()


def unmatched_title(paid: Money, control_number: str, row: Remittance) -> str:
    """How the task for a claim payment without a claim is called."""
    return f"{paid.shown} of {row.payer_name} for claim {control_number} is unapplied"


def _unmatched_task(claim: ClaimRow, row: Remittance) -> tasks.TaskDraft:
    return tasks.TaskDraft(
        TaskKind.UNMATCHED,
        unmatched_title(claim.paid, claim.control_number, row),
        claim.note or "No claim of this practice fits; choose it in the remittance.",
        days=7,
        remittance_id=row.id,
        amount=claim.paid,
    )


def _payee_task(row: Remittance) -> tasks.TaskDraft:
    return tasks.TaskDraft(
        TaskKind.UNMATCHED,
        f"{row.payer_name} {row.trace} of {row.amount.shown} is made out to somebody else",
        f"{row.note} If the money is not yours, un-post the payment and call the payer.",
        days=7,
        remittance_id=row.id,
        amount=row.amount,
    )


def _provider_tasks(work: Work, row: Remittance, book: Book) -> list[tasks.TaskDraft]:
    """A recoupment that no reversal of ours explains goes to somebody's desk."""
    known = {
        number
        for claim in book.claims
        if claim.reverses_id is not None
        for number in (claim.payer_claim_number, claim.control_number, claim.other_claim_number)
        if number
    }
    out = []
    rows = work.session.scalars(
        select(ProviderAdjustmentRow).where(ProviderAdjustmentRow.remittance_id == row.id)
    )
    for a in rows:
        if a.code not in RECOUPMENTS or (a.reference and a.reference in known):
            continue
        verb = "took back" if a.amount > ZERO else "announced a recovery of"
        out.append(
            tasks.TaskDraft(
                TaskKind.PAYER_ACCOUNT,
                f"{row.payer_name} {verb} {abs(a.amount).shown} ({a.code} {a.reference})".rstrip(),
                "It stands on the payer's account. Find the claim that it is about.",
                days=14,
                remittance_id=row.id,
                amount=a.amount,
            )
        )
    return out


@needs(Permission.POST)
def unpost_remittance(work: Work, remittance_id: int, reason: str) -> int:
    """Undo a posted remittance whole, with all its parts, by reversal.

    Its files may then be read again.

    Returns:
        how many entries were reversed.

    Raises:
        RuleError: no reason, not posted, or a later remittance took payments of it back.
    """
    row = work.session.get(Remittance, remittance_id)
    if row is None or row.state != "posted":
        raise RuleError(f"Remittance {remittance_id} is not posted; there is nothing to undo.")
    if not reason.strip():
        raise RuleError("Say in a few words why this remittance is un-posted.")
    rows = list(
        work.session.scalars(
            select(Remittance)
            .where(Remittance.trace_key == row.trace_key, Remittance.state == "posted")
            .order_by(Remittance.id)
        )
    )
    later = _taken_back_by(work, [r.id for r in rows])
    if later is not None:
        raise RuleError(
            f"Remittance {later} took back a payment of this one; un-post that one first."
        )
    ids = [i for r in rows for i in open_entries(work, remittance_id=r.id)]
    ledger.reverse_many(work, ids, f"un-posted: {reason.strip()}")
    for part in rows:
        part.state = "unposted"
    # The last part first: each claim goes back through the states that it came by.
    for part in reversed(rows):
        insurance_receipts.void_receipts(work, part.id, reason.strip())
        answers.withdraw(work, part, reason.strip())
        tasks.close_where(work, "the remittance was un-posted", remittance_id=part.id)
        audit.record(work, "unposted", "remittance", part.id)
    work.touch(Changes.PAYMENTS | Changes.CLAIMS | Changes.LEDGER)
    work.session.flush()
    return len(ids)


def _taken_back_by(work: Work, ids: Sequence[int]) -> int | None:
    original = aliased(RemittanceClaim)
    return work.session.scalar(
        select(Remittance.id)
        .join(RemittanceClaim, RemittanceClaim.remittance_id == Remittance.id)
        .join(original, original.id == RemittanceClaim.reverses_id)
        .where(
            original.remittance_id.in_(ids),
            Remittance.state == "posted",
            Remittance.id.not_in(ids),
        )
        .limit(1)
    )


def post_matched_claim(work: Work, claim_row_id: int) -> None:
    """Post one claim of a posted remittance that was matched by hand only now."""
    found = work.session.get_one(RemittanceClaim, claim_row_id)
    row = work.session.get_one(Remittance, found.remittance_id)
    receipt = work.session.scalars(
        select(Receipt).where(Receipt.remittance_id == row.id, Receipt.voided_on.is_(None))
    ).one()
    crossovers.tie_to_own_claims(work, row, only=claim_row_id)
    book = Book.load(work, row, only=claim_row_id)
    claim = book.claims[0]
    outcome = _post_claim(work, book, claim, receipt.id, row.id)
    ledger.post_many(work, list(outcome.drafts))
    found.state = "posted"
    work.session.flush()
    tasks.open_many(work, answers.record(work, row, book, [outcome]))
    copays.apply_waiting(work, [claim.visit_id] if claim.visit_id else [], row.id)
    audit.record(work, "posted", "remittance claim", claim_row_id)
