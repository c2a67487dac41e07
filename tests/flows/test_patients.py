"""Patients by keys: register, find, change, insure; nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.services.people import coverages, patients, search
from desktop.services.practice.payers import payers
from desktop.ui.lib.type_ahead import TypeAhead
from desktop.ui.patients.page import PatientsPage
from tests import factories
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.people import drafts

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.patients.registering import RegisterDialog

CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


def page(qtbot: QtBot, window: MainWindow) -> PatientsPage:
    assert window.shell is not None
    window.shell.go("patients")
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, PatientsPage)
    return shown


def new_patient(qtbot: QtBot, window: MainWindow) -> RegisterDialog:
    here = page(qtbot, window)
    press(focused(), Qt.Key.Key_F8)
    assert here.dialog is not None
    dialog = here.dialog
    ready(qtbot, dialog)
    return dialog


def ready(qtbot: QtBot, dialog: QWidget) -> None:
    """Wait until the next key goes into the dialog."""
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or dialog))
    assert dialog.isVisible()


def proposed(widget: TypeAhead, text: str) -> bool:
    return not text or widget.is_open()


def enter(qtbot: QtBot, texts: list[str]) -> None:
    """Type each text and go on with Enter."""
    for text in texts:
        widget = focused()
        type_in(widget, text)
        if isinstance(widget, TypeAhead):
            qtbot.waitUntil(partial(proposed, widget, text))
        press(widget, Qt.Key.Key_Return)


def field(dialog_or_form: object, name: str) -> QWidget:
    widget = dialog_or_form.form.editor(name)  # type: ignore[attr-defined]
    assert isinstance(widget, QWidget)
    return widget


OWN = [
    "Quill",
    "Dora",
    "",
    "4/5/1980",
    "F",
    "",
    "2175550123",
    "",
    "",
    "4 Orchard Lane",
    "",
    "62701",
]
OWN += ["Springfield", "il", "t"]


def test_a_patient_with_coverage_is_registered_without_the_mouse(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    database.write(lambda work: drafts.payer(work, name="Blue Prairie of Illinois"))
    dialog = new_patient(qtbot, window)
    enter(qtbot, OWN)
    field(dialog, "payer_id").setFocus()
    enter(qtbot, ["illi", "", "W123456", "G1", "", "25", "1/1/2026"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    row = database.read(lambda work: search.search(work, "quill"))[0]
    assert (row.birth_on, row.payer) == (dt.date(1980, 4, 5), "Blue Prairie of Illinois")
    record = database.read(lambda work: patients.get(work, row.id))
    assert record.draft.signature_on == dt.date(2026, 9, 15)
    assert record.draft.person.city == "Springfield"
    insured = database.read(lambda work: coverages.list_for(work, row.id))[0]
    assert (insured.member_id, insured.valid_from) == ("W123456", dt.date(2026, 1, 1))
    assert window.shell is not None
    here = window.shell.page()
    assert isinstance(here, PatientsPage)
    assert here.view.patient_id == row.id


def test_a_problem_stands_beside_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    dialog = new_patient(qtbot, window)
    enter(qtbot, ["Quill", "Dora"])
    field(dialog, "zip_code").setFocus()
    type_in(focused(), "627")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    assert "Birth date is needed." in dialog.form.problem_at("birth_on")
    assert focused() is field(dialog, "birth_on")
    enter(qtbot, ["4/5/1980", "F"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: dialog.form.problem_at("zip_code") != "")
    assert dialog.form.values()["last"] == "Quill"
    assert database.read(lambda work: search.search(work, "")) == []
    dialog.form.set_dirty(False)
    dialog.reject()


def test_half_a_registration_is_none(qtbot: QtBot, window: MainWindow, database: Database) -> None:
    """The coverage is refused, so the patient is not kept either."""
    database.write(drafts.medicare)
    dialog = new_patient(qtbot, window)
    enter(qtbot, OWN)
    field(dialog, "payer_id").setFocus()
    enter(qtbot, ["medi", "", "not an mbi", "", "", "", "1/1/2026"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "not a Medicare number" in dialog.form.problem_at("member_id"))
    assert database.read(lambda work: search.search(work, "")) == []
    dialog.form.set_dirty(False)
    dialog.reject()


def test_a_duplicate_is_shown_while_one_types_and_opened_instead(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    known = database.write(lambda work: drafts.register(work, last="Quill", first="Dora"))
    dialog = new_patient(qtbot, window)
    enter(qtbot, ["quill", "Dora", "", "4/5/1980"])
    qtbot.waitUntil(lambda: len(dialog.duplicates.rows()) == 1)
    dialog.duplicates.open_button.setFocus()
    press(focused(), Qt.Key.Key_Space)
    settle(qtbot, window)
    assert window.shell is not None
    shown = window.shell.page()
    assert isinstance(shown, PatientsPage)
    assert shown.view.patient_id == known
    assert len(database.read(lambda work: search.search(work, "quill"))) == 1


def test_a_twin_is_registered_anyway(qtbot: QtBot, window: MainWindow, database: Database) -> None:
    database.write(lambda work: drafts.register(work, last="Quill", first="Dora"))
    dialog = new_patient(qtbot, window)
    enter(qtbot, ["Quill", "Mona", *OWN[2:]])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: focused() is dialog.duplicates.open_button)
    dialog.duplicates.anyway_button.setFocus()
    press(focused(), Qt.Key.Key_Space)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(database.read(lambda work: search.search(work, "quill"))) == 2


def test_find_open_change_and_save(qtbot: QtBot, window: MainWindow, database: Database) -> None:
    for last in ("Quill", "Ames", "Ortega"):
        database.write(lambda work, last=last: drafts.register(work, last=last))  # type: ignore[misc]
    here = page(qtbot, window)
    assert focused() is here.table.filter
    type_in(focused(), "ort")
    settle(qtbot, window)
    assert [row.name for row in here.table.rows()] == ["Ortega, Dora"]
    press(focused(), Qt.Key.Key_Return)
    press(focused(), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert here.view.header.name.text() == "Ortega, Dora"
    press(focused(), Qt.Key.Key_F9)
    assert focused() is field(here.view.details, "last")
    focused().selectAll()  # type: ignore[attr-defined]
    type_in(focused(), "Zimmer")
    press(focused(), Qt.Key.Key_S, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: here.view.header.name.text() == "Zimmer, Dora")
    press(focused(), Qt.Key.Key_W, CONTROL)
    assert here.stack.currentWidget() is here.table
    assert len(database.read(lambda work: search.search(work, "zimmer"))) == 1


def test_a_change_elsewhere_never_overwrites_what_is_being_typed(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    patient_id = database.write(drafts.register)
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_F9)
    type_in(focused(), "X")
    database.write(lambda work: drafts.coverage(work, patient_id, drafts.payer(work)))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "Prairie Health" in here.view.header.coverage.text())
    assert here.view.is_dirty
    assert "X" in here.view.details.form.values()["last"]
    here.view.details.form.set_dirty(False)


def test_a_second_coverage_with_another_subscriber(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    def fill(work: Work) -> int:
        patient_id = drafts.register(work)
        drafts.coverage(work, patient_id, drafts.payer(work))
        drafts.payer(work, name="Second Health", electronic_id="S2")
        return patient_id

    patient_id = database.write(fill)
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_A, CONTROL_SHIFT)
    dialog = here.view.coverage.dialog
    assert dialog is not None
    ready(qtbot, dialog)
    assert dialog.form.values()["rank"] == 2
    enter(qtbot, ["second", "", "S99"])
    field(dialog, "relationship").setFocus()
    press(focused(), Qt.Key.Key_S)
    press(focused(), Qt.Key.Key_S)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: dialog.form.values()["subscriber.city"] == "Springfield")
    field(dialog, "subscriber.first").setFocus()
    enter(qtbot, ["Otto", "1/1/1979", "M"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    found = database.read(lambda work: coverages.list_for(work, patient_id))
    assert [(c.rank, c.payer_name, c.subscriber_name) for c in found] == [
        (1, "Prairie Health", "Quillfeather, Dora"),
        (2, "Second Health", "Quillfeather, Otto"),
    ]
    qtbot.waitUntil(lambda: len(here.view.coverage.table.rows()) == 2)


def test_the_header_keeps_balances_and_alerts_in_sight(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    def fill(work: Work) -> int:
        factories.set_up_practice(work)
        row = factories.make_patient(work, alert="Speaks Polish", signature_on=None)
        factories.make_visit(work, row)
        return row.id

    patient_id = database.write(fill)
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    assert "Patient owes $120.00" in here.view.header.balances.text()
    assert "Speaks Polish" in here.view.header.alert_texts()
    press(focused(), Qt.Key.Key_F7)
    assert here.view.tabs.currentWidget() is here.view.account
    assert [row.codes for row in here.view.account.visits.rows()] == ["99213"]
    assert here.view.header.isVisible()


def test_markup_in_a_name_stays_inert(qtbot: QtBot, window: MainWindow, database: Database) -> None:
    name = "<b>Bold</b>"
    patient_id = database.write(lambda work: drafts.register(work, last=name))
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    assert here.view.header.name.textFormat() is Qt.TextFormat.PlainText
    assert here.view.header.name.text().startswith(name)
    assert name not in window.windowTitle()


def test_the_ssn_is_masked_until_it_is_asked_for(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    patient_id = database.write(lambda work: drafts.register(work, ssn="123456789"))
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    ssn = here.view.details.form.editor("ssn")
    assert (ssn.text(), ssn.placeholderText()) == ("", "•••-••-6789")
    here.view.details.show_ssn.setFocus()
    press(focused(), Qt.Key.Key_Space)
    settle(qtbot, window)
    assert ssn.placeholderText() == "123-45-6789"
    assert not here.view.is_dirty


def test_payers_are_proposed_by_any_part_of_their_name(database: Database) -> None:
    database.write(lambda work: drafts.payer(work, name="Blue Prairie of Illinois"))
    found = database.read(lambda work: payers.find(work, "illi pra"))
    assert [p.name for p in found] == ["Blue Prairie of Illinois"]


def test_a_child_whose_known_mother_pays_and_then_somebody_else(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    database.write(lambda work: drafts.register(work, last="Quill", first="Ada"))
    dialog = new_patient(qtbot, window)
    enter(qtbot, ["Quill", "Tom", "", "2/3/2015", "M"])
    field(dialog, "guarantor").setFocus()
    press(focused(), Qt.Key.Key_Down)
    press(focused(), Qt.Key.Key_Return)
    assert focused() is field(dialog, "guarantor.known")
    enter(qtbot, ["ada"])
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    child = database.read(lambda work: search.search(work, "tom"))[0].id
    record = database.read(lambda work: patients.get(work, child))
    assert record.guarantor_name == "Quill, Ada"
    assert window.shell is not None
    here = window.shell.page()
    assert isinstance(here, PatientsPage)
    settle(qtbot, window)
    form = here.view.details.form
    qtbot.waitUntil(lambda: form.values()["guarantor.first"] == "Ada")
    first = form.editor("guarantor.first")
    first.setFocus()
    first.selectAll()
    type_in(first, "Gwen")
    press(first, Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not form.is_dirty)
    assert database.read(lambda work: patients.get(work, child)).guarantor_name == "Quill, Gwen"
    names = [row.name for row in database.read(lambda work: search.search(work, "quill"))]
    assert names == ["Quill, Ada", "Quill, Tom"]


def test_taken_out_of_the_lists_and_back(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    patient_id = database.write(drafts.register)
    here = page(qtbot, window)
    here.show_record(patient_id)
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_Delete, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not here.view.is_active)
    assert database.read(lambda work: search.search(work, "")) == []
    assert window.shell is not None
    assert window.shell.notices.press_action()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: here.view.is_active)
    assert len(database.read(lambda work: search.search(work, ""))) == 1
