"""Fees: which price holds, and a file that is loaded whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import RuleError
from desktop.models.values.money import Money
from desktop.services.formats.lists import fees as fee_file
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.practice.fees import fees
from desktop.services.practice.fees.fees import FeeDraft
from desktop.services.practice.office import practice
from desktop.services.practice.payers import payers
from tests.unit.people import drafts

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

TODAY = dt.date(2026, 9, 15)


@pytest.fixture
def schedule(database: Database) -> int:
    return database.write(lambda work: fees.add_schedule(work, "Standard"))


def price(
    work: Work,
    schedule: int,
    code: str,
    cents: int,
    modifier: str = "",
    valid_from: dt.date = fees.ALWAYS,
) -> None:
    fees.save_fee(work, FeeDraft(schedule, code, Money(cents), modifier, valid_from))


def test_ottehr_9693_a_missing_modifier_price_is_the_base_codes_never_zero(
    database: Database, schedule: int
) -> None:
    database.write(lambda work: price(work, schedule, "99213", 12000))
    found = database.read(lambda work: fees.fee_for(work, None, "99213", ["25"], TODAY))
    assert found == Money(12000)


def test_the_payers_schedule_comes_first_then_the_standard(
    database: Database, schedule: int
) -> None:
    def fill(work: Work) -> int:
        own = fees.add_schedule(work, "Prairie")
        price(work, schedule, "99213", 12000)
        price(work, schedule, "99214", 18000, "25")
        price(work, schedule, "99214", 17000)
        price(work, own, "99213", 10000)
        price(work, own, "99213", 11000, "25")
        return drafts.payer(work, fee_schedule_id=own)

    payer = database.write(fill)
    lines: list[tuple[str, tuple[str, ...]]] = [
        ("99213", ("25",)),
        ("99213", ("59", "25")),
        ("99213", ()),
        ("99214", ("25",)),
        ("99215", ()),
    ]
    found = database.read(lambda work: fees.fees_for(work, payer, lines, TODAY))
    assert found == [Money(11000), Money(11000), Money(10000), Money(18000), None]
    assert database.read(lambda work: fees.fee_for(work, None, "99213", (), TODAY)) == Money(12000)


def test_the_price_of_the_date_of_service_holds(database: Database, schedule: int) -> None:
    def fill(work: Work) -> None:
        price(work, schedule, "99213", 10000, valid_from=dt.date(2025, 1, 1))
        price(work, schedule, "99213", 12000, valid_from=dt.date(2026, 1, 1))

    database.write(fill)

    def on(day: dt.date) -> Money | None:
        return database.read(lambda work: fees.fee_for(work, None, "99213", (), day))

    assert [on(dt.date(2024, 12, 31)), on(dt.date(2025, 12, 31)), on(dt.date(2026, 1, 1))] == [
        None,
        Money(10000),
        Money(12000),
    ]


def test_the_first_schedule_is_the_standard(database: Database, schedule: int) -> None:
    database.write(lambda work: fees.add_schedule(work, "Another"))
    assert database.read(practice.get).standard_schedule_id == schedule
    rows = database.read(fees.schedules)
    assert [(r.name, r.is_standard) for r in rows] == [("Standard", True), ("Another", False)]
    with pytest.raises(RuleError, match="already"):
        database.write(lambda work: fees.add_schedule(work, "Standard"))


GOOD = 'code,modifier,amount,title\n99213,,120.00,Visit\n99213,25,"1,125.50",\nG0008,,$25,Shot\n'

TABBED = (
    b'"code"\t"modifier"\t"amount"\t"title"\n99213\t\t120\tVisit\n\n'
    b"99213\t25\t1125.50\nG0008\t\t25.00\tShot\n"
)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        b"Price;CPT;Mod;Description\r\n120.00;99213;;Visit\r\n1125.5;99213;25;\r\n25;g0008;;Shot\r\n",
        TABBED,
    ],
)
def test_a_fee_file_of_any_spreadsheet_gives_the_same_prices(
    database: Database, schedule: int, data: bytes
) -> None:
    done = database.write(lambda work: fees.import_fees(work, schedule, data))
    assert (done.added, done.changed, done.unchanged, done.procedures_added) == (3, 0, 0, 2)
    rows = database.read(lambda work: fees.list_fees(work, schedule))
    assert [(r.code, r.modifier, r.amount, r.title) for r in rows] == [
        ("99213", "", Money(12000), "Visit"),
        ("99213", "25", Money(112550), "Visit"),
        ("G0008", "", Money(2500), "Shot"),
    ]
    again = database.write(lambda work: fees.import_fees(work, schedule, data))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)


def test_bad_rows_are_all_named_and_nothing_is_loaded(database: Database, schedule: int) -> None:
    data = (
        b"code,modifier,amount,title\n"
        b"99213,,120,Visit\n"
        b"99214,,abc,\n"
        b"99215,,-5.00,\n"
        b"9921,,10,\n"
        b"99213,,130,\n"
        b"99211,2,10,\n"
        b"99212,,1.234,\n"
        b"99202,,,\n"
        b"99203,,NaN,\n"
        b"99204,,1e5,\n"
        b"99205,,1_000,\n"
        b"99206,,5,4111 1111 1111 1111\n"
    )
    with pytest.raises(RuleError) as caught:
        database.write(lambda work: fees.import_fees(work, schedule, data))
    named = {p.field: p.text for p in caught.value.problems if p.field}
    assert set(named) == {f"rows.{n}" for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)}
    assert "“abc” is not an amount" in named["rows.3"]
    assert "below zero" in named["rows.4"]
    assert "row 2" in named["rows.6"]
    assert database.read(lambda work: fees.list_fees(work, schedule)) == []
    assert database.read(procedures.all_procedures) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"code,amount\n", "no prices"),
        (b"amount,title\n5,x\n", "no column “code”"),
        (b"code,cpt,amount\n99213,99213,5\n", "two columns"),
        (b"\x00\x01\x02", "not a text file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not a text file"),
        (b'code,amount\n"99213,5\n', "not readable as CSV"),
    ],
)
def test_a_file_that_is_none_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        fee_file.read_fees(data)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b"code,amount\n" + data):
        with contextlib.suppress(RuleError):
            fee_file.read_fees(candidate)


def test_a_price_is_edited_and_a_second_of_the_same_date_refused(
    database: Database, schedule: int
) -> None:
    database.write(lambda work: price(work, schedule, "99213", 12000))
    row = database.read(lambda work: fees.list_fees(work, schedule))[0]
    dearer = FeeDraft(schedule, "99213", Money(12500), id=row.id)
    database.write(lambda work: fees.save_fee(work, dearer))
    assert database.read(lambda work: fees.fee_for(work, None, "99213", (), TODAY)) == Money(12500)
    for wrong, field in (
        (FeeDraft(schedule, "99213", Money(1)), "code"),
        (FeeDraft(schedule, "9921", Money(1)), "code"),
        (FeeDraft(schedule, "99215", Money(-1)), "amount"),
        (FeeDraft(schedule, "99215", Money(1), "255"), "modifier"),
    ):
        with pytest.raises(RuleError) as caught:
            database.write(lambda work, wrong=wrong: fees.save_fee(work, wrong))  # type: ignore[misc]
        assert caught.value.problems[0].field == field
    database.write(lambda work: fees.remove_fee(work, row.id))
    assert database.read(lambda work: fees.list_fees(work, schedule)) == []


def test_procedures_are_found_by_code_or_words_favourites_first(database: Database) -> None:
    def fill(work: Work) -> None:
        for code, title in (("99213", "Office visit"), ("99214", "Long office visit")):
            procedures.save(work, ProcedureDraft(code, title))
        procedures.save(work, ProcedureDraft("36415", "Blood draw", is_active=False))
        procedures.set_favourite(work, "99214", favourite=True)

    database.write(fill)

    def codes(text: str) -> list[str]:
        return [p.code for p in database.read(lambda work: procedures.find(work, text))]

    assert codes("") == ["99214", "99213"]
    assert codes("vis off") == ["99214", "99213"]
    assert codes("99213") == ["99213"]
    assert codes("blood") == []


def test_procedures_are_found_by_abbreviations_and_despite_a_wrong_letter(
    database: Database,
) -> None:
    def fill(work: Work) -> None:
        procedures.save(work, ProcedureDraft("93000", "Electrocardiogram with report"))
        procedures.save(work, ProcedureDraft("87880", "Strep test"))
        procedures.save(work, ProcedureDraft("36415", "Blood draw"))

    database.write(fill)

    def codes(text: str) -> list[str]:
        return [p.code for p in database.read(lambda work: procedures.find(work, text))]

    assert codes("electrocardiagram") == ["93000"]
    assert codes("ecg") == ["93000"]
    assert codes("bllod") == ["36415"]
    assert codes("xray") == []


def test_a_procedure_is_refused_at_the_field(database: Database) -> None:
    database.write(lambda work: procedures.save(work, ProcedureDraft("99213", "Visit")))
    good = ProcedureDraft("99214", "Longer visit")
    for field, wrong in (
        ("code", replace(good, code="99213")),
        ("code", replace(good, code="XX")),
        ("title", replace(good, title="")),
        ("modifiers", replace(good, modifiers="25 59 76 77 GT")),
        ("modifiers", replace(good, modifiers="2")),
        ("place", replace(good, place="30")),
    ):
        with pytest.raises(RuleError) as caught:
            database.write(lambda work, wrong=wrong: procedures.save(work, wrong))  # type: ignore[misc]
        assert caught.value.problems[0].field == field


def test_a_payer_names_a_schedule_that_exists(database: Database) -> None:
    draft = payers.PayerDraft(name="P", electronic_id="1234", fee_schedule_id=99)
    with pytest.raises(RuleError, match="fee schedule"):
        database.write(lambda work: payers.save(work, draft))
