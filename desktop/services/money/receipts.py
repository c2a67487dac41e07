"""Patients' money: taken with a receipt, applied, unapplied, refunded, voided. Nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.clock import stamp
from desktop.errors import NotFound, Problem, RuleError, raise_if_any
from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.people import Patient
from desktop.models.values.enums import Account, EntryKind, Party, ReceiptMethod
from desktop.models.values.identifiers import looks_like_card_number
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import ChargeLine, Visit, VisitCoverage
from desktop.services.core import audit, numbers
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.money import copays, ledger
from desktop.services.money.drafts import EntryDraft, LegDraft, receivable
from desktop.services.money.entries import open_entries
from desktop.services.money.held import held

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """A patient's payment as it is entered.

    Attributes:
        visit_id: a copay for a visit waits for that visit's share.
        apply_to: (charge line, amount) pairs; None applies to the oldest balances of the
            patient and the guarantor's family; an empty tuple leaves it unapplied.
        entry_key: one per entry form: pressing the button twice takes the money once.
    """

    patient_id: int
    amount: Money
    method: ReceiptMethod
    reference: str = ""
    visit_id: int | None = None
    is_copay: bool = False
    memo: str = ""
    deposit_on: dt.date | None = None
    apply_to: tuple[tuple[int, Money], ...] | None = None
    entry_key: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt with where its money went."""

    id: int
    number: str
    kind: str
    method: ReceiptMethod
    reference: str
    amount: Money
    received_on: dt.date
    patient_id: int | None
    visit_id: int | None
    is_copay: bool
    unapplied: Money
    refunded: Money
    voided_on: dt.date | None
    void_reason: str
    memo: str
    applied: tuple[tuple[int, Money], ...] = field(default_factory=tuple)
    payer_id: int | None = None


@needs(Permission.COLLECT)
def take_payment(work: Work, draft: ReceiptDraft) -> int:
    """Take a patient's payment; returns the receipt's id.

    Raises:
        RuleError: the amount is not positive, a field holds a card number, or a line of
            `apply_to` is not the patient's or owes less.
    """
    session = work.session
    if draft.entry_key is not None:
        earlier = session.scalar(select(Receipt.id).where(Receipt.entry_key == draft.entry_key))
        if earlier is not None:
            return earlier
    patient = session.get(Patient, draft.patient_id)
    if patient is None:
        raise NotFound("Choose the patient first.")
    raise_if_any(_problems(work, draft))
    receipt = _enter(work, draft)
    audit.record(work, "taken", "receipt", receipt.id)
    _apply_as_entered(work, receipt.id, draft)
    work.touch(Changes.PAYMENTS)
    return receipt.id


def _enter(work: Work, draft: ReceiptDraft) -> Receipt:
    """Keep the receipt and post it: cash came in, and all of it is unapplied."""
    receipt = Receipt(
        number=numbers.receipt_number(work),
        kind="patient",
        method=draft.method,
        reference=draft.reference.strip(),
        amount=draft.amount,
        received_on=work.clock.today(),
        deposit_on=draft.deposit_on,
        patient_id=draft.patient_id,
        visit_id=draft.visit_id,
        is_copay=draft.is_copay,
        memo=draft.memo.strip(),
        entry_key=draft.entry_key,
        created_at=stamp(work.clock.now()),
    )
    work.session.add(receipt)
    work.session.flush()
    ledger.post(
        work,
        EntryDraft(
            EntryKind.RECEIPT,
            work.clock.today(),
            (
                LegDraft(Account.CASH, draft.amount, receipt_id=receipt.id),
                LegDraft(Account.UNAPPLIED, -draft.amount, receipt_id=receipt.id),
            ),
            receipt_id=receipt.id,
        ),
    )
    return receipt


def _apply_as_entered(work: Work, receipt_id: int, draft: ReceiptDraft) -> None:
    """Apply a new receipt: as it says, else to its visit's share, else to the oldest balances."""
    if draft.apply_to is not None:
        apply_receipt(work, receipt_id, draft.apply_to)
    elif draft.visit_id is not None:
        copays.apply_waiting(work, [draft.visit_id], None)
        if not draft.is_copay:
            apply_oldest(work, receipt_id)
    else:
        apply_oldest(work, receipt_id)


