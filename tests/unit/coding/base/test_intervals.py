"""Validity intervals: whatever the order in which releases are loaded, each date is right."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from desktop.services.coding.base.intervals import Span, at, paint

_FIRST = dt.date(2020, 10, 1)
_DAY = dt.timedelta(days=1)


def _start(year: int) -> dt.date:
    return _FIRST.replace(year=2020 + year)


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["a", "b", None])), min_size=1, max_size=12
    )
)
def test_every_release_keeps_its_own_value(loads: list[tuple[int, str | None]]) -> None:
    spans: list[Span[str]] = []
    truth: dict[int, str | None] = {}
    for number, (year, value) in enumerate(loads):
        later = [y for y in truth if y > year]
        following = _start(min(later)) if later else None
        spans = [
            Span(1000 * number + i if s.row is None else s.row, s.start, s.end, s.value)
            for i, s in enumerate(paint(spans, _start(year), following, value))
        ]
        truth[year] = value
        for known, expected in truth.items():
            assert at(spans, _start(known)) == expected
            assert at(spans, _start(known) + dt.timedelta(days=200)) == expected
    for one, two in itertools.pairwise(spans):
        assert one.end is not None
        assert one.end < two.start
        assert not (one.end + _DAY == two.start and one.value == two.value)
    assert len({s.row for s in spans}) == len(spans)


def test_an_unchanged_value_is_not_written_again() -> None:
    spans = [Span(7, _start(0), None, "a")]
    assert paint(spans, _start(1), None, "a") == spans


def test_an_older_release_extends_what_it_shares() -> None:
    spans = [Span(7, _start(1), None, "a")]
    assert paint(spans, _start(0), _start(1), "a") == [Span(7, _start(0), None, "a")]
