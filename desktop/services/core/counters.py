"""Numbers never given twice, kept in the transaction that uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.sqlite import insert

from desktop.models.practice import Counter

if TYPE_CHECKING:
    from desktop.services.core.work import Work


def take(work: Work, name: str, count: int = 1) -> int:
    """Take `count` numbers in a row; returns the first. Never handed out again."""
    statement = (
        insert(Counter)
        .values(name=name, last=count)
        .on_conflict_do_update(index_elements=["name"], set_={"last": Counter.last + count})
        .returning(Counter.last)
    )
    last = work.session.execute(statement).scalar_one()
    return last - count + 1
