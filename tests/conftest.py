"""One migrated, encrypted practice per session, copied for each test that asks."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from typing import TYPE_CHECKING

from desktop.clock import SampleClock
from desktop.models.values.enums import Role
from desktop.services.care import keys, practice_folder
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, UserId
from desktop.services.store import engines
from tests.helpers.statements import Gatherer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = dt.date(2026, 9, 15)
PASSWORD = "a long test sentence"
# The cheapest Argon2id there is: what a test checks is not how slow a guess is.
CHEAP = keys.Cost(iterations=1, lanes=1, memory_kib=1024)


@pytest.fixture(autouse=True)
def machine(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A machine of its own: no test reads or writes the settings of who runs it."""
    folder = tmp_path_factory.mktemp("machine")
    monkeypatch.setenv("CLAIMSTEAD_CONFIG_DIR", str(folder))
    monkeypatch.setenv("CLAIMSTEAD_LOG_DIR", str(folder))
    yield
    # A window of this test took the cycle collector; its widgets go here, on this thread.
    if "desktop.ui.lib.collector" in sys.modules:
        sys.modules["desktop.ui.lib.collector"].stop()


@pytest.fixture(scope="session")
def gatherer() -> Gatherer:
    """Hears every statement that is executed by any test of this process."""
    found = Gatherer()
    found.listen()
    return found


@pytest.fixture(autouse=True)
def portable(gatherer: Gatherer) -> Iterator[None]:
    """What services build must do for PostgreSQL too; see `tests.helpers.statements`."""
    yield
    assert gatherer.take() == []


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A new practice with ICD-10-CM loaded, and its key."""
    folder = tmp_path_factory.mktemp("template") / "practice"
    draft = practice_folder.PracticeDraft("Test Practice", "owner", PASSWORD, "Olive Owner")
    created = practice_folder.create_practice(folder, draft, cost=CHEAP)
    key = created.database.key
    created.database.close()
    return folder, key


@pytest.fixture
def practice_dir(template: tuple[Path, bytes], tmp_path: Path) -> Path:
    """A copy of the new practice, closed; its password is `PASSWORD`."""
    folder = tmp_path / "practice"
    shutil.copytree(template[0], folder)
    return folder


@pytest.fixture
def clock() -> SampleClock:
    """A clock that stands at 2026-09-15 and can be moved."""
    return SampleClock(TODAY)


@pytest.fixture
def database(
    template: tuple[Path, bytes], practice_dir: Path, clock: SampleClock
) -> Iterator[Database]:
    """The copied practice, open as its owner."""
    lock = engines.FolderLock(practice_dir)
    lock.share()
    actor = Actor(UserId(1), "owner", Role.OWNER)
    opened = Database(practice_dir, template[1], actor, clock, lock=lock)
    yield opened
    opened.close()