def _problems(work: Work, draft: ReceiptDraft) -> list[Problem]:
    problems = []
    if draft.amount <= ZERO:
        problems.append(Problem("amount", "Enter an amount above zero."))
    if draft.method is ReceiptMethod.CHECK and not draft.reference.strip():
        problems.append(Problem("reference", "Enter the check number."))
    for name, text in (("reference", draft.reference), ("memo", draft.memo)):
        if looks_like_card_number(text):
            problems.append(
                Problem(name, "This looks like a card number; keep only the terminal's reference.")
            )
    if draft.visit_id is not None:
        visit = work.session.get(Visit, draft.visit_id)
        if visit is None or visit.patient_id != draft.patient_id:
            problems.append(Problem("visit_id", "This visit is not the patient's."))
    return problems


@needs(Permission.COLLECT)
def apply_receipt(work: Work, receipt_id: int, parts: Sequence[tuple[int, Money]]) -> None:
    """Apply unapplied money of a receipt to patient balances.

    Raises:
        RuleError: more than is unapplied, more than a line owes, or another family's line.
    """
    receipt = _patient_receipt(work, receipt_id)
    left = ledger.unapplied(work, receipt_id)
    family = set(_family(work, receipt.patient_id or 0))
    drafts = []
    wanted: dict[int, int] = {}
    for line_id, amount in parts:
        wanted[line_id] = wanted.get(line_id, 0) + amount.cents
    for line_id, cents in wanted.items():
        line = work.session.get(ChargeLine, line_id)
        if line is None or line.patient_id not in family:
            raise RuleError(Problem("apply_to", "A line belongs to another family's account."))
        owed = ledger.owed(work, line_id).get(Party.PATIENT, ZERO)
        amount = Money(cents)
        if amount <= ZERO or amount > owed:
            raise RuleError(
                Problem("apply_to", f"The patient owes {owed.shown} on this line, not more.")
            )
        drafts.append(copays.application(work, receipt_id, line_id, amount))
        left -= amount
    if left < ZERO:
        raise RuleError(Problem("apply_to", "More is applied than the receipt still holds."))
    ledger.post_many(work, drafts)
    if drafts:
        audit.record(work, "applied", "receipt", receipt_id)
        work.touch(Changes.PAYMENTS)


@needs(Permission.COLLECT)
def apply_oldest(work: Work, receipt_id: int) -> Money:
    """Apply what is unapplied to the oldest balances of the patient, then of the family.

    Returns:
        what was applied.
    """
    receipt = _patient_receipt(work, receipt_id)
    left = ledger.unapplied(work, receipt_id)
    rows = work.session.execute(
        select(OpenItem.charge_line_id, OpenItem.amount)
        .where(
            OpenItem.party == Party.PATIENT,
            OpenItem.amount > ZERO,
            OpenItem.patient_id.in_(_family(work, receipt.patient_id or 0)),
        )
        .order_by(
            OpenItem.patient_id != receipt.patient_id, OpenItem.since, OpenItem.charge_line_id
        )
    )
    drafts = []
    applied = ZERO
    for line_id, owed in rows:
        part = min(owed, left - applied)
        if part <= ZERO:
            break
        drafts.append(copays.application(work, receipt_id, line_id, part))
        applied += part
    ledger.post_many(work, drafts)
    if drafts:
        audit.record(work, "applied", "receipt", receipt_id)
        work.touch(Changes.PAYMENTS)
    return applied


@needs(Permission.REFUND)
def take_off(work: Work, receipt_id: int, charge_line_id: int, amount: Money, reason: str) -> int:
    """Take money of a receipt off a line again, so that it may be applied elsewhere or refunded.

    Returns:
        the entry's id.

    Raises:
        RuleError: no reason, or more than the receipt stands with on that line.
    """
    _patient_receipt(work, receipt_id)
    _check_move(dict(_applied(work, receipt_id)).get(charge_line_id, ZERO), amount, reason)
    entry = ledger.post(
        work,
        EntryDraft(
            EntryKind.APPLY,
            work.clock.today(),
            (
                receivable(charge_line_id, Party.PATIENT, None, amount),
                LegDraft(Account.UNAPPLIED, -amount, receipt_id=receipt_id),
            ),
            memo=reason.strip(),
            receipt_id=receipt_id,
        ),
    )
    audit.record(work, "taken off", "receipt", receipt_id, line=charge_line_id)
    work.touch(Changes.PAYMENTS)
    return entry


