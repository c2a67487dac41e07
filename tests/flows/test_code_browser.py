"""The code browser by keys, in the real window on the official list."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.services.coding.base.values import BEST, BUILT_IN
from desktop.services.coding.vectors import model
from desktop.services.practice.codes import suggesting as codes
from desktop.ui.fees.page import FeesPage
from desktop.ui.lib import schemes, theme
from desktop.ui.lib.settings import keep_search_mode, search_mode
from desktop.ui.visits.page import VisitsPage
from tests.flows.conftest import focused, settle
from tests.helpers.keys import CONTROL, press, type_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.ui.fees.browse_tab import BrowseTab
    from desktop.ui.frame.main_window import MainWindow

ALT = Qt.KeyboardModifier.AltModifier


def browser(qtbot: QtBot, window: MainWindow, argument: object = ("code", "")) -> BrowseTab:
    assert window.shell is not None
    window.shell.go("codes", argument)
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, FeesPage)
    return page.browse


def shown_code(tab: BrowseTab) -> str:
    return tab.view.code.page.info.dotted if tab.view.code else ""


def search(qtbot: QtBot, tab: BrowseTab, text: str) -> list[str]:
    tab.focus_search()
    type_in(tab.search, text)
    qtbot.waitUntil(lambda: bool(tab.list.rows()) and tab.left.currentWidget() is tab.list)
    qtbot.waitUntil(lambda: tab.context.runner.idle and not tab._timer.isActive())
    return [row.dotted for row in tab.list.rows()]


def test_words_find_a_code_and_enter_leads_to_its_page(qtbot: QtBot, window: MainWindow) -> None:
    tab = browser(qtbot, window)
    assert focused() is tab.search
    found = search(qtbot, tab, "sob")
    assert found[0] == "R06.02"
    assert "shortness of breath" in tab.list.rows()[0].why
    qtbot.waitUntil(lambda: shown_code(tab) == "R06.02")
    press(focused(), Qt.Key.Key_Return)
    assert focused() is tab.list.view
    press(focused(), Qt.Key.Key_Return)
    assert focused() is tab.view
    assert "Billable on 09/15/2026." in tab.view.toPlainText()


def test_the_tree_opens_by_arrows_and_reads_each_level_when_it_is_opened(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window)
    assert len(tab.tree.top_codes()) == 22
    press(focused(), Qt.Key.Key_Down)
    assert focused() is tab.tree
    for _ in range(3):
        press(focused(), Qt.Key.Key_Down)
    assert tab.tree.current_code() == "4"
    press(focused(), Qt.Key.Key_Right)
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_Right)
    press(focused(), Qt.Key.Key_Down)
    assert tab.tree.current_code() == "E08-E13"
    qtbot.waitUntil(lambda: shown_code(tab) == "E08-E13")
    assert "Type 2 diabetes mellitus" in tab.view.toPlainText()


def test_a_page_opens_the_browser_on_a_code_and_the_tree_stands_there(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window, ("code", "E11.9"))
    qtbot.waitUntil(lambda: tab.tree.current_code() == "E119")
    text = tab.view.toPlainText()
    assert "Excludes1: not together with" in text
    assert "from E11 Type 2 diabetes mellitus" in text
    assert "Code list and notes: FY2026, April 2026 update." in text


def test_a_number_goes_to_the_code_that_a_note_asks_for_and_back_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window, ("code", "E11.9"))
    qtbot.waitUntil(lambda: shown_code(tab) == "E11.9")
    assert "[2] Z79.4" in tab.view.toPlainText()
    press(tab.view, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: shown_code(tab) == "Z79.4")
    press(focused(), Qt.Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: shown_code(tab) == "E11.9")


def test_from_a_visit_a_number_adds_the_code_to_it(qtbot: QtBot, window: MainWindow) -> None:
    added: list[tuple[str, str]] = []

    def add(code: str, title: str) -> None:
        added.append((code, title))

    on = dt.date(2026, 9, 1)
    tab = browser(qtbot, window, ("code", "E11.22", on, add))
    qtbot.waitUntil(lambda: shown_code(tab) == "E11.22")
    assert tab.date.value() == on
    assert tab.visit_bar.isVisible()
    press(tab.view, Qt.Key.Key_F8)
    press(tab.view, Qt.Key.Key_3)
    assert [code for code, _ in added] == ["E1122", "Z794"]
    press(tab.view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: shown_code(tab) == "N18")
    press(tab.view, Qt.Key.Key_F8)
    assert len(added) == 2, "a heading is never added"
    press(tab.visit_bar.back_button, Qt.Key.Key_Return)
    assert not tab.visit_bar.isVisible()
    assert window.shell is not None
    assert isinstance(window.shell.page(), VisitsPage)


def test_links_of_the_page_are_reached_by_tab_and_followed_by_enter(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window, ("code", "M25.551"))
    qtbot.waitUntil(lambda: shown_code(tab) == "M25.551")
    text = tab.view.toPlainText()
    assert "Right" in text
    assert "M25.552" in text
    # Chapter, section, two headings above, then the code of the left side.
    for _ in range(20):
        press(tab.view, Qt.Key.Key_Tab)
        if tab.view.textCursor().selectedText().strip() == "M25.552":
            break
    press(tab.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_code(tab) == "M25.552")


def test_7th_characters_show_the_whole_code(qtbot: QtBot, window: MainWindow) -> None:
    tab = browser(qtbot, window, ("code", "W10.9"))
    qtbot.waitUntil(lambda: shown_code(tab) == "W10.9")
    text = tab.view.toPlainText()
    assert "it needs a 7th character" in text
    assert "W10.9XXD" in text
    assert "X fills the empty places" in text
    press(tab.view, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: shown_code(tab) == "W10.9XXD")
    assert "Billable on 09/15/2026." in tab.view.toPlainText()


def test_a_favourite_stands_on_top_of_the_tree_and_first_in_search(
    qtbot: QtBot, window: MainWindow, database: Database
) -> None:
    tab = browser(qtbot, window, ("code", "E11.65"))
    qtbot.waitUntil(lambda: shown_code(tab) == "E11.65")
    press(tab.view, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: tab.tree.top_codes()[0] == "favourites")
    assert database.read(codes.weights)["E1165"] >= 1000
    assert search(qtbot, tab, "diabetes type 2")[0] == "E11.65"
    press(focused(), Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: database.read(codes.weights)["E1165"] == 0)


def test_what_is_built_in_is_listed_in_plain_words(qtbot: QtBot, window: MainWindow) -> None:
    tab = browser(qtbot, window)
    press(tab.chosen, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: tab.system() == "carc" and tab.left.currentWidget() is tab.list)
    assert search(qtbot, tab, "filing limit")[0] == "29"
    qtbot.waitUntil(lambda: shown_code(tab) == "29")
    assert "What to do" in tab.view.toPlainText()
    press(tab.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(tab.list.rows()) > 100)


def test_nothing_found_says_so_and_escape_brings_the_tree_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window)
    type_in(tab.search, "qqqqqq")
    qtbot.waitUntil(lambda: tab.left.currentWidget() is tab.list)
    assert "Nothing is found" in tab.list.view.empty_text
    press(tab.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: tab.left.currentWidget() is tab.tree)


def test_a_date_that_no_release_covers_is_told(qtbot: QtBot, window: MainWindow) -> None:
    tab = browser(qtbot, window)
    assert tab.notice.text() == "FY2026, April 2026 update, as in force on 09/15/2026."
    tab.date.selectAll()
    type_in(tab.date, "1/1/2019")
    qtbot.waitUntil(lambda: "No loaded release covers 01/01/2019" in tab.notice.text())
    assert "is in force from 10/01/2025 to 09/30/2026" in tab.notice.text()
    type_in(tab.search, "flu")
    qtbot.waitUntil(lambda: tab.left.currentWidget() is tab.list)
    assert "Choose a date that a release covers" in tab.list.view.empty_text


def test_changes_of_the_only_release_say_that_there_is_nothing_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    tab = browser(qtbot, window)
    press(focused(), Qt.Key.Key_H, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    assert tab.dialog is not None
    assert "nothing before it" in tab.dialog.table.view.empty_text
    press(tab.dialog, Qt.Key.Key_Escape)
    assert not tab.dialog.isVisible()


def test_the_colors_of_the_page_follow_the_theme(qtbot: QtBot, window: MainWindow) -> None:
    tab = browser(qtbot, window, ("code", "E11.9"))
    qtbot.waitUntil(lambda: shown_code(tab) == "E11.9")
    light = tab.view.toHtml()
    theme.apply_theme(schemes.DARK)
    assert schemes.DARK.accent in tab.view.toHtml()
    assert schemes.DARK.accent not in light


def test_search_by_meaning_is_prepared_once_and_finds_what_no_word_says(
    qtbot: QtBot, window: MainWindow
) -> None:
    if not model.available():
        pytest.skip("the optional packages of the search by meaning are not installed")
    tab = browser(qtbot, window)
    tab.chosen.set_value("modifier")
    tab.chosen.edited.emit()
    settle(qtbot, window)
    assert tab.meaning.check.isVisible()
    press(tab.meaning.check, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: tab.meaning.mode("modifier") == BEST, timeout=60_000)
    assert search_mode() == BEST
    assert search(qtbot, tab, "tiny baby")[0] == "63"
    assert tab.meaning.mode("icd10cm") != BEST
    keep_search_mode(BUILT_IN)
    tab.refresh()
    qtbot.waitUntil(lambda: tab.meaning.mode("modifier") == BUILT_IN)
    assert not tab.meaning.check.isChecked(), "the visit's screen may change the choice too"
