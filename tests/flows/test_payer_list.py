"""Payers from a clearinghouse's list, by keys, in Setup and by the drop zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.services.practice.payers import payers
from desktop.ui.setup.page import SetupPage
from desktop.ui.shared.payer_list import PayerListDialog
from tests.flows.conftest import focused, settle
from tests.flows.test_code_sets import drop, sets
from tests.helpers.keys import CONTROL, press

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.ui.frame.main_window import MainWindow

LIST = (
    "Payer ID,Insurance,Remarks,Fax line\n"
    "60054,Aetna,,5125550100\n"
    "TXMCD,Texas Medicaid,,\n"
    ",Nobody,,\n"
)


def names(database: Database) -> list[str]:
    return [p.name for p in database.read(payers.all_payers) if not p.is_training]


def test_setup_shows_what_a_list_would_do_and_then_does_it(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "payers.csv"
    path.write_text(LIST)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    assert window.shell is not None
    window.shell.go("setup", "payers")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, SetupPage)
    press(focused(), Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    dialog = page.payers.list_dialog
    assert isinstance(dialog, PayerListDialog)
    qtbot.waitUntil(lambda: len(dialog.table.rows()) == 3)
    assert dialog.mapping() == {"electronic_id": 0, "name": 1}
    assert [row.result for row in dialog.table.rows()] == ["added", "added", "rejected"]
    assert names(database) == [], "a preview keeps nothing"
    dialog.choices["phone"].set_value(3)
    dialog.choices["phone"].edited.emit()
    settle(qtbot, window)
    press(dialog, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: not dialog.load_button.isVisible())
    assert sorted(names(database)) == ["Aetna", "Texas Medicaid"]
    (left_out,) = dialog.table.rows()
    assert left_out.number == 4
    assert "left out" in dialog.words.text()
    press(dialog, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert "Aetna" in [row.name for row in page.payers.table.rows()]
    assert database.read(payers.all_payers)[0].phone == "5125550100"


def test_a_list_without_ids_waits_until_the_column_is_chosen(
    qtbot: QtBot, window: MainWindow, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "payers.csv"
    path.write_text("Insurance,Reference\nAetna,60054\n")
    assert window.shell is not None
    window.shell.go("setup", "payers")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, SetupPage)
    page.payers.load(path)
    dialog = page.payers.list_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "electronic id" in dialog.words.text())
    assert not dialog.load_button.isEnabled()
    choice = dialog.choices["electronic_id"]
    choice.setFocus()
    press(choice, Qt.Key.Key_R)
    qtbot.waitUntil(dialog.load_button.isEnabled)
    press(dialog, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert names(database) == ["Aetna"]


def test_a_list_of_payers_may_be_dropped_beside_code_files(
    qtbot: QtBot, window: MainWindow, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "clearinghouse.csv"
    path.write_text(LIST)
    other = tmp_path / "letter.txt"
    other.write_text("Dear doctor,\n")
    tab = sets(qtbot, window)
    drop(tab, path, other)
    qtbot.waitUntil(lambda: tab.importer.payers is not None)
    dialog = tab.importer.payers
    assert dialog is not None
    qtbot.waitUntil(dialog.load_button.isEnabled)
    press(dialog, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.shell is not None
    shown = window.shell.notices
    qtbot.waitUntil(lambda: shown.notice is not None and "letter.txt" in shown.notice.text)
    assert names(database) == []


def test_an_empty_list_says_so(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "payers.csv"
    path.write_text("Payer ID,Name\n")
    assert window.shell is not None
    window.shell.go("setup", "payers")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, SetupPage)
    page.payers.load(path)
    dialog = page.payers.list_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "holds no payers" in dialog.words.text())
    assert not dialog.load_button.isEnabled()
