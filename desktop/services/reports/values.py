"""What every report takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.errors import Problem, RuleError
from desktop.models.ledger import Entry

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a report is about, both inclusive; `first` None is from the beginning.

    A report as of a day looks at `last` alone.
    """

    first: dt.date | None
    last: dt.date

    @classmethod
    def day(cls, on: dt.date) -> Period:
        """One day."""
        return cls(on, on)

    @classmethod
    def month(cls, on: dt.date) -> Period:
        """The month of a day, up to that day."""
        return cls(on.replace(day=1), on)

    def check(self) -> None:
        """Refuse a period that ends before it begins.

        Raises:
            RuleError: it does.
        """
        if self.first is not None and self.first > self.last:
            raise RuleError(Problem("first", "The period ends before it begins; swap the dates."))


def long_day(on: dt.date) -> str:
    """A day in words: ``September 15, 2026``."""
    return f"{on:%B} {on.day}, {on.year}"


def said(period: Period) -> str:
    """A period in words, for subtitles."""
    if period.first is None:
        return f"up to {long_day(period.last)}"
    if period.first == period.last:
        return long_day(period.last)
    return f"{long_day(period.first)} to {long_day(period.last)}"


def is_current(work: Work, as_of: dt.date) -> bool:
    """Whether every entry counts on that day, so that `open_item` has the answer."""
    newest = work.session.scalar(select(func.max(Entry.accounting_on)))
    return newest is None or as_of >= newest
