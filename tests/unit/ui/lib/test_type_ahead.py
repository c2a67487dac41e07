from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.lib.edits import TextEdit
from desktop.ui.lib.form import Form
from desktop.ui.lib.type_ahead import Deliver, Suggestion, TypeAhead
from tests.helpers.keys import press, type_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

CODES = [
    Suggestion("J45.909", "J45.909", "Unspecified asthma, uncomplicated"),
    Suggestion("J45.901", "J45.901", "Unspecified asthma with (acute) exacerbation"),
    Suggestion("J30.9", "J30.9", "Allergic rhinitis, unspecified"),
]


class Codes:
    """A source that answers now, or when told."""

    def __init__(self) -> None:
        self.hold = False
        self.held: list[tuple[str, Deliver]] = []

    def __call__(self, text: str, deliver: Deliver) -> None:
        if self.hold:
            self.held.append((text, deliver))
        else:
            self.answer(text, deliver)

    def answer(self, text: str, deliver: Deliver) -> None:
        wanted = text.casefold()
        deliver([c for c in CODES if wanted in f"{c.text} {c.detail}".casefold()])


@pytest.fixture
def codes() -> Codes:
    return Codes()


@pytest.fixture
def line(qtbot: QtBot, codes: Codes) -> Iterator[TypeAhead]:
    window = QWidget()
    qtbot.addWidget(window)
    made = TypeAhead(codes, required=True)
    box = QVBoxLayout(window)
    box.addWidget(made)
    box.addWidget(TextEdit())
    window.show()
    window.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    yield made
    window.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Return])
def test_tab_and_enter_accept_the_first(qtbot: QtBot, line: TypeAhead, key: Qt.Key) -> None:
    type_in(line, "asthma")
    assert [each.value for each in line.suggestions()] == ["J45.909", "J45.901"]
    assert line.is_open()
    press(line, key)
    assert line.value() == "J45.909"
    assert not line.is_open()
    assert line.problem() == ""


def test_down_then_enter_accepts_the_second(qtbot: QtBot, line: TypeAhead) -> None:
    type_in(line, "asthma")
    press(line, Qt.Key.Key_Down)
    press(line, Qt.Key.Key_Return)
    assert line.value() == "J45.901"


def test_esc_closes_and_keeps_the_text(qtbot: QtBot, line: TypeAhead) -> None:
    type_in(line, "asth")
    press(line, Qt.Key.Key_Escape)
    assert not line.is_open()
    assert line.text() == "asth"
    assert "Choose one" in line.problem()


def test_late_answers_to_older_texts_are_dropped(
    qtbot: QtBot, line: TypeAhead, codes: Codes
) -> None:
    codes.hold = True
    type_in(line, "j3")
    (old, late), (new, now) = codes.held
    codes.answer(new, now)
    assert [each.value for each in line.suggestions()] == ["J30.9"]
    codes.answer(old, late)
    assert [each.value for each in line.suggestions()] == ["J30.9"]


def test_a_typist_faster_than_the_answer_still_gets_the_first(
    qtbot: QtBot, line: TypeAhead, codes: Codes
) -> None:
    codes.hold = True
    type_in(line, "rhinitis")
    press(line, Qt.Key.Key_Tab)
    assert not line.hasFocus()
    text, deliver = codes.held[-1]
    codes.answer(text, deliver)
    assert line.value() == "J30.9"


def test_typing_after_accepting_takes_the_choice_back(qtbot: QtBot, line: TypeAhead) -> None:
    type_in(line, "rhin")
    press(line, Qt.Key.Key_Return)
    assert line.value() == "J30.9"
    type_in(line, "x")
    assert line.value() is None


def test_enter_in_a_form_accepts_and_goes_on(qtbot: QtBot, codes: Codes) -> None:
    form = Form()
    qtbot.addWidget(form)
    line = form.add("code", "Diagnosis", TypeAhead(codes))
    form.add("note", "Note", TextEdit())
    form.show()
    form.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    type_in(line, "J30")
    press(line, Qt.Key.Key_Return)
    assert line.value() == "J30.9"
    assert form.editor("note").hasFocus()
