"""Codes and fees by keys: prices, files with mistakes, procedures, code sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.models.values.money import Money
from desktop.services.practice.codes import procedures
from desktop.services.practice.fees import fees
from desktop.ui.fees.page import FeesPage
from tests.flows.conftest import focused, settle
from tests.flows.test_patients import enter
from tests.flows.test_setup import dialog_of, save
from tests.helpers.keys import CONTROL, press, type_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.ui.frame.main_window import MainWindow

CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


def page(qtbot: QtBot, window: MainWindow, tab: str = "fees") -> FeesPage:
    assert window.shell is not None
    window.shell.go("codes", tab)
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, FeesPage)
    return shown


def test_the_first_schedule_and_price_without_the_mouse(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window)
    press(focused(), Qt.Key.Key_F8)
    first = dialog_of(qtbot, here.fees.dialog)
    type_in(focused(), "Standard")
    save(qtbot, window, first)
    qtbot.waitUntil(lambda: here.fees.schedule.value() is not None)
    press(focused(), Qt.Key.Key_F8)
    second = dialog_of(qtbot, here.fees.dialog)
    enter(qtbot, ["99213", "", "100+20"])
    save(qtbot, window, second)
    schedule = database.read(fees.schedules)[0]
    assert (schedule.name, schedule.is_standard) == ("Standard", True)
    rows = database.read(lambda work: fees.list_fees(work, schedule.id))
    assert [(r.code, r.amount) for r in rows] == [("99213", Money(12000))]
    qtbot.waitUntil(lambda: len(here.fees.table.rows()) == 1)
    press(focused(), Qt.Key.Key_Delete, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(here.fees.table.rows()) == 0)


def test_a_fee_file_with_letters_in_the_price_names_its_rows_and_loads_nothing(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schedule = database.write(lambda work: fees.add_schedule(work, "Standard"))
    path = tmp_path / "fees.csv"
    path.write_text("code,modifier,amount,title\n99213,,12o.00,Visit\n99214,,180,Longer\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    here = page(qtbot, window)
    press(focused(), Qt.Key.Key_G, CONTROL_SHIFT)
    settle(qtbot, window)
    qtbot.waitUntil(here.fees.problems.isVisible)
    assert "Row 2" in here.fees.problems.text()
    assert "12o.00" in here.fees.problems.text()
    assert database.read(lambda work: fees.list_fees(work, schedule)) == []
    path.write_text("code,modifier,amount,title\n99213,,120.00,Visit\n99214,,180,Longer\n")
    press(focused(), Qt.Key.Key_G, CONTROL_SHIFT)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(here.fees.table.rows()) == 2)
    assert not here.fees.problems.isVisible()
    assert [p.title for p in database.read(procedures.all_procedures)] == ["Visit", "Longer"]


def test_a_missing_fee_file_gets_one_sentence(
    qtbot: QtBot, window: MainWindow, database: Database, tmp_path: Path
) -> None:
    database.write(lambda work: fees.add_schedule(work, "Standard"))
    here = page(qtbot, window)
    here.fees.load(tmp_path / "missing.csv")
    settle(qtbot, window)
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "missing.csv" in notice.text


def test_a_procedure_is_added_and_becomes_a_favourite(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "procedures")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.procedures.dialog)
    enter(qtbot, ["99213", "Office visit", "25"])
    save(qtbot, window, dialog)
    qtbot.waitUntil(lambda: len(here.procedures.table.rows()) == 1)
    press(here.procedures.favourite_button, Qt.Key.Key_Space)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: database.read(procedures.all_procedures)[0].is_favourite)


def test_the_browsers_keys_work_on_its_tab_alone(qtbot: QtBot, window: MainWindow) -> None:
    here = page(qtbot, window)
    offered = {command.id for command, _action in here.commands()}
    assert "codes.favourite" not in offered
    here = page(qtbot, window, "browse")
    offered = {command.id for command, _action in here.commands()}
    assert "codes.favourite" in offered
    assert "page.remove" not in offered


def test_loaded_code_sets_show_their_dates(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "codes")
    row = here.codes.table.rows()[0]
    assert (row.system, row.records, row.text) == ("icd10cm", 98186, "in force")


def test_a_file_that_holds_no_codes_gets_one_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear doctor,\n")
    here = page(qtbot, window, "codes")
    before = len(here.codes.table.rows())
    here.codes.load([path])
    settle(qtbot, window)
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "letter.txt" in notice.text
    assert len(here.codes.table.rows()) == before
