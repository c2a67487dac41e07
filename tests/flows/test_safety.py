"""Backing up, examining, restoring and warning, by keys."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.errors import RuleError
from desktop.models.values.enums import Role
from desktop.models.visits import ChargeLine
from desktop.services.care import backup, keys
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, UserId
from desktop.services.money import ledger
from desktop.services.reports import closing
from desktop.ui.lib import messages
from desktop.ui.lib.messages import Level
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.patients.page import PatientsPage
from desktop.ui.reports.page import ReportsPage
from desktop.ui.setup.page import SetupPage
from desktop.ui.shared.account_dialog import AccountDialog
from tests import factories
from tests.conftest import CHEAP, PASSWORD
from tests.flows.conftest import back, focused, settle
from tests.flows.test_today_statements_reports import answered
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.formats.documents.reading import text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.clock import SampleClock
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.setup.safety_tab import SafetyTab

CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "Cost", lambda *_args: CHEAP)


def save_as(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """Answer the file chooser by what it proposes, in this folder; returns the proposals."""
    asked: list[str] = []

    def answer(_parent: object, _title: str, proposed: str, _kinds: str) -> tuple[str, str]:
        asked.append(proposed)
        return str(folder / Path(proposed).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return asked


def safety(qtbot: QtBot, window: MainWindow) -> SafetyTab:
    assert window.shell is not None
    window.shell.go("setup", "safety")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, SetupPage)
    return page.safety


def notice(window: MainWindow) -> str:
    assert window.shell is not None
    shown = window.shell.notices.notice
    return shown.text if shown else ""


def test_a_backup_is_made_from_any_page_by_its_key(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    asked = save_as(monkeypatch, folder)
    settle(qtbot, window)
    press(window, Qt.Key.Key_B, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: "Backed up and verified" in notice(window), timeout=20_000)
    settle(qtbot, window)
    file = folder / "practice-2026-09-15.backup"
    assert backup.verify(file, database.key) == 0
    told = safety(qtbot, window).told
    qtbot.waitUntil(lambda: "today" in told.text() and str(file) in told.text())
    # The next one is proposed beside it.
    press(window, Qt.Key.Key_B, CONTROL_SHIFT)
    assert asked[1] == str(file)
    settle(qtbot, window)


def test_a_backup_into_the_practice_is_refused_in_words(
    qtbot: QtBot, window: MainWindow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_as(monkeypatch, database.folder)
    tab = safety(qtbot, window)
    press(focused(), Qt.Key.Key_B, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: "lost together with it" in notice(window))
    assert tab.backup_button.isEnabled()
    assert not list(database.folder.glob("*.backup*"))


def test_an_old_backup_is_warned_of_in_words_and_today_leads_there(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    clock: SampleClock,
    tmp_path: Path,
) -> None:
    backup.make(database, tmp_path / "a.backup")
    clock.on += dt.timedelta(days=5)
    assert window.shell is not None
    window.shell.go("today")
    press(window, Qt.Key.Key_F5)
    settle(qtbot, window)
    table = window.shell.page().table  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: table.select_id("backup"))
    press(table.view, Qt.Key.Key_Return)
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, SetupPage)
    assert page.tabs.currentWidget() is page.safety
    qtbot.waitUntil(lambda: "5 days ago" in page.safety.told.text())
    assert "make a new one now" in page.safety.told.text()


def test_an_examination_says_what_is_sound_and_what_is_not(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    (database.folder / "stray.txt").write_text("not ours")
    assert window.shell is not None
    window.shell.go("setup", "examine")
    tab = safety(qtbot, window)
    qtbot.waitUntil(lambda: bool(tab.table.rows()), timeout=20_000)
    settle(qtbot, window)
    rows = tab.table.rows()
    assert "stray.txt" in rows[0].problem
    assert {r.name for r in rows} >= {"ledger chain", "audit chain", "balances", "documents"}
    assert [r.problem for r in rows[1:]] == [""] * (len(rows) - 1)
    assert tab.verdict.text().startswith("1 of ")


def test_the_front_desk_may_neither_back_up_nor_examine(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    database.actor = Actor(UserId(1), "owner", Role.FRONT_DESK)
    tab = safety(qtbot, window)
    qtbot.waitUntil(lambda: not tab.backup_button.isEnabled())
    assert not tab.examine_button.isEnabled()


def test_a_backup_is_restored_from_the_first_screen(
    qtbot: QtBot,
    start_window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = start_window
    file = backup.make(database, tmp_path / "a.backup").path
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    window.choose.restore_button.setFocus()
    press(focused(), Qt.Key.Key_Space)
    panel = window.restore
    runner = window.start_runner
    press(panel.file_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "September 15" in panel.made.text() or "9/15" in panel.made.text())
    # A folder that holds something: said beside the folder, nothing touched.
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    panel.folder.selectAll()
    type_in(panel.folder, str(full))
    panel.secret.line.setFocus()
    type_in(panel.secret.line, "the wrong words")
    press(panel.secret.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is not empty" in panel.problems["folder"].text())
    assert (full / "letter.txt").read_text() == "mine"
    # A wrong password: beside the password, no folder is made, what was typed stays.
    new = tmp_path / "new"
    panel.folder.selectAll()
    type_in(panel.folder, str(new))
    press(panel.folder, Qt.Key.Key_Return)
    press(panel.secret.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open the backup" in panel.problems["secret"].text())
    assert panel.problems["folder"].text() == ""
    assert panel.secret.value() == "the wrong words"
    assert not new.exists()
    qtbot.waitUntil(lambda: runner.idle)
    panel.secret.line.selectAll()
    type_in(panel.secret.line, PASSWORD)
    press(panel.secret.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.unlock, timeout=20_000)
    type_in(window.unlock.password.line, PASSWORD)
    press(window.unlock.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shell is not None, timeout=20_000)
    settle(qtbot, window)
    assert window.runner is not None
    opened = window.runner.database
    assert isinstance(opened, Database)
    assert opened.folder == new


def test_a_damaged_backup_is_named_beside_the_file_and_leaves_nothing(
    qtbot: QtBot, start_window: MainWindow, database: Database, tmp_path: Path
) -> None:
    file = backup.make(database, tmp_path / "a.backup").path
    torn = bytearray(file.read_bytes())
    torn[-100] ^= 1
    file.write_bytes(torn)
    start_window.choose.restore_button.click()
    panel = start_window.restore
    type_in(panel.file, str(file))
    press(panel.file, Qt.Key.Key_Return)
    panel.folder.selectAll()
    type_in(panel.folder, str(tmp_path / "new"))
    press(panel.folder, Qt.Key.Key_Return)
    type_in(panel.secret.line, PASSWORD)
    press(panel.secret.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is damaged" in panel.problems["file"].text(), timeout=20_000)
    assert not (tmp_path / "new").exists()
    assert panel.secret.value() == PASSWORD
    assert start_window.shell is None


def test_the_warning_of_a_rolled_back_practice_stays_until_it_is_closed(
    qtbot: QtBot, start_window: MainWindow, database: Database
) -> None:
    database.warning = "This practice is older than this machine last saw it."
    start_window.open_practice(database)
    settle(qtbot, start_window)
    shell = start_window.shell
    assert shell is not None
    bar = shell.warning
    assert bar.isVisible()
    assert bar.notice is not None
    assert bar.notice.level is Level.WARN
    # Another page and another notice do not push it away.
    shell.go("setup", "safety")
    settle(qtbot, start_window)
    press(focused(), Qt.Key.Key_Escape)
    assert bar.isVisible()
    bar._close.setFocus()
    press(focused(), Qt.Key.Key_Space)
    assert not bar.isVisible()


def test_a_day_is_closed_after_one_question_and_its_sheet_opens(
    qtbot: QtBot, window: MainWindow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(database)
    asked: list[str] = []
    answers = [False, True, True]

    def confirm(_parent: object, question: str, **more: str) -> bool:
        asked.append(question + more["detail"])
        return answers.pop(0)

    monkeypatch.setattr(messages, "confirm", confirm)
    assert window.shell is not None
    window.shell.go("reports", "day-sheet")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, ReportsPage)
    qtbot.waitUntil(lambda: page.closed.text() == "No day is closed yet.")
    press(page.choice, Qt.Key.Key_D, CONTROL_SHIFT)
    settle(qtbot, window)
    assert database.read(closing.last_closed_day) is None
    assert "09/15/2026" in asked[0]
    assert "cannot be undone" in asked[0]
    press(page.choice, Qt.Key.Key_D, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: bool(page.findChildren(PdfDialog)), timeout=10_000)
    assert database.read(closing.last_closed_day) == dt.date(2026, 9, 15)
    qtbot.waitUntil(lambda: "closed through 09/15/2026" in page.closed.text())
    for box in page.findChildren(PdfDialog):
        box.close()
    back(qtbot, window)
    # Once more says why not; posting into the closed day is refused with a sentence.
    press(page.choice, Qt.Key.Key_D, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: "closed already" in notice(window))
    with pytest.raises(RuleError, match="closed"):
        database.write(lambda work: factories.make_visit(work, factories.make_patient(work)))


def test_enter_on_a_visit_of_the_account_explains_it_and_f9_opens_it(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    scene = answered(database)
    patient_id = database.read(lambda w: w.session.get_one(ChargeLine, scene.lines[0]).patient_id)
    assert window.shell is not None
    window.shell.go("patients", patient_id)
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, PatientsPage)
    press(page, Qt.Key.Key_F7)
    visits = page.view.account.visits
    qtbot.waitUntil(lambda: bool(visits.rows()))
    visits.select_first()
    press(visits.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.findChildren(AccountDialog)))
    (box,) = page.findChildren(AccountDialog)
    qtbot.waitUntil(lambda: "CAS*PR*1*10" in box.panel.source.toPlainText())
    assert box.table.current_row().visit_id == visits.current_row().id
    box.reject()
    back(qtbot, window)
    press(visits.view, Qt.Key.Key_F9)
    settle(qtbot, window)
    assert window.shell.page() is not page


def test_the_closed_days_sheet_names_the_newest_entry(database: Database) -> None:
    answered(database)
    made = database.write(lambda work: closing.close_day(work, work.clock.today()))
    number, hash_ = database.read(ledger.head)
    assert f"newest entry {number}, hash {hash_[:16]}" in " ".join(text(made.sheet).split())
