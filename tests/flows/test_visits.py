"""A visit on one screen, by keys alone: entered, checked, mended, posted, copied, kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.people import Patient, Person
from desktop.models.values.enums import Party, VisitState
from desktop.models.values.money import Money
from desktop.services.claims.life import create, lifecycle
from desktop.services.people import search
from desktop.services.visits import entry, listing, posting
from desktop.ui.claims.page import ClaimsPage
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import MoneyEdit, TextEdit
from desktop.ui.visits.page import VisitsPage
from tests import factories
from tests.flows.conftest import back, focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.visits.scenes import ON, Scene, make_scene
from tests.unit.visits.test_posting import _pay, _replace_first

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.services.visits.values import VisitView
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.visits.editor import VisitEditor

ENTER = Qt.Key.Key_Return
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


def _scene(work: Work) -> Scene:
    scene = make_scene(work)
    patient = work.session.get_one(Patient, scene.patient_id)
    person = work.session.get_one(Person, patient.person_id)
    person.last = "Marchbanks"
    search.keep_keys(work, patient, person)
    return scene


@pytest.fixture
def scene(database: Database) -> Scene:
    """One insured patient, before the window opens."""
    return database.write(_scene)


@pytest.fixture
def page(
    scene: Scene, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> VisitsPage:
    """The page Visits in the real window, with the list shown; closing never waits for a yes."""
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    assert window.shell is not None
    window.shell.go("visits")
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, VisitsPage)
    return shown


def _take(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Type into the focused type-ahead line, and take what it proposes first."""
    line = focused()
    type_in(line, text)
    settle(qtbot, window)
    press(line, ENTER)
    settle(qtbot, window)


def _begin(qtbot: QtBot, window: MainWindow, page: VisitsPage) -> VisitEditor:
    press(focused(), Qt.Key.Key_F8)
    settle(qtbot, window)
    qtbot.waitUntil(page.editor.patient.hasFocus)
    return page.editor


def _enter_visit(qtbot: QtBot, window: MainWindow, page: VisitsPage) -> VisitEditor:
    """Patient, date, one diagnosis, one line; the cursor ends in the second line."""
    editor = _begin(qtbot, window, page)
    _take(qtbot, window, "march")
    assert editor.service_on.hasFocus()
    type_in(focused(), "090126")
    for _ in range(4):
        press(focused(), ENTER)
    assert editor.referring.hasFocus()
    press(focused(), ENTER)
    assert editor.diagnoses.line.hasFocus()
    _take(qtbot, window, "i10")
    press(focused(), ENTER)
    assert editor.lines.rows[0].procedure.hasFocus()
    _take(qtbot, window, "99213")
    for _ in range(4):
        press(focused(), ENTER)
    assert editor.lines.rows[1].procedure.hasFocus()
    settle(qtbot, window)
    return editor


def _stored(database: Database) -> VisitView:
    (row,) = database.read(listing.list_visits)
    return database.read(lambda work: entry.get(work, row.id))


