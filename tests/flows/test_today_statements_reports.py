"""Today, statements and reports by their keys, on a practice with money in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog

from desktop.models.claims import Claim
from desktop.models.people import Patient
from desktop.models.values.enums import ClaimState
from desktop.models.values.money import Money
from desktop.services.billing.statements import run
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.reports.page import ReportsPage
from desktop.ui.setup.page import TABS, SetupPage
from desktop.ui.shared.account_dialog import AccountDialog, ExplainDialog
from desktop.ui.statements.page import StatementsPage
from desktop.ui.today.page import TodayPage
from tests.factories import make_visit, set_up_practice
from tests.flows.conftest import go, settle
from tests.helpers.keys import CONTROL, press
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene
from tests.unit.reports.test_figures import post

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

D = TypeVar("D", bound=QDialog)

SHARE = [("CO", "45", 2000), ("PR", "1", 1000), ("PR", "2", 600)]


def answered(database: Database) -> Scene:
    """100.00 charged; 16.00 became the patient's: 10.00 deductible, 6.00 coinsurance."""
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 6400, SHARE, scene.lines[0])])]))
    return scene


def dialog(qtbot: QtBot, window: MainWindow, kind: type[D]) -> D:
    def opened() -> list[D]:
        return [d for d in window.findChildren(kind) if d.isVisible()]

    qtbot.waitUntil(lambda: len(opened()) == 1, timeout=10_000)
    settle(qtbot, window)
    return opened()[0]


def test_today_of_a_new_practice_says_what_to_do_first(qtbot: QtBot, window: MainWindow) -> None:
    page = go(qtbot, window, "today")
    assert isinstance(page, TodayPage)
    assert page.welcome.isVisible()
    texts = [button.text() for button in page.steps]
    assert "who bills, with NPI and tax id" in texts[1]
    assert not any("done" in text for text in texts)
    page.focus_search()
    assert page.steps[0].hasFocus()
    shell = window.shell
    assert shell is not None
    for at, tab in ((1, "providers"), (2, "locations"), (3, "payers"), (6, "safety")):
        page = go(qtbot, window, "today")
        page.steps[at].setFocus()
        press(page.steps[at], Qt.Key.Key_Return)
        settle(qtbot, window)
        setup = shell.page()
        assert isinstance(setup, SetupPage)
        assert setup.tabs.currentIndex() == TABS.index(tab)


