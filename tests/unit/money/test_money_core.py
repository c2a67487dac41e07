"""The foundation under money: what is damaged, closed, large or interrupted says so plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.errors import EnvironmentProblem, RuleError
from desktop.models.ledger import AuditRow
from desktop.models.values.enums import ReceiptMethod
from desktop.models.values.money import Money
from desktop.services.care import folders, keys
from desktop.services.core import audit, counters, numbers
from desktop.services.money import ledger, receipts
from desktop.services.money.receipts import ReceiptDraft
from desktop.services.store import sqlcipher
from desktop.services.store.documents import DOCUMENTS_NAME
from tests.conftest import TODAY
from tests.factories import make_patient, make_visit, set_up_practice

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work


def test_document_whose_packing_is_damaged_is_told(database: Database) -> None:
    sha = database.documents.put(b"a remittance", "835", "a.835")
    raw = sqlcipher.connect(database.folder / DOCUMENTS_NAME, database.key)
    raw.execute("DROP TRIGGER document_no_update")
    raw.execute("UPDATE document SET packed = x'00112233'")
    raw.close()
    with pytest.raises(EnvironmentProblem, match="damaged"):
        database.documents.get(sha)


def test_damaged_count_of_wrong_passwords_locked_everybody_out_for_ever(tmp_path: Path) -> None:
    (tmp_path / keys.ATTEMPTS_NAME).write_bytes(b"{torn")
    attempts = keys.Attempts(tmp_path)
    assert attempts.wait_seconds() > 0
    kept = keys.Attempts(tmp_path)
    assert kept.wait_seconds() > 0
    assert "last" in (tmp_path / keys.ATTEMPTS_NAME).read_text("utf-8")


def test_time_without_a_zone_in_the_count_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / keys.ATTEMPTS_NAME).write_text('{"count": 7, "last": "2026-09-15T10:00:00"}')
    assert keys.Attempts(tmp_path).wait_seconds() > 0


def test_posting_after_the_day_was_closed_says_from_when_it_goes_on(database: Database) -> None:
    def build(work: Work) -> int:
        set_up_practice(work)
        return make_patient(work).id

    patient = database.write(build)
    database.write(lambda w: ledger.close_through(w, TODAY))
    draft = ReceiptDraft(patient, Money(500), ReceiptMethod.CASH)
    with pytest.raises(RuleError, match="closed") as refused:
        database.write(lambda w: receipts.take_payment(w, draft))
    assert "today's date" not in str(refused.value)


def test_more_entries_than_one_query_names_are_reversed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(work: Work) -> list[int]:
        set_up_practice(work)
        patient = make_patient(work)
        return [make_visit(work, patient).lines[0].id for _ in range(5)]

    database.write(build)
    monkeypatch.setattr(ledger, "_CHUNK", 2)
    before = database.read(lambda w: ledger.head(w)[0])
    database.write(lambda w: ledger.reverse_many(w, range(1, before + 1), "undone"))
    totals = database.read(lambda w: ledger.period_totals(w, None, TODAY))
    assert totals.closing_ar == Money(0)
    assert database.read(ledger.verify) == (2 * before, None)


def test_views_of_a_write_that_failed_were_lost(database: Database) -> None:
    database.read(lambda w: w.viewed("patient", 7))

    def fails_at_the_end(work: Work) -> None:
        # The audit row itself cannot be written: the disk is full, say.
        work.session.connection().exec_driver_sql(
            "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.audit BEGIN "
            "SELECT RAISE(ABORT, 'disk is full'); END"
        )

    with pytest.raises(Exception, match="full"):
        database.write(fails_at_the_end)
    database.write(lambda _: None)
    seen = database.read(
        lambda w: w.session.scalars(
            select(AuditRow.record_id).where(AuditRow.action == "view")
        ).all()
    )
    assert seen == [7]


def test_one_way_to_take_numbers(database: Database) -> None:
    first = database.write(lambda w: counters.take(w, numbers.GROUP, 3))
    assert database.write(lambda w: counters.take(w, numbers.GROUP)) == first + 3
    assert not hasattr(numbers, "take")


def test_money_applied_by_hand_is_on_record(database: Database) -> None:
    def build(work: Work) -> int:
        set_up_practice(work)
        patient = make_patient(work)
        draft = ReceiptDraft(patient.id, Money(5000), ReceiptMethod.CASH, apply_to=())
        receipt = receipts.take_payment(work, draft)
        make_visit(work, patient)
        return receipt

    receipt = database.write(build)
    assert database.write(lambda w: receipts.apply_oldest(w, receipt)) == Money(5000)
    rows = database.read(lambda w: audit.list_rows(w, "receipt", receipt))
    assert [r.action for r in rows] == ["taken", "applied"]


@pytest.mark.parametrize("name", ["Mobile Documents", "My Drive", "Nextcloud", "OneDrive - Office"])
def test_folder_that_another_program_syncs_was_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(EnvironmentProblem, match="synced"):
        folders.refuse_shared_folder(tmp_path / name / "practice")
