"""The ledger: balanced entries in, nothing ever changed, and the sums that follow from it.

Accounts. A/R is RECEIVABLE (what parties owe on charge lines) less UNAPPLIED (money held for
patients and payers, a liability, so its legs are negative). For any period

    opening A/R + charges - payments - adjustments + refunds = closing A/R

holds by construction, because every entry's legs sum to zero: charges are the REVENUE legs,
adjustments the ADJUSTMENT legs, refunds the REFUND legs, and payments all the rest (CASH,
PAYER_ACCOUNT and INTEREST together: what came for claims and from patients).

Responsibility. A charge stands with the first payer or the patient; a transfer credits one
party and debits another on the same line, so that for each line
charge = paid + adjusted + what each party still owes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.clock import stamp
from desktop.errors import NotFound, RuleError
from desktop.models.ledger import Closing, Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.values.enums import Account, EntryKind, Party
from desktop.models.values.money import ZERO, Money
from desktop.services.core import audit, chain
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.money.drafts import EntryDraft, LegDraft
from desktop.services.money.entry_rows import ENTRY, HASHED, LEG, Written, entry_fields, leg_fields
from desktop.services.money.held import dated_after, held
from desktop.services.store.statements import NOTHING, as_kept, head_of_chain, insert_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

_CHUNK = 400


def post(work: Work, draft: EntryDraft) -> int:
    """Post one entry; see `post_many`."""
    return post_many(work, [draft])[0]


def post_many(work: Work, drafts: Sequence[EntryDraft]) -> list[int]:
    """Post entries in order, in the current transaction; the chain goes on over them.

    Returns:
        their ids.

    Raises:
        ValueError: an entry does not balance or is empty: a bug of the caller, not of the user.
    """
    if not drafts:
        return []
    session = work.session
    # Rows that the legs refer to must be there before them.
    session.flush()
    number, previous = head_of_chain(session, Entry.id, Entry.hash) or chain.EMPTY
    at = stamp(work.clock.now())
    user = int(work.actor.user_id)
    written = Written()
    for draft in drafts:
        number += 1
        previous = written.add(number, draft, at, user, previous)
    # Legs first, entries last: the entry's trigger sees the whole of it and then locks it.
    insert_rows(session, Leg, LEG, written.legs)
    insert_rows(session, Entry, ENTRY, written.entries)
    work.touch(Changes.LEDGER)
    return written.ids


def reverse_many(
    work: Work, entry_ids: Iterable[int], reason: str, on: dt.date | None = None
) -> list[int]:
    """Undo entries by their mirror images, newest first; both stay in the ledger.

    Raises:
        RuleError: one is unknown, is a reversal itself, or was reversed before.
    """
    wanted = sorted(set(entry_ids), reverse=True)
    if not wanted:
        return []
    found, gone, legs = _posted(work, wanted)
    drafts = []
    for entry_id in wanted:
        entry = found.get(entry_id)
        if entry is None:
            raise NotFound(f"There is no ledger entry {entry_id}.")
        if entry_id in gone:
            raise RuleError(f"Entry {entry_id} was already reversed.")
        if entry.kind is EntryKind.REVERSAL:
            raise RuleError("A reversal is not reversed; post what is right instead.")
        drafts.append(
            EntryDraft(
                EntryKind.REVERSAL,
                on or work.clock.today(),
                tuple(legs[entry_id]),
                memo=reason,
                reverses_id=entry_id,
                receipt_id=entry.receipt_id,
                remittance_id=entry.remittance_id,
                remittance_claim_id=entry.remittance_claim_id,
                remittance_line_id=entry.remittance_line_id,
            )
        )
    return post_many(work, drafts)


def _posted(
    work: Work, ids: Sequence[int]
) -> tuple[dict[int, Entry], set[int | None], dict[int, list[LegDraft]]]:
    """Entries by id, those of them that were reversed, and the mirror images of their legs."""
    session = work.session
    found: dict[int, Entry] = {}
    gone: set[int | None] = set()
    legs: dict[int, list[LegDraft]] = {}
    # A large payment has more entries than one statement takes parameters.
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        found |= {e.id: e for e in session.scalars(select(Entry).where(Entry.id.in_(some)))}
        gone |= set(session.scalars(select(Entry.reverses_id).where(Entry.reverses_id.in_(some))))
        rows = session.scalars(
            select(Leg).where(Leg.entry_id.in_(some)).order_by(Leg.entry_id, Leg.number)
        )
        for leg in rows:
            legs.setdefault(leg.entry_id, []).append(_mirror(leg))
    return found, gone, legs


def _mirror(leg: Leg) -> LegDraft:
    return LegDraft(
        leg.account,
        -leg.amount,
        leg.charge_line_id,
        leg.party,
        leg.payer_id,
        leg.receipt_id,
        leg.group_code,
        leg.reason,
    )


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """The identity of one period, in terms of the design; see the module."""

    opening_ar: Money
    charges: Money
    payments: Money
    adjustments: Money
    refunds: Money
    closing_ar: Money
    insurance_ar: Money
    patient_ar: Money


_AR = (Account.RECEIVABLE, Account.UNAPPLIED)


def period_totals(work: Work, first: dt.date | None, last: dt.date) -> PeriodTotals:
    """Sums of all entries dated `first` to `last` (inclusive; None = from the beginning).

    Insurance and patient A/R are as of `last`, each net of its own unapplied money; they sum
    to closing A/R. They come from what is open today less what moved since, and where the
    period has a beginning its opening follows from them: earlier years are not read. Without
    one the closing is summed from all legs, so that both ways are compared (see doctor).
    """
    session = work.session
    moved: dict[Account, int] = {}
    query = select(Leg.account, func.sum(Leg.amount)).join(Entry, Entry.id == Leg.entry_id)
    during = query.where(Entry.accounting_on <= last)
    if first is not None:
        during = during.where(Entry.accounting_on >= first)
    for account, amount in session.execute(during.group_by(Leg.account)):
        moved[account] = amount.cents
    insurance, patient = receivables_by_side(work, last)
    change = sum(moved.get(a, 0) for a in _AR)
    opening = 0 if first is None else (insurance + patient).cents - change
    charges = -moved.get(Account.REVENUE, 0)
    adjustments = moved.get(Account.ADJUSTMENT, 0)
    refunds = -moved.get(Account.REFUND, 0)
    other = (Account.CASH, Account.PAYER_ACCOUNT, Account.INTEREST)
    payments = sum(moved.get(a, 0) for a in other)
    closing = opening + change
    return PeriodTotals(
        Money(opening),
        Money(charges),
        Money(payments),
        Money(adjustments),
        Money(refunds),
        Money(closing),
        insurance,
        patient,
    )


_OF_PATIENT = (Party.PATIENT, "patient")
"""How a line and a receipt say that they are the patient's."""


