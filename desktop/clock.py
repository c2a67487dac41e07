"""The only “today” of the program."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Where the date and the instant come from."""

    def today(self) -> dt.date:
        """The practice's local date, without time zone."""
        ...

    def now(self) -> dt.datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def today(self) -> dt.date:
        """See `Clock.today`."""
        return dt.date.today()

    def now(self) -> dt.datetime:
        """See `Clock.now`."""
        return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class SampleClock:
    """A clock that stands at one date, so that a sample practice is the same every day.

    It can be moved forward on purpose (`on`), as the demo does between its days.
    """

    on: dt.date

    def today(self) -> dt.date:
        """See `Clock.today`."""
        return self.on

    def now(self) -> dt.datetime:
        """Nine in the morning of the date, always: sample documents carry no real time."""
        return dt.datetime.combine(self.on, dt.time(9, 0), dt.UTC)


def stamp(instant: dt.datetime) -> str:
    """An instant as the database keeps it: ISO 8601, UTC, microseconds, sortable as text."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
