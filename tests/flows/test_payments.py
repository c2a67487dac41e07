"""The page Payments in the real window, by keys: remittances, EOBs, receipts, tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPlainTextEdit

from desktop.models.values.enums import Party, ReceiptMethod, TaskKind
from desktop.models.values.money import Money
from desktop.services.money import ledger, receipts
from desktop.services.payments import posting, staging, views
from desktop.services.people import search
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.type_ahead import Suggestion
from desktop.ui.payments.page import PaymentsPage
from tests.factories import LineSpec
from tests.flows.conftest import back, focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.services.money.receipts import ReceiptView
    from desktop.services.payments.views import RemittanceRow
    from desktop.ui.frame.main_window import MainWindow
    from desktop.ui.payments.rows import Row

SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
K = Qt.Key


@pytest.fixture(autouse=True)
def _no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug, or what a failed test leaves typed, fails at once instead of asking in a dialog."""

    def crash(_owner: object, fault: BaseException) -> None:
        raise fault

    monkeypatch.setattr(messages, "crash", crash)
    monkeypatch.setattr(messages, "confirm", lambda *_a, **_k: True)


def a_scene(
    database: Database, lines: tuple[LineSpec, ...] = (LineSpec(charge=Money(10000)),)
) -> Scene:
    """One claim that was sent, and its patient in the search box."""
    scene = make_scene(database, lines)
    database.write(search.reindex)
    return scene


def open_page(window: MainWindow, qtbot: QtBot, argument: object = None) -> PaymentsPage:
    assert window.shell is not None
    window.shell.go("payments", argument)
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, PaymentsPage)
    qtbot.waitUntil(page.isVisible)
    settle(qtbot, window)
    return page


