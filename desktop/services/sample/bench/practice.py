"""The invented practices that are measured: encrypted, in a folder that is deleted afterwards."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from desktop.clock import SampleClock
from desktop.models.values.enums import Role
from desktop.services.care import keys, practice_folder
from desktop.services.core.database import PRACTICE_NAME, Database
from desktop.services.core.work import Actor, UserId
from desktop.services.sample.bench import crowd, office
from desktop.services.store import engines
from desktop.services.store.bulk import Connection, loading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop.services.sample.bench.scale import Scale

TODAY: Final = dt.date(2026, 9, 15)
# Opening is not what is measured here.
_CHEAP: Final = keys.Cost(iterations=1, lanes=1, memory_kib=1024)


@dataclass(frozen=True, slots=True)
class Invented:
    """A practice's folder and its key."""

    folder: Path
    key: bytes = field(repr=False)

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """The practice as the window has it open, on a day of the bench."""
        lock = engines.FolderLock(self.folder)
        lock.share()
        actor = Actor(UserId(1), "bench", Role.OWNER)
        with Database(self.folder, self.key, actor, SampleClock(TODAY), lock=lock) as database:
            yield database

    @contextmanager
    def raw(self) -> Iterator[Connection]:
        """A bare connection with the program's own settings, for the floors."""
        with engines.raw(self.folder / PRACTICE_NAME, self.key) as connection:
            yield connection

    @contextmanager
    def copied(self, name: str) -> Iterator[Invented]:
        """A copy that may be changed, and is deleted."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder)
        try:
            yield Invented(folder, self.key)
        finally:
            shutil.rmtree(folder)


@dataclass
class Bench:
    """What the measures share; each practice is made when it is first asked for."""

    folder: Path
    scale: Scale

    @cached_property
    def empty(self) -> Invented:
        """A new practice with ICD-10-CM loaded."""
        folder = self.folder / "empty"
        draft = practice_folder.PracticeDraft("Bench", "bench", secrets.token_urlsafe(24))
        created = practice_folder.create_practice(folder, draft, cost=_CHEAP)
        created.database.close()
        return Invented(folder, created.database.key)

    @cached_property
    def crowd(self) -> Invented:
        """Many patients, and ten years of visits that are nearly all settled."""
        return self._filled("crowd", lambda c: crowd.fill(c, self.scale, TODAY))

    @cached_property
    def office(self) -> Invented:
        """Claims: one half ready to be written, one half sent and waiting for its answer."""
        return self._filled("office", lambda c: office.fill(c, self.scale.claims, TODAY))

    def _filled(self, name: str, fill: Callable[[Connection], object]) -> Invented:
        made = Invented(self.folder / name, self.empty.key)
        shutil.copytree(self.empty.folder, made.folder)
        with made.raw() as connection, loading(connection):
            fill(connection)
        return made
