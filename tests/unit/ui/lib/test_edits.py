from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.models.values.money import Money
from desktop.ui.lib.edits import Choice, CodeEdit, DateEdit, MoneyEdit, PhoneEdit, read_money
from tests.helpers.keys import type_in
from tests.unit.ui.lib.conftest import today

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12", 1200),
        ("-12.5", -1250),
        ("1,234.56", 123456),
        ("100-35", 6500),
        ("100 - 35 + 0.01", 6501),
        ("$85", 8500),
    ],
)
def test_money_takes_amounts_and_sums(text: str, cents: int) -> None:
    assert read_money(text) == Money(cents)


@pytest.mark.parametrize("text", ["1.234", "100-1.234", "abc", "--5", "5-", "1e3", "NaN", "1_000"])
def test_money_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_money(text)


def test_money_field_settles_and_is_right_aligned(qtbot: QtBot) -> None:
    edit = MoneyEdit()
    qtbot.addWidget(edit)
    type_in(edit, "1000-35")
    assert edit.value() == Money(96500)
    edit.editingFinished.emit()
    assert edit.text() == "965.00"
    assert edit.alignment() & Qt.AlignmentFlag.AlignRight


def test_money_below_zero_needs_leave(qtbot: QtBot) -> None:
    edit = MoneyEdit()
    qtbot.addWidget(edit)
    type_in(edit, "-5")
    assert "below zero" in edit.problem()


@pytest.mark.parametrize(
    ("keys", "expected", "weekday"),
    [
        ("t", dt.date(2026, 9, 15), "Tue"),
        ("t]", dt.date(2026, 10, 15), "Thu"),
        ("tm", dt.date(2026, 9, 1), "Tue"),
        ("th", dt.date(2026, 9, 30), "Wed"),
        ("t+7", dt.date(2026, 9, 22), "Tue"),
        ("2/29/24", dt.date(2024, 2, 29), "Thu"),
    ],
)
def test_date_by_keys(qtbot: QtBot, keys: str, expected: dt.date, weekday: str) -> None:
    edit = DateEdit(today)
    qtbot.addWidget(edit)
    type_in(edit, keys)
    assert edit.value() == expected
    edit.editingFinished.emit()
    assert edit.text() == f"{expected:%m/%d/%Y}"
    assert edit.weekday() == weekday


def test_a_step_is_taken_once_however_often_it_is_read(qtbot: QtBot) -> None:
    edit = DateEdit(today)
    qtbot.addWidget(edit)
    type_in(edit, "t+7")
    assert [edit.value(), edit.value(), edit.problem(), edit.value()] == [
        dt.date(2026, 9, 22),
        dt.date(2026, 9, 22),
        "",
        dt.date(2026, 9, 22),
    ]


def test_unreadable_date_keeps_the_text_and_says_why(qtbot: QtBot) -> None:
    edit = DateEdit(today, past=True)
    qtbot.addWidget(edit)
    type_in(edit, "2/30/24")
    edit.editingFinished.emit()
    assert edit.text() == "2/30/24"
    assert "no February 30" in edit.problem()
    assert edit.value() is None


def test_phone_is_ten_digits(qtbot: QtBot) -> None:
    edit = PhoneEdit()
    qtbot.addWidget(edit)
    type_in(edit, "1-555-013-4477")
    assert edit.value() == "5550134477"
    edit.editingFinished.emit()
    assert edit.text() == "(555) 013-4477"
    edit.set_value("123")
    assert "ten digits" in edit.problem()


def test_code_is_capitals(qtbot: QtBot) -> None:
    edit = CodeEdit()
    qtbot.addWidget(edit)
    type_in(edit, "j1 885")
    assert edit.value() == "J1885"


def test_wheel_never_changes_an_unfocused_choice(qtbot: QtBot) -> None:
    choice = Choice([(1, "one"), (2, "two"), (3, "three")])
    qtbot.addWidget(choice)
    choice.show()
    choice.clearFocus()
    centre = QPointF(choice.rect().center())
    wheel = QWheelEvent(
        centre,
        QPointF(choice.mapToGlobal(choice.rect().center())),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003
    )
    QApplication.sendEvent(choice, wheel)
    assert choice.value() == 1


def test_choice_keeps_its_value_when_options_change(qtbot: QtBot) -> None:
    choice = Choice([(1, "one"), (2, "two")], empty="none")
    qtbot.addWidget(choice)
    assert choice.value() is None
    choice.set_value(2)
    choice.set_options([(2, "two"), (3, "three")])
    assert choice.value() == 2
