"""Numbers never given twice, kept in the transaction that uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.practice import Counter
from desktop.services.store.statements import upsert

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def take(work: Work, name: str, count: int = 1) -> int:
    """Take `count` numbers in a row; returns the first. Never handed out again."""
    statement = (
        upsert(Counter, ["name"], add=["last"])
        .values(name=name, last=count)
        .returning(Counter.last)
    )
    last = work.session.execute(statement).scalar_one()
    return last - count + 1
