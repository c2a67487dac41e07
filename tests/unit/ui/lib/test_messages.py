from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QMessageBox,  # noqa: TID251 - the box itself is looked at
    QVBoxLayout,
    QWidget,
)

from desktop.ui.lib import messages
from desktop.ui.lib.messages import Level, Notice, NoticeBar
from tests.helpers.keys import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


class Window(QWidget):
    """A window with a foot, and a page inside."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = NoticeBar()
        self.page = QWidget()
        box = QVBoxLayout(self)
        box.addWidget(self.page)
        box.addWidget(self.bar)

    def show_notice(self, notice: Notice) -> None:
        self.bar.show_notice(notice)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_notice_stands_in_the_window_around_and_success_leaves_by_itself(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "INFO_MS", 30)
    messages.info(window.page, "Saved.")
    assert window.bar.isVisible()
    qtbot.waitUntil(lambda: not window.bar.isVisible())


def test_an_error_stays_until_it_is_closed(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "INFO_MS", 1)
    messages.error(window.page, "The outbox cannot be written; choose another folder.")
    assert not window.bar._timer.isActive()
    press(window.bar._close, Qt.Key.Key_Return)
    assert not window.bar.isVisible()


def test_undo_is_offered_once(window: Window) -> None:
    undone: list[str] = []
    messages.info(window.page, "Posted.", action="Undo", on_action=lambda: undone.append("x"))
    press(window.bar._action, Qt.Key.Key_Return)
    assert undone == ["x"]
    assert not window.bar.press_action()
    assert undone == ["x"]


def test_a_page_alone_logs_the_level_and_not_the_words(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    messages.warn(page, "Quillfeather owes 12.00.")
    assert "WARN" in caplog.text
    assert "Quillfeather" not in caplog.text


def open_box() -> QMessageBox:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


def when_open(qtbot: QtBot, do: Callable[[QMessageBox], None]) -> None:
    """Do something as soon as the modal box stands there."""

    def look() -> None:
        if isinstance(QApplication.activeModalWidget(), QMessageBox):
            do(open_box())
        else:
            QTimer.singleShot(5, look)

    QTimer.singleShot(0, look)


@pytest.mark.parametrize(
    ("key", "answer"), [(Qt.Key.Key_Return, False), (Qt.Key.Key_Escape, False)]
)
def test_enter_and_esc_never_confirm_what_cannot_be_undone(
    qtbot: QtBot, window: Window, key: Qt.Key, answer: bool
) -> None:
    when_open(qtbot, lambda box: press(box, key))
    assert messages.confirm(window.page, "Void claim 1042?", verb="Void the claim") is answer


def test_the_button_that_confirms_is_a_verb_and_markup_stays_inert(
    qtbot: QtBot, window: Window
) -> None:
    def agree(box: QMessageBox) -> None:
        assert box.textFormat() == Qt.TextFormat.PlainText
        verb = next(each for each in box.buttons() if each.text() == "Void the claim")
        verb.click()

    when_open(qtbot, agree)
    assert messages.confirm(window.page, "<b>Void</b> claim 1042?", verb="Void the claim")


def test_a_crash_is_owned_up_to_once_and_names_no_patient(
    qtbot: QtBot, window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    def look(box: QMessageBox) -> None:
        messages.crash(window, ValueError("Quillfeather again"))
        shown = f"{box.text()} {box.informativeText()} {box.detailedText()}"
        assert "Quillfeather" not in shown
        assert "ValueError" in shown
        box.reject()

    when_open(qtbot, look)
    with pytest.raises(ValueError, match="Quillfeather") as caught:
        int("Quillfeather, Zenobia 1951-03-04")
    messages.crash(window, caught.value)
    assert "Quillfeather" not in caplog.text
    assert caplog.text.count("unexpected error") == 2


def test_levels_have_icons_of_their_own() -> None:
    assert len({level.value for level in Level}) == len(Level)
