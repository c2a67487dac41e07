"""The patient statement: it adds up, says why, and stands in the envelope's window."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import RuleError
from desktop.models.values.money import ZERO, Money, total
from desktop.services.formats.documents import statement as module
from desktop.services.formats.documents import statement_data
from desktop.services.formats.documents.sheet import Letterhead
from desktop.services.formats.documents.statement_data import (
    Aging,
    ShareReason,
    StatementLine,
    StatementPatient,
    StatementPayment,
    StatementVisit,
    message_for_age,
)
from desktop.services.formats.documents.typography import width
from tests.unit.formats.documents import reading
from tests.unit.formats.documents.statements import (
    DENIED,
    VISIT,
    WAITING,
    cents,
    family,
    long_statement,
    row,
    statement,
)

DAY = dt.date(2026, 9, 1)


def printed(pdf: bytes) -> list[str]:
    return [line for page in reading.pages(pdf) for line in reading.rows(page)]


def figure(shown: str) -> Money:
    return Money.parse(shown.replace("−", "-"))


def test_a_statement_says_who_what_why_and_how_to_pay() -> None:
    said = reading.text(module.render(statement()))

    for expected in (
        "Elm Street Family Practice",
        "Phone (217) 555-0100",
        "Tax ID 36-1234567",
        "September 15, 2026",
        "100234",
        "María O'Brien-Łuk",
        "September 1, 2026 · Dr. Ruth Vance",
        "Office visit",
        "Your share 92.50: deductible 72.50, copay 20.00.",
        "Check: payable to Elm Street Family Practice",
        "October 6, 2026",
        "$77.30",
        "Page 1 of 1",
        "Amount enclosed",
    ):
        assert expected in said, expected


def test_every_row_adds_up_across_and_every_column_down_to_the_amount_due() -> None:
    data = family()
    rows = []
    sums: list[Money] = []
    for line in printed(module.render(data)):
        found = re.findall(r"(?<![\d$])−?[\d,]+\.\d\d(?!\d)|–", line)
        if line.startswith("Total  "):
            sums = [figure(f) if f != "–" else ZERO for f in found]
        elif re.match(r"(Office visit|Blood count|Chest x-ray|Travel vaccine)", line):
            rows.append([figure(f) if f != "–" else ZERO for f in found])

    assert len(rows) == 6
    for figures in rows:
        assert total(figures[:5]) == figures[5]
    assert [total(column) for column in zip(*rows, strict=True)] == sums
    assert sums[5] - data.unapplied == data.amount_due == cents("1179.60")
    assert data.aging.total == sums[5]


def test_openemr_7958_what_waits_on_insurance_is_not_asked_from_the_patient() -> None:
    data = statement(
        StatementPatient("Ana Brien", (StatementVisit(DAY, "Dr. Vance", (WAITING, VISIT)),))
    )
    said = reading.text(module.render(data))

    assert data.amount_due == cents("72.50")
    assert "98.00 waits on your insurance; you owe nothing on it yet." in said


def test_openemr_stm_all_five_aging_boxes_print_their_amounts() -> None:
    lines = (row(charge="31.05", due="31.05"),)
    data = statement(
        StatementPatient("Ana Brien", (StatementVisit(DAY, "Dr. Vance", lines),)),
        aging=Aging(cents("1.01"), cents("3.10"), cents("6.19"), cents("9.12"), cents("11.63")),
    )
    [boxes] = [r for r in printed(module.render(data)) if r.startswith("1.01")]

    assert boxes.split() == ["1.01", "3.10", "6.19", "9.12", "11.63", "31.05"]


def test_openemr_stm_a_young_balance_is_not_dunned() -> None:
    assert "Thank you" in message_for_age(0)
    texts = [message_for_age(days) for days in (0, 30, 31, 60, 61, 90, 91, 120, 121, 4000)]
    assert [a != b for a, b in itertools.pairwise(texts)] == [
        False, True, False, True, False, True, False, True, False,
    ]  # fmt: skip


def test_a_message_of_the_practice_replaces_the_one_by_age() -> None:
    said = reading.text(module.render(statement(message="We move on October 1.")))

    assert "We move on October 1." in said
    assert "Thank you for choosing" not in said


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (replace(VISIT, due=cents("72.49")), "across by 0.01"),
        (
            replace(VISIT, reasons=(ShareReason("deductible", cents("92.49")),)),
            "reasons of row 1 miss the share by 0.01",
        ),
    ],
)
def test_a_statement_off_by_one_cent_is_not_printed(broken: StatementLine, where: str) -> None:
    data = statement(
        StatementPatient("Ana Brien", (StatementVisit(DAY, "Dr. Vance", (broken,)),)),
        aging=Aging(current=broken.due),
    )
    with pytest.raises(RuleError, match=where) as refused:
        module.render(data)
    assert "Ana" not in str(refused.value)


def test_aging_that_differs_from_the_rows_is_not_printed() -> None:
    with pytest.raises(RuleError, match="aging boxes differ"):
        module.render(statement(aging=Aging(current=cents("77.29"))))


def test_a_credit_asks_for_nothing() -> None:
    data = statement(unapplied=cents("100"))
    said = reading.text(module.render(data))

    assert "Your credit" in said
    assert "$22.70" in said
    assert "There is nothing to pay." in said
    assert "$0.00" in said, "the slip asks for nothing"


@pytest.mark.parametrize("count", [3, 4, 5])
def test_the_address_stands_in_the_window_of_a_10_envelope(count: int) -> None:
    address = ("Wilhelmina Annabelle von Hohenzollern-Sigmaringen y Borbón-Dos Sicilias",) * count
    practice = Letterhead(
        "The Elm Street Family Practice of Springfield and Chatham and Beyond, P.C. " * 2,
        ("500 Oak Avenue", "Suite 200", "Springfield, IL 62701", "elm.example", "Mon to Fri"),
        "(217) 555-0100",
        "36-1234567",
    )
    page = reading.pages(module.render(statement(address=address, practice=practice)))[0]
    window = [s for s in page if s.y > 2.04 * 72 and s.y - s.size < 3.63 * 72 and s.x < 387]

    assert len(window) == count, "nothing but the address shows in the window"
    for shown in window:
        assert shown.x >= 0.875 * 72
        assert shown.x + width(shown.text, shown.size) <= (0.875 + 3.5) * 72
        assert shown.y - shown.size * 0.72 >= 2.5 * 72
        assert shown.y <= 3.167 * 72


def test_long_messages_and_ways_to_pay_push_the_table_down() -> None:
    ways = ("Pay by telephone on any working day between eight and five o'clock. " * 2,) * 4
    data = statement(message="A long message of the practice. " * 30, how_to_pay=ways)
    pages = [reading.rows(page) for page in reading.pages(module.render(data))]

    assert len(pages) == 2, "the table starts on its own page"
    assert any(line.startswith("Office visit  125.50") for line in pages[1])


def test_two_visits_with_their_payment_cost_one_sheet_of_postage() -> None:
    visits = (
        StatementVisit(DAY, "Dr. Vance", (VISIT, VISIT)),
        StatementVisit(DAY + dt.timedelta(days=9), "Dr. Vance", (VISIT,)),
    )
    paid = (StatementPayment(DAY, "Check 1202", cents("60.00")),)
    data = statement(StatementPatient("Ana Brien", visits), payments=paid)
    [page] = reading.pages(module.render(data))
    rows = reading.rows(page)

    assert any(line.startswith("Total  376.50") for line in rows)
    assert any("Check 1202" in line for line in rows)


def test_the_practice_stands_in_the_window_of_a_9_envelope_on_the_slip() -> None:
    [page] = reading.pages(module.render(statement(remit_to=("Lockbox 9", "PO Box 5", "X", "Y"))))
    slip = [s for s in page if s.text in {"Lockbox 9", "PO Box 5", "X", "Y"}]

    assert len(slip) == 4
    for shown in slip:
        assert shown.x >= 0.875 * 72
        assert shown.y - shown.size * 0.72 >= 792 - 1.25 * 72
        assert shown.y <= 792 - 0.5 * 72


def test_forty_lines_repeat_heads_and_number_pages() -> None:
    visits = tuple(
        StatementVisit(DAY + dt.timedelta(days=n), "Dr. Vance", (VISIT,) * 8) for n in range(5)
    )
    pdf = module.render(statement(StatementPatient("Ana Brien", visits)))
    pages = [reading.rows(page) for page in reading.pages(pdf)]

    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert any(line.startswith("Service  Charge") for line in page)
        assert any(f"Page {number} of 3" in line for line in page)
    assert sum(line.startswith("Office visit") for page in pages for line in page) == 40
    assert any("Ana Brien, continued" in line for line in pages[1])
    assert any(line.startswith("Amount due  $2,900.00") for line in pages[-1])


@pytest.mark.parametrize("data", [family(), long_statement(57), statement()])
def test_no_text_leaves_the_page_or_runs_over_another(data: statement_data.StatementData) -> None:
    for page in reading.pages(module.render(data)):
        lines: dict[float, list[tuple[float, float, str]]] = {}
        for s in page:
            bold = s.text == data.practice.name
            end = s.x + width(s.text, s.size, bold=bold)
            assert s.x >= 30
            assert end <= 575, s.text
            assert 30 <= s.y <= 775
            lines.setdefault(s.y, []).append((s.x, end, s.text))
        for line in lines.values():
            for (_, end, said), (start, _, _) in itertools.pairwise(sorted(line)):
                assert end <= start + 1, said


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=90),
    st.text(alphabet="<b>&/\\()%žłěğṣ漢字😀ا\u202e\x00\n", max_size=60),
    st.integers(0, 9_999_999_99),
)
def test_any_names_and_amounts_print(name: str, what: str, amount: int) -> None:
    line = StatementLine(what, Money(amount), due=Money(amount))
    data = statement(
        StatementPatient(name, (StatementVisit(DAY, name, (line,)),)),
        address=(name, what),
        how_to_pay=(name, what),
    )
    pdf = module.render(data)

    assert "\x00" not in reading.text(pdf), "a letter without a glyph"
    assert pdf == module.render(data)


def test_markup_in_names_is_only_text() -> None:
    patient = StatementPatient("<b>Ana</b> & <i>Co", (StatementVisit(DAY, "</para>", (VISIT,)),))
    said = reading.text(module.render(statement(patient)))

    assert "<b>Ana</b> & <i>Co" in said
    assert "September 1, 2026 · </para>" in said


def test_openemr_8321_a_statement_names_no_patient_of_another_account() -> None:
    first = module.render(family())
    second = reading.text(module.render(statement(StatementPatient("Ben Ode", ()))))

    assert "Zoë Brien" in reading.text(first)
    assert "Zoë" not in second
    assert "María" not in second


def test_a_denial_and_its_reason_are_said() -> None:
    patient = StatementPatient("Ana Brien", (StatementVisit(DAY, "Dr. Vance", (DENIED,)),))
    said = reading.text(module.render(statement(patient)))

    assert "not covered by your plan 1,060.00" in said
    assert "Prairie Mutual does not pay for travel vaccines." in said


def test_a_run_prints_each_statement_with_its_own_page_numbers() -> None:
    one, two = family(), statement(account="200")
    pdf = module.render_run([one, two])
    pages = reading.pages(pdf)

    apart = reading.pages(module.render(one)) + reading.pages(module.render(two))
    assert pages == apart
    assert len(pdf) < len(module.render(one)) + len(module.render(two))


def test_a_run_with_one_wrong_statement_prints_none() -> None:
    with pytest.raises(RuleError, match="account 200"):
        module.render_run([family(), statement(account="200", aging=Aging())])
    with pytest.raises(RuleError):
        module.render_run([])