@needs(Permission.REFUND)
def refund(work: Work, receipt_id: int, amount: Money, reference: str) -> int:
    """Pay unapplied money back; returns the entry's id.

    Raises:
        RuleError: nothing or more than is unapplied.
    """
    receipt = _patient_receipt(work, receipt_id)
    kept = ledger.unapplied(work, receipt_id)
    if amount <= ZERO or amount > kept:
        raise RuleError(
            Problem("amount", f"Receipt {receipt.number} holds {kept.shown} to refund, not more.")
        )
    if looks_like_card_number(reference):
        raise RuleError(
            Problem("reference", "This looks like a card number; keep the terminal's reference.")
        )
    entry = ledger.post(
        work,
        EntryDraft(
            EntryKind.REFUND,
            work.clock.today(),
            (
                LegDraft(Account.UNAPPLIED, amount, receipt_id=receipt_id),
                LegDraft(Account.REFUND, -amount, receipt_id=receipt_id),
            ),
            memo=reference.strip(),
            receipt_id=receipt_id,
        ),
    )
    audit.record(work, "refunded", "receipt", receipt_id)
    work.touch(Changes.PAYMENTS)
    return entry


@needs(Permission.REFUND)
def void_receipt(work: Work, receipt_id: int, reason: str) -> None:
    """Undo a patient's receipt and all it was applied to, by reversal (also a returned check).

    Raises:
        RuleError: no reason, voided before, partly refunded, or an insurance receipt.
    """
    receipt = _patient_receipt(work, receipt_id)
    if not reason.strip():
        raise RuleError(Problem("reason", "Say in a few words why this receipt is void."))
    refunded = work.session.scalar(
        select(func.count()).where(
            Entry.receipt_id == receipt_id,
            Entry.kind == EntryKind.REFUND,
            Entry.id.in_(open_entries(work, receipt_id=receipt_id)),
        )
    )
    if refunded:
        raise RuleError(f"Receipt {receipt.number} was refunded in part and cannot be void.")
    ledger.reverse_many(work, open_entries(work, receipt_id=receipt_id), f"void: {reason.strip()}")
    receipt.voided_on = work.clock.today()
    receipt.void_reason = reason.strip()
    audit.record(work, "voided", "receipt", receipt_id)
    work.touch(Changes.PAYMENTS)


@needs(Permission.REFUND)
def write_off(work: Work, charge_line_id: int, party: Party, amount: Money, reason: str) -> int:
    """Write off part of what a party owes on a line; returns the entry's id.

    Raises:
        RuleError: no reason, nothing, or more than is owed.
    """
    owed, payer_id = _owed(work, charge_line_id, party)
    _check_move(owed, amount, reason)
    entry = ledger.post(
        work,
        EntryDraft(
            EntryKind.ADJUSTMENT,
            work.clock.today(),
            (
                LegDraft(
                    Account.ADJUSTMENT, amount, charge_line_id=charge_line_id, payer_id=payer_id
                ),
                receivable(charge_line_id, party, payer_id, -amount),
            ),
            memo=reason.strip(),
        ),
    )
    audit.record(work, "written off", "charge line", charge_line_id)
    work.touch(Changes.PAYMENTS)
    return entry


@needs(Permission.POST)
def transfer(
    work: Work, charge_line_id: int, source: Party, target: Party, amount: Money, reason: str
) -> int:
    """Move what one party owes on a line to another; returns the entry's id.

    Raises:
        RuleError: no reason, more than is owed, or the visit has no such payer.
    """
    owed, payer_id = _owed(work, charge_line_id, source)
    _check_move(owed, amount, reason)
    target_payer = None
    if target is not Party.PATIENT:
        line = work.session.get_one(ChargeLine, charge_line_id)
        target_payer = work.session.scalar(
            select(VisitCoverage.payer_id).where(
                VisitCoverage.visit_id == line.visit_id, VisitCoverage.rank == target.value
            )
        )
        if target_payer is None:
            raise RuleError(Problem("target", "This visit has no such payer."))
    if source is target:
        raise RuleError(Problem("target", "Choose somebody else to owe it."))
    entry = ledger.post(
        work,
        EntryDraft(
            EntryKind.TRANSFER,
            work.clock.today(),
            (
                receivable(charge_line_id, source, payer_id, -amount),
                receivable(charge_line_id, target, target_payer, amount),
            ),
            memo=reason.strip(),
        ),
    )
    audit.record(work, "transferred", "charge line", charge_line_id)
    work.touch(Changes.PAYMENTS)
    return entry


