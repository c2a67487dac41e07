"""The page Claims in the real window, by keys alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.models.claims import Claim
from desktop.models.practice import Practice
from desktop.models.values.claim_record import Name
from desktop.models.values.enums import ClaimState
from desktop.services.claims.delivery import command, sending
from desktop.services.claims.life.events import Step, move_many
from desktop.services.formats.edi.claim_status import ClaimStatus, ClaimStatusSet, Status
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.write277ca import write_277ca
from desktop.ui.claims import dialogs
from desktop.ui.claims.page import ClaimsPage
from desktop.ui.lib import commands
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.pdf import PdfDialog
from desktop.ui.lib.settings import machine_settings
from desktop.ui.setup.page import TABS, SetupPage
from desktop.ui.visits.page import VisitsPage
from tests.factories import LineSpec
from tests.flows.conftest import settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.unit.claims.shop import add_visit, make_sample, open_shop
from tests.unit.claims.shop import outbox as make_outbox

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


def open_claims(window: MainWindow, qtbot: QtBot) -> ClaimsPage:
    assert window.shell is not None
    window.shell.go("claims")
    settle(qtbot, window)
    page = window.shell.page()
    assert isinstance(page, ClaimsPage)
    qtbot.waitUntil(page.isVisible)
    settle(qtbot, window)
    return page


def dialog_of(qtbot: QtBot) -> FormDialog:
    def shown() -> FormDialog | None:
        found = QApplication.activeModalWidget()
        return found if isinstance(found, FormDialog) else None

    qtbot.waitUntil(lambda: shown() is not None)
    dialog = shown()
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or window_of(dialog)))
    return dialog


def window_of(dialog: FormDialog) -> QWidget:
    parent = dialog.parentWidget()
    assert parent is not None
    return parent


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QWidget)
    return widget


def states(database: Database) -> list[ClaimState]:
    return database.read(lambda w: [c.state for c in w.session.query(Claim).order_by(Claim.id)])


def test_claims_are_made_checked_and_sent_without_the_mouse(
    database: Database, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    add_visit(database, shop, diagnoses=())
    folder = make_outbox(tmp_path)
    page = open_claims(window, qtbot)
    press(page, Qt.Key.Key_C, SHIFT)
    qtbot.waitUntil(lambda: len(page.table.rows()) == 2)
    settle(qtbot, window)
    assert sorted(str(r.state) for r in page.table.rows()) == ["draft", "ready"]
    press(page, Qt.Key.Key_S, SHIFT)
    dialog = dialog_of(qtbot)
    type_in(dialog.form.editor("folder"), str(folder))
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: ClaimState.SENT in states(database))
    settle(qtbot, window)
    [path] = folder.iterdir()
    assert len(read_file(path.read_bytes()).transactions) == 1
    assert database.read(lambda w: w.session.get_one(Practice, 1).outbox_folder) == str(folder)


def test_the_claim_under_the_cursor_shows_what_holds_it_and_what_happened(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    shop = open_shop(database)
    add_visit(database, shop, diagnoses=())
    database.write(command.check)
    page = open_claims(window, qtbot)
    qtbot.waitUntil(lambda: bool(page.details.findings.rows()))
    assert "diagnos" in page.details.findings.rows()[0].text
    assert [e.to_state for e in page.details.events.rows()][-1] == "draft"
    assert page.details.tabs.tabText(0).startswith("&Findings (")


def test_the_form_is_drawn_when_it_is_looked_at(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    database.write(command.check)
    page = open_claims(window, qtbot)
    qtbot.waitUntil(page.details.tabs.isEnabled)
    page.details.tabs.setCurrentIndex(3)
    qtbot.waitUntil(lambda: page.details._preview is not None)
    preview = page.details._preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview.document.pageCount() == 1)


def test_a_wrong_outbox_is_one_sentence_in_the_dialog_and_nothing_is_queued(
    database: Database, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    database.write(command.check)
    page = open_claims(window, qtbot)
    press(page, Qt.Key.Key_S, SHIFT)
    dialog = dialog_of(qtbot)
    type_in(dialog.form.editor("folder"), str(tmp_path / "nowhere"))
    press(focused(), Qt.Key.Key_Return, CONTROL)
    settle(qtbot, window)
    assert dialog.isVisible()
    assert states(database) == [ClaimState.READY]
    dialog.form.set_dirty(False)
    dialog.reject()


def test_answers_are_read_and_the_rejected_claim_is_sent_anew(
    database: Database,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    command.send_all(database, make_outbox(tmp_path))
    number = database.read(lambda w: w.session.query(Claim).one().control_number)
    at = dt.datetime(2026, 9, 16, 8, 0, tzinfo=dt.UTC)
    status = ClaimStatus(
        position=1,
        control_number=number,
        patient_name=Name("QUILL", "DORA"),
        accepted=False,
        statuses=(Status("A7", "562", "85"),),
        provider_id="1234567893",
    )
    answer = ClaimStatusSet(
        kind="277CA",
        payer_name="Clear House",
        payer_id="CH",
        receiver_name="Millbrook",
        receiver_id="MB",
        reference="X1",
        batch_reference="B1",
        on=at.date(),
        claims=(status,),
    )
    file = tmp_path / "answer.277"
    file.write_bytes(write_277ca(Envelope("CH", "MB", 1, 1, at), [answer]))
    monkeypatch.setattr(dialogs, "ask_file", lambda _parent, on_file: on_file(str(file)))
    page = open_claims(window, qtbot)
    press(page, Qt.Key.Key_O, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.REJECTED])
    settle(qtbot, window)
    press(page, Qt.Key.Key_R, SHIFT)
    dialog = dialog_of(qtbot)
    type_in(dialog.form.editor("reason"), "NPI corrected")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.READY])
    settle(qtbot, window)


def test_the_training_payer_is_offered_in_sample_practices_alone(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    page = open_claims(window, qtbot)
    texts = [action.text() for _command, action in page.commands()]
    assert "Training payer" not in texts


def test_in_a_sample_practice_the_training_payer_answers(
    database: Database, start_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    make_sample(database)
    command.send_all(database, make_outbox(tmp_path))
    start_window.open_practice(database)
    page = open_claims(start_window, qtbot)
    press(page, Qt.Key.Key_X, SHIFT)
    dialog_of(qtbot)
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.ACCEPTED])
    settle(qtbot, start_window)


def test_correcting_asks_why_and_a_denial_is_not_simply_sent_anew(
    database: Database, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    command.send_all(database, make_outbox(tmp_path))
    database.write(_deny)
    page = open_claims(window, qtbot)
    settle(qtbot, window)
    press(page, Qt.Key.Key_R, SHIFT)
    dialog = dialog_of(qtbot)
    press(focused(), Qt.Key.Key_Return, CONTROL)
    assert dialog.form.problem_at("reason")
    dialog.reject()
    assert states(database) == [ClaimState.DENIED]


def _deny(work: Work) -> None:
    claim = work.session.query(Claim).one()
    move_many(work, [Step(claim.id, ClaimState.DENIED, "Denied.")])


def test_a_file_that_waits_in_the_queue_goes_first_or_is_taken_back(
    database: Database, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    shop = open_shop(database)
    add_visit(database, shop)
    database.write(command.check)
    folder = make_outbox(tmp_path)
    database.write(lambda work: sending.prepare_batch(work, None, str(folder)))
    page = open_claims(window, qtbot)
    qtbot.waitUntil(lambda: [r.state for r in page.table.rows()] == [ClaimState.QUEUED])
    settle(qtbot, window)
    [take_back] = [a for c, a in page.commands() if c is commands.CLAIM_VOID]
    take_back.trigger()
    dialog = dialog_of(qtbot)
    type_in(dialog.form.editor("reason"), "Wrong day")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.READY])
    settle(qtbot, window)
    database.write(lambda work: sending.prepare_batch(work, None, str(folder)))
    settle(qtbot, window)
    [send] = [a for c, a in page.commands() if c is commands.CLAIM_SEND]
    send.trigger()
    dialog = dialog_of(qtbot)
    type_in(dialog.form.editor("folder"), str(folder))
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.SENT])
    settle(qtbot, window)


def test_forms_are_printed_for_the_printer_of_this_machine(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    shop = open_shop(database, on_paper=True)
    add_visit(database, shop)
    page = open_claims(window, qtbot)
    press(page, Qt.Key.Key_F, SHIFT)
    dialog = dialog_of(qtbot)
    dialog.form.editor("x_offset").set_value("far")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bool(dialog.form.problem_at("x_offset")))
    dialog.form.editor("x_offset").set_value("12")
    press(focused(), Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: states(database) == [ClaimState.SENT])
    qtbot.waitUntil(lambda: isinstance(shown_pdf(), PdfDialog))
    shown = shown_pdf()
    assert isinstance(shown, PdfDialog)
    assert shown.preview.document.pageCount() == 1
    shown.reject()
    settle(qtbot, window)
    assert str(machine_settings().value("cms1500/x_offset")) == "12"


def shown_pdf() -> QWidget | None:
    return next(
        (w for w in QApplication.topLevelWidgets() if isinstance(w, PdfDialog) and w.isVisible()),
        None,
    )


def test_enter_on_a_finding_opens_the_visit_at_its_field(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    shop = open_shop(database)
    add_visit(database, shop, (LineSpec(pointers="3"),))
    database.write(command.check)
    page = open_claims(window, qtbot)
    qtbot.waitUntil(lambda: bool(page.details.findings.rows()))
    page.details.findings.select_first()
    assert page.details.findings.current_row().field == "lines.1.pointers"
    press(page.details.findings.view, Qt.Key.Key_Return)
    assert window.shell is not None
    visits = window.shell.page()
    assert isinstance(visits, VisitsPage)
    settle(qtbot, window)
    assert visits.editor.lines.rows[0].pointers.hasFocus()


def test_a_finding_about_a_provider_or_payer_leads_to_its_tab_of_setup(
    database: Database, window: MainWindow, qtbot: QtBot
) -> None:
    shop = open_shop(database)
    visit_id = add_visit(database, shop)
    open_claims(window, qtbot)
    shell = window.shell
    assert shell is not None
    for field, tab in (("provider.billing.npi", "providers"), ("coverage.1.payer", "payers")):
        shell.go("visits", ("field", visit_id, field))
        qtbot.waitUntil(lambda: isinstance(shell.page(), SetupPage))
        settle(qtbot, window)
        setup = shell.page()
        assert isinstance(setup, SetupPage)
        assert setup.tabs.currentIndex() == TABS.index(tab)
