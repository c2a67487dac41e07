"""A backup restores exactly, opens by the keys of its day, and no changed byte passes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from desktop.errors import Cancelled, EnvironmentProblem, RuleError
from desktop.models.claims import Claim
from desktop.models.people import Person
from desktop.services.care import backup, doctor, practice_folder, users
from desktop.services.core import numbers
from desktop.services.core.work import Progress, Work
from desktop.services.payments import posting, staging
from tests.conftest import CHEAP, PASSWORD
from tests.unit.payments.scene import Clp, Svc, era, make_scene

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database


def fill(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 8000, [("PR", "3", 2000)], scene.lines[0])])])
    file = database.write(lambda w: staging.stage_file(w, data, "a.835"))
    database.write(lambda w: posting.post_remittance(w, file.remittances[0].id))


def dump(database: Database) -> dict[str, list[Any]]:
    """Every table but the counters and what the backup itself adds to the audit."""

    def read(work: Work) -> dict[str, list[Any]]:
        raw = work.session.connection().exec_driver_sql
        names = [
            r[0]
            for r in raw("SELECT name FROM sqlite_master WHERE type = 'table'")
            if r[0] not in {"counter", "audit"}
        ]
        return {n: sorted(map(tuple, raw(f'SELECT * FROM "{n}"')), key=repr) for n in names}

    return database.read(read)


def test_restores_every_row_and_document(database: Database, tmp_path: Path) -> None:
    fill(database)
    made = backup.make(database, tmp_path / "a.backup")
    restored = backup.restore(made.path, tmp_path / "new", PASSWORD)
    assert restored.entries == made.entries > 0
    with practice_folder.open_practice(
        tmp_path / "new", practice_folder.Password(PASSWORD), clock=database.clock
    ) as other:
        assert dump(other) == dump(database)
        for sha in database.documents.hashes():
            assert other.documents.get(sha) == database.documents.get(sha)
        assert doctor.examine(other).findings == ()
        assert other.read(lambda w: w.codes.search("E11.9", w.clock.today()))


def test_numbers_that_may_have_gone_out_are_skipped(database: Database, tmp_path: Path) -> None:
    fill(database)
    made = backup.make(database, tmp_path / "a.backup")
    backup.restore(made.path, tmp_path / "new", PASSWORD)
    with practice_folder.open_practice(
        tmp_path / "new", practice_folder.Password(PASSWORD), clock=database.clock
    ) as other:
        old = database.read(_numbers)
        (fresh,) = other.write(lambda w: numbers.claim_numbers(w, 1))
        assert int(fresh[1:]) > max(int(n[1:]) for n in old) + 1000


def _numbers(work: Work) -> list[str]:
    return list(work.session.scalars(select(Claim.control_number)))


def test_opens_by_the_password_of_its_own_day(database: Database, tmp_path: Path) -> None:
    made = backup.make(database, tmp_path / "a.backup")
    users.set_password(database, "owner", "another long sentence", cost=CHEAP)
    with pytest.raises(RuleError):
        backup.restore(made.path, tmp_path / "new", "another long sentence")
    assert not (tmp_path / "new").exists()
    backup.restore(made.path, tmp_path / "new", PASSWORD)


def test_no_changed_byte_passes(database: Database, tmp_path: Path) -> None:
    fill(database)
    made = backup.make(database, tmp_path / "a.backup")
    whole = bytearray(made.path.read_bytes())
    chance = random.Random(7)
    head = len(backup.MAGIC) + 4 + 2500
    places = [chance.randrange(head) for _ in range(120)]
    places += [chance.randrange(len(whole)) for _ in range(10)]
    broken = tmp_path / "broken.backup"
    for place in places:
        whole[place] ^= 1 << chance.randrange(8)
        broken.write_bytes(whole)
        with pytest.raises((EnvironmentProblem, RuleError)):
            backup.restore(broken, tmp_path / "new", PASSWORD)
        assert not (tmp_path / "new").exists(), place
        whole[place] = made.path.read_bytes()[place]


def test_a_cut_backup_is_refused(database: Database, tmp_path: Path) -> None:
    made = backup.make(database, tmp_path / "a.backup")
    data = made.path.read_bytes()
    for length in (0, 10, 500, len(data) - 1, len(data) // 2):
        (tmp_path / "cut").write_bytes(data[:length])
        with pytest.raises(EnvironmentProblem):
            backup.restore(tmp_path / "cut", tmp_path / "new", PASSWORD)


def test_no_name_of_a_patient_can_be_read_in_it(database: Database, tmp_path: Path) -> None:
    def add(work: Work) -> None:
        work.session.add(Person(last="Canaryfeather", first="Zelda"))

    database.write(add)
    data = backup.make(database, tmp_path / "a.backup").path.read_bytes()
    assert b"Canaryfeather" not in data
    assert "Canaryfeather".encode("utf-16-le") not in data


def test_stopping_leaves_the_older_backup(database: Database, tmp_path: Path) -> None:
    made = backup.make(database, tmp_path / "a.backup")
    before = made.path.read_bytes()

    class Stop(Progress):
        def report(self, done: int, total: int, text: str = "") -> None:
            if done == 3:
                raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        backup.make(database, made.path, Stop())
    assert made.path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name or "claimstead" in p.name] == []


def test_refuses_its_own_folder_and_full_ones(database: Database, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="own folder"):
        backup.make(database, database.folder / "a.backup")
    made = backup.make(database, tmp_path / "a.backup")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    with pytest.raises(EnvironmentProblem, match="not empty"):
        backup.restore(made.path, tmp_path / "full", PASSWORD)
    assert (tmp_path / "full" / "x").read_text() == "x"


def test_locking_while_a_backup_runs_is_said_and_no_fault(
    database: Database, tmp_path: Path
) -> None:
    class Lock(Progress):
        def report(self, done: int, total: int, text: str = "") -> None:
            if text == "Reading back":
                database.close()

    with pytest.raises(EnvironmentProblem, match="closed meanwhile"):
        backup.make(database, tmp_path / "a.backup", Lock())


def test_stopping_a_restore_leaves_nothing(database: Database, tmp_path: Path) -> None:
    made = backup.make(database, tmp_path / "a.backup")

    class Stop(Progress):
        def report(self, done: int, total: int, text: str = "") -> None:
            if done == total - 1:
                raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        backup.restore(made.path, tmp_path / "new", PASSWORD, progress=Stop())
    assert not (tmp_path / "new").exists()