@needs(Permission.VIEW)
def get_receipt(work: Work, receipt_id: int) -> ReceiptView:
    """A receipt with where its money went."""
    receipt = work.session.get(Receipt, receipt_id)
    if receipt is None:
        raise NotFound(f"There is no receipt {receipt_id}.")
    return _view(work, receipt)


@needs(Permission.VIEW)
def list_receipts(
    work: Work, *, patient_id: int | None = None, unapplied_only: bool = False, limit: int = 500
) -> list[ReceiptView]:
    """Receipts, newest first; `unapplied_only` for money that waits."""
    query = select(Receipt).order_by(Receipt.id.desc()).limit(limit)
    if patient_id is not None:
        query = query.where(Receipt.patient_id == patient_id)
    if unapplied_only:
        query = query.where(Receipt.id.in_(select(held().c.receipt_id)))
    receipts = list(work.session.scalars(query))
    sums = _sums(work, [r.id for r in receipts])
    return [_view(work, r, sums) for r in receipts]


def _sums(work: Work, ids: Sequence[int]) -> dict[tuple[int, Account], Money]:
    rows = work.session.execute(
        select(Leg.receipt_id, Leg.account, func.sum(Leg.amount))
        .where(Leg.receipt_id.in_(ids), Leg.account.in_([Account.UNAPPLIED, Account.REFUND]))
        .group_by(Leg.receipt_id, Leg.account)
    )
    return {(r[0] or 0, r[1]): r[2] for r in rows}


def _view(
    work: Work, receipt: Receipt, sums: dict[tuple[int, Account], Money] | None = None
) -> ReceiptView:
    applied: tuple[tuple[int, Money], ...] = ()
    if sums is None:
        sums = _sums(work, [receipt.id])
        applied = _applied(work, receipt.id)
    return ReceiptView(
        receipt.id,
        receipt.number,
        receipt.kind,
        receipt.method,
        receipt.reference,
        receipt.amount,
        receipt.received_on,
        receipt.patient_id,
        receipt.visit_id,
        receipt.is_copay,
        -sums.get((receipt.id, Account.UNAPPLIED), ZERO),
        -sums.get((receipt.id, Account.REFUND), ZERO),
        receipt.voided_on,
        receipt.void_reason,
        receipt.memo,
        applied,
        receipt.payer_id,
    )


def _applied(work: Work, receipt_id: int) -> tuple[tuple[int, Money], ...]:
    rows = work.session.execute(
        select(Leg.charge_line_id, func.sum(Leg.amount))
        .join(Entry, Entry.id == Leg.entry_id)
        .where(
            Entry.receipt_id == receipt_id,
            Leg.account == Account.RECEIVABLE,
            Leg.party == Party.PATIENT,
        )
        .group_by(Leg.charge_line_id)
        .order_by(Leg.charge_line_id)
    )
    return tuple((line or 0, -amount) for line, amount in rows if amount)


def _patient_receipt(work: Work, receipt_id: int) -> Receipt:
    receipt = work.session.get(Receipt, receipt_id)
    if receipt is None:
        raise NotFound(f"There is no receipt {receipt_id}.")
    if receipt.kind != "patient":
        raise RuleError(
            f"Receipt {receipt.number} belongs to a remittance; un-post the remittance instead."
        )
    if receipt.voided_on is not None:
        raise RuleError(f"Receipt {receipt.number} is void.")
    return receipt


def _family(work: Work, patient_id: int) -> list[int]:
    guarantor = select(Patient.guarantor_id).where(Patient.id == patient_id).scalar_subquery()
    return list(work.session.scalars(select(Patient.id).where(Patient.guarantor_id == guarantor)))


def _owed(work: Work, charge_line_id: int, party: Party) -> tuple[Money, int | None]:
    item = work.session.get(OpenItem, (charge_line_id, party))
    return (item.amount, item.payer_id) if item else (ZERO, None)


def _check_move(owed: Money, amount: Money, reason: str) -> None:
    if amount <= ZERO or amount > owed:
        raise RuleError(Problem("amount", f"{owed.shown} is owed here; enter that or less."))
    if not reason.strip():
        raise RuleError(Problem("reason", "Say in a few words why."))
