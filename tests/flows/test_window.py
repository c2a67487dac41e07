"""Start, unlock, navigate, lock: with the keys a user has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
)

from desktop.services.practice.office import practice
from desktop.ui.frame import pages
from desktop.ui.frame.pages import Found, PageSpec, SearchSpec
from desktop.ui.frame.palette import Palette
from desktop.ui.lib import commands, messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import TextEdit
from desktop.ui.lib.form import Form
from desktop.ui.lib.page import Context, Page
from desktop.ui.lib.settings import recent_folders
from tests.conftest import PASSWORD
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

SECRET_NAME = "Quillfeather, Zenobia"


class NotesPage(Page):
    """A page that counts its refreshes and holds a line."""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(context, title)
        self.line = TextEdit()
        self.shown: list[object] = []
        self.refreshed = 0
        self.made = 0
        self.body.addWidget(self.line)
        self.add_command(commands.NEW, self._on_new, text="New note", primary=True)

    def _on_new(self) -> None:
        self.made += 1

    def refresh(self) -> None:
        self.refreshed += 1

    def focus_search(self) -> None:
        self.line.setFocus()

    def show_record(self, argument: object) -> None:
        self.shown.append(argument)

    def has_unsaved(self) -> bool:
        return bool(self.line.text())


def search(_work: Work, text: str) -> list[Found]:
    found = [Found(7, SECRET_NAME, "born 03/04/1951", "1007")]
    return [each for each in found if text.casefold() in each.text.casefold()]


@pytest.fixture
def two_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pages,
        "PAGES",
        [
            PageSpec("today", "Today", "today", lambda context: NotesPage(context, "Today")),
            PageSpec("patients", "Patients", "patients", lambda c: NotesPage(c, "Patients")),
        ],
    )
    monkeypatch.setattr(pages, "SEARCHES", [SearchSpec("patients", search, patients=True)])


def notes(window: MainWindow) -> NotesPage:
    assert window.shell is not None
    page = window.shell.page()
    assert isinstance(page, NotesPage)
    return page


def test_unlock_by_keys_and_remember_the_folder(
    qtbot: QtBot, start_window: MainWindow, practice_dir: Path, two_pages: None
) -> None:
    start_window.ask_for(practice_dir)
    qtbot.waitUntil(lambda: start_window.unlock.user.count() == 1)
    type_in(start_window.unlock.password.line, "a wrong sentence here")
    press(start_window.unlock.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not start_window.unlock.problem.isHidden(), timeout=10_000)
    assert start_window.shell is None
    qtbot.waitUntil(start_window.unlock.unlock_button.isEnabled)
    start_window.unlock.password.line.selectAll()
    type_in(start_window.unlock.password.line, PASSWORD)
    press(start_window.unlock.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: start_window.shell is not None, timeout=10_000)
    assert recent_folders() == [practice_dir]
    assert "locked" not in start_window.windowTitle()


def test_a_folder_without_a_practice_gets_one_sentence(
    qtbot: QtBot, start_window: MainWindow, tmp_path: Path
) -> None:
    start_window.ask_for(tmp_path)
    qtbot.waitUntil(lambda: not start_window.unlock.problem.isHidden())
    assert start_window.unlock.problem.text().endswith(".")


def test_pages_by_number_and_refresh(two_pages: None, window: MainWindow) -> None:
    assert notes(window).title() == "Today"
    press(window, Qt.Key.Key_2, CONTROL)
    assert notes(window).title() == "Patients"
    assert notes(window).refreshed == 1
    press(focused(), Qt.Key.Key_F5)
    assert notes(window).refreshed == 2
    press(focused(), Qt.Key.Key_F8)
    press(focused(), Qt.Key.Key_N, CONTROL)
    assert notes(window).made == 2
    press(window, Qt.Key.Key_1, CONTROL)
    assert (notes(window).title(), notes(window).made) == ("Today", 0)


def test_f6_goes_between_side_bar_and_page(two_pages: None, window: MainWindow) -> None:
    assert window.shell is not None
    assert focused() is notes(window).line
    press(focused(), Qt.Key.Key_F6)
    assert focused() is window.shell.side
    press(focused(), Qt.Key.Key_F6)
    assert focused() is notes(window)


def palette_of(window: MainWindow) -> Palette:
    found = [box for box in window.findChildren(Palette) if box.isVisible()]
    assert len(found) == 1
    return found[0]


def test_palette_does_commands_and_shows_their_keys(two_pages: None, window: MainWindow) -> None:
    press(focused(), Qt.Key.Key_K, CONTROL)
    box = palette_of(window)
    type_in(box.line, "new no")
    assert [(each.text, each.right) for each in box.suggestions()] == [("New note", "F8")]
    press(box.line, Qt.Key.Key_Return)
    assert notes(window).made == 1


def test_f3_finds_a_patient_and_opens_the_page(
    qtbot: QtBot, two_pages: None, window: MainWindow
) -> None:
    press(focused(), Qt.Key.Key_F3)
    box = palette_of(window)
    type_in(box.line, "zeno")
    qtbot.waitUntil(lambda: len(box.suggestions()) == 1)
    assert box.suggestions()[0].detail == "born 03/04/1951"
    press(box.line, Qt.Key.Key_Return)
    assert notes(window).title() == "Patients"
    assert notes(window).shown == [7]
    assert "Quillfeather" not in window.windowTitle()


def test_f1_lists_what_works_here_and_only_that(two_pages: None, window: MainWindow) -> None:
    shown = {command.id for command, _action in window.commands.working()}
    assert {"page.new", "window.lock", "window.find_patient"} <= shown
    assert "visit.post" not in shown


def test_lock_hides_everything_and_keeps_what_was_typed(
    qtbot: QtBot, two_pages: None, window: MainWindow
) -> None:
    type_in(notes(window).line, SECRET_NAME)
    page = notes(window)
    QApplication.clipboard().setText(SECRET_NAME)
    press(focused(), Qt.Key.Key_L, CONTROL)
    assert window.is_locked
    assert not page.isVisible()
    assert QApplication.clipboard().text() == ""
    visible = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert not any("Quillfeather" in text for text in visible)
    assert "Quillfeather" not in window.windowTitle()
    press(window, Qt.Key.Key_2, CONTROL)
    press(window, Qt.Key.Key_K, CONTROL)
    assert window.is_locked
    assert not [box for box in window.findChildren(Palette) if box.isVisible()]
    type_in(window.lock_panel.password.line, PASSWORD)
    press(window.lock_panel.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.is_locked, timeout=10_000)
    assert page.isVisible()
    assert page.line.text() == SECRET_NAME
    assert window.runner is not None
    answers: list[bool] = []
    window.runner.read(page, lambda work: work.is_sample, answers.append)
    settle(qtbot, window)
    assert answers == [False]
    page.line.clear()


def test_an_open_form_is_hidden_by_the_lock_and_comes_back_filled(
    qtbot: QtBot, two_pages: None, window: MainWindow
) -> None:
    form = Form()
    form.add("name", "Name", TextEdit())
    box = FormDialog(notes(window), "New", form, verb="Save", on_save=lambda _values, _box: None)
    box.open()
    type_in(form.editor("name"), SECRET_NAME)
    window.lock()
    assert not box.isVisible()
    type_in(window.lock_panel.password.line, PASSWORD)
    press(window.lock_panel.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.is_locked, timeout=10_000)
    assert box.isVisible()
    assert form.editor("name").text() == SECRET_NAME
    form.set_dirty(False)
    box.close()


def test_ctrl_z_takes_the_offer_of_the_notice(two_pages: None, window: MainWindow) -> None:
    assert window.shell is not None
    undone: list[str] = []
    messages.info(notes(window), "Saved.", action="Undo", on_action=lambda: undone.append("x"))
    assert window.shell.notices.isVisible()
    window.shell.side.setFocus()
    press(focused(), Qt.Key.Key_Z, CONTROL)
    assert undone == ["x"]
    assert not window.shell.notices.isVisible()


def test_esc_takes_a_notice_away(two_pages: None, window: MainWindow) -> None:
    assert window.shell is not None
    messages.error(notes(window), "The outbox cannot be written; choose another folder.")
    press(focused(), Qt.Key.Key_Escape)
    assert window.shell.notices.notice is None


def test_a_wrong_password_leaves_it_locked(
    qtbot: QtBot, two_pages: None, window: MainWindow
) -> None:
    window.lock()
    type_in(window.lock_panel.password.line, "not the password")
    press(window.lock_panel.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.lock_panel.problem.isHidden(), timeout=10_000)
    assert window.is_locked


def test_idle_locks(two_pages: None, window: MainWindow) -> None:
    window.idle._last -= 10 * 60 + 1
    window.idle.look()
    assert window.is_locked


def test_the_practice_says_when_the_window_locks_itself(
    qtbot: QtBot, two_pages: None, window: MainWindow, database: Database
) -> None:
    settle(qtbot, window)
    assert window.windowTitle() == "Claimstead — Test Practice"
    settings = database.read(practice.get)
    database.write(lambda work: practice.update(work, replace(settings, idle_minutes=2)))
    qtbot.waitUntil(lambda: window.idle._limit == 120)
    window.idle._last -= 121
    window.idle.look()
    assert window.is_locked


def test_a_key_counts_as_a_sign_of_life(two_pages: None, window: MainWindow) -> None:
    window.idle._last -= 10 * 60 + 1
    press(focused(), Qt.Key.Key_A)
    window.idle.look()
    assert not window.is_locked
    notes(window).line.clear()


def test_closing_with_unsaved_work_asks(
    two_pages: None, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(_parent: object, question: str, *, verb: str, detail: str = "") -> bool:
        asked.append(f"{question} {verb} {detail}")
        return False

    monkeypatch.setattr("desktop.ui.lib.messages.confirm", refuse)
    type_in(notes(window).line, "draft")
    window.close()
    assert window.isVisible()
    assert asked == ["Close without saving? Discard Not saved yet: Today."]
    notes(window).line.clear()


def test_nothing_of_a_patient_reaches_the_settings_file(
    two_pages: None, window: MainWindow, tmp_path: Path
) -> None:
    type_in(notes(window).line, SECRET_NAME)
    notes(window).line.clear()
    window.close()
    kept = "".join(file.read_text("utf-8") for file in (tmp_path / "config").iterdir())
    assert "geometry" in kept
    assert "Quillfeather" not in kept


def test_only_pages_that_exist_are_shown(window: MainWindow) -> None:
    assert window.shell is not None
    assert window.shell.side.count() == len(pages.PAGES)
    for spec in pages.PAGES:
        window.shell.go(spec.id)
        page = window.shell.page()
        assert page is not None
        assert isinstance(page.body, QVBoxLayout)
        # Qt does nothing at all for a key that two living actions claim.
        everywhere = {key for command, _action in window.commands.actions for key in command.keys}
        own = [key for command, _action in page._commands for key in command.keys]
        assert sorted(everywhere & set(own)) == []
        assert len(own) == len(set(own))


def test_each_control_of_each_page_says_what_it_is(window: MainWindow) -> None:
    assert window.shell is not None
    nameless = []
    for spec in pages.PAGES:
        window.shell.go(spec.id)
    kinds = (QLineEdit, QComboBox, QPlainTextEdit, QTableView, QAbstractButton)
    buddies = {label.buddy() for label in window.findChildren(QLabel)}
    for control in (each for kind in kinds for each in window.findChildren(kind)):
        inner = isinstance(control.parentWidget(), QAbstractItemView | QLineEdit | QComboBox)
        text = control.text() if isinstance(control, QAbstractButton) else ""
        named = bool(control.accessibleName() or text or control in buddies)
        if not (named or inner or control.isHidden()):
            nameless.append((type(control).__name__, type(control.parentWidget()).__name__))
    assert nameless == []


def _cut_buttons(page: Page) -> list[str]:
    shown = [button for button in page.bar_buttons() if button.isVisible()]
    return [
        b.text()
        for b in shown
        if b.width() < b.sizeHint().width() or b.geometry().right() > page.width()
    ]


def test_no_button_is_cut_on_a_screen_enlarged_by_half(qtbot: QtBot, window: MainWindow) -> None:
    shell = window.shell
    assert shell is not None
    for width, height in ((911, 512), (683, 384), (1366, 768)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: window.size().toTuple() == (width, height))  # noqa: B023
        for spec in shell.specs():
            shell.go(spec.id, "new" if spec.id == "visits" else None)
            settle(qtbot, window)
            page = shell.page()
            assert page is not None
            qtbot.waitUntil(lambda: _cut_buttons(page) == [])  # noqa: B023
        words = {shell.side.item(at).text() for at in range(shell.side.count())}
        assert ("Today" in words) == (width == 1366)
        assert shell.side.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Today"
