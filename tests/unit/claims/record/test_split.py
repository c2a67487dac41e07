"""Parting a visit loses no line and no diagnosis that a line points to."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.claims.record import codec
from desktop.services.claims.record.split import DIAGNOSES, split
from tests.helpers.claim_strategies import claims

if TYPE_CHECKING:
    from desktop.models.values.claim_record import ClaimRecord


@st.composite
def visits(draw: st.DrawFn) -> tuple[list[tuple[int, ...]], int, int]:
    """Pointers per line, number of diagnoses, lines a claim holds."""
    known = draw(st.integers(1, 24))
    pointer = st.lists(st.integers(1, known), min_size=1, max_size=4, unique=True)
    lines = draw(st.lists(pointer.map(tuple), max_size=60))
    return lines, known, draw(st.sampled_from((6, 50)))


@settings(max_examples=300, deadline=None)
@given(visits())
def test_every_line_keeps_its_diagnoses_on_exactly_one_claim(
    visit: tuple[list[tuple[int, ...]], int, int],
) -> None:
    pointers, known, most = visit
    parts = split(pointers, known, most)
    assert [i for part in parts for i in part.lines] == list(range(len(pointers)))
    for part in parts:
        assert len(part.lines) <= most
        assert len(part.diagnoses) <= DIAGNOSES
        assert list(part.diagnoses) == sorted(set(part.diagnoses))
        for line, moved in zip(part.lines, part.pointers, strict=True):
            assert tuple(part.diagnoses[p - 1] + 1 for p in moved) == pointers[line]


@settings(max_examples=200, deadline=None)
@given(visits())
def test_a_new_claim_begins_only_where_the_last_one_is_full(
    visit: tuple[list[tuple[int, ...]], int, int],
) -> None:
    pointers, known, most = visit
    parts = split(pointers, known, most)
    for part, following in itertools.pairwise(parts):
        if len(part.lines) == most:
            continue
        wanted = {p for i in part.lines for p in pointers[i]} | set(pointers[following.lines[0]])
        assert len(wanted) > DIAGNOSES


def test_a_pointer_to_nothing_never_slips_onto_a_diagnosis() -> None:
    [part] = split([(1, 30)], 20, 50)
    assert part.pointers[0][0] == 1
    assert part.pointers[0][1] > len(part.diagnoses)


@settings(max_examples=100, deadline=None)
@given(claims())
def test_any_record_reads_back_from_its_stored_text(record: ClaimRecord) -> None:
    assert codec.load(codec.dump(record)) == record
