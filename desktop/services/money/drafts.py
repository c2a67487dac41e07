"""What is to be posted: entries with their legs, before they are balanced and numbered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.enums import Account, EntryKind, Party

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.money import Money


@dataclass(frozen=True, slots=True)
class LegDraft:
    """One leg to be posted: positive debits, negative credits."""

    account: Account
    amount: Money
    charge_line_id: int | None = None
    party: Party | None = None
    payer_id: int | None = None
    receipt_id: int | None = None
    group_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry to be posted; legs of amount zero are left out."""

    kind: EntryKind
    accounting_on: dt.date
    legs: tuple[LegDraft, ...]
    memo: str = ""
    reverses_id: int | None = None
    receipt_id: int | None = None
    remittance_id: int | None = None
    remittance_claim_id: int | None = None
    remittance_line_id: int | None = None


def receivable(line_id: int, party: Party, payer_id: int | None, amount: Money) -> LegDraft:
    """A leg that raises (positive) or lowers what a party owes on a line."""
    return LegDraft(
        Account.RECEIVABLE,
        amount,
        charge_line_id=line_id,
        party=party,
        payer_id=None if party is Party.PATIENT else payer_id,
    )