def test_first_steps_are_ticked_off_as_they_are_done(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    page = go(qtbot, window, "today")
    database.write(set_up_practice)
    page.refresh()
    settle(qtbot, window)
    done = [button.text() for button in page.steps if button.text().endswith("(done)")]
    assert [text[0] for text in done] == ["1", "2", "3", "5"]
    page.focus_search()
    assert page.steps[3].hasFocus()


def test_enter_on_a_count_opens_its_list(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    scene = make_scene(database)

    def reject(work: Work) -> None:
        work.session.get_one(Claim, scene.claim).state = ClaimState.REJECTED

    database.write(reject)
    page = go(qtbot, window, "today")
    page.refresh()
    settle(qtbot, window)
    assert not page.welcome.isVisible()
    assert page.table.rows()[0].key == "rejected"
    page.table.select_first()
    page.focus_search()
    press(page.table.view, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell is not None
    claims: Any = window.shell.page()
    assert claims.title() == "Claims"
    assert claims.group.value() == "Rejected"
    assert [r.id for r in claims.table.rows()] == [scene.claim]


def test_run_shows_who_is_in_and_issues_only_the_ticked(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    answered(database)
    page = go(qtbot, window, "statements")
    assert isinstance(page, StatementsPage)
    assert [(p.state, p.row.amount.cents) for p in page.planned.rows()] == [("in", 1600)]
    page.planned.select_first()
    press(page.planned.view, Qt.Key.Key_Space)
    assert [p.state for p in page.planned.rows()] == ["left out"]
    assert "0 statements" in page.told.text()
    press(page.planned.view, Qt.Key.Key_Space)
    press(page, Qt.Key.Key_M, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    preview = dialog(qtbot, window, PdfDialog)
    qtbot.waitUntil(lambda: preview.preview.document.pageCount() == 1)
    preview.reject()
    (issued,) = database.read(run.list_statements)
    assert issued.amount == Money(1600)
    assert [p.state for p in page.planned.rows()] == ["out"]
    page.tabs.setCurrentWidget(page.issued)
    assert [s.number for s in page.issued.rows()] == [issued.number]


def test_issued_statement_is_voided_and_due_again(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    answered(database)
    database.write(run.run)
    page = go(qtbot, window, "statements")
    page.tabs.setCurrentWidget(page.issued)
    page.issued.select_first()
    page._void.trigger()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: [p.state for p in page.planned.rows()] == ["in"])
    assert database.read(run.list_statements)[0].voided_on is not None


def test_why_is_this_owed_leads_from_the_account_to_the_file(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    answered(database)
    page = go(qtbot, window, "statements")
    page.planned.select_first()
    press(page, Qt.Key.Key_W, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    shown = dialog(qtbot, window, AccountDialog)
    qtbot.waitUntil(lambda: "CAS*PR*1*10" in shown.panel.source.toPlainText())
    (line,) = shown.table.rows()
    assert line.yours == Money(1600)
    shown.reject()


def test_explained_line_shows_the_payers_own_words(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    scene = answered(database)
    page = go(qtbot, window, "statements")
    shown = ExplainDialog(page, page.context, scene.lines[0])
    shown.open()
    settle(qtbot, window)
    panel = shown.panel
    assert "the patient owes 16.00" in panel.summary.text()
    assert panel.table.current_row().reason == "PR 1"
    assert "CAS*PR*1*10" in panel.source.toPlainText()
    shown.reject()


def test_saved_csv_has_the_total_of_the_screen(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered(database)
    page = go(qtbot, window, "reports", "aging-by-patient")
    assert isinstance(page, ReportsPage)
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.title == "Aging by patient")
    assert "Total 16.00" in page.totals.text()
    target = tmp_path / "aging.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    press(page, Qt.Key.Key_E, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(target.exists)
    lines = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert lines[-1][-1] == "16.00"
    press(page, Qt.Key.Key_P, CONTROL)
    dialog(qtbot, window, PdfDialog).reject()


@pytest.mark.parametrize(
    "name", ["aging-by-payer", "day-sheet", "deposits", "period", "unapplied", "open-claims"]
)
def test_each_report_is_shown_with_its_dates(
    qtbot: QtBot, window: MainWindow, database: Database, name: str
) -> None:
    answered(database)
    page = go(qtbot, window, "reports", name)
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.title == page.report.title)
    assert page.report.name == name
    assert page.first.isVisible() == (name in {"deposits", "period"})
    assert page.last.isVisible() == (name != "open-claims")


def test_patients_page_asks_why_it_is_owed(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    scene = answered(database)
    page = go(qtbot, window, "patients", scene.patient)
    press(page, Qt.Key.Key_W, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    shown = dialog(qtbot, window, AccountDialog)
    qtbot.waitUntil(lambda: "the patient owes 16.00" in shown.panel.summary.text())
    shown.reject()


def test_drafts_and_tasks_of_today_open_their_own_lists(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    scene = make_scene(database)
    post(database, era([Clp(scene.control, [Svc(10000, 0, [("CO", "50", 10000)])])]))

    def draft(work: Work) -> None:
        make_visit(work, work.session.get_one(Patient, scene.patient), posted=False)

    database.write(draft)
    page = go(qtbot, window, "today")
    links = {row.key: (row.page, row.argument) for row in page.table.rows()}
    visits = go(qtbot, window, *links["drafts"])
    assert (visits.title(), visits.kind.value()) == ("Visits", "draft")
    qtbot.waitUntil(lambda: len(visits.table.rows()) == 1)
    payments = go(qtbot, window, *links["denial"])
    assert payments.tabs.currentWidget() is payments.tasks
    qtbot.waitUntil(lambda: len(payments.tasks.table.rows()) == 1)
