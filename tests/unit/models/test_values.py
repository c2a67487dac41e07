"""Money, identifiers and claim records: pure values with nothing to hide behind."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.values import identifiers as ids
from desktop.models.values.claim_record import ClaimRecord, from_plain, to_plain
from desktop.models.values.money import Money, total
from tests.helpers.claim_strategies import claims

amounts = st.integers(-(10**11), 10**11).map(Money)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("12", 1200), ("-12.5", -1250), ("1,234.56", 123456), (".5", 50), ("$3.00", 300), ("7.", 700)],
)
def test_money_reads_what_people_write(text: str, cents: int) -> None:
    assert Money.parse(text) == Money(cents)


@pytest.mark.parametrize(
    "text", ["", "1.234", "1,23", "abc", "NaN", "1E+30", "1_000", "-", ".", "١٢", "12 000", "1..2"]
)
def test_money_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        Money.parse(text)


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True)  # noqa: FBT003


@given(amounts)
def test_money_prints_and_reads_back(amount: Money) -> None:
    """openemr#7260, #3665: a formatted amount used in arithmetic went wrong by thousands."""
    assert Money.parse(str(amount)) == amount
    assert Money.parse(amount.shown) == amount


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_split_never_loses_a_cent(amount: Money, weights: list[int]) -> None:
    parts = amount.split(weights)
    assert total(parts) == amount
    assert len(parts) == len(weights)


def test_half_a_cent_rounds_up() -> None:
    assert Money(101).times(Decimal("0.5")) == Money(51)
    assert Money(-101).times(Decimal("0.5")) == Money(-51)


def test_npi_regex_accepted_anything() -> None:
    """openemr#10310: an NPI has ten digits and a check digit over 80840."""
    assert ids.npi_problem("1234567893") is None
    for bad in ("1234567890", "", "123456789", "12345678934", "3234567893", "12345678A3"):
        assert ids.npi_problem(bad), bad


@given(st.integers(0, 99_999_999))
def test_a_swapped_or_wrong_digit_fails_the_npi(number: int) -> None:
    nine = f"1{number:08d}"
    npi = nine + ids.npi_check_digit(nine)
    assert ids.npi_problem(npi) is None
    changed = npi[:5] + str((int(npi[5]) + 1) % 10) + npi[6:]
    assert ids.npi_problem(changed)


@pytest.mark.parametrize("mbi", ["1EG4TE5MK73", "9AA0AA0AA00"])
def test_medicare_numbers(mbi: str) -> None:
    assert ids.mbi_problem(mbi) is None
    assert ids.mbi_problem("S" + mbi[1:])
    assert ids.mbi_problem(mbi[:10])


def test_ssn_is_never_repeated_in_its_problem() -> None:
    for bad in ("000123456", "666123456", "900123456", "123004567", "12345"):
        said = ids.ssn_problem(bad)
        assert said
        assert bad not in said


@pytest.mark.parametrize(
    ("written", "eleven"),
    [
        ("0409-3795-01", "00409379501"),
        ("12345-678-9", "12345067809"),
        ("00409379501", "00409379501"),
    ],
)
def test_drug_codes_get_eleven_digits(written: str, eleven: str) -> None:
    assert ids.ndc11(written) == eleven
    assert ids.ndc11("123") is None


def test_card_numbers_are_recognised() -> None:
    assert ids.looks_like_card_number("paid with 4111-1111-1111-1111 today")
    assert not ids.looks_like_card_number("call 217 555 0100")


def test_po_boxes_are_recognised() -> None:
    assert ids.is_po_box("P.O. Box 12")
    assert ids.is_po_box("po box 7")
    assert not ids.is_po_box("12 Boxwood Lane")


@given(claims())
def test_a_claim_record_is_stored_and_read_back_whole(record: ClaimRecord) -> None:
    text = json.dumps(to_plain(record))
    assert from_plain(ClaimRecord, json.loads(text)) == record


def test_dates_have_no_time_zone() -> None:
    """ottehr#9629: a time-zone shift moved dates of service by a day."""
    assert to_plain(dt.date(2026, 3, 8)) == "2026-03-08"
