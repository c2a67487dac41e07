"""Setup by keys: the practice, its people and payers, users, this machine."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.models.values.enums import Role
from desktop.services.care import keys, practice_folder
from desktop.services.coding.base.values import ImportOptions
from desktop.services.formats.documents.cms1500 import PrinterProfile
from desktop.services.practice.codes import code_sets
from desktop.services.practice.office import locations, practice, providers, staff
from desktop.services.practice.payers import payers
from desktop.ui.lib import messages
from desktop.ui.lib.printer import FormOffsets, form_offsets, keep_form_offsets
from desktop.ui.lib.settings import machine_settings
from desktop.ui.setup.page import SetupPage
from tests.conftest import CHEAP, PASSWORD
from tests.flows.conftest import focused, settle
from tests.flows.test_patients import enter, ready
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.coding.files import test_files_nppes as nppes
from tests.unit.people import drafts

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.lib.dialog import FormDialog

NEW_PASSWORD = "seven quiet herons"


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "Cost", lambda *_args: CHEAP)


def page(qtbot: QtBot, window: MainWindow, tab: str) -> SetupPage:
    assert window.shell is not None
    window.shell.go("setup", tab)
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, SetupPage)
    return shown


def dialog_of(qtbot: QtBot, dialog: FormDialog | None) -> FormDialog:
    assert dialog is not None
    ready(qtbot, dialog)
    return dialog


def save(qtbot: QtBot, window: MainWindow, dialog: FormDialog) -> None:
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    # A window manager does this when a dialog closes; the offscreen platform has none.
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


def test_a_location_is_added_without_the_mouse(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "locations")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.locations.dialog)
    enter(qtbot, ["Main Office", "", "", "", "12 Mill Road", "", "62701-0001", "Springfield", "il"])
    save(qtbot, window, dialog)
    kept = database.read(locations.all_locations)
    assert [(p.name, p.place, p.zip_code, p.state) for p in kept] == [
        ("Main Office", "11", "627010001", "IL")
    ]
    qtbot.waitUntil(lambda: len(here.locations.table.rows()) == 1)


def test_a_wrong_npi_stands_beside_its_field(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "providers")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.providers.dialog)
    for name, text in (("last", "Hartwell"), ("first", "Nora"), ("npi", "1234567890")):
        dialog.form.editor(name).setFocus()
        type_in(focused(), text)
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "check digit" in dialog.form.problem_at("npi"))
    dialog.form.editor("npi").selectAll()
    dialog.form.editor("npi").setFocus()
    type_in(focused(), "1234567893")
    save(qtbot, window, dialog)
    assert [p.shown_name for p in database.read(providers.all_providers)] == ["Hartwell, Nora"]


def test_choosing_medicare_fills_in_its_rules(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "payers")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.payers.dialog)
    type_in(focused(), "Medicare Illinois")
    press(focused(), Qt.Key.Key_Return)
    type_in(focused(), "Medicare")
    press(focused(), Qt.Key.Key_Return)
    type_in(focused(), "00952")
    press(focused(), Qt.Key.Key_Return)
    type_in(focused(), "1361234567 X9")
    save(qtbot, window, dialog)
    kept = database.read(payers.all_payers)[0]
    assert (kept.days_original, kept.days_secondary, kept.secondary_starts_at_answer) == (
        365,
        365,
        False,
    )
    assert kept.identifiers == ("1361234567", "X9")


def test_a_provider_is_filled_from_the_national_file(
    qtbot: QtBot, window: MainWindow, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / nppes.NAME
    with file.open("w", newline="", encoding="utf-8") as out:
        street = {f"Provider First Line {nppes.PLACE.removeprefix('Provider ')}": "1 MILL RD"}
        csv.writer(out).writerows([nppes.HEADER, nppes.provider(7), nppes.provider(8, **street)])
    options = ImportOptions(states=frozenset({"TX"}))
    database.write(lambda work: code_sets.import_files(work, [file], options))
    here = page(qtbot, window, "providers")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.providers.dialog)
    type_in(focused(), nppes.npi(8))
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_Return)
    settle(qtbot, window)
    dialog.form.editor("is_referring").set_value(True)
    dialog.form.editor("is_rendering").set_value(False)
    save(qtbot, window, dialog)
    (kept,) = database.read(providers.all_providers)
    assert kept.line1 == "1 MILL RD"
    assert (kept.last, kept.first, kept.npi) == ("EXAMPLE", "ANA", nppes.npi(8))
    assert (kept.city, kept.state, kept.is_referring) == ("AUSTIN", "TX", True)


def test_a_payer_is_edited_and_its_version_is_kept(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    database.write(drafts.payer)
    here = page(qtbot, window, "payers")
    press(here.payers.table.view, Qt.Key.Key_Return)
    dialog = dialog_of(qtbot, here.payers.dialog)
    database.write(lambda work: payers.save(work, _renamed(work)))
    dialog.form.editor("phone").setFocus()
    type_in(focused(), "2175550111")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "Somebody else" in dialog.form.problem_at(""))
    assert dialog.form.values()["phone"] == "2175550111"
    dialog.form.set_dirty(False)
    dialog.reject()


def _renamed(work: object) -> payers.PayerDraft:
    return replace(payers.all_payers(work)[0], name="Renamed Elsewhere")  # type: ignore[arg-type]


def test_practice_settings_are_saved_and_an_inner_outbox_refused(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = page(qtbot, window, "practice")
    form = here.practice.form
    inner = database.folder / "out"
    inner.mkdir()
    form.editor("outbox_folder").setFocus()
    type_in(focused(), str(inner))
    press(focused(), Qt.Key.Key_S, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "outside the practice" in form.problem_at("outbox_folder"))
    assert database.read(practice.get).outbox_folder == ""
    outbox = tmp_path / "outbox"
    form.editor("outbox_folder").selectAll()
    type_in(focused(), str(outbox))
    press(focused(), Qt.Key.Key_S, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "does not exist" in form.problem_at("outbox_folder"))
    outbox.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(outbox))
    here.practice._on_choose()
    press(focused(), Qt.Key.Key_S, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not form.is_dirty)
    assert database.read(practice.get).outbox_folder == str(outbox)


def test_a_new_user_may_log_in_with_the_password(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    here = page(qtbot, window, "users")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.users.dialog)
    enter(qtbot, ["desk", "Dee Desk", "", NEW_PASSWORD, "another sentence"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    assert "not the same" in dialog.form.problem_at("again")
    dialog.form.editor("again").selectAll()
    type_in(focused(), NEW_PASSWORD)
    save(qtbot, window, dialog)
    rows = {u.name: u.role for u in database.read(staff.users)}
    assert rows["desk"] is Role.FRONT_DESK
    practice_folder.check_password(database.folder, "desk", NEW_PASSWORD)


def test_a_weak_password_adds_nobody(qtbot: QtBot, window: MainWindow, database: Database) -> None:
    here = page(qtbot, window, "users")
    press(focused(), Qt.Key.Key_F8)
    dialog = dialog_of(qtbot, here.users.dialog)
    enter(qtbot, ["desk", "", "", "short", "short"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    assert "characters" in dialog.form.problem_at("password")
    assert {u.name for u in database.read(staff.users)} == {"owner", "scheduled"}
    dialog.form.set_dirty(False)
    dialog.reject()


def test_a_new_recovery_key_replaces_the_old_one(
    qtbot: QtBot, window: MainWindow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    before = keys.read_key_file(database.folder)
    here = page(qtbot, window, "machine")
    here.machine.recovery_button.setFocus()
    press(focused(), Qt.Key.Key_Space)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: here.machine.preview is not None)
    after = keys.read_key_file(database.folder)
    assert [s.kind for s in after.slots].count("recovery") == 1
    assert {s.wrapped for s in after.slots if s.kind == "recovery"}.isdisjoint(
        s.wrapped for s in before.slots
    )
    practice_folder.check_password(database.folder, "owner", PASSWORD)
    preview: QWidget | None = here.machine.preview
    assert preview is not None
    preview.close()


def test_the_printers_correction_is_kept_on_this_machine(qtbot: QtBot, window: MainWindow) -> None:
    here = page(qtbot, window, "machine")
    for name, text in (("x_offset", "-12"), ("y_offset", "7"), ("scale", "2000")):
        editor = here.machine.form.editor(name)
        editor.setFocus()
        editor.selectAll()
        type_in(editor, text)
    here.machine.keep_button.click()
    assert "90 and 110" in here.machine.form.problem_at("scale")
    assert form_offsets() == FormOffsets()
    here.machine.form.editor("scale").selectAll()
    type_in(here.machine.form.editor("scale"), "1005")
    here.machine.sheet_button.click()
    qtbot.waitUntil(lambda: here.machine.preview is not None)
    here.machine.keep_button.click()
    assert PrinterProfile(*form_offsets()) == PrinterProfile(-12, 7, 1005)
    preview: QWidget | None = here.machine.preview
    assert preview is not None
    preview.close()


def test_torn_printer_settings_correct_nothing() -> None:
    keep_form_offsets(FormOffsets(3, 4, 1000))
    machine_settings().setValue("cms1500/x_offset", "--abc")
    assert form_offsets() == FormOffsets(0, 4, 1000)
