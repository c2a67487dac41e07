"""Entries and legs as the database keeps them: what is hashed is what is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from desktop.services.core import chain

if TYPE_CHECKING:
    from desktop.services.money.drafts import EntryDraft, LegDraft

_Kept = tuple[str | int | None, ...]
"""A row as the database keeps it, in the order of `ENTRY` or `LEG`."""

LEG: Final = (
    *("entry_id", "number", "account", "amount", "charge_line_id", "party", "payer_id"),
    *("receipt_id", "group_code", "reason"),
)
ENTRY: Final = (
    *("id", "kind", "accounting_on", "recorded_at", "user_id", "memo", "reverses_id"),
    *("receipt_id", "remittance_id", "remittance_claim_id", "remittance_line_id"),
    *("previous_hash", "hash"),
)
HASHED: Final = len(ENTRY) - 2
"""How many columns of an entry its hash is over; the two hashes follow them."""


@dataclass(slots=True)
class Written:
    """Rows of entries and legs, as they are hashed and written."""

    entries: list[_Kept] = field(default_factory=list)
    legs: list[_Kept] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """Of the entries, in order."""
        return [int(entry[0] or 0) for entry in self.entries]

    def add(self, number: int, draft: EntryDraft, at: str, user: int, previous: str) -> str:
        """Take an entry in behind the one whose hash is `previous`; its own hash.

        Raises:
            ValueError: it does not balance or is empty.
        """
        kept = [leg for leg in draft.legs if leg.amount]
        if len(kept) < 2 or sum(leg.amount.cents for leg in kept) != 0:
            raise ValueError(f"an entry of kind {draft.kind} does not balance: {kept}")
        entry = _entry_row(number, draft, at, user)
        fields = entry_fields(*entry)
        for position, leg in enumerate(kept, 1):
            row = _leg_row(position, leg)
            self.legs.append((number, *row))
            fields += leg_fields(*row)
        hash_ = chain.link(previous, fields)
        self.entries.append((*entry, previous, hash_))
        return hash_


def _entry_row(number: int, draft: EntryDraft, at: str, user: int) -> _Kept:
    return (
        number,
        draft.kind.value,
        draft.accounting_on.isoformat(),
        at,
        user,
        draft.memo,
        draft.reverses_id,
        draft.receipt_id,
        draft.remittance_id,
        draft.remittance_claim_id,
        draft.remittance_line_id,
    )


def _leg_row(position: int, leg: LegDraft) -> _Kept:
    return (
        position,
        leg.account.value,
        leg.amount.cents,
        leg.charge_line_id,
        None if leg.party is None else leg.party.value,
        leg.payer_id,
        leg.receipt_id,
        leg.group_code,
        leg.reason,
    )


def entry_fields(*values: str | int | None) -> list[str | int | None]:
    """What the hash of an entry is over, before its legs."""
    return ["entry", *values]


def leg_fields(*values: str | int | None) -> list[str | int | None]:
    """What a leg adds to the hash of its entry."""
    return ["leg", *values]
