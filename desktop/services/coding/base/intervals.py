"""Validity intervals: what changed at which release, never what stayed the same.

The history of one thing (a code's title, a note) is a step function over the first days of
the loaded releases. Loading a release sets its value from its first day to the day before
the next loaded one, wherever in time it lies: last year's list may be loaded after this one's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

P = TypeVar("P")

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span(Generic[P]):
    """One value over `start`..`end` (None = still so in the newest release).

    Attributes:
        row: id of the database row that holds it; None when it has none yet.
    """

    row: int | None
    start: dt.date
    end: dt.date | None
    value: P


def paint(
    spans: Sequence[Span[P]], start: dt.date, following: dt.date | None, value: P | None
) -> list[Span[P]]:
    """Set `value` (None = absent) from `start` up to `following`, the next release's first day.

    Rows keep their identity wherever a part of them remains, and equal neighbours are joined,
    so that the difference to `spans` is as small as can be.
    """
    if not spans and value is not None:
        return [Span(None, start, None if following is None else following - _DAY, value)]
    if len(spans) == 1 and _holds(spans[0], start, following) and spans[0].value == value:
        return list(spans)
    kept: list[Span[P]] = []
    inside: Span[P] | None = None
    for span in spans:
        if (span.end is not None and span.end < start) or (
            following is not None and span.start >= following
        ):
            kept.append(span)
            continue
        free = True
        if span.start < start:
            kept.append(replace(span, end=start - _DAY))
            free = False
        if following is not None and (span.end is None or span.end >= following):
            row = span.row if free else None
            kept.append(replace(span, row=row, start=following))
            free = False
        if free:
            inside = span
    if value is not None:
        end = None if following is None else following - _DAY
        kept.append(Span(None if inside is None else inside.row, start, end, value))
    return _joined(sorted(kept, key=lambda s: s.start))


def _holds(span: Span[P], start: dt.date, following: dt.date | None) -> bool:
    if span.start > start:
        return False
    return span.end is None or (following is not None and span.end >= following - _DAY)


def _joined(spans: list[Span[P]]) -> list[Span[P]]:
    out: list[Span[P]] = []
    for span in spans:
        last = out[-1] if out else None
        if (
            last is not None
            and last.end is not None
            and last.end + _DAY == span.start
            and last.value == span.value
        ):
            row = last.row if last.row is not None else span.row
            out[-1] = replace(last, row=row, end=span.end)
        else:
            out.append(span)
    return out


def at(spans: Sequence[Span[P]], on: dt.date) -> P | None:
    """The value on a day, or None."""
    for span in spans:
        if span.start <= on and (span.end is None or on <= span.end):
            return span.value
    return None
