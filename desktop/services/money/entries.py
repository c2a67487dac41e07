"""Which entries of a record still count: those that nothing has reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from desktop.models.ledger import Entry
from desktop.models.values.enums import EntryKind

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def open_entries(work: Work, **columns: int) -> list[int]:
    """Ids of entries of a record (``remittance_id=…``, ``receipt_id=…``) not yet reversed."""
    undo = aliased(Entry)
    query = select(Entry.id).where(
        Entry.kind != EntryKind.REVERSAL,
        ~exists().where(undo.reverses_id == Entry.id),
    )
    for name, value in columns.items():
        query = query.where(getattr(Entry, name) == value)
    return list(work.session.scalars(query.order_by(Entry.id)))
