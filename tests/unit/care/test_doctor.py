"""The doctor finds what somebody with the key has changed behind the program's back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.services.care import doctor
from desktop.services.store import sqlcipher
from tests.unit.care.test_backup import fill

if TYPE_CHECKING:
    from desktop.services.core.database import Database


def tamper(database: Database, *statements: str) -> None:
    connection = sqlcipher.connect(database.folder / "practice.db", database.key)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_sound_practice_has_no_findings(database: Database) -> None:
    fill(database)
    report = doctor.examine(database)
    assert report.findings == ()
    assert len(report.checks) > 10


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (
            ("DROP TRIGGER leg_no_update", "UPDATE leg SET reason = '2' WHERE reason = '3'"),
            "ledger chain",
        ),
        (
            (
                "DROP TRIGGER entry_no_delete",
                "PRAGMA foreign_keys = OFF",
                "DELETE FROM entry WHERE id = 1",
            ),
            "ledger chain",
        ),
        (("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE id = 2"), "audit chain"),
        (
            ("DROP TRIGGER audit_no_update", "UPDATE audit SET user_id = 2 WHERE id = 1"),
            "audit chain",
        ),
        (("UPDATE open_item SET amount = amount + 1",), "open items"),
        (("UPDATE open_receipt SET amount = amount + 1",), "unapplied money"),
        (("UPDATE charge_line SET charge = charge + 100",), "charges"),
        (("UPDATE receipt SET amount = amount + 100",), "receipts"),
    ],
)
def test_tampering_is_found(database: Database, statements: tuple[str, ...], found: str) -> None:
    fill(database)
    tamper(database, *statements)
    assert found in {c.name for c in doctor.examine(database).findings}


def test_a_file_that_does_not_belong_is_named(database: Database) -> None:
    (database.folder / "notes.txt").write_text("x")
    (finding,) = doctor.examine(database).findings
    assert "notes.txt" in finding.problem


def test_what_the_search_by_meaning_keeps_belongs_to_the_practice(database: Database) -> None:
    (database.folder / "codes.vectors").write_bytes(b"derived")
    assert doctor.examine(database).findings == ()
