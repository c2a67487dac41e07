from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.values.money import Money
from desktop.ui.lib.table import Column, Kind, RowsTable, Tone
from tests.helpers.keys import press, type_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@dataclass(frozen=True)
class ClaimRow:
    id: int
    patient: str
    on: dt.date | None
    charge: Money
    state: str


ROWS = [
    ClaimRow(1, "Nguyen, An", dt.date(2026, 9, 1), Money(12_500), "denied"),
    ClaimRow(2, "adams, Bo", None, Money(-2_550), "paid"),
    ClaimRow(3, "Ruiz,\tCarla\nMaria", dt.date(2026, 8, 3), Money(123_456), "paid"),
]
COLUMNS = [
    Column("patient", "Patient", stretch=True),
    Column("on", "Date", Kind.DATE),
    Column("charge", "Charge", Kind.MONEY),
    Column(
        "state",
        "State",
        Kind.STATE,
        tone=lambda row: Tone.BAD if row.state == "denied" else Tone.GOOD,
    ),
]


@pytest.fixture
def table(qtbot: QtBot) -> RowsTable:
    made = RowsTable(COLUMNS, name="claims", empty="No claims yet. Post a visit first.")
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.set_rows(ROWS)
    return made


def ids(table: RowsTable) -> list[int]:
    return [row.id for row in table.rows()]


def test_sorts_text_without_case_and_money_by_amount(table: RowsTable) -> None:
    table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert ids(table) == [2, 1, 3]
    table.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert ids(table) == [3, 1, 2]


def test_empty_dates_come_last_both_ways(table: RowsTable) -> None:
    table.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert ids(table) == [3, 1, 2]
    table.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert ids(table) == [1, 3, 2]


def test_filter_takes_words_of_any_column(qtbot: QtBot, table: RowsTable) -> None:
    table.focus_filter()
    type_in(table.filter, "PAID 1,234")
    assert ids(table) == [3]
    assert table.count_text() == "1 of 3 rows"
    press(table.filter, Qt.Key.Key_Escape)
    assert ids(table) == [1, 2, 3]


def test_enter_in_the_filter_goes_to_the_table_and_enter_opens(
    qtbot: QtBot, table: RowsTable
) -> None:
    opened: list[ClaimRow] = []
    table.opened.connect(opened.append)
    table.activateWindow()
    table.focus_filter()
    type_in(table.filter, "denied")
    press(table.filter, Qt.Key.Key_Return)
    press(table.view, Qt.Key.Key_Return)
    assert [row.id for row in opened] == [1]


def test_foot_adds_the_chosen_amounts(table: RowsTable) -> None:
    table.view.selectAll()
    assert table.sum_text() == "3 chosen:  Charge 1,334.06"


def test_copy_gives_rows_as_columns_on_one_line_each(qtbot: QtBot, table: RowsTable) -> None:
    table.view.selectAll()
    press(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0] == "Patient\tDate\tCharge\tState"
    assert lines[1] == "Nguyen, An\t09/01/2026\t125.00\tdenied"
    assert lines[3] == "Ruiz, Carla Maria\t08/03/2026\t1,234.56\tpaid"
    QApplication.clipboard().clear()


def test_a_refresh_keeps_the_chosen_row(table: RowsTable) -> None:
    assert table.select_id(3)
    table.set_rows([ClaimRow(9, "New, Row", None, Money(0), "paid"), *ROWS])
    assert table.current_row().id == 3
    assert [row.id for row in table.chosen_rows()] == [3]


def test_amounts_are_right_aligned_and_states_have_word_and_mark(table: RowsTable) -> None:
    charge = table.model.index(0, 2)
    assert charge.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    state = table.model.index(0, 3)
    assert table.model.data(state) == "denied"
    assert not state.data(Qt.ItemDataRole.DecorationRole).isNull()


def test_an_empty_table_says_what_to_do(table: RowsTable) -> None:
    table.set_rows([])
    assert table.view.empty_text == "No claims yet. Post a visit first."
    table.set_rows(ROWS)
    table.filter.setText("nobody")
    assert "Esc clears" in table.view.empty_text


def test_columns_can_be_hidden_and_are_remembered(qtbot: QtBot, table: RowsTable) -> None:
    menu = table.column_menu()
    menu.actions()[1].setChecked(False)
    assert table.view.isColumnHidden(1)
    again = RowsTable(COLUMNS, name="claims")
    qtbot.addWidget(again)
    assert again.view.isColumnHidden(1)
    assert not again.view.isColumnHidden(0)


def test_a_narrow_window_scrolls_instead_of_cutting_names(qtbot: QtBot, table: RowsTable) -> None:
    table.resize(300, 300)
    least = table.fontMetrics().horizontalAdvance("0") * 16
    qtbot.waitUntil(lambda: table.view.columnWidth(0) >= least)
    table.resize(1200, 300)
    qtbot.waitUntil(lambda: table.view.columnWidth(0) > 500)


def test_nothing_is_said_of_rows_that_have_not_come(qtbot: QtBot) -> None:
    table = RowsTable(COLUMNS, name="claims", empty="No claims yet. Post a visit first.")
    qtbot.addWidget(table)
    assert (table.view.empty_text, table.count_text()) == ("", "")
    table.set_rows([])
    assert table.view.empty_text == "No claims yet. Post a visit first."