def receivables_by_side(work: Work, as_of: dt.date) -> tuple[Money, Money]:
    """Insurance and patient A/R as of a date, net of each side's unapplied money."""
    owed_now = (
        select(OpenItem.party, func.sum(OpenItem.amount))
        .where(OpenItem.amount != NOTHING)
        .group_by(OpenItem.party)
    )
    owed_since = (
        select(Leg.party, -func.sum(Leg.amount))
        .where(Leg.account == Account.RECEIVABLE, dated_after(as_of))
        .group_by(Leg.party)
    )
    kept = held(as_of).c
    held_then = (
        select(Receipt.kind, -func.sum(kept.amount))
        .join(Receipt, Receipt.id == kept.receipt_id)
        .group_by(Receipt.kind)
    )
    sides = {True: 0, False: 0}
    for statement in (owed_now, owed_since, held_then):
        for whose, amount in work.session.execute(statement):
            sides[whose in _OF_PATIENT] += amount.cents
    return Money(sides[False]), Money(sides[True])


def owed(work: Work, charge_line_id: int) -> dict[Party, Money]:
    """What each party owes on a charge line now; parties that owe nothing are absent."""
    rows = work.session.execute(
        select(OpenItem.party, OpenItem.amount).where(
            OpenItem.charge_line_id == charge_line_id, OpenItem.amount != ZERO
        )
    )
    return {row.party: row.amount for row in rows}


def unapplied(work: Work, receipt_id: int) -> Money:
    """What of a receipt is neither applied nor refunded (positive: money still held)."""
    amount = work.session.execute(
        select(func.sum(Leg.amount)).where(
            Leg.receipt_id == receipt_id, Leg.account == Account.UNAPPLIED
        )
    ).scalar()
    return -amount if amount else ZERO


def verify(work: Work, after: int = 0) -> tuple[int, int | None]:
    """Recompute the ledger's chain and sums from entry `after` on.

    Returns:
        how many entries were verified, and the id of the first bad one or None.
    """
    session = work.session
    previous = (
        session.execute(select(Entry.hash).where(Entry.id == after)).scalar() or chain.GENESIS
    )
    legs = session.execute(
        select(*(as_kept(getattr(Leg, name)) for name in LEG))
        .where(Leg.entry_id > after)
        .order_by(Leg.entry_id, Leg.number)
    )
    entries = session.execute(
        select(*(as_kept(getattr(Entry, name)) for name in ENTRY))
        .where(Entry.id > after)
        .order_by(Entry.id)
    )
    checked = 0
    expected = after
    pending = legs.fetchone()
    for entry in entries:
        expected += 1
        fields = entry_fields(*entry[:HASHED])
        total = count = 0
        while pending is not None and pending[0] == entry[0]:
            fields += leg_fields(*pending[1:])
            total += pending[3]
            count += 1
            pending = legs.fetchone()
        sound = entry[0] == expected and entry[HASHED] == previous and total == 0 and count >= 2
        if not sound or chain.link(previous, fields) != entry[-1]:
            return checked, entry[0]
        previous = entry[-1]
        checked += 1
    return checked, None if pending is None else pending[0]


def head(work: Work) -> tuple[int, str]:
    """Number and hash of the newest entry."""
    last = work.session.execute(
        select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)
    ).first()
    return (last.id, last.hash) if last else chain.EMPTY


@needs(Permission.CLOSE)
def close_through(work: Work, through: dt.date, kind: str = "day") -> int:
    """Close all days up to and with `through`; later entries must be dated after it.

    Raises:
        RuleError: the day lies in the future or is closed already.
    """
    closed = work.session.scalar(select(func.max(Closing.through)))
    if through > work.clock.today():
        raise RuleError("A day that has not ended cannot be closed.")
    if closed is not None and through <= closed:
        raise RuleError(f"All days up to {closed} are closed already.")
    number, hash_ = head(work)
    row = Closing(
        through=through,
        kind=kind,
        user_id=int(work.actor.user_id),
        closed_at=stamp(work.clock.now()),
        head_entry_id=number,
        head_hash=hash_,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "closed", kind, row.id, through=through)
    work.touch(Changes.LEDGER)
    return row.id


def closed_through(work: Work) -> dt.date | None:
    """The last closed day, or None."""
    return work.session.scalar(select(func.max(Closing.through)))
