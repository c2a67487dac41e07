"""The real window on a real practice, driven by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.frame.main_window import MainWindow
from desktop.ui.lib import schemes, theme
from desktop.ui.lib.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTEAD_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture
def start_window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The window as it starts: no practice is open."""
    theme.apply_theme(schemes.LIGHT)
    made = MainWindow()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close_practice()
    made.close()


@pytest.fixture
def window(start_window: MainWindow, database: Database) -> MainWindow:
    """The window with the test practice open; it closes the database at the end."""
    start_window.open_practice(database)
    return start_window


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until every call on its way was answered."""
    qtbot.waitUntil(lambda: window.runner is None or window.runner.idle, timeout=10_000)


def back(qtbot: QtBot, window: MainWindow) -> None:
    """Give the window the keys again once a dialog is closed.

    A window manager does this; the offscreen platform has none.
    """
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    settle(qtbot, window)


def go(qtbot: QtBot, window: MainWindow, page_id: str, argument: object = None) -> Any:
    """Open a page as a link of another page does; the page, whose own class the test knows."""
    assert window.shell is not None
    window.shell.go(page_id, argument)
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, Page)
    return page


def focused() -> QWidget:
    """The widget that would take the next key."""
    widget = QApplication.focusWidget()
    assert isinstance(widget, QWidget), "nothing has the focus: call `back` after a dialog"
    return widget
