"""From nothing to an open practice, one question at a time, by keys."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.services.care import practice_folder
from desktop.ui.login import operations
from tests.flows.conftest import focused
from tests.helpers.keys import press, type_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.login.new_practice import NewPracticePanel

SENTENCE = "four small boats at noon"


def answer(text: str) -> None:
    """Type an answer where the cursor stands and press Enter."""
    type_in(focused(), text)
    press(focused(), Qt.Key.Key_Return)


@pytest.fixture
def panel(start_window: MainWindow) -> NewPracticePanel:
    start_window.choose.new_button.setFocus()
    press(start_window.choose.new_button, Qt.Key.Key_Return)
    return start_window.new_practice


def up_to_the_folder(panel: NewPracticePanel) -> None:
    answer("Harbor Family Medicine")
    answer("Olive Owner")
    assert panel.user.value() == "olive"
    press(focused(), Qt.Key.Key_Return)
    answer(SENTENCE)
    answer(SENTENCE)


def test_one_question_at_a_time_then_the_recovery_key(
    qtbot: QtBot, start_window: MainWindow, panel: NewPracticePanel, tmp_path: Path
) -> None:
    folder = tmp_path / "harbor"
    up_to_the_folder(panel)
    panel.folder.setText(str(folder))
    press(panel.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(panel.key_label.text()), timeout=60_000)
    key = panel.key_label.text()
    assert not panel.next_button.isEnabled()
    press(panel.printed, Qt.Key.Key_Space)
    assert panel.next_button.isEnabled()
    press(panel.next_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: start_window.shell is not None)
    assert panel.key_label.text() == ""
    start_window.close_practice()
    with practice_folder.open_practice(folder, practice_folder.RecoveryKey(key)) as opened:
        assert opened.actor.name == "olive"
    with practice_folder.open_practice(folder, practice_folder.Password(SENTENCE)) as opened:
        assert opened.actor.name == "olive"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("short", "short", "at least 12"),
        ("password1234", "password1234", "first that are guessed"),
        (SENTENCE, SENTENCE + "!", "differ"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(
    panel: NewPracticePanel, first: str, second: str, words: str
) -> None:
    answer("Harbor")
    answer("Olive Owner")
    press(focused(), Qt.Key.Key_Return)
    answer(first)
    answer(second)
    assert words in panel.problem.text()
    assert panel.password.value() == first


def test_a_folder_that_is_in_use_is_refused_and_every_answer_kept(
    qtbot: QtBot, panel: NewPracticePanel, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")
    up_to_the_folder(panel)
    panel.folder.setText(str(tmp_path / "taken"))
    press(panel.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not panel.problem.isHidden(), timeout=30_000)
    assert "not empty" in panel.problem.text()
    assert panel.name.value() == "Harbor Family Medicine"
    assert panel.password.value() == SENTENCE
    assert (tmp_path / "taken" / "letter.txt").read_text() == "mine"


def test_the_password_is_masked_until_shown_and_may_be_pasted(panel: NewPracticePanel) -> None:
    line = panel.password.line
    assert line.echoMode() == line.EchoMode.Password
    panel.password.show_button.click()
    assert line.echoMode() == line.EchoMode.Normal
    line.insert("pasted " * 10)
    assert len(panel.password.value()) == 70


def test_the_suggested_folder_is_new_and_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    first = operations.default_folder("Dr. O'Neil & Søn / Family")
    assert first.name == "dr-o-neil-søn-family"
    first.mkdir(parents=True)
    assert operations.default_folder("Dr. O'Neil & Søn / Family").name == "dr-o-neil-søn-family-2"


def test_the_sample_is_made_once_with_progress_and_opens_with_its_own_clock(
    qtbot: QtBot, start_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "sample_folder", lambda: tmp_path / "sample")
    said: list[str] = []
    start_window.start_runner.busy_changed.connect(
        lambda busy: said.append(busy.text) if busy else None
    )
    press(start_window.choose.sample_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: start_window.shell is not None, timeout=120_000)
    assert len(set(said)) > 1
    assert "sample practice" in start_window.windowTitle()
    banner = [label.text() for label in start_window.findChildren(QLabel)]
    assert any("invented people" in text and "2026-09-15" in text for text in banner)
    start_window.close_practice()
    press(start_window.choose.sample_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: start_window.shell is not None, timeout=10_000)


def test_cancelling_the_sample_leaves_nothing(
    qtbot: QtBot, start_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "sample_folder", lambda: tmp_path / "sample")
    press(start_window.choose.sample_button, Qt.Key.Key_Return)
    runner = start_window.start_runner
    with qtbot.waitSignal(runner.busy_changed, timeout=20_000):
        pass
    runner.cancel()
    qtbot.waitUntil(lambda: runner.idle, timeout=60_000)
    assert start_window.shell is None
    assert list(tmp_path.glob("sample*")) == []
    assert start_window.choose.sample_button.isEnabled()


def test_the_first_paint_waits_for_neither_database_nor_documents(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from desktop.app import build_application\n"
        "from desktop.ui.frame.main_window import MainWindow\n"
        "application = build_application(['x'])\n"
        "window = MainWindow()\n"
        "window.first_painted.connect(application.quit)\n"
        "window.show()\n"
        "application.exec()\n"
        "heavy = {'sqlalchemy', 'reportlab', 'cryptography', 'keyring', 'alembic', 'pikepdf'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    environment = {**os.environ, "CLAIMSTEAD_CONFIG_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr[-500:]
