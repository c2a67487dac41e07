"""Fixtures for the window's shared parts: own settings folder, a database that answers at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from desktop.ui.lib import schemes, theme
from desktop.ui.lib.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from desktop.services.core.work import Changes, Progress

R = TypeVar("R")
TODAY = dt.date(2026, 9, 15)


class ThreadedDatabase:
    """The face of the database over one real thread, without a practice."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.callbacks: list[Callable[[Changes], None]] = []
        self.polled = 0

    def submit_read(self, fn: Callable[[Any], R]) -> Future[R]:
        return self.pool.submit(fn, _Asked(None))

    def submit_write(self, fn: Callable[[Any], R], progress: Progress | None = None) -> Future[R]:
        return self.pool.submit(fn, _Asked(progress))

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def poll(self) -> Future[None]:
        self.polled += 1
        return self.pool.submit(lambda: None)

    def announce(self, changes: Changes) -> None:
        """Say from the database's own thread that something was committed."""
        self.pool.submit(lambda: [callback(changes) for callback in self.callbacks]).result()


class _Asked:
    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMSTEAD_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> Iterator[None]:
    theme.apply_theme(schemes.LIGHT)
    yield
    theme.apply_theme(schemes.LIGHT)


@pytest.fixture
def database() -> Iterator[ThreadedDatabase]:
    made = ThreadedDatabase()
    yield made
    made.pool.shutdown(wait=True)


@pytest.fixture
def runner(qapp: QApplication, database: ThreadedDatabase) -> Iterator[Runner]:
    made = Runner(database)
    yield made
    made.close()


def today() -> dt.date:
    return TODAY
