"""LibreHealth lh-ehr#1177: a list asked once a row. Ours ask as often for 40 rows as for 4."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from desktop.models.values.enums import ReceiptMethod
from desktop.models.values.money import Money
from desktop.services.billing.accounts import accounts
from desktop.services.billing.statements import build, explain, run
from desktop.services.money import receipts
from desktop.services.reports import registry, today
from tests.factories import (
    make_coverage,
    make_patient,
    make_payer,
    make_person,
    make_visit,
    set_up_practice,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

TODAY = dt.date(2026, 9, 15)


def fill(work: Work, patients: int) -> None:
    payer = make_payer(work)
    for n in range(patients):
        patient = make_patient(work, make_person(work))
        make_visit(work, patient)
        make_visit(work, patient, (make_coverage(work, patient, payer),))
        if n % 2:
            draft = receipts.ReceiptDraft(patient.id, Money(20000), ReceiptMethod.CASH)
            receipts.take_payment(work, draft)


def statements_of(database: Database, ask: Callable[[Work], object]) -> int:
    """How many SQL statements a read takes."""
    count = 0

    def heard(*_args: object) -> None:
        nonlocal count
        count += 1

    def read(work: Work) -> None:
        engine = work.session.get_bind()
        event.listen(engine, "before_cursor_execute", heard)
        try:
            ask(work)
        finally:
            event.remove(engine, "before_cursor_execute", heard)

    database.read(read)
    return count


def all_statements(work: Work) -> object:
    ids = [a.guarantor_id for a in accounts.accounts(work)]
    return build.build_many(work, ids, TODAY)


ASKED: dict[str, Callable[[Work], object]] = {
    "today": today.today,
    "run": lambda w: run.plan_run(w, TODAY),
    "statements": all_statements,
    "account": lambda w: explain.account_lines(w, guarantor_id=1),
    **{name: (lambda w, name=name: registry.run(w, name)) for name in registry.REPORTS},  # type: ignore[misc]
}


@pytest.fixture
def practice(database: Database) -> Database:
    def first(work: Work) -> None:
        set_up_practice(work)
        fill(work, 4)

    database.write(first)
    return database


def test_no_list_asks_once_a_row(practice: Database) -> None:
    few = {name: statements_of(practice, ask) for name, ask in ASKED.items()}
    practice.write(lambda work: fill(work, 36))
    many = {name: statements_of(practice, ask) for name, ask in ASKED.items()}
    assert many == few
    assert max(many.values()) < 30
