"""Two programs that post at once: both go through, and neither breaks a chain."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from desktop.clock import SampleClock
from desktop.models.ledger import Entry
from desktop.models.payments import Receipt
from desktop.models.values.enums import ReceiptMethod, Role
from desktop.models.values.money import Money
from desktop.services.core import audit
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.money import ledger, receipts
from tests.conftest import TODAY
from tests.factories import make_patient

if TYPE_CHECKING:
    from pathlib import Path

EACH = 40
LONGER_THAN_SECONDS = 6
"""A large payment is posted for longer than a driver waits by itself."""


def other(database: Database, key: bytes) -> Database:
    return Database(database.folder, key, Actor(UserId(1), "owner", Role.OWNER), SampleClock(TODAY))


def pay_often(database: Database, patient: int, who: str) -> None:
    for number in range(EACH):
        draft = receipts.ReceiptDraft(
            patient, Money(100 + number), ReceiptMethod.CASH, entry_key=f"{who}-{number}"
        )
        database.write(partial(receipts.take_payment, draft=draft))


def test_two_writers_at_once_break_no_chain_and_do_not_fail(
    database: Database, template: tuple[Path, bytes]
) -> None:
    patient = database.write(lambda w: make_patient(w).id)
    with other(database, template[1]) as second, ThreadPoolExecutor(2) as both:
        one = both.submit(pay_often, database, patient, "one")
        two = both.submit(pay_often, second, patient, "two")
        one.result()
        two.result()
    assert database.read(ledger.verify) == (2 * EACH, None)
    assert database.read(audit.verify)[1] is None
    count = select(func.count())
    assert database.read(lambda w: w.session.scalar(count.select_from(Receipt))) == 2 * EACH
    assert database.read(lambda w: w.session.scalar(count.select_from(Entry))) == 2 * EACH


def test_a_writer_waits_for_one_that_posts_for_long(
    database: Database, template: tuple[Path, bytes]
) -> None:
    patient = database.write(lambda w: make_patient(w).id)
    draft = receipts.ReceiptDraft(patient, Money(700), ReceiptMethod.CASH, entry_key="late")

    def long_work(work: Work) -> None:
        audit.record(work, "imported", "practice", 1)
        time.sleep(LONGER_THAN_SECONDS)

    with other(database, template[1]) as second:
        busy = second.submit_write(long_work)
        time.sleep(0.2)
        database.write(partial(receipts.take_payment, draft=draft))
        busy.result()
    assert database.read(audit.verify)[1] is None
