"""Totals over the invented notes; the floors lie a little below what is reached."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.suggest.engine import suggest
from tests.unit.coding.suggest.scoring import notes, score

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.coding.library.store import CodeStore

IN_2026 = dt.date(2026, 9, 15)
_FLOORS = {
    "a": {"found": 0.97, "status": 0.96, "first": 0.95, "third": 0.95, "asked": 0.84},
    "b": {"found": 0.95, "status": 0.92, "first": 0.82, "third": 0.83, "asked": 0.80},
}
_CEILINGS = {
    "a": {"rejected_first": 0.01, "absent_offered": 0.01},
    "b": {"rejected_first": 0.04, "absent_offered": 0.03},
}


@pytest.mark.parametrize("half", ["a", "b"])
def test_totals(
    packaged: CodeStore, half: str, record_property: Callable[[str, object], None]
) -> None:
    suggest(packaged, "Cough. AATD. ADPKD.", IN_2026)  # the words of the release are read once
    totals = score(packaged, half, IN_2026)
    rates = totals.rates()
    for name, rate in rates.items():
        record_property(name, round(rate, 4))
    print(half, totals.phrases, {name: round(rate, 3) for name, rate in rates.items()})
    short = {n: rates[n] for n, floor in _FLOORS[half].items() if rates[n] < floor}
    assert not short
    assert not {n: rates[n] for n, most in _CEILINGS[half].items() if rates[n] > most}
    assert rates["p99_ms"] < 150


def test_there_are_enough_notes_of_both_halves() -> None:
    assert len(notes("a")) >= 30
    assert len(notes("b")) >= 30
    assert len(notes("a")) + len(notes("b")) >= 70
