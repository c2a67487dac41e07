"""The codes of a visit in the real window, by keys: completed, looked up, kept as favourites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.services.coding.base.values import BEST, BUILT_IN, ICD10CM, CodeHit
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.vectors import index, model
from desktop.services.practice.codes import code_pages
from desktop.services.visits import choices, entry, posting
from desktop.ui.fees.page import FeesPage
from desktop.ui.frame.palette import Palette
from desktop.ui.lib import messages
from desktop.ui.lib.settings import search_mode
from desktop.ui.visits.companions_dialog import CompanionsDialog
from desktop.ui.visits.page import VisitsPage
from tests.flows.conftest import back, focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.visits.scenes import Scene, make_scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

ENTER = Qt.Key.Key_Return
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def scene(database: Database) -> Scene:
    """One insured patient, before the window opens."""
    return database.write(make_scene)


@pytest.fixture
def page(
    scene: Scene, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> VisitsPage:
    """A new visit of that patient."""
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    assert window.shell is not None
    window.shell.go("visits", ("new", scene.patient_id))
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, VisitsPage)
    qtbot.waitUntil(shown.editor.diagnoses.line.hasFocus)
    return shown


def _take(qtbot: QtBot, window: MainWindow, text: str) -> None:
    line = focused()
    type_in(line, text)
    settle(qtbot, window)
    press(line, ENTER)
    settle(qtbot, window)


def _goes_with(qtbot: QtBot) -> CompanionsDialog:
    press(focused(), Qt.Key.Key_U, ALT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), CompanionsDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CompanionsDialog)
    qtbot.waitUntil(dialog.list.hasFocus)
    return dialog


def test_the_stage_of_kidney_disease_is_added_by_one_key(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    box = page.editor.diagnoses
    _take(qtbot, window, "E11.22")
    assert box.asks.text().startswith("E11.22   use an additional code: stage of chronic")
    dialog = _goes_with(qtbot)
    press(dialog.list, Qt.Key.Key_2)
    assert box.codes() == ("E1122", "N182")
    press(dialog.list, Qt.Key.Key_Escape)
    back(qtbot, window)
    qtbot.waitUntil(box.line.hasFocus)
    assert "code first" not in box.asks.text(), "N18.2 asks for the diabetes, which is there"


def test_the_seventh_character_takes_the_place_of_the_code_and_keeps_its_pointers(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    box = page.editor.diagnoses
    _take(qtbot, window, "I10")
    _take(qtbot, window, "S52.501")
    assert box.codes() == ("I10", "S52501")
    assert "needs a 7th character" in box.asks.text()
    line = page.editor.lines.rows[0]
    line.procedure.setFocus()
    _take(qtbot, window, "99213")
    line.pointers.set_value("B")
    box.line.setFocus()
    dialog = _goes_with(qtbot)
    type_in(dialog.list, "d")
    back(qtbot, window)
    assert box.codes() == ("I10", "S52501D")
    assert line.pointers.text() == "B"


def test_a_cause_goes_before_its_manifestation_and_letters_follow(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    box = page.editor.diagnoses
    _take(qtbot, window, "F02.80")
    line = page.editor.lines.rows[0]
    line.procedure.setFocus()
    _take(qtbot, window, "99213")
    assert line.pointers.text() == "A"
    box.line.setFocus()
    dialog = _goes_with(qtbot)
    press(dialog.list, Qt.Key.Key_4)
    assert box.codes() == ("G309", "F0280")
    assert line.pointers.text() == "B", "the line points to the same diagnosis as before"
    press(dialog.list, Qt.Key.Key_Delete)
    assert box.codes() == ("F0280",)
    press(dialog.list, Qt.Key.Key_Escape)
    back(qtbot, window)


def test_a_diagnosis_is_looked_up_and_the_cursor_comes_back(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.shell is not None
    _take(qtbot, window, "E11.9")
    press(focused(), Qt.Key.Key_I, CONTROL)
    settle(qtbot, window)
    codes = window.shell.page()
    assert isinstance(codes, FeesPage)
    qtbot.waitUntil(lambda: codes.browse.view.code is not None)
    assert codes.browse.view.code is not None
    assert codes.browse.view.code.page.info.code == "E119"
    codes.browse.show_code("E1122")
    settle(qtbot, window)
    codes.browse.add_to_visit()
    window.shell.go("visits")
    settle(qtbot, window)
    assert page.editor.diagnoses.codes() == ("E119", "E1122")
    qtbot.waitUntil(page.editor.diagnoses.list.hasFocus)


def test_a_favourite_is_marked_and_comes_first(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database
) -> None:
    box = page.editor.diagnoses
    _take(qtbot, window, "M54.50")
    press(focused(), Qt.Key.Key_F2)
    settle(qtbot, window)
    assert "★" in box.list.item(0).text()
    box.line.setFocus()
    press(box.line, Qt.Key.Key_Down)
    settle(qtbot, window)
    assert box.line.suggestions()[0].value[0] == "M5450"
    assert box.line.suggestions()[0].right == "★"
    # In the open list it is the marked proposal that is meant, not the diagnosis below.
    press(box.line, Qt.Key.Key_F2)
    settle(qtbot, window)
    assert "★" not in box.list.item(0).text()


def test_a_procedure_is_made_a_favourite_from_its_line(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database
) -> None:
    line = page.editor.lines.rows[0]
    line.procedure.setFocus()
    _take(qtbot, window, "85025")
    line.units.setFocus()
    press(line.units, Qt.Key.Key_F2)
    settle(qtbot, window)
    following = page.editor.lines.rows[1].procedure
    following.setFocus()
    type_in(following, "8")
    settle(qtbot, window)
    first = following.suggestions()[0]
    assert (first.text, first.right) == ("85025", "★")


def test_the_search_by_meaning_is_prepared_once_and_then_asked(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = CodeStore.search

    def search(self: CodeStore, *given: Any, mode: str = BUILT_IN, **more: Any) -> list[CodeHit]:
        asked.append(mode)
        return real(self, *given, **more)

    prepared: list[str] = []
    monkeypatch.setattr(CodeStore, "search", search)
    monkeypatch.setattr(
        code_pages, "prepare_best", lambda _database, system, _progress: prepared.append(system)
    )
    box = page.editor.diagnoses
    _take(qtbot, window, "gout")
    assert set(asked) == {BUILT_IN}
    page.editor.searching.toggle()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.editor.searching.mode() == BEST)
    assert (prepared, search_mode()) == ([ICD10CM], BEST)
    asked.clear()
    box.line.setFocus()
    type_in(box.line, "sugar sickness")
    settle(qtbot, window)
    assert asked[-1] == BEST
    assert asked[0] == BUILT_IN, "a fragment of a word means nothing yet"
    page.editor.searching.toggle()
    assert (page.editor.searching.mode(), search_mode()) == (BUILT_IN, BUILT_IN)


def test_without_the_packages_the_search_says_what_is_missing_and_goes_on(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "available", lambda: False)
    monkeypatch.setattr(index, "_encoders", [])
    page.editor.searching.toggle()
    settle(qtbot, window)
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "optional packages that are not installed" in notice.text
    assert (page.editor.searching.mode(), search_mode()) == (BUILT_IN, BUILT_IN)
    _take(qtbot, window, "gout")
    assert page.editor.diagnoses.codes()


def test_a_void_visit_takes_no_code_from_anywhere(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database, scene: Scene
) -> None:
    def voided(work: Work) -> int:
        visit_id = entry.save(work, scene.draft())
        posting.post(work, visit_id)
        posting.void(work, visit_id, "wrong patient")
        return visit_id

    visit_id = database.write(voided)
    page.open_visit(visit_id)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.editor.view is not None and not page.editor.may_edit)
    working = {command.id for command, _action in page.commands()}
    assert not working & {"visit.goes_with", "visit.codes_from_note", "visit.send_to_review"}
    assert "visit.look_up_code" in working
    page.editor.coding.look_up()
    settle(qtbot, window)
    assert window.shell is not None
    codes = window.shell.page()
    assert isinstance(codes, FeesPage)
    codes.browse.show_code("I10")
    settle(qtbot, window)
    codes.browse.add_to_visit()
    assert page.editor.diagnoses.codes() == ("E119", "I10")


def test_what_goes_with_a_diagnosis_follows_the_date(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    _take(qtbot, window, "E11.22")
    assert not page.editor.diagnoses.asks.isHidden()
    day = page.editor.service_on
    day.setFocus()
    day.selectAll()
    type_in(day, "100126")  # no tabular list is loaded for the next year
    press(day, ENTER)
    settle(qtbot, window)
    assert page.editor.diagnoses.asks.isHidden()


def test_a_command_of_the_palette_knows_the_line_with_the_cursor(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database
) -> None:
    _take(qtbot, window, "I10")
    line = page.editor.lines.rows[0]
    line.procedure.setFocus()
    _take(qtbot, window, "85025")
    line.units.setFocus()
    press(line.units, Qt.Key.Key_K, CONTROL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Palette))
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, Palette)
    type_in(palette.line, "favourite")
    press(palette.line, ENTER)
    settle(qtbot, window)
    favourites = database.read(choices.choices).favourites
    assert favourites["procedure"] == frozenset({"85025"})
    assert not favourites[ICD10CM]