def dialog_of(qtbot: QtBot, title: str = "") -> FormDialog:
    def shown() -> FormDialog | None:
        found = QApplication.activeModalWidget()
        return found if isinstance(found, FormDialog) and title in found.windowTitle() else None

    qtbot.waitUntil(lambda: shown() is not None)
    dialog = shown()
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def closed(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    settle(qtbot, window)
    back(qtbot, window)


def owed(scene: Scene, line: int = 0) -> dict[Party, int]:
    found = scene.database.read(lambda w: ledger.owed(w, scene.lines[line]))
    return {party: amount.cents for party, amount in found.items()}


def remittances(database: Database) -> list[RemittanceRow]:
    return database.read(views.list_remittances)


def all_receipts(database: Database) -> list[ReceiptView]:
    return database.read(receipts.list_receipts)


def stage(database: Database, data: bytes) -> int:
    file = database.write(lambda w: staging.stage_file(w, data, "a.835"))
    return file.remittances[0].id


def paid(scene: Scene, control: str = "") -> bytes:
    line = Svc(10000, 6400, [("CO", "45", 2000), ("PR", "2", 1600)], scene.lines[0])
    return era([Clp(control or scene.control, [line], member=scene.member)])


def notice(window: MainWindow) -> str:
    assert window.shell is not None
    shown = window.shell.notices.notice
    return shown.text if shown is not None else ""


def row(page: PaymentsPage, kind: str) -> Row:
    found: list[Row] = [r for r in page.remittances.pane.table.rows() if r.kind == kind]
    assert found
    return found[0]


def put_cursor(page: PaymentsPage, kind: str) -> None:
    page.remittances.pane.table.select_id(row(page, kind).id)
    page.remittances.pane.table.view.setFocus()


def test_read_look_post_and_unpost_by_keys(
    window: MainWindow,
    database: Database,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = a_scene(database)
    path = tmp_path / "prairie.835"
    path.write_bytes(paid(scene))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a: ([str(path)], ""))
    page = open_page(window, qtbot)
    press(focused(), K.Key_O, CONTROL)
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    settle(qtbot, window)
    assert "1 ready to post" in notice(window)
    pane = page.remittances.pane
    assert pane.figure("difference") == "0.00"
    reasons = {r.says.split()[1]: r.state for r in pane.table.rows() if r.kind == "reason"}
    assert reasons == {"45": "written off", "2": "to next payer or patient"}
    line = row(page, "line")
    assert (line.ours.strip(), line.our_charge) == ("99213  100.00", Money(10000))
    assert line.owed == "first payer 100.00"
    assert owed(scene) == {Party.PRIMARY: 10000}
    press(focused(), K.Key_Y, SHIFT)
    settle(qtbot, window)
    assert owed(scene) == {Party.PATIENT: 1600}
    assert notice(window).startswith("Posted 64.00: 1 claim.")
    assert row(page, "line").owed == "patient 16.00"
    page._unpost.trigger()
    dialog = dialog_of(qtbot, "Un-post")
    press(dialog, K.Key_Return, CONTROL)
    assert dialog.form.problem_at("reason") == "Why is needed."
    type_in(focused(), "wrong deposit")
    press(focused(), K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {Party.PRIMARY: 10000}
    assert [r.state for r in remittances(database)] == ["unposted"]


def test_file_without_an_answer_is_refused_in_one_sentence(
    window: MainWindow, database: Database, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear doctor")
    page = open_page(window, qtbot)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    page.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    settle(qtbot, window)
    assert "nothing was taken" in notice(window)
    assert remittances(database) == []


def test_payment_that_does_not_balance_shows_its_difference_and_posts_nothing(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    line = Svc(10000, 6400, [("CO", "45", 3600)], scene.lines[0])
    wanted = stage(database, era([Clp(scene.control, [line])], amount=7000))
    page = open_page(window, qtbot, ("remittance", wanted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    assert page.remittances.pane.figure("difference") == "6.00"
    press(focused(), K.Key_Y, SHIFT)
    settle(qtbot, window)
    assert "6.00 is missing" in notice(window)
    assert owed(scene) == {Party.PRIMARY: 10000}


def test_unmatched_claim_is_found_by_name_and_posts(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    line = Svc(10000, 6400, [("CO", "45", 2000), ("PR", "2", 1600)])
    wanted = stage(database, era([Clp("NOTOURS", [line], name="QUYLL")]))
    page = open_page(window, qtbot, ("remittance", wanted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    assert row(page, "claim").state == "no claim of ours"
    assert row(page, "reason").state == "nothing until matched"
    put_cursor(page, "claim")
    press(page.remittances.pane.table.view, K.Key_C, ALT)
    dialog = dialog_of(qtbot, "Choose our claim")
    field = dialog.form.editor("claim_id")
    field.clear()
    type_in(field, "quill")
    qtbot.waitUntil(lambda: bool(field.suggestions()))
    press(field, K.Key_Return)
    qtbot.waitUntil(lambda: field.value() == scene.claim)
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert row(page, "claim").state == "matched"
    put_cursor(page, "claim")
    press(focused(), K.Key_Y, SHIFT)
    settle(qtbot, window)
    assert owed(scene) == {Party.PATIENT: 1600}


def test_answer_for_the_whole_claim_shows_its_split_before_it_posts(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database, (LineSpec(charge=Money(10000)), LineSpec("85025", Money(5000))))
    whole = Clp(scene.control, [], charge=15000, paid=12000, cas=[("CO", "45", 3000)])
    wanted = stage(database, era([whole]))
    page = open_page(window, qtbot, ("remittance", wanted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    assert row(page, "claim").state == "confirm the split"
    put_cursor(page, "claim")
    press(page.remittances.pane.table.view, K.Key_Return)
    dialog = dialog_of(qtbot, "Confirm the split")
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert row(page, "claim").state == "matched"
    paid_parts = [r.paid for r in page.remittances.pane.table.rows() if r.kind == "line"]
    assert paid_parts == [Money(8000), Money(4000)]
    put_cursor(page, "claim")
    press(page.remittances.pane.table.view, K.Key_Y, SHIFT)
    settle(qtbot, window)
    assert owed(scene) == {}
    assert owed(scene, 1) == {}


def test_bytes_behind_a_line_are_those_of_the_file(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    wanted = stage(database, paid(scene))
    page = open_page(window, qtbot, ("remittance", wanted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    put_cursor(page, "line")
    press(page.remittances.pane.table.view, K.Key_B, ALT)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    text = dialog.findChildren(QPlainTextEdit)[0].toPlainText().splitlines()
    assert text[:4] == ["SVC*HC:99213*100*64**1", "DTM*472*20260901", "CAS*CO*45*20", "CAS*PR*2*16"]
    press(dialog, K.Key_Escape)
    closed(qtbot, window)


def test_paper_eob_runs_down_to_zero_and_posts(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    page = open_page(window, qtbot)
    press(focused(), K.Key_E, SHIFT)
    eob = page.eob
    qtbot.waitUntil(eob.payer.hasFocus)
    type_in(focused(), "prair")
    qtbot.waitUntil(lambda: bool(eob.payer.suggestions()))
    press(focused(), K.Key_Return)
    qtbot.waitUntil(lambda: eob.payer.value() == scene.payer)
    if eob.payer.hasFocus():
        # Enter came before the proposals: it took one when they came, the next one goes on.
        press(focused(), K.Key_Return)
    for text in ("90210", "9/14/2026", "64"):
        type_in(focused(), text)
        press(focused(), K.Key_Return)
    eob.adder.setFocus()
    type_in(eob.adder, "quill")
    qtbot.waitUntil(lambda: bool(eob.adder.suggestions()))
    press(eob.adder, K.Key_Return)
    qtbot.waitUntil(lambda: len(eob.claims) == 1)
    assert eob.form.values()["check_number"] == "90210"
    entry = eob.claims[0].lines[0]
    qtbot.waitUntil(entry.paid.hasFocus)
    assert eob.difference() == Money(6400)
    type_in(focused(), "64")
    press(focused(), K.Key_Return)
    qtbot.waitUntil(entry.reasons.hasFocus)
    type_in(focused(), "CO 45 20, PR 2")
    assert "PR 2 16.00" in entry.told.text()
    assert eob.difference() == Money(0)
    press(focused(), K.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    settle(qtbot, window)
    assert remittances(database)[0].kind == "eob"
    assert not page.has_unsaved()
    press(page.remittances.pane.table.view, K.Key_Y, SHIFT)
    settle(qtbot, window)
    assert owed(scene) == {Party.PATIENT: 1600}


def test_eob_with_a_gap_keeps_what_was_typed(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    page = open_page(window, qtbot)
    press(focused(), K.Key_E, SHIFT)
    eob = page.eob
    eob.payer.set_value(Suggestion(scene.payer, "Prairie Health"))
    eob.form.editor("check_number").set_value("77")
    eob.form.editor("paid_on").set_value(database.clock.today())
    eob.amount.set_value(Money(6400))
    eob._add(scene.claim)
    qtbot.waitUntil(lambda: len(eob.claims) == 1)
    type_in(eob.claims[0].lines[0].paid, "64")
    press(focused(), K.Key_S, CONTROL)
    settle(qtbot, window)
    assert "36.00 has no reason yet" in eob.form.problem_at("")
    assert remittances(database) == []
    assert eob.claims[0].lines[0].paid.value() == Money(6400)
    assert page.has_unsaved()
    eob.start()


def test_payment_pressed_twice_is_taken_once_and_can_be_void(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    posted = stage(database, paid(scene))
    database.write(lambda w: posting.post_remittance(w, posted))
    page = open_page(window, qtbot)
    press(focused(), K.Key_T, SHIFT)
    dialog = dialog_of(qtbot, "Take a patient")
    field = dialog.form.editor("patient_id")
    qtbot.waitUntil(field.hasFocus)
    type_in(field, "quill")
    qtbot.waitUntil(lambda: bool(field.suggestions()))
    press(field, K.Key_Return)
    amount = dialog.form.editor("amount")
    qtbot.waitUntil(lambda: amount.value() == Money(1600))
    type_in(dialog.form.editor("reference"), "501")
    press(dialog, K.Key_Return, CONTROL)
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    taken = [r for r in all_receipts(database) if r.kind == "patient"]
    assert [(r.amount, r.unapplied) for r in taken] == [(Money(1600), Money(0))]
    assert owed(scene) == {}
    assert taken[0].number in notice(window)
    page.receipts.table.select_id(taken[0].id)
    page.receipts.table.view.setFocus()
    assert page.receipts._void.isEnabled()
    page.receipts._void.trigger()
    dialog = dialog_of(qtbot, "Void")
    type_in(focused(), "returned check")
    press(focused(), K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {Party.PATIENT: 1600}
    assert page.receipts.table.current_row().state == "void"


def test_unapplied_money_is_in_sight_applied_or_paid_back(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)

    def take(work: Work) -> int:
        return receipts.take_payment(
            work, receipts.ReceiptDraft(scene.patient, Money(5000), ReceiptMethod.CASH)
        )

    receipt = database.write(take)
    posted = stage(database, paid(scene))
    database.write(lambda w: posting.post_remittance(w, posted))
    page = open_page(window, qtbot, ("receipts", scene.patient))
    (shown,) = page.receipts.table.rows()
    assert (shown.state, shown.unapplied) == ("unapplied", Money(5000))
    press(page.receipts.table.view, K.Key_A, ALT)
    dialog = dialog_of(qtbot, "Apply")
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {}
    assert page.receipts.table.current_row().unapplied == Money(3400)
    page.receipts._refund.trigger()
    dialog = dialog_of(qtbot, "Refund")
    type_in(dialog.form.editor("reference"), "check 12")
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    view = database.read(lambda w: receipts.get_receipt(w, receipt))
    assert (view.unapplied, view.refunded) == (Money(0), Money(3400))


def test_write_off_on_a_line_of_the_remittance(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    posted = stage(database, paid(scene))
    database.write(lambda w: posting.post_remittance(w, posted))
    page = open_page(window, qtbot, ("remittance", posted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    put_cursor(page, "line")
    press(page.remittances.pane.table.view, K.Key_W, ALT)
    dialog = dialog_of(qtbot, "Write off")
    assert dialog.form.editor("amount").value() == Money(1600)
    type_in(dialog.form.editor("reason"), "small balance")
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {}
    assert row(page, "line").owed == "nothing"


def test_a_patients_share_is_transferred_to_the_payer_on_its_line(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    posted = stage(database, paid(scene))
    database.write(lambda w: posting.post_remittance(w, posted))
    page = open_page(window, qtbot, ("remittance", posted))
    qtbot.waitUntil(lambda: page.remittances.shown() is not None)
    put_cursor(page, "line")
    press(page.remittances.pane.table.view, K.Key_T, ALT)
    dialog = dialog_of(qtbot, "Transfer")
    assert dialog.form.editor("amount").value() == Money(1600)
    dialog.form.editor("target").set_value(Party.PRIMARY)
    type_in(dialog.form.editor("reason"), "the payer reopened the claim")
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {Party.PRIMARY: 1600}
    assert notice(window) == "16.00 is now owed by the first payer."


def test_denial_is_a_task_with_a_deadline_closed_with_what_was_done(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    line = Svc(10000, 0, [("CO", "50", 10000)], scene.lines[0])
    posted = stage(database, era([Clp(scene.control, [line], status="4")]))
    database.write(lambda w: posting.post_remittance(w, posted))
    page = open_page(window, qtbot, ("tasks", TaskKind.DENIAL))
    (task,) = page.tasks.table.rows()
    assert task.amount == Money(10000)
    assert task.patient.startswith("Quill")
    assert "days" in task.due
    press(page.tasks.table.view, K.Key_D, ALT)
    dialog = dialog_of(qtbot, "Close the task")
    type_in(focused(), "appealed")
    press(focused(), K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert page.tasks.table.rows() == []
    assert dialog.form.is_dirty is False


def test_a_patients_credit_is_taken_off_the_line_and_can_be_refunded(
    window: MainWindow, database: Database, qtbot: QtBot
) -> None:
    scene = a_scene(database)
    posted = stage(database, paid(scene))
    database.write(lambda w: posting.post_remittance(w, posted))
    receipt = database.write(
        lambda w: receipts.take_payment(
            w, receipts.ReceiptDraft(scene.patient, Money(1600), ReceiptMethod.CASH)
        )
    )
    back = Svc(-10000, -6400, [("CO", "45", -2000), ("PR", "2", -1600)], scene.lines[0])
    claim = Clp(scene.control, [back], status="22", member=scene.member)
    taken = stage(database, era([claim], trace="B", plb=[("FB", "PCN1", -6400)]))
    database.write(lambda w: posting.post_remittance(w, taken))
    assert owed(scene) == {Party.PRIMARY: 10000, Party.PATIENT: -1600}
    page = open_page(window, qtbot, ("tasks", TaskKind.CREDIT))
    (task,) = page.tasks.table.rows()
    assert task.amount == Money(1600)
    press(page.tasks.table.view, K.Key_O, ALT)
    dialog = dialog_of(qtbot, "Take off")
    assert dialog.form.editor("amount").value() == Money(1600)
    type_in(dialog.form.editor("amount"), "17")
    type_in(dialog.form.editor("reason"), "payer took it back")
    press(dialog, K.Key_Return, CONTROL)
    settle(qtbot, window)
    assert "16.00" in dialog.form.problem_at("amount")
    dialog.form.editor("amount").set_value(Money(1600))
    press(dialog, K.Key_Return, CONTROL)
    closed(qtbot, window)
    assert owed(scene) == {Party.PRIMARY: 10000}
    view = database.read(lambda w: receipts.get_receipt(w, receipt))
    assert (view.unapplied, view.applied) == (Money(1600), ())
    assert view.number in notice(window)
    press(page.tasks.table.view, K.Key_O, ALT)
    settle(qtbot, window)
    assert "No receipt" in notice(window)
