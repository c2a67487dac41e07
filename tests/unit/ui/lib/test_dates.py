from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.lib import dates

TODAY = dt.date(2026, 9, 15)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t", dt.date(2026, 9, 15)),
        ("+7", dt.date(2026, 9, 22)),
        ("-1", dt.date(2026, 9, 14)),
        ("+", dt.date(2026, 9, 16)),
        ("[", dt.date(2026, 8, 15)),
        ("]", dt.date(2026, 10, 15)),
        ("m", dt.date(2026, 9, 1)),
        ("h", dt.date(2026, 9, 30)),
        ("0914", dt.date(2026, 9, 14)),
        ("022924", dt.date(2024, 2, 29)),
        ("02292024", dt.date(2024, 2, 29)),
        ("2/29/24", dt.date(2024, 2, 29)),
        ("2-29-24", dt.date(2024, 2, 29)),
        ("9/1", dt.date(2026, 9, 1)),
        ("2024-02-29", dt.date(2024, 2, 29)),
        ("1/1/46", dt.date(2046, 1, 1)),
        ("1/1/47", dt.date(1947, 1, 1)),
    ],
)
def test_reads_what_people_type(text: str, expected: dt.date) -> None:
    assert dates.read_date(text, TODAY) == expected


def test_steps_count_from_the_date_that_stands_there() -> None:
    assert dates.read_date("+7", TODAY, dt.date(2026, 1, 30)) == dt.date(2026, 2, 6)
    assert dates.read_date("]", TODAY, dt.date(2026, 1, 31)) == dt.date(2026, 2, 28)


def test_birth_date_years_look_backwards_and_the_future_is_refused() -> None:
    assert dates.read_date("3/4/51", TODAY, past=True) == dt.date(1951, 3, 4)
    assert dates.read_date("1224", TODAY, past=True) == dt.date(2025, 12, 24)
    with pytest.raises(ValueError, match="lies ahead"):
        dates.read_date("9/16/2026", TODAY, past=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0229", "no February 29 in 2026; add the year"),
        ("2/30/24", "no February 30 in 2024"),
        ("13/1/24", "no month 13"),
        ("soon", "not a date"),
        ("٠٢٢٩", "not a date"),
        ("+9999999", "not a date"),
        ("1/1/0001", "cannot be right"),
    ],
)
def test_a_wrong_date_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dates.read_date(text, TODAY)


@given(DAYS)
def test_what_is_shown_reads_back(date: dt.date) -> None:
    assert dates.read_date(dates.shown(date), TODAY) == date
    assert dates.read_date(date.isoformat(), TODAY) == date


@given(st.text(max_size=12))
def test_any_text_gives_a_date_or_a_sentence(text: str) -> None:
    refused = ""
    try:
        dates.read_date(text, TODAY)
    except ValueError as error:
        refused = str(error)
    assert not refused or refused.endswith(".")
