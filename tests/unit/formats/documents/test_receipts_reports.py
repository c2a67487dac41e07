"""Receipts, report tables, the recovery sheet, and the letters they are printed in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import RuleError
from desktop.models.values.money import Money
from desktop.services.formats.documents import receipt
from desktop.services.formats.documents.receipt import AppliedLine, ReceiptData
from desktop.services.formats.documents.recovery_sheet import render_recovery_sheet
from desktop.services.formats.documents.report import to_pdf
from desktop.services.formats.documents.tables import Column, ReportTable, to_csv
from desktop.services.formats.documents.text import ascii_text, capitals, identifier, plain
from desktop.services.formats.documents.typography import clean, fit, width, wrap
from tests.unit.formats.documents import reading
from tests.unit.formats.documents.statements import PRACTICE, cents

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = dt.date(2026, 9, 15)
RECEIPT = ReceiptData(
    PRACTICE,
    "R-1042",
    DAY,
    "Thomas Łuk <b>",
    "100234",
    "Check",
    cents("100.00"),
    cents("24.30"),
    "1042",
    (
        AppliedLine(dt.date(2026, 9, 1), "María Łuk", "Office visit", cents("72.50")),
        AppliedLine(dt.date(2026, 9, 1), "Zoë Brien", "Blood count", cents("4.80")),
    ),
)
COLUMNS = (
    Column("payer", "Payer", "text", 20),
    Column("since", "Since", "date"),
    Column("claims", "Claims", "count"),
    Column("open", "Open", "money"),
    Column("share", "Share", "percent"),
)


def table(*rows: tuple[object, ...], **changes: object) -> ReportTable:
    values = {"totals": None, "subtotal_rows": frozenset[int]()} | changes
    return ReportTable("Aging by payer", "As of 2026-09-15", COLUMNS, rows, **values)  # type: ignore[arg-type]


# --- receipts ----------------------------------------------------------------------------


def test_a_receipt_shows_what_the_money_did_and_what_is_left() -> None:
    said = reading.text(receipt.render(RECEIPT))

    for expected in ("R-1042", "Thomas Łuk <b>", "Check 1042", "$100.00", "72.50", "4.80"):
        assert expected in said, expected
    lines = reading.rows(reading.pages(receipt.render(RECEIPT))[0])
    assert "Kept on your account for later  22.70" in lines
    assert "Received  100.00" in lines
    assert "Balance after this receipt  $24.30" in lines


def test_a_receipt_that_gives_out_more_than_came_in_is_refused() -> None:
    part = AppliedLine(DAY, "Ana", "Visit", cents("100.01"))
    with pytest.raises(RuleError, match=r"0\.01 more is applied"):
        receipt.render(replace(RECEIPT, applied=(part,)))


def test_a_void_receipt_says_so_and_why() -> None:
    said = reading.text(receipt.render(replace(RECEIPT, voided="check returned")))

    assert "Receipt · VOID" in said
    assert "Void: check returned" in said


def test_a_credit_after_a_receipt_is_called_a_credit() -> None:
    said = reading.text(receipt.render(replace(RECEIPT, balance=cents("-5.00"))))

    assert "Credit on the account after this receipt" in said
    assert "$5.00" in said


def test_a_receipt_of_many_parts_goes_on_and_loses_none() -> None:
    parts = tuple(AppliedLine(DAY, "Ana", f"Visit {n}", cents("1")) for n in range(90))
    pages = reading.pages(receipt.render(replace(RECEIPT, applied=parts)))

    assert len(pages) == 3
    said = [s.text for page in pages for s in page]
    assert all(f"Visit {n}" in said for n in range(90))
    assert all(any("Paid toward" in s.text for s in page) for page in pages[:2])


# --- tables ------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  =", "＝"])
def test_a_text_cell_is_never_a_formula_in_csv(start: str) -> None:
    [_, row] = _read(to_csv(table((f"{start}cmd|' /C calc'!A0", DAY, 1, Money(1), 1))))

    assert row[0].startswith("'")


def test_a_negative_amount_stays_a_number_in_csv() -> None:
    text = to_csv(
        table(
            ("Łuk, Inc. “A”", DAY, -3, Money(-1250), Decimal("-12.5")),
            ("Subtotal", None, -3, Money(-1250), None),
            totals=("Total", None, 1234, Money(123456789), Decimal(100)),
            subtotal_rows=frozenset({1}),
        )
    )

    assert _read(text) == [
        ["Payer", "Since", "Claims", "Open", "Share"],
        ["Łuk, Inc. “A”", "2026-09-15", "-3", "-12.50", "-12.5"],
        ["Total", "", "1234", "1234567.89", "100"],
    ]


@given(st.text(max_size=40))
def test_any_text_survives_csv_as_one_cell(text: str) -> None:
    [_, row] = _read(to_csv(table((text, None, None, None, None))))

    assert row[0].removeprefix("'") == text.replace("\x00", "").removeprefix("'")
    assert len(row) == 5


def _read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_report_repeats_its_heads_and_shows_every_row_and_total() -> None:
    rows = tuple((f"Payer {n}", DAY, n * 1000, Money(-n * 100), Decimal("1.5")) for n in range(120))
    pdf = to_pdf(
        table(*rows, totals=("Total", None, 7_140_000, Money(-714000), Decimal(100))),
        "Elm Street <b>",
        DAY,
    )
    pages = [reading.rows(page) for page in reading.pages(pdf)]
    lines = [line for page in pages for line in page]

    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert "Payer  Since  Claims  Open  Share" in page
        assert any(f"Page {number} of 3" in line for line in page)
        assert any("Elm Street <b> · printed September 15, 2026" in line for line in page)
    assert "Payer 119  09/15/2026  119,000  −119.00  1.5 %" in lines
    assert "Total  7,140,000  −7,140.00  100 %" in lines
    assert sum(line.startswith("Payer ") and "/2026" in line for line in lines) == 120


def test_figures_of_a_report_are_never_cut_and_end_at_one_edge() -> None:
    amounts = [Money(9_999_999_999_99), Money(-9_999_999_999_99), Money(5)]
    pdf = to_pdf(table(*((f"P{a}", DAY, 1, a, 1) for a in amounts)), "Elm", DAY)
    shown = [s for page in reading.pages(pdf) for s in page]
    ends = set()
    for amount in amounts:
        said = amount.shown.replace("-", "−")
        [found] = [s for s in shown if s.text == said]
        ends.add(round(found.x + width(said, found.size), 1))

    assert len(ends) == 1


def test_a_report_with_long_names_is_laid_on_its_side_and_wraps_them() -> None:
    name = "Prairie Mutual Health Insurance Company of Northern Illinois and Elsewhere " * 3
    wide = tuple(Column(str(n), f"{n}1–{n}9 days", "money") for n in range(7))
    report = ReportTable(
        "Aging", "", (Column("p", "Payer"), *wide), ((name, *[Money(123456)] * 7),)
    )
    pdf = to_pdf(report, "Elm", DAY)
    said = reading.text(pdf)

    assert "…" not in said
    assert "Elsewhere" in said
    assert max(s.x for page in reading.pages(pdf) for s in page) > 612


def test_an_empty_report_says_that_there_is_nothing() -> None:
    assert "Nothing to show." in reading.text(to_pdf(table(), "Elm", DAY))


# --- recovery sheet and letters ----------------------------------------------------------


def test_the_recovery_sheet_shows_every_group_once_on_one_page() -> None:
    groups = "7QK4 9XMT B2RD HW5N 3CFA ZE8J KP6V 0GY1".split()
    pdf = render_recovery_sheet("Elm & Sons <b>", "-".join(groups), DAY)
    [page] = reading.pages(pdf)
    said = [s.text for s in page]

    assert [s for s in said if s in groups] == groups
    assert "Elm & Sons <b>" in said
    assert "Made on September 15, 2026" in said


def test_the_same_data_give_the_same_bytes() -> None:
    report = table(("Łuk", DAY, 1, Money(1), 1))
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: receipt.render(RECEIPT),
        lambda: to_pdf(report, "Elm", DAY),
        lambda: render_recovery_sheet("Elm", "AAAA-BBBB", DAY),
    )
    for make in makers:
        assert make() == make()


@pytest.mark.parametrize("name", ["Łukasz Dvořák", "Němcová", "Erdoğan", "Nguyễn", "Ångström"])
def test_names_with_accents_keep_their_letters(name: str) -> None:
    assert clean(name) == name
    said = reading.text(receipt.render(replace(RECEIPT, payer=name)))
    assert name in said


def test_a_letter_that_the_font_lacks_is_never_a_box() -> None:
    assert clean("漢A\u202eB\x07C") == "?AB C"
    assert clean("e\u030c") == "ě"


def test_text_is_cut_or_wrapped_to_its_room() -> None:
    long = "W" * 300
    assert width(fit(long, 9, 100), 9) <= 100
    assert fit("short", 9, 100) == "short"
    lines = wrap(f"one {long} two", 9, 100)
    assert "".join(lines).replace(" ", "") == f"one{long}two"
    assert all(width(line, 9) <= 100 for line in lines)


def test_text_of_forms_is_ascii_capitals() -> None:
    assert plain("O'Brien-Łuk, Jr.") == "OBRIEN-LUK JR"
    assert plain("Müller/Søren & Co.") == "MULLER SOREN CO"
    assert identifier(" xyz-12 3.4 ") == "XYZ1234"
    assert capitals("see\n “note”\t(2)") == 'SEE "NOTE" (2)'
    assert ascii_text("Æsir ß 漢") == "AEsir ss "
