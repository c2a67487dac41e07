"""Code sets by keys and by dropped files, in the real window."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.ledger import AuditRow
from desktop.models.practice import CodeLicence
from desktop.ui.fees.page import FeesPage
from desktop.ui.fees.sets_import import read_filter
from desktop.ui.lib import messages
from desktop.ui.today.page import TodayPage
from tests.flows.conftest import focused, settle
from tests.flows.test_setup import dialog_of, save
from tests.helpers.keys import CONTROL, press, type_in
from tests.helpers.shared import shared_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.clock import SampleClock
    from desktop.services.core.database import Database
    from desktop.ui.fees.codes_tab import CodesTab
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.lib.runner import Busy

CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


def sets(qtbot: QtBot, window: MainWindow) -> CodesTab:
    assert window.shell is not None
    window.shell.go("codes", "codes")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, FeesPage)
    return page.codes


def notice(window: MainWindow) -> str:
    assert window.shell is not None
    shown = window.shell.notices.notice
    return "" if shown is None else shown.text


def drop(tab: CodesTab, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(40, 40), actions, data, buttons, none)
    QApplication.sendEvent(tab, enter)
    assert enter.isAccepted() == bool(paths)
    assert tab.zone.is_hot == bool(paths)
    QApplication.sendEvent(tab, QDropEvent(QPointF(40, 40), actions, data, buttons, none))
    assert not tab.zone.is_hot


def wait_for(qtbot: QtBot, window: MainWindow, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=30_000)
    settle(qtbot, window)


def test_each_set_says_its_state_and_the_files_of_a_release(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = sets(qtbot, window)
    rows = {row.system: row for row in tab.table.rows()}
    assert (rows["icd10cm"].text, rows["icd10cm"].records) == ("in force", 98186)
    assert rows["hcpcs"].text == "not loaded"
    text = tab.details.toPlainText()
    assert "SHA-256" in text
    assert "98,186 records" in text
    assert not tab.older.isEnabled()


def test_two_files_dropped_together_load_next_year_and_say_what_changed(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = sets(qtbot, window)
    samples = shared_dir("code-samples")
    drop(tab, samples / "icd10cm_order_addenda_2027.txt", samples / "hcpcs-2019-alpha-numeric.zip")
    wait_for(qtbot, window, tab.report.isVisible)
    words = tab.report_words.text()
    assert "FY2027: 98,403 records, 74,879 billable" in words
    assert "238 new, 19 changed, 21 ended" in words
    assert "HCPCS" in words or "2019" in words
    texts = {(r.system, r.release): r.text for r in tab.table.rows()}
    assert texts["icd10cm", "FY2027"] == "from 10/01/2026"
    out = next(r for r in tab.table.rows() if r.system == "hcpcs")
    assert out.text.startswith("ran out on ")


def test_a_file_that_holds_no_codes_is_refused_in_one_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear doctor,\n")
    tab = sets(qtbot, window)
    drop(tab, path)
    wait_for(qtbot, window, lambda: "letter.txt" in notice(window))
    assert "not a code-set file" in notice(window)
    assert not tab.report.isVisible()


def test_dragging_something_else_than_files_is_not_taken(qtbot: QtBot, window: MainWindow) -> None:
    drop(sets(qtbot, window))


def test_cpt_asks_for_the_licence_once_then_for_the_day(
    qtbot: QtBot,
    window: MainWindow,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    answers = iter([False, True])

    def confirm(_parent: object, question: str, **_more: object) -> bool:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(messages, "confirm", confirm)
    path = shared_dir("code-samples") / "synthetic" / "LONGULT_layout.txt"
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(path)], ""))
    tab = sets(qtbot, window)
    press(focused(), Qt.Key.Key_I, CONTROL_SHIFT)
    wait_for(qtbot, window, lambda: len(asked) == 1)
    assert "Nothing was loaded." in notice(window)
    assert _licences(database) == []
    press(focused(), Qt.Key.Key_I, CONTROL_SHIFT)
    wait_for(qtbot, window, lambda: tab.importer.dialog is not None)
    assert _licences(database) == ["cpt"]
    dialog = dialog_of(qtbot, tab.importer.dialog)
    type_in(focused(), "1/1/2026")
    save(qtbot, window, dialog)
    wait_for(qtbot, window, tab.report.isVisible)
    assert {r.text for r in tab.table.rows() if r.system == "cpt"} == {"in force"}
    press(focused(), Qt.Key.Key_I, CONTROL_SHIFT)
    settle(qtbot, window)
    assert asked == ["Does this practice hold a licence for CPT?"] * 2
    who = select(AuditRow.user_id).where(AuditRow.action == "confirmed")
    assert database.read(lambda work: list(work.session.scalars(who))) == [1]


def _licences(database: Database) -> list[str]:
    return database.read(lambda work: list(work.session.scalars(select(CodeLicence.system))))


def test_a_file_without_a_date_asks_for_its_first_day(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "mue.csv"
    path.write_text(
        '"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator",'
        '"MUE Rationale"\n'
        'G0438,1,"2 Date of Service Edit: Policy","CMS Policy"\n'
        'G0439,x,"2 Date of Service Edit: Policy","CMS Policy"\n'
    )
    tab = sets(qtbot, window)
    tab.load([path])
    wait_for(qtbot, window, lambda: tab.importer.dialog is not None)
    dialog = dialog_of(qtbot, tab.importer.dialog)
    type_in(focused(), "7/1/2026")
    save(qtbot, window, dialog)
    wait_for(qtbot, window, tab.report.isVisible)
    assert "1 line left out" in tab.report_words.text()
    press(tab.left_out_button, Qt.Key.Key_Return)
    assert tab.dialog is not None
    (line,) = tab.dialog.table.rows()
    assert (line.file, line.number) == ("mue.csv", 4)
    row = next(r for r in tab.table.rows() if r.system == "mue")
    assert row.valid_from == dt.date(2026, 7, 1)


def test_older_releases_are_shown_on_request(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    tab = sets(qtbot, window)
    for quarter, day in (("2026q2", 1), ("2026q3", 2)):
        path = tmp_path / f"mue-{quarter}.csv"
        path.write_text(
            '"HCPCS/\nCPT Code","Practitioner Services MUE Values",'
            '"MUE Adjudication Indicator","MUE Rationale"\n'
            f'G0438,{day},"2 Date of Service Edit: Policy","CMS Policy"\n'
        )
        tab.report.hide()
        tab.load([path])
        wait_for(qtbot, window, tab.report.isVisible)
    assert sum(r.system == "mue" for r in tab.table.rows()) == 1
    press(tab.older, Qt.Key.Key_Space)
    assert [r.text for r in tab.table.rows() if r.system == "mue"] == [
        "runs out in 15 days" if tab.context.today() > dt.date(2026, 9, 15) else "in force",
        "until 06/30/2026",
    ]


def test_the_provider_file_is_taken_by_state_or_number() -> None:
    found = read_filter("tx, ok", "1234567893\n1982637400")
    assert found.states == {"TX", "OK"}
    assert found.npis == {"1234567893", "1982637400"}
    for states, npis, field in (("", "", "states"), ("TEX", "", "states"), ("", "12", "npis")):
        with pytest.raises(RuleError) as caught:
            read_filter(states, npis)
        assert caught.value.problems[0].field == field


def test_today_leads_to_the_code_sets_when_one_ran_out(
    qtbot: QtBot, clock: SampleClock, start_window: MainWindow, database: Database
) -> None:
    clock.on = dt.date(2026, 10, 1)
    start_window.open_practice(database)
    settle(qtbot, start_window)
    assert start_window.shell is not None
    today = start_window.shell.page()
    assert isinstance(today, TodayPage)
    qtbot.waitUntil(lambda: any(r.key == "codes" for r in today.table.rows()))
    today.table.view.setFocus()
    today.table.select_id("codes")
    press(today.table.view, Qt.Key.Key_Return)
    settle(qtbot, start_window)
    page = start_window.shell.page()
    assert isinstance(page, FeesPage)
    assert page.tabs.currentWidget() is page.codes
    row = next(r for r in page.codes.table.rows() if r.system == "icd10cm")
    assert row.text == "ran out on 09/30/2026"


def test_supplies_are_found_in_the_browser_after_the_official_file_was_loaded(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = sets(qtbot, window)
    drop(tab, shared_dir("code-samples") / "hcpcs-2019-alpha-numeric.zip")
    wait_for(qtbot, window, tab.report.isVisible)
    assert window.shell is not None
    page = window.shell.page()
    assert isinstance(page, FeesPage)
    browse = page.browse
    for code, title in (("C1823", "neurostimulator"), ("A4221", "infusion catheter")):
        window.shell.go("codes", ("code", code, dt.date(2019, 5, 1), None, "hcpcs"))
        settle(qtbot, window)
        shown = browse.view.code
        assert shown is not None
        assert shown.page.info.code == code
        assert title in shown.page.info.title.lower()
    browse.focus_search()
    type_in(browse.search, "infusion catheter supplies")
    qtbot.waitUntil(lambda: any(r.code == "A4221" for r in browse.list.rows()[:5]))
    browse.search.clear()
    qtbot.waitUntil(lambda: len(browse.list.rows()) > 5000)


def test_the_provider_file_asks_whom_to_take(qtbot: QtBot, window: MainWindow) -> None:
    tab = sets(qtbot, window)
    drop(tab, shared_dir("code-samples") / "synthetic" / "npidata_pfile_layout.csv")
    wait_for(qtbot, window, lambda: tab.importer.dialog is not None)
    dialog = dialog_of(qtbot, tab.importer.dialog)
    press(focused(), Qt.Key.Key_Return, CONTROL)
    assert "all providers are too many" in dialog.form.problem_at("states")
    type_in(focused(), "tx")
    save(qtbot, window, dialog)
    wait_for(qtbot, window, tab.report.isVisible)
    row = next(r for r in tab.table.rows() if r.system == "nppes")
    assert row.state.value == "in force"


def test_the_browser_shows_next_years_codes_once_they_are_loaded(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert window.shell is not None
    window.shell.go("codes", ("code", "C78.3", dt.date(2026, 10, 5)))
    settle(qtbot, window)
    tab = sets(qtbot, window)
    drop(tab, shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt")
    wait_for(qtbot, window, tab.report.isVisible)
    page = window.shell.page()
    assert isinstance(page, FeesPage)
    browse = page.browse
    window.shell.go("codes", ("code", "C78.31", dt.date(2026, 10, 5)))
    qtbot.waitUntil(lambda: browse.tree.current_code() == "C7831")
    assert "Billable on 10/05/2026." in browse.view.toPlainText()
    assert "The notes are of an earlier release" in browse.view.toPlainText()
    press(browse.view, Qt.Key.Key_H, CONTROL_SHIFT)
    settle(qtbot, window)
    assert browse.dialog is not None
    assert "238 new, 21 ended, 19 changed" in browse.dialog.words.text()
    type_in(browse.dialog.table.filter, "Z29.14")
    press(browse.dialog.table.filter, Qt.Key.Key_Return)
    press(browse.dialog.table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: browse.tree.current_code() == "Z2914")
    assert "Before and after" in browse.view.toPlainText()
    assert "globin" in browse.view.toPlainText()


def test_cancel_keeps_nothing_of_a_long_import(qtbot: QtBot, window: MainWindow) -> None:
    tab = sets(qtbot, window)
    before = [(r.system, r.release) for r in tab.table.rows()]
    runner = tab.context.runner

    def cancel(busy: Busy | None) -> None:
        if busy is not None:
            runner.cancel()

    runner.busy_changed.connect(cancel)
    drop(tab, shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt")
    wait_for(qtbot, window, lambda: "nothing of it was kept" in notice(window))
    assert not tab.report.isVisible()
    tab.refresh()
    settle(qtbot, window)
    assert [(r.system, r.release) for r in tab.table.rows()] == before
    assert tab.import_button.isEnabled()
