from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from desktop.errors import Problem, RuleError
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Choice, DateEdit, MoneyEdit, NoteEdit, TextEdit
from desktop.ui.lib.form import Form
from tests.helpers.keys import press, type_in
from tests.unit.ui.lib.conftest import today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytestqt.qtbot import QtBot


def build() -> Form:
    form = Form(columns=2)
    form.add("last_name", "Last name", TextEdit(), required=True)
    form.add("birth_on", "Birth date", DateEdit(today, past=True), required=True)
    form.add("copay", "Copay", MoneyEdit())
    form.add("sex", "Sex", Choice([("F", "female"), ("M", "male")]))
    form.add("note", "Note", NoteEdit(), wide=True)
    form.add("phone", "Phone", TextEdit())
    return form


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = build()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_enter_goes_through_the_fields_in_order(qtbot: QtBot, form: Form) -> None:
    form.focus_first()
    for name, keys in [("last_name", "Adams"), ("birth_on", "3/4/51"), ("copay", "20")]:
        assert form.editor(name).hasFocus(), name
        type_in(form.editor(name), keys)
        press(form.editor(name), Qt.Key.Key_Return)
    assert form.editor("sex").hasFocus()
    assert form.editor("birth_on").text() == "03/04/1951"
    assert form.values()["birth_on"] == dt.date(1951, 3, 4)


def test_ctrl_enter_saves_and_enter_does_not(qtbot: QtBot, form: Form) -> None:
    form.focus_first()
    with qtbot.assertNotEmitted(form.save_wanted):
        press(form.editor("last_name"), Qt.Key.Key_Return)
    with qtbot.waitSignal(form.save_wanted):
        control = Qt.KeyboardModifier.ControlModifier
        press(form.editor("copay"), Qt.Key.Key_Return, control)


def test_problems_stand_beside_their_fields_and_the_first_gets_the_cursor(form: Form) -> None:
    form.show_problems(
        [
            Problem("birth_on", "Enter the birth date."),
            Problem("copay.amount", "The copay is above the charge."),
            Problem("nowhere", "The practice has no provider."),
        ]
    )
    assert form.problem_at("birth_on") == "Enter the birth date."
    assert form.problem_at("copay") == "The copay is above the charge."
    assert form.problem_at("") == "The practice has no provider."
    assert form.editor("birth_on").hasFocus()
    assert form.editor("birth_on").accessibleDescription() == "Enter the birth date."


def test_a_problem_keeps_what_was_typed_and_leaves_when_mended(qtbot: QtBot, form: Form) -> None:
    type_in(form.editor("birth_on"), "2/30/51")
    assert form.checked() is None
    assert "no February 30" in form.problem_at("birth_on")
    assert form.problem_at("last_name") == "Last name is needed."
    assert form.editor("birth_on").text() == "2/30/51"
    type_in(form.editor("last_name"), "A")
    assert form.problem_at("last_name") == ""


def test_a_hidden_field_is_not_asked_for(form: Form) -> None:
    form.set_field_visible("last_name", visible=False)
    form.set_field_visible("birth_on", visible=False)
    assert form.checked() is not None


def test_dirty_only_by_the_users_hand(qtbot: QtBot, form: Form) -> None:
    form.set_values({"last_name": "Adams", "sex": "M", "note": "x"})
    assert not form.is_dirty
    assert form.values()["sex"] == "M"
    type_in(form.editor("note"), "y")
    assert form.is_dirty


def test_markup_in_labels_and_problems_is_inert(form: Form) -> None:
    form.show_problems([Problem("copay", "<b>x</b><img src=file:///etc/hostname>")])
    for label in form.findChildren(QLabel):
        if label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText, label.text()


class Saver:
    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.refusal: RuleError | None = None

    def __call__(self, values: Mapping[str, Any], dialog: FormDialog) -> None:
        self.got.append(dict(values))
        if self.refusal:
            dialog.refused(self.refusal)
        else:
            dialog.saved()


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[tuple[FormDialog, Saver]]:
    parent = QWidget()
    qtbot.addWidget(parent)
    saver = Saver()
    made = FormDialog(parent, "New patient", build(), verb="Register", on_save=saver)
    made.open()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made, saver
    made.form.set_dirty(False)
    parent.close()


def test_dialog_saves_by_key_and_stays_open_when_refused(
    qtbot: QtBot, dialog: tuple[FormDialog, Saver]
) -> None:
    box, saver = dialog
    control = Qt.KeyboardModifier.ControlModifier
    saver.refusal = RuleError(Problem("last_name", "There is an Adams born that day already."))
    type_in(box.form.editor("last_name"), "Adams")
    type_in(box.form.editor("birth_on"), "3/4/51")
    press(box.form.editor("birth_on"), Qt.Key.Key_Return, control)
    assert len(saver.got) == 1
    assert box.isVisible()
    assert "already" in box.form.problem_at("last_name")
    saver.refusal = None
    press(box.form.editor("copay"), Qt.Key.Key_Return, control)
    assert not box.isVisible()


def test_esc_asks_before_it_throws_away(
    qtbot: QtBot, dialog: tuple[FormDialog, Saver], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, _saver = dialog
    answers = iter([False, True])
    monkeypatch.setattr(messages, "confirm", lambda *_a, **_k: next(answers))
    type_in(box.form.editor("last_name"), "Adams")
    press(box, Qt.Key.Key_Escape)
    assert box.isVisible()
    press(box, Qt.Key.Key_Escape)
    assert not box.isVisible()
