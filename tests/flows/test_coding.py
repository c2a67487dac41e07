"""Coding in the real window, by keys: a note read, its codes taken."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.services.database import Database
from desktop.ui.lib import messages
from desktop.ui.main_window import MainWindow
from desktop.ui.visits.note_dialog import NoteDialog
from desktop.ui.visits.page import VisitsPage
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.visits.scenes import Scene, make_scene

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
    texts = [dialog.list.item(at).text() for at in range(dialog.list.count())]
    assert texts == ["“chest pain”   denied: nothing to code"]
    press(dialog.list, ENTER)
    assert page.editor.diagnoses.codes() == ()
    _close(qtbot, window, dialog)