def test_a_visit_is_entered_checked_and_posted_without_the_mouse(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    editor = _enter_visit(qtbot, window, page)
    assert editor.total.text().startswith("Total  120.00")
    press(focused(), ENTER)  # an empty line: the visit is done, so it is saved and checked
    settle(qtbot, window)
    assert editor.findings.heading.text() == "Ready to claim"
    view = _stored(database)
    assert (view.draft.patient_id, view.draft.service_on) == (scene.patient_id, ON)
    assert view.draft.diagnoses == ("I10",)
    assert [(x.draft.procedure, x.charge) for x in view.lines] == [("99213", Money(12000))]
    press(focused(), Qt.Key.Key_P, CONTROL_SHIFT)
    settle(qtbot, window)
    view = _stored(database)
    assert view.state is VisitState.POSTED
    assert view.lines[0].owed == ((Party.PRIMARY, Money(12000)),)
    assert page.title() == f"Visit {view.id}, posted"


def test_after_a_posted_visit_the_next_one_starts_with_its_patient(
    qtbot: QtBot, window: MainWindow, page: VisitsPage
) -> None:
    editor = _enter_visit(qtbot, window, page)
    press(focused(), Qt.Key.Key_P, CONTROL_SHIFT)
    settle(qtbot, window)
    assert not editor.patient.isEnabled()
    press(focused(), Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.title() == "New visit")
    qtbot.waitUntil(editor.patient.hasFocus)


def test_enter_on_a_finding_jumps_to_its_field(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    editor = _enter_visit(qtbot, window, page)
    row = editor.lines.rows[0]
    row.pointers.setFocus()
    row.pointers.selectAll()
    type_in(row.pointers, "AC")
    press(row.pointers, ENTER, CONTROL)
    settle(qtbot, window)
    assert editor.findings.texts() == [
        "Error: Line 1 points to diagnosis C, which is not on the claim."
    ]
    assert editor.findings.list.hasFocus()
    press(focused(), ENTER)
    assert row.pointers.hasFocus()
    row.pointers.selectAll()
    type_in(row.pointers, "A")
    press(row.pointers, ENTER, CONTROL)
    settle(qtbot, window)
    assert editor.findings.heading.text() == "Ready to claim"
    assert _stored(database).draft.lines[0].pointers == (1,)


def test_a_warning_is_passed_with_a_reason(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    def unsigned(work: Work) -> None:
        work.session.get_one(Patient, scene.patient_id).signature_on = None

    database.write(unsigned)
    editor = _enter_visit(qtbot, window, page)
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    assert editor.findings.heading.text() == "1 warning"
    press(focused(), Qt.Key.Key_N, CONTROL_SHIFT)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    qtbot.waitUntil(lambda: dialog.form.editor("reason").hasFocus())
    type_in(focused(), "signs next week")
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    assert editor.findings.heading.text() == "Ready to claim"
    assert "signs next week" in editor.findings.texts()[0]


def test_copy_last_fills_the_screen_with_new_dates(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    first = database.write(
        lambda work: entry.save(work, scene.draft(service_on=dt.date(2026, 8, 3)))
    )
    editor = _begin(qtbot, window, page)
    _take(qtbot, window, "march")
    press(focused(), Qt.Key.Key_L, CONTROL_SHIFT)
    settle(qtbot, window)
    assert editor.diagnoses.codes() == ("E119", "I10")
    assert [row.procedure.text() for row in editor.lines.filled()] == ["99213", "85025"]
    assert editor.total.text() == "Total  150.00"
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    rows = database.read(listing.list_visits)
    assert [(r.service_on, r.charge) for r in rows] == [
        (dt.date(2026, 9, 15), Money(15000)),
        (dt.date(2026, 8, 3), Money(15000)),
    ]
    assert rows[1].id == first


def test_a_draft_keeps_itself(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    editor = _enter_visit(qtbot, window, page)
    editor.autosave()  # what the timer does every five seconds
    settle(qtbot, window)
    view = _stored(database)
    assert (view.state, view.charge) == (VisitState.DRAFT, Money(12000))
    assert editor.saved_line.text() == "Saved."
    assert editor.lines.rows[1].procedure.hasFocus(), "saving never moves the cursor"
    _take(qtbot, window, "85025")
    editor.autosave()
    settle(qtbot, window)
    again = _stored(database)
    assert [x.draft.procedure for x in again.lines] == ["99213", "85025"]
    assert again.lines[0].draft.id == view.lines[0].draft.id, "a line is never stored twice"


def test_a_paid_line_is_locked_and_says_why(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    # openemr 4334: reopening a visit deleted its payments.
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    line_id = database.read(lambda work: entry.get(work, visit_id)).draft.lines[0].id
    assert line_id is not None
    database.write(_pay(line_id, 2000, scene.payers["first"]))
    page.refresh()
    settle(qtbot, window)
    page.table.view.setFocus()
    page.table.select_first()
    press(page.table.view, ENTER)
    settle(qtbot, window)
    paid, free = page.editor.lines.rows[:2]
    assert not paid.charge.isEnabled()
    assert "reverse it first" in paid.charge.toolTip()
    assert isinstance(free.charge, MoneyEdit)
    free.charge.setFocus()
    free.charge.selectAll()
    type_in(free.charge, "45")
    press(free.charge, ENTER, CONTROL)
    settle(qtbot, window)
    after = database.read(lambda work: entry.get(work, visit_id))
    assert [x.charge for x in after.lines] == [Money(12000), Money(4500)]
    assert after.balance == Money(10000 + 4500)
    assert after.lines[0].draft.id == line_id


def test_a_visit_is_voided_with_a_reason(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    page.open_visit(visit_id)
    settle(qtbot, window)
    page._on_void()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    reason = dialog.form.editor("reason")
    assert isinstance(reason, TextEdit)
    qtbot.waitUntil(reason.hasFocus)
    press(reason, ENTER, CONTROL)
    assert "needed" in dialog.form.problem_at("reason")
    type_in(reason, "wrong patient")
    press(reason, ENTER, CONTROL)
    settle(qtbot, window)
    assert page.editor.state is VisitState.VOID
    assert not page.editor.lines.isEnabled()


def test_removing_a_diagnosis_moves_the_letters_with_it(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, scene: Scene, database: Database
) -> None:
    # openemr 19, 65: what stood behind an empty diagnosis slid to the wrong one.
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    page.open_visit(visit_id)
    settle(qtbot, window)
    editor = page.editor
    assert editor.lines.rows[0].pointers.text() == "AB"
    editor.diagnoses.focus_position(1)
    press(editor.diagnoses.list, Qt.Key.Key_Delete)
    assert editor.diagnoses.codes() == ("I10",)
    assert [r.pointers.text() for r in editor.lines.filled()] == ["A", ""]


def test_what_cannot_be_read_is_said_and_nothing_is_lost(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    editor = _enter_visit(qtbot, window, page)
    units = editor.lines.rows[0].units
    units.setFocus()
    units.selectAll()
    type_in(units, "1.2345")
    press(units, ENTER, CONTROL)
    settle(qtbot, window)
    assert "no quantity" in editor.findings.texts()[0]
    assert units.hasFocus()
    assert units.text() == "1.2345"
    assert database.read(listing.list_visits) == []


def test_a_date_without_code_set_is_said_while_entering(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    editor = _begin(qtbot, window, page)
    _take(qtbot, window, "march")
    type_in(focused(), "100126")
    press(focused(), ENTER)
    settle(qtbot, window)
    assert editor.diagnoses.hint.text().startswith("No code set for 10/01/2026")
    editor.diagnoses.line.setFocus()
    _take(qtbot, window, "E11.9")
    assert editor.diagnoses.codes() == ("E119",)


def test_a_new_visit_of_a_patient_opens_from_another_page(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, scene: Scene
) -> None:
    assert window.shell is not None
    window.shell.go("visits", ("new", scene.patient_id))
    settle(qtbot, window)
    assert page.editor.patient.value() == scene.patient_id
    assert "Prairie Health" in page.editor.patient_line.text()
    assert page.editor.diagnoses.line.hasFocus()


def test_line_details_are_entered_in_a_dialog_and_kept(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    # ottehr 9560: one drug's NDC was attached to every line.
    editor = _enter_visit(qtbot, window, page)
    editor.lines.rows[0].procedure.setFocus()
    press(focused(), Qt.Key.Key_F9)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    ndc = dialog.form.editor("ndc")
    ndc.setFocus()
    qtbot.waitUntil(ndc.hasFocus)
    type_in(ndc, "71-155-23")
    press(ndc, ENTER)
    type_in(focused(), "2.5")
    press(focused(), ENTER, CONTROL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    back(qtbot, window)
    editor.lines.rows[1].procedure.setFocus()
    _take(qtbot, window, "85025")
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    lines = _stored(database).draft.lines
    assert [(x.ndc, str(x.ndc_quantity)) for x in lines] == [("00071015523", "2.5"), ("", "None")]
    assert not any("drug" in text for text in editor.findings.texts())


def test_insurance_changed_after_posting_is_said_and_chosen_anew(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    # openemr 7263: insurance replaced after billing left the money with the wrong payer.
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    new = database.write(_replace_first(scene))
    settle(qtbot, window)
    page.open_visit(visit_id)
    settle(qtbot, window)
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "insurance of this date was changed" in notice.text
    window.shell.notices.press_action()
    settle(qtbot, window)
    view = database.read(lambda work: entry.get(work, visit_id))
    assert view.coverages[0].payer_id == new


def test_a_code_typed_in_full_is_taken_after_the_list_was_closed(
    qtbot: QtBot, window: MainWindow, page: VisitsPage
) -> None:
    editor = _begin(qtbot, window, page)
    _take(qtbot, window, "march")
    row = editor.lines.rows[0]
    row.procedure.setFocus()
    type_in(row.procedure, "85025")
    settle(qtbot, window)
    press(row.procedure, Qt.Key.Key_Escape)
    press(row.procedure, ENTER)
    settle(qtbot, window)
    assert row.procedure.value().code == "85025"
    assert row.charge.value() == Money(3000)


def test_a_draft_that_cannot_be_kept_is_said_once_and_leaves_the_cursor(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    page.open_visit(visit_id)
    settle(qtbot, window)
    editor = page.editor
    units = editor.lines.rows[0].units
    units.setFocus()
    units.selectAll()
    type_in(units, "99999999")
    editor.autosave()
    settle(qtbot, window)
    assert "too large" in editor.saved_line.text()
    assert units.hasFocus()
    version = database.read(lambda work: entry.get(work, visit_id)).draft.version
    editor.autosave()
    settle(qtbot, window)
    assert database.read(lambda work: entry.get(work, visit_id)).draft.version == version


def test_somebody_elses_change_is_not_overwritten(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    page.open_visit(visit_id)
    settle(qtbot, window)
    theirs = database.read(lambda work: entry.get(work, visit_id)).draft
    database.write(lambda work: entry.save(work, dataclasses.replace(theirs, claim_note="theirs")))
    settle(qtbot, window)
    line = page.editor.lines.rows[0]
    line.charge.setFocus()
    line.charge.selectAll()
    type_in(line.charge, "1")
    press(line.charge, ENTER, CONTROL)
    settle(qtbot, window)
    assert window.shell is not None
    notice = window.shell.notices.notice
    assert notice is not None
    assert "Somebody else changed this visit" in notice.text
    assert line.charge.text() == "1", "what was typed stays"
    after = database.read(lambda work: entry.get(work, visit_id))
    assert (after.draft.claim_note, after.charge) == ("theirs", Money(15000))


def test_the_list_shows_what_is_asked_for(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    drafted = database.write(lambda work: entry.save(work, scene.draft()))
    posted = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, posted))
    settle(qtbot, window)
    for kind, wanted in (("draft", {drafted}), ("unbilled", {posted}), ("void", set())):
        page.kind.set_value(kind)
        page.refresh()
        settle(qtbot, window)
        assert {row.id for row in page.table.rows()} == wanted


def test_a_provider_who_left_stays_on_old_visits(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    def leave(work: Work) -> int:
        left = factories.make_provider(work, is_active=False)
        return entry.save(work, scene.draft(rendering_id=left.id))

    visit_id = database.write(leave)
    before = database.read(lambda work: entry.get(work, visit_id)).draft.rendering_id
    page.open_visit(visit_id)
    settle(qtbot, window)
    charge = page.editor.lines.rows[0].charge
    charge.setFocus()
    charge.selectAll()
    type_in(charge, "99")
    press(charge, ENTER, CONTROL)
    settle(qtbot, window)
    after = database.read(lambda work: entry.get(work, visit_id))
    assert (after.draft.rendering_id, after.lines[0].charge) == (before, Money(9900))


def test_the_claim_is_made_where_the_visit_stands_and_enter_opens_it(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database
) -> None:
    editor = _enter_visit(qtbot, window, page)
    press(focused(), Qt.Key.Key_P, CONTROL_SHIFT)
    settle(qtbot, window)
    view = _stored(database)
    assert view.claims == ()
    qtbot.waitUntil(lambda: "Ctrl+Shift+J" in editor.findings.hint.text())
    press(focused(), Qt.Key.Key_J, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: len(editor.findings.texts()) == 1)
    settle(qtbot, window)
    (claim,) = _stored(database).claims
    assert editor.findings.heading.text() == "Nothing to mend"
    assert editor.findings.texts() == [f"Claim {claim.id} to the first payer: {claim.state.value}"]
    press(focused(), Qt.Key.Key_J, CONTROL_SHIFT)  # offered once only
    settle(qtbot, window)
    assert len(_stored(database).claims) == 1
    editor.findings.focus_first()
    press(focused(), ENTER)
    settle(qtbot, window)
    assert window.shell is not None
    claims = window.shell.page()
    assert isinstance(claims, ClaimsPage)
    settle(qtbot, window)
    row = claims.table.current_row()
    assert row is not None
    assert row.id == claim.id


def test_a_claim_that_moved_on_is_told_on_the_visit_that_is_open(
    qtbot: QtBot, window: MainWindow, page: VisitsPage, database: Database, scene: Scene
) -> None:
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    database.write(lambda work: posting.post(work, visit_id))
    (claim_id,) = database.write(lambda work: create.create_claims(work, visit_id))
    page.open_visit(visit_id)
    settle(qtbot, window)
    assert page.editor.findings.texts()[0].startswith(f"Claim {claim_id} ")
    assert not page.editor.can_claim
    database.write(lambda work: lifecycle.void_before_sending(work, claim_id, "wrong payer"))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.editor.findings.texts()[0].endswith(": void"))
    assert page.editor.can_claim
