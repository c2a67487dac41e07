"""A visit under review in the real window, by keys: sent, judged, read, counted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.practice import User
from desktop.models.values.enums import Role
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.reports import registry, today
from desktop.services.reports.values import Period
from desktop.services.visits import entry, review
from desktop.services.visits.review_values import VerdictDraft
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.visits.page import VisitsPage
from desktop.ui.visits.review_dialog import ReviewDialog
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.visits.scenes import Scene, make_scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.ui.frame.main_window import MainWindow

ENTER = Qt.Key.Key_Return
ALT = Qt.KeyboardModifier.AltModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
OTHER = 7


@pytest.fixture
def scene(database: Database) -> Scene:
    """One insured patient, and a second user."""

    def make(work: Work) -> Scene:
        work.session.add(User(id=OTHER, name="rita", full_name="Rita Reader", role=Role.BILLER))
        return make_scene(work)

    return database.write(make)


@pytest.fixture
def visit_id(database: Database, scene: Scene) -> int:
    return database.write(lambda work: entry.save(work, scene.draft()))


@pytest.fixture
def opened(
    window: MainWindow, qtbot: QtBot, visit_id: int, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], VisitsPage]:
    """Opens the visit on its page."""
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)

    def open_it() -> VisitsPage:
        assert window.shell is not None
        window.shell.go("visits", visit_id)
        settle(qtbot, window)
        page = window.shell.page()
        assert isinstance(page, VisitsPage)
        qtbot.waitUntil(page.editor.diagnoses.line.hasFocus)
        return page

    return open_it


def _review(qtbot: QtBot, window: MainWindow) -> ReviewDialog:
    press(focused(), Qt.Key.Key_R, ALT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReviewDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReviewDialog)
    qtbot.waitUntil(dialog.list.hasFocus)
    return dialog


def _rows(dialog: ReviewDialog) -> list[str]:
    return [dialog.list.item(at).text() for at in range(dialog.list.count())]


def test_a_visit_is_sent_to_review_with_a_note_and_listed(
    opened: Callable[[], VisitsPage], window: MainWindow, qtbot: QtBot, database: Database,
    visit_id: int,
) -> None:  # fmt: skip
    page = opened()
    press(focused(), Qt.Key.Key_O, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), FormDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    qtbot.waitUntil(lambda: dialog.form.editor("note").hasFocus())
    type_in(focused(), "is the insulin coded?")
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.title().endswith("in review"))
    (row,) = database.read(review.open_reviews)
    assert (row.visit_id, row.note, row.mine) == (visit_id, "is the insulin coded?", True)
    assert any("sent to review" in text for text in page.editor.findings.texts())
    page.close_visit()
    settle(qtbot, window)
    assert window.shell is not None
    window.shell.go("visits", ("show", "review"))
    settle(qtbot, window)
    assert [(r.id, r.in_review) for r in page.table.rows()] == [(visit_id, True)]


def test_the_coder_does_not_review_his_own_visit_but_may_take_it_back(
    opened: Callable[[], VisitsPage], window: MainWindow, qtbot: QtBot, database: Database,
    visit_id: int,
) -> None:  # fmt: skip
    database.write(lambda work: review.send_to_review(work, visit_id))
    opened()
    dialog = _review(qtbot, window)
    assert "somebody else must review" in dialog.says.text()
    press(dialog.list, Qt.Key.Key_A)
    settle(qtbot, window)
    assert database.read(review.open_reviews)[0].visit_id == visit_id
    dialog.back_button.click()
    settle(qtbot, window)
    assert database.read(review.open_reviews) == []


def _give_reason(dialog: ReviewDialog, window: MainWindow, qtbot: QtBot, reason: str) -> None:
    qtbot.waitUntil(dialog.reason.hasFocus)
    type_in(dialog.reason, reason)
    press(dialog.reason, ENTER)
    settle(qtbot, window)


def _name_code(
    dialog: ReviewDialog, window: MainWindow, qtbot: QtBot, key: Qt.Key, code: str
) -> None:
    """Begin a verdict that needs a better code, and type it."""
    press(dialog.list, key)
    qtbot.waitUntil(dialog.diagnosis.hasFocus)
    type_in(dialog.diagnosis, code)
    settle(qtbot, window)
    press(dialog.diagnosis, ENTER)


def test_a_reviewer_judges_every_code_by_keys_and_closes(
    opened: Callable[[], VisitsPage], window: MainWindow, qtbot: QtBot, database: Database,
    visit_id: int,
) -> None:  # fmt: skip
    sent = database.write(lambda work: review.send_to_review(work, visit_id, coder_id=OTHER))
    assert [c.argument for c in database.read(today.today) if c.key == "reviews"] == [
        ("show", "review")
    ]
    page = opened()
    assert page.title().endswith("in review")
    dialog = _review(qtbot, window)
    assert _rows(dialog)[0].startswith("A   E11.9")
    _name_code(dialog, window, qtbot, Qt.Key.Key_C, "E11.65")
    qtbot.waitUntil(dialog.reason.hasFocus)
    press(dialog.reason, ENTER)
    assert "Say why" in dialog.says.text()
    _give_reason(dialog, window, qtbot, "the sugar was 400")
    assert dialog.view.items[0].better_code == "E1165"
    assert dialog.list.currentRow() == 1, "the cursor goes on to the next code"
    press(dialog.list, Qt.Key.Key_A)
    settle(qtbot, window)
    press(dialog.list, ENTER, CONTROL)
    assert "no verdict yet" in dialog.says.text()
    press(dialog.list, Qt.Key.Key_R)
    _give_reason(dialog, window, qtbot, "no such visit")
    press(dialog.list, Qt.Key.Key_A)
    settle(qtbot, window)
    _name_code(dialog, window, qtbot, Qt.Key.Key_D, "Z79.4")
    _give_reason(dialog, window, qtbot, "on insulin")
    assert dialog.close_button.isEnabled()
    press(dialog.list, ENTER, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    closed = database.read(lambda work: review.get_review(work, sent))
    assert closed.closed_at is not None
    assert [i.verdict for i in closed.items] == ["change", "agree", "remove", "agree", "add"]
    qtbot.waitUntil(lambda: not page.title().endswith("in review"))
    table = database.read(
        lambda work: registry.run(work, "coder-accuracy", Period.month(dt.date(2026, 9, 15)))
    )
    assert [row[:3] for row in table.rows] == [("Rita Reader", 5, 2)]
    assert str(table.rows[0][3]) == "40.0"


def test_the_coder_reads_the_verdicts_and_does_what_they_ask(
    opened: Callable[[], VisitsPage], window: MainWindow, qtbot: QtBot, database: Database,
    visit_id: int,
) -> None:  # fmt: skip
    def reviewed(work: Work) -> None:
        sent = review.send_to_review(work, visit_id)
        me, work.actor = work.actor, Actor(UserId(OTHER), "rita", Role.BILLER)
        view = review.get_review(work, sent)
        first, *others = [VerdictDraft(i.kind, i.position, "agree") for i in view.items]
        changed = VerdictDraft(first.kind, first.position, "change", "E11.65", "sugar of 400")
        review.record_verdicts(work, sent, [changed, *others], view.version)
        work.session.expire_all()
        review.close(work, sent, review.get_review(work, sent).version)
        work.actor = me

    database.write(reviewed)
    page = opened()
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "asks for 1 change" in notice.text
    dialog = _review(qtbot, window)
    small = dialog.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Change to E11.65: sugar of 400" in small
    dialog.list.setCurrentRow(0)
    press(dialog.list, ENTER)
    settle(qtbot, window)
    assert page.editor.diagnoses.codes() == ("E1165", "I10")
    press(dialog.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_better_line_that_is_no_code_is_refused_and_stays_typed(
    opened: Callable[[], VisitsPage], window: MainWindow, qtbot: QtBot, database: Database,
    visit_id: int,
) -> None:  # fmt: skip
    sent = database.write(lambda work: review.send_to_review(work, visit_id, coder_id=OTHER))
    opened()
    dialog = _review(qtbot, window)
    dialog.list.setCurrentRow(2)
    press(dialog.list, Qt.Key.Key_C)
    qtbot.waitUntil(dialog.line.hasFocus)
    assert dialog.line.text() == "99213", "the code stands there to be changed"
    dialog.line.selectAll()
    type_in(dialog.line, "9921 25")
    press(dialog.line, ENTER)
    qtbot.waitUntil(dialog.reason.hasFocus)
    type_in(dialog.reason, "a longer visit")
    press(dialog.reason, ENTER)
    settle(qtbot, window)
    assert not dialog.says.isHidden()
    assert (dialog.line.text(), dialog.reason.text()) == ("9921 25", "a longer visit")
    dialog.line.selectAll()
    type_in(dialog.line, "99214 25")
    dialog.reason.setFocus()
    press(dialog.reason, ENTER)
    settle(qtbot, window)
    kept = database.read(lambda work: review.get_review(work, sent)).items[2]
    assert (kept.verdict, kept.better_code, kept.reason) == ("change", "99214 25", "a longer visit")
    dialog.list.setCurrentRow(2)
    press(dialog.list, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert database.read(lambda work: review.get_review(work, sent)).items[2].verdict == ""
    press(dialog.list, Qt.Key.Key_R)
    qtbot.waitUntil(dialog.reason.hasFocus)
    press(dialog.reason, Qt.Key.Key_Escape)
    assert dialog.isVisible(), "Escape leaves the verdict first, not the review"
    assert dialog.list.hasFocus()
