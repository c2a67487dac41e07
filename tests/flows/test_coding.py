"""Coding in the real window, by keys: a note read, its codes taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.values.enums import VisitState
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.visits import entry, posting
from desktop.ui.lib import messages
from desktop.ui.visits.note_dialog import NoteDialog
from desktop.ui.visits.page import VisitsPage
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.visits.scenes import Scene, make_scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

ENTER = Qt.Key.Key_Return
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


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


def _note(qtbot: QtBot, window: MainWindow, text: str) -> NoteDialog:
    press(focused(), Qt.Key.Key_U, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), NoteDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, NoteDialog)
    qtbot.waitUntil(dialog.note.hasFocus)
    type_in(dialog.note, text)
    qtbot.waitUntil(lambda: not dialog.is_waiting())
    settle(qtbot, window)
    return dialog


def _close(qtbot: QtBot, window: MainWindow, dialog: NoteDialog) -> None:
    """Escape; without a window system somebody has to make the main window active again."""
    press(dialog.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    settle(qtbot, window)


def test_the_dialog_says_that_it_reads_while_no_codes_are_there(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    dialog = _note(qtbot, window, "Cough.")
    assert dialog.says.text() == "1 phrase to code."
    dialog.note.setPlainText("Cough and wheezing.")
    dialog.ask()
    assert dialog.says.text() == "Reading the note…"
    settle(qtbot, window)
    assert dialog.says.text() == "2 phrases to code."
    _close(qtbot, window, dialog)


def test_influenza_with_its_symptoms_is_one_code_taken_by_one_key(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    dialog = _note(
        qtbot, window, "Influenza A with fever, cough and sore throat. Denies chest pain."
    )
    press(dialog.note, Qt.Key.Key_Tab)
    assert focused() is dialog.list
    press(dialog.list, ENTER)
    settle(qtbot, window)
    assert page.editor.diagnoses.codes() == ("J101",)
    _close(qtbot, window, dialog)
    qtbot.waitUntil(page.editor.diagnoses.line.hasFocus)
    assert page.editor.diagnoses.codes() == ("J101",)


def test_the_note_of_one_visit_is_gone_in_the_next(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, scene: Scene
) -> None:
    dialog = _note(qtbot, window, "Cough for three days.")
    _close(qtbot, window, dialog)
    again = _note(qtbot, window, "")
    assert again.text() == "Cough for three days."
    _close(qtbot, window, again)
    assert window.shell is not None
    window.shell.go("visits", ("new", scene.patient_id))
    settle(qtbot, window)
    qtbot.waitUntil(page.editor.diagnoses.line.hasFocus)
    fresh = _note(qtbot, window, "")
    assert fresh.text() == ""
    _close(qtbot, window, fresh)


def test_what_the_note_denies_is_shown_and_cannot_be_taken(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    dialog = _note(qtbot, window, "Denies chest pain.")
    assert dialog.list.texts() == ["“chest pain”   denied: nothing to code"]
    press(dialog.note, Qt.Key.Key_F6)
    assert focused() is dialog.list
    press(dialog.list, ENTER)
    press(dialog.list, Qt.Key.Key_1)
    assert page.editor.diagnoses.codes() == ()
    _close(qtbot, window, dialog)


def test_a_question_is_answered_by_its_number_and_taken_back_by_delete(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    dialog = _note(qtbot, window, "Knee pain. Hypertension.")
    heading, *others = dialog.list.rows
    assert heading.question
    numbered = [row for row in others if row.group == heading.group]
    assert [row.number for row in numbered] == list(range(1, len(numbered) + 1))
    second = numbered[1].taken
    assert second is not None
    press(dialog.note, Qt.Key.Key_F6)
    press(dialog.list, Qt.Key.Key_2)
    assert page.editor.diagnoses.codes() == (second.code,)
    current = dialog.list.current()
    assert current is not None
    assert (current.group, current.dotted) == (1, "I10"), "the cursor goes on to the next phrase"
    press(dialog.list, ENTER)
    assert page.editor.diagnoses.codes() == (second.code, "I10")
    marked = [row.dotted for row in dialog.list.rows if row.on_visit]
    assert len(marked) == 2
    press(dialog.list, Qt.Key.Key_Delete)
    assert page.editor.diagnoses.codes() == (second.code,)
    assert "taken off" in dialog.says.text()
    press(dialog.list, Qt.Key.Key_Left)
    press(dialog.list, Qt.Key.Key_1)
    assert len(page.editor.diagnoses.codes()) == 2, "another answer is a code of its own"
    _close(qtbot, window, dialog)


def test_a_full_visit_says_why_it_takes_no_more(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    for number in range(24):
        assert page.editor.diagnoses.add(f"Z{number + 10}9", "")
    dialog = _note(qtbot, window, "Hypertension.")
    press(dialog.note, Qt.Key.Key_F6)
    press(dialog.list, ENTER)
    assert "I10 was not added: a visit holds 24 diagnoses" in dialog.says.text()
    assert "I10" not in page.editor.diagnoses.codes()
    _close(qtbot, window, dialog)


def test_a_procedure_taken_from_the_note_is_a_line_and_goes_again(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database
) -> None:
    def own(work: Work) -> None:
        procedures.save(work, ProcedureDraft("90686", "Flu shot"))

    database.write(own)
    settle(qtbot, window)
    dialog = _note(qtbot, window, "Flu shot today.")
    press(dialog.note, Qt.Key.Key_F6)
    at = next(n for n, r in enumerate(dialog.list.rows) if r.taken and r.taken.code == "90686")
    dialog.list.setCurrentRow(at)
    press(dialog.list, ENTER)
    settle(qtbot, window)
    assert [r.procedure.text() for r in page.editor.lines.filled()] == ["90686"]
    press(dialog.list, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert page.editor.lines.filled() == []
    _close(qtbot, window, dialog)


def test_a_posted_visit_is_revised_from_a_note(
    page: VisitsPage, window: MainWindow, qtbot: QtBot, database: Database, scene: Scene
) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    page.open_visit(visit_id)
    settle(qtbot, window)
    qtbot.waitUntil(page.editor.diagnoses.line.hasFocus)
    dialog = _note(qtbot, window, "Acute bronchitis.")
    press(dialog.note, Qt.Key.Key_F6)
    press(dialog.list, ENTER)
    _close(qtbot, window, dialog)
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    after = database.read(lambda work: entry.get(work, visit_id))
    assert after.state is VisitState.POSTED
    assert after.draft.diagnoses == ("E119", "I10", "J209")


def test_a_long_note_is_marked_where_its_phrases_stand(
    page: VisitsPage, window: MainWindow, qtbot: QtBot
) -> None:
    # A sign outside the basic plane counts twice for Qt: marks behind it must not slide.
    dialog = _note(qtbot, window, "")
    text = "Seen 🙂. Denies fever. Hypertension, knee pain. Mother had breast cancer.\n" * 140
    dialog.note.setPlainText(text)
    assert len(text) > 10_000
    settle(qtbot, window)
    qtbot.waitUntil(lambda: bool(dialog.list.rows) and not dialog.is_waiting(), timeout=20_000)
    marks = dialog.note.extraSelections()
    assert len(marks) >= 140 * 4
    headings = [row for row in dialog.list.rows if row.taken is None]
    assert len(headings) == 4, "what is said again is listed once, and marked everywhere"
    assert "140 times" in headings[0].says
    words = {mark.cursor.selectedText() for mark in marks}
    assert {"Hypertension", "fever"} <= words
    assert all(not word.startswith(" ") for word in words)
    press(dialog.note, Qt.Key.Key_F6)
    started = time.perf_counter()
    for _ in range(20):
        press(dialog.list, Qt.Key.Key_Down)
    assert time.perf_counter() - started < 4, "the cursor stays fluent in a long note"
    _close(qtbot, window, dialog)
