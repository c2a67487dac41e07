"""What became of charge lines: what is owed, what was adjusted or paid, and why it is theirs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg, OpenItem
from desktop.models.payments import Receipt
from desktop.models.values.enums import Account, EntryKind, Party
from desktop.models.values.money import ZERO, Money, total
from desktop.services.coding.builtin.reasons import reason_hint
from desktop.services.formats.documents.statement_data import ShareReason
from desktop.services.store.statements import NOTHING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from desktop.services.core.work import Work

SELF_PAY: Final = "no insurance was on file for this visit"
ASKED: Final = "less what your insurance is asked for"
LEFT: Final = "what your insurance left to you"
_MOVED: Final = frozenset({SELF_PAY, ASKED, LEFT})


@dataclass(frozen=True, slots=True)
class Moves:
    """By line: what was adjusted, what the patient paid, and why the share became theirs.

    The reasons are all that moved the patient's side but their own payments, so that they sum
    to paid plus due.
    """

    adjusted: dict[int, Money]
    paid: dict[int, Money]
    reasons: dict[int, list[ShareReason]]


def owed_on(
    work: Work, line_ids: Sequence[int]
) -> tuple[dict[tuple[int, bool], Money], dict[int, dt.date]]:
    """What is owed on each line, by the patient (True) or payers, and since when by the patient."""
    owed: dict[tuple[int, bool], Money] = {}
    since: dict[int, dt.date] = {}
    for part in _parts(line_ids):
        for line, party, day, amount in work.session.execute(
            select(OpenItem.charge_line_id, OpenItem.party, OpenItem.since, OpenItem.amount).where(
                OpenItem.charge_line_id.in_(part), OpenItem.amount != NOTHING
            )
        ):
            key = (line, party is Party.PATIENT)
            owed[key] = owed.get(key, ZERO) + amount
            if party is Party.PATIENT:
                since[line] = day
    return owed, since


def moves_on(work: Work, line_ids: Sequence[int]) -> Moves:
    """What moved on each line."""
    adjusted: dict[int, Money] = {}
    paid: dict[int, Money] = {}
    moved: dict[int, dict[str, Money]] = defaultdict(dict)
    for part in _parts(line_ids):
        for r in work.session.execute(_summed_legs(part)):
            line = r.charge_line_id
            if r.account is Account.ADJUSTMENT:
                adjusted[line] = adjusted.get(line, ZERO) + r.amount
            elif r.side == "patient":
                paid[line] = paid.get(line, ZERO) - r.amount
            else:
                text = share_words(r.group_code, r.reason, EntryKind(r.kind), r.amount)
                moved[line][text] = moved[line].get(text, ZERO) + r.amount
    return Moves(adjusted, paid, {line: _share(parts) for line, parts in moved.items()})


def _summed_legs(line_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Legs that adjust a line or move the patient's side of it, summed by what they say.

    A reversal counts as what it undoes, so that both cancel.
    """
    undone = aliased(Entry)
    kind = func.coalesce(undone.kind, Entry.kind)
    return (
        select(
            Leg.charge_line_id,
            Leg.account,
            Leg.group_code,
            Leg.reason,
            kind.label("kind"),
            Receipt.kind.label("side"),
            func.sum(Leg.amount).label("amount"),
            func.min(Leg.entry_id).label("first"),
        )
        .join(Entry, Entry.id == Leg.entry_id)
        .outerjoin(undone, undone.id == Entry.reverses_id)
        .outerjoin(Receipt, Receipt.id == Entry.receipt_id)
        .where(
            Leg.charge_line_id.in_(line_ids),
            (Leg.account == Account.ADJUSTMENT)
            | ((Leg.account == Account.RECEIVABLE) & (Leg.party == Party.PATIENT)),
        )
        .group_by(
            Leg.charge_line_id,
            Leg.account,
            Leg.group_code,
            Leg.reason,
            kind,
            Receipt.kind,
        )
        .order_by(Leg.charge_line_id, func.min(Leg.entry_id), Leg.group_code, Leg.reason)
    )


def _share(parts: dict[str, Money]) -> list[ShareReason]:
    """The reasons of one line; what was only moved to insurance and back is left out."""
    moved = [text for text in parts if text in _MOVED]
    rest = total(parts[text] for text in moved)
    told = {text: amount for text, amount in parts.items() if text not in _MOVED}
    if rest:
        told = {(moved[0] if rest > ZERO else ASKED): rest, **told}
    return [ShareReason(text, amount) for text, amount in told.items() if amount]


def share_words(group: str | None, reason: str | None, kind: EntryKind, amount: Money) -> str:
    """Why something became the patient's, in words for the patient."""
    if group and reason:
        return reason_hint(group, reason).patient_words
    if kind is EntryKind.CHARGE:
        return SELF_PAY
    if kind is EntryKind.ADJUSTMENT:
        return "less what we took off"
    if amount < ZERO:
        return ASKED
    return LEFT


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), 5000):
        yield ids[start : start + 5000]
