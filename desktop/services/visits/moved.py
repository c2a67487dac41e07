"""Which money has moved on charge lines since they were charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry, Leg
from desktop.models.values.enums import EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that stands (is no reversal and was not reversed) on a charge line."""

    line_id: int
    entry_id: int
    kind: EntryKind
    of_remittance: bool

    @property
    def is_ours(self) -> bool:
        """The charge itself or a transfer by hand: it can be undone with the line."""
        return self.kind is EntryKind.CHARGE or (
            self.kind is EntryKind.TRANSFER and not self.of_remittance
        )


def standing_entries(work: Work, line_ids: Sequence[int]) -> list[Standing]:
    """All entries that stand on these lines, oldest first."""
    undone = aliased(Entry)
    found = work.session.execute(
        select(Leg.charge_line_id, Entry.id, Entry.kind, Entry.remittance_id)
        .join(Entry, Entry.id == Leg.entry_id)
        .where(
            Leg.charge_line_id.in_(line_ids),
            Entry.kind != EntryKind.REVERSAL,
            ~select(undone.id).where(undone.reverses_id == Entry.id).exists(),
        )
        .distinct()
        .order_by(Entry.id)
    )
    return [
        Standing(line, entry, kind, rem is not None)
        for line, entry, kind, rem in found
        if line is not None
    ]


def locks(work: Work, line_ids: Sequence[int]) -> dict[int, str]:
    """Why a line can be neither changed nor removed, for the lines that cannot."""
    reasons: dict[int, str] = {}
    for entry in standing_entries(work, line_ids):
        if entry.is_ours:
            continue
        if entry.of_remittance:
            reasons[entry.line_id] = (
                "A payer's answer is posted on this line; un-post that remittance first, "
                "then change the line."
            )
        else:
            reasons.setdefault(
                entry.line_id,
                "A payment or adjustment is posted on this line; reverse it first, then change "
                "the line.",
            )
    return reasons
