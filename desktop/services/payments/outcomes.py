"""What the posting of one claim payment came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.enums import ClaimState

if TYPE_CHECKING:
    from desktop.services.money.drafts import EntryDraft
    from desktop.services.payments.book import ClaimRow
    from desktop.services.payments.plan import LinePlan


@dataclass(frozen=True, slots=True)
class Outcome:
    """One posted claim payment: its ledger entries and the plan of each line."""

    claim: ClaimRow
    drafts: tuple[EntryDraft, ...]
    plans: tuple[LinePlan, ...]
    taken_back: bool = False

    @property
    def denied_lines(self) -> int:
        """How many lines were denied."""
        return sum(1 for p in self.plans if p.denied)

    @property
    def state(self) -> ClaimState:
        """What the claim becomes."""
        if self.taken_back:
            return ClaimState.ACCEPTED
        if self.plans and self.denied_lines == len(self.plans):
            return ClaimState.DENIED
        if any(p.held for p in self.plans):
            return ClaimState.PARTLY_PAID
        return ClaimState.PAID
