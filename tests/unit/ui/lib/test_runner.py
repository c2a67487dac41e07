from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.core.work import Changes
from desktop.ui.lib import messages
from desktop.ui.lib import runner as runner_module
from desktop.ui.lib.messages import Level, Notice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.work import Work
    from desktop.ui.lib.runner import Busy, Runner
    from tests.unit.ui.lib.conftest import ThreadedDatabase


class Host(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.notices: list[Notice] = []

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice)


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host()
    qtbot.addWidget(made)
    return made


def test_the_answer_comes_in_the_windows_thread(qtbot: QtBot, runner: Runner, host: Host) -> None:
    answers: list[tuple[object, bool]] = []
    runner.read(
        host,
        lambda _work: threading.get_ident(),
        lambda ident: answers.append(
            (ident, QThread.currentThread() is QApplication.instance().thread())  # type: ignore[union-attr]
        ),
    )
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0][0] != threading.get_ident()
    assert answers[0][1]


def test_big_numbers_arrive_whole(qtbot: QtBot, runner: Runner, host: Host) -> None:
    answers: list[int] = []
    runner.read(host, lambda _work: 2**40, answers.append)
    qtbot.waitUntil(lambda: answers == [2**40])


def test_the_answer_of_a_closed_page_is_dropped(qtbot: QtBot, runner: Runner) -> None:
    page, others = QWidget(), QWidget()
    qtbot.addWidget(others)
    gate = threading.Event()
    wrong: list[int] = []
    right: list[int] = []
    runner.read(page, lambda _work: gate.wait(5) and 1, lambda got: wrong.append(int(got)))
    page.deleteLater()
    with qtbot.waitSignal(page.destroyed):
        pass
    gate.set()
    runner.read(others, lambda _work: 2, right.append)
    qtbot.waitUntil(lambda: right == [2])
    assert wrong == []


def test_a_rule_goes_to_the_form_or_becomes_a_notice(
    qtbot: QtBot, runner: Runner, host: Host
) -> None:
    def refuse(_work: object) -> None:
        raise RuleError("The birth date lies ahead.")

    failed: list[AppError] = []
    runner.write(host, refuse, failed=failed.append)
    qtbot.waitUntil(lambda: len(failed) == 1)
    assert host.notices == []
    runner.write(host, refuse)
    qtbot.waitUntil(lambda: len(host.notices) == 1)
    assert host.notices[0].level is Level.ERROR
    assert host.notices[0].text == "The birth date lies ahead."


def test_a_bug_opens_the_crash_dialog_and_names_no_patient(
    qtbot: QtBot, runner: Runner, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[BaseException] = []
    monkeypatch.setattr(messages, "crash", lambda _parent, fault: seen.append(fault))

    def fail(_work: object) -> None:
        raise KeyError("Doe, Jane 1951-03-04")

    runner.read(host, fail, lambda _nothing: None)
    qtbot.waitUntil(lambda: len(seen) == 1)
    shown = messages.scrubbed_trace(seen[0])
    assert "KeyError" in shown
    assert "Jane" not in shown


def test_a_button_waits_for_the_answer(qtbot: QtBot, runner: Runner, host: Host) -> None:
    button = QPushButton(host)
    gate = threading.Event()
    runner.write(host, lambda _work: gate.wait(5), disable=button)
    assert not button.isEnabled()
    gate.set()
    qtbot.waitUntil(button.isEnabled)


def test_long_work_shows_progress_then_cancel_and_stops(
    qtbot: QtBot, runner: Runner, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "SHOW_AFTER_S", 0.05)
    monkeypatch.setattr(runner_module, "CANCEL_AFTER_S", 0.2)
    shown: list[Busy | None] = []
    runner.busy_changed.connect(shown.append)
    failed: list[AppError] = []
    pause = threading.Event()

    def long(work: Work) -> None:
        for step in range(10_000):
            work.progress.report(step, 10_000, "Reading claims")
            pause.wait(0.005)

    runner.write(host, long, failed=failed.append, progress_text="Posting")
    qtbot.waitUntil(lambda: any(busy and busy.can_cancel for busy in shown))
    assert next(busy.can_cancel for busy in shown if busy) is False
    assert any(busy and busy.text == "Reading claims" and busy.total == 10_000 for busy in shown)
    runner.cancel()
    qtbot.waitUntil(lambda: len(failed) == 1)
    assert isinstance(failed[0], Cancelled)
    qtbot.waitUntil(lambda: shown[-1] is None)


def test_pages_refresh_on_what_changed_now_or_when_shown(
    qtbot: QtBot, runner: Runner, database: ThreadedDatabase
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    calls: list[str] = []
    watch = runner.on_change(page, Changes.CLAIMS | Changes.LEDGER, lambda: calls.append("x"))
    page.show()
    database.announce(Changes.PATIENTS)
    database.announce(Changes.LEDGER | Changes.VISITS)
    qtbot.waitUntil(lambda: calls == ["x"])
    page.hide()
    database.announce(Changes.CLAIMS)
    qtbot.waitUntil(lambda: watch.stale)
    assert calls == ["x"]
    page.show()
    assert calls == ["x", "x"]


def test_type_ahead_answers_only_the_newest(qtbot: QtBot, runner: Runner, host: Host) -> None:
    gate = threading.Event()
    asked: list[str] = []
    answers: list[str] = []

    def ask(text: str) -> None:
        def search(_work: object) -> str:
            gate.wait(5)
            asked.append(text)
            return text

        latest.read(search, answers.append)

    latest = runner.latest(host)
    for text in ("a", "as", "ast", "asth"):
        ask(text)
    gate.set()
    qtbot.waitUntil(lambda: answers == ["asth"])
    assert asked == ["a", "asth"]


def test_a_crash_in_one_search_does_not_end_the_searching(
    qtbot: QtBot, runner: Runner, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[BaseException] = []
    monkeypatch.setattr(messages, "crash", lambda _parent, fault: seen.append(fault))
    answers: list[str] = []
    latest = runner.latest(host)

    def fail(_work: object) -> str:
        raise KeyError("broken")

    latest.read(fail, answers.append)
    qtbot.waitUntil(lambda: len(seen) == 1)
    latest.read(lambda _work: "found", answers.append)
    qtbot.waitUntil(lambda: answers == ["found"])


def test_calls_made_while_locked_run_after_unlocking(
    qtbot: QtBot, runner: Runner, host: Host, database: ThreadedDatabase
) -> None:
    answers: list[str] = []
    runner.detach()
    runner.read(host, lambda _work: "kept", answers.append)
    assert database.callbacks == []
    runner.attach(database)
    qtbot.waitUntil(lambda: answers == ["kept"])


def test_polls_do_not_pile_up_behind_a_long_write(
    qtbot: QtBot, runner: Runner, host: Host, database: ThreadedDatabase
) -> None:
    gate = threading.Event()
    runner.write(host, lambda _work: gate.wait(5))
    for _ in range(5):
        runner._on_poll()
    assert database.polled == 1
    gate.set()
    qtbot.waitUntil(lambda: runner.idle)
    runner._on_poll()
    qtbot.waitUntil(lambda: database.polled == 2)
