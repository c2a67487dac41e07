"""Codes that begin or end on days of their own: each date is right, in any order of loading."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.values import no_progress
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = itertools.count()
_QUARTERS = [dt.date(2026, month, 1) for month in (1, 4, 7, 10)]
_DAY = dt.timedelta(days=1)
_DATES = st.none() | st.dates(dt.date(2025, 6, 1), dt.date(2027, 3, 1))


@pytest.fixture(scope="module")
def shared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("days") / "codes.db"
    CodeStore.create(path).close()
    return path


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2, 3]), st.sampled_from("ab"), _DATES, _DATES),
        min_size=1,
        max_size=6,
    )
)
def test_each_release_decides_its_own_days(
    shared_file: Path, loads: list[tuple[int, str, dt.date | None, dt.date | None]]
) -> None:
    system = f"invented-{next(_NUMBERS)}"
    truth: dict[int, tuple[str, dt.date | None, dt.date | None]] = {}
    with CodeStore(shared_file) as store:
        for number, (quarter, title, starts, last) in enumerate(loads):
            ends = None if last is not None and starts is not None and last < starts else last
            draft = Draft(system, "x", _QUARTERS[quarter], None, "rows", "x", str(number))
            mine = Node("code", "X1", "", title, True, starts=starts, ends=ends)  # noqa: FBT003
            other = Node("code", "X2", "", "always", True)  # noqa: FBT003
            with transaction(store._connection):
                save_release(store._connection, draft, [mine, other], NOW, no_progress)
            truth[quarter] = (title, starts, ends)
        for quarter, on in itertools.product(truth, range(0, 90, 7)):
            day = _QUARTERS[quarter] + on * _DAY
            title, starts, ends = truth[quarter]
            holds = (starts is None or starts <= day) and (ends is None or day <= ends)
            found = store.lookup(system, "X1", day)
            assert (found.title if found else None) == (title if holds else None)
            assert store.lookup(system, "X2", day) is not None
