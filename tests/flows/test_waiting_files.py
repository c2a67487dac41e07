"""A claim file that was queued and not written goes out when the practice opens again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.claims.delivery import sending
from desktop.services.claims.life import create
from tests.factories import make_coverage, make_patient, make_payer, make_visit, set_up_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow


def test_what_a_crash_left_queued_is_sent_at_the_next_start(
    qtbot: QtBot, start_window: MainWindow, database: Database, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()

    def queue(work: Work) -> str:
        set_up_practice(work)
        patient = make_patient(work)
        visit = make_visit(work, patient, (make_coverage(work, patient, make_payer(work)),))
        create.create_claims(work, visit.id, checker=lambda _w, _v, _r: {})
        return sending.prepare_batch(
            work, None, str(outbox), checker=lambda _w, _v, _r: {}
        ).file_name

    name = database.write(queue)
    assert list(outbox.iterdir()) == []
    start_window.open_practice(database)
    qtbot.waitUntil((outbox / name).is_file, timeout=10_000)
    assert (outbox / name).read_bytes().startswith(b"ISA*")
    qtbot.waitUntil(lambda: database.read(sending.queued_submissions) == [], timeout=10_000)
