"""Widgets are destroyed on the window's thread, whichever thread fills the memory."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from desktop.ui.lib import collector
from desktop.ui.lib.runner import Runner

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database


class Trap:
    """A cycle that tells on which thread it is taken apart."""

    seen: list[str]

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen
        self.myself = self

    def __del__(self) -> None:
        self.seen.append(threading.current_thread().name)


def fill_memory() -> int:
    """Allocate what makes Python collect where it may."""
    kept = [[[]] for _ in range(200_000)]  # type: ignore[var-annotated]
    return len(kept)


def test_a_window_waited_for_ever_for_widgets_destroyed_by_a_reader(
    qtbot: QtBot, database: Database
) -> None:
    runner = Runner(database)
    seen: list[str] = []
    Trap(seen)
    assert database.submit_read(lambda _work: fill_memory()).result() == 200_000
    assert seen == []
    kept = [[0] for _ in range(5_000)]
    qtbot.waitUntil(lambda: seen == [threading.main_thread().name], timeout=10_000)
    assert len(kept) == 5_000
    runner.close()


def test_collecting_is_given_back_when_no_window_is_left(qtbot: QtBot, database: Database) -> None:
    runner = Runner(database)
    assert not gc.isenabled()
    runner.close()
    assert collector.stop()
    assert gc.isenabled()
    assert not collector.stop()
