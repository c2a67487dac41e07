"""An open practice: transactions, threads, announcements, locks, and who may do what."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.clock import SampleClock
from desktop.errors import EnvironmentProblem, Forbidden, LostUpdate, RuleError
from desktop.models.ledger import AuditRow
from desktop.models.people import Person
from desktop.models.practice import Practice
from desktop.models.values.enums import Role
from desktop.services.care import practice_folder
from desktop.services.care.folders import mount_type, refuse_shared_folder
from desktop.services.care.practice_folder import Password, PracticeDraft, RecoveryKey
from desktop.services.core import audit
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, Changes, UserId, Work
from desktop.services.money import ledger
from desktop.services.store import engines
from tests.conftest import CHEAP, PASSWORD, TODAY
from tests.factories import make_patient


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def half(work: Work) -> None:
        work.session.add(Person(last="Half", first="Done"))
        work.session.flush()
        raise RuleError("no")

    with pytest.raises(RuleError):
        database.write(half)
    assert database.read(lambda w: w.session.scalars(select(Person)).all()) == []


def test_the_reader_cannot_write(database: Database) -> None:
    def sneak(work: Work) -> None:
        work.session.add(Person(last="A", first="B"))
        work.session.flush()

    with pytest.raises(EnvironmentProblem):
        database.read(sneak)


def test_a_page_does_not_wait_for_an_import(database: Database) -> None:
    started, free = threading.Event(), threading.Event()

    def long_import(work: Work) -> None:
        work.session.add(Person(last="Slow", first="Import"))
        work.session.flush()
        started.set()
        free.wait(20)

    future = database.submit_write(long_import)
    assert started.wait(20)
    assert database.read(lambda w: w.session.scalars(select(Person)).all()) == []
    free.set()
    future.result()


def test_commits_are_announced_with_what_changed(database: Database) -> None:
    heard: list[Changes] = []
    stop = database.subscribe(heard.append)
    database.write(lambda w: w.touch(Changes.PATIENTS))
    database.write(lambda w: None)
    stop()
    database.write(lambda w: w.touch(Changes.VISITS))
    assert heard == [Changes.PATIENTS]


def test_commits_of_another_program_are_noticed(
    database: Database, template: tuple[Path, bytes]
) -> None:
    heard: list[Changes] = []
    database.subscribe(heard.append)
    database.poll().result()
    other = Database(
        database.folder, template[1], Actor(UserId(1), "owner", Role.OWNER), SampleClock(TODAY)
    )
    other.write(lambda w: w.session.add(Person(last="A", first="B")))
    other.close()
    database.poll().result()
    assert heard == [Changes.EVERYTHING]


def test_an_update_of_something_older_is_refused(database: Database) -> None:
    def lose(work: Work) -> None:
        row = work.session.get_one(Practice, 1)
        work.session.connection().exec_driver_sql("UPDATE practice SET version = version + 1")
        row.name = "Overwritten"
        work.session.flush()

    with pytest.raises(LostUpdate, match="Somebody else"):
        database.write(lose)
    assert database.read(lambda w: w.session.get_one(Practice, 1).name) == "Test Practice"


def test_views_are_written_to_the_audit(database: Database) -> None:
    patient = database.write(lambda w: make_patient(w).id)
    database.read(lambda w: w.viewed("patient", patient))
    database.write(lambda _: None)
    rows = database.read(lambda w: audit.list_rows(w, "patient", patient))
    assert [r.action for r in rows] == ["view"]


def test_the_audit_holds_no_patient_data(database: Database) -> None:
    database.write(lambda w: audit.record(w, "changed", "patient", 1, fields=["last"]))
    details = database.read(lambda w: w.session.scalars(select(AuditRow.detail)).all())
    assert details[-1] == '{"fields": ["last"]}'


def test_a_scheduled_script_may_not_close_days(
    template: tuple[Path, bytes], practice_dir: Path
) -> None:
    actor = Actor(UserId(2), "scheduled", Role.SCHEDULED)
    with (
        Database(practice_dir, template[1], actor, SampleClock(TODAY)) as database,
        pytest.raises(Forbidden, match="close a day"),
    ):
        database.write(lambda w: ledger.close_through(w, TODAY))


def test_migration_needs_the_practice_alone(practice_dir: Path) -> None:
    one, other = engines.FolderLock(practice_dir), engines.FolderLock(practice_dir)
    one.share()
    other.share()
    with pytest.raises(EnvironmentProblem, match="in use"):
        one.alone()
    other.release()
    one.alone()
    with pytest.raises(EnvironmentProblem, match="in use"):
        other.share()
    one.release()


def test_wrong_password_opens_nothing_and_is_counted(practice_dir: Path) -> None:
    for _ in range(5):
        with pytest.raises(RuleError, match="not right"):
            practice_folder.open_practice(practice_dir, Password("not the sentence"))
    with pytest.raises(EnvironmentProblem, match="try again in"):
        practice_folder.open_practice(practice_dir, Password(PASSWORD))


def test_creating_refuses_what_would_be_lost(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    draft = PracticeDraft("P", "owner", PASSWORD)
    with pytest.raises(EnvironmentProblem, match="not empty"):
        practice_folder.create_practice(tmp_path, draft, cost=CHEAP)
    assert (tmp_path / "x").read_text() == "mine"
    with pytest.raises(RuleError) as caught:
        practice_folder.create_practice(tmp_path / "n", PracticeDraft("", "", "short"), cost=CHEAP)
    assert {p.field for p in caught.value.problems} == {"name", "owner", "password"}
    assert not (tmp_path / "n").exists()


def test_recovery_key_opens_as_the_owner(tmp_path: Path) -> None:
    made = practice_folder.create_practice(
        tmp_path / "p", PracticeDraft("P", "owner", PASSWORD), cost=CHEAP
    )
    made.database.close()
    with practice_folder.open_practice(tmp_path / "p", RecoveryKey(made.recovery_key)) as opened:
        assert opened.actor.role is Role.OWNER


def test_synced_and_network_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="synced"):
        refuse_shared_folder(tmp_path / "Dropbox" / "practice")
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/office nfs4 rw 0 0\n"
    assert mount_type(Path("/mnt/office/practice"), mounts) == "nfs4"
    assert mount_type(Path("/home/me"), mounts) == "ext4"


def test_nothing_of_a_patient_is_readable_in_the_files(database: Database) -> None:
    database.write(lambda w: w.session.add(Person(last="Canaryfeather", first="Zelda")))
    database.close()
    for path in database.folder.iterdir():
        assert b"Canaryfeather" not in path.read_bytes(), path.name
