"""Python's cycle collector, kept on the window's thread.

A collection starts in whichever thread happens to allocate. Started on a database thread, it
destroyed widgets there: Qt then held a lock and waited for Python's, while the window's thread
held Python's and waited for Qt's (seen: the window hung in a constructor for ever). So the
collector is off while a window lives, and a timer of the window collects by the usual counts.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class _Collector(QObject):
    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(collect_by_counts)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()


_running: list[_Collector] = []


def start() -> None:
    """Collect on this thread alone from now on; call it on the window's thread. Twice is once."""
    if not _running:
        gc.disable()
        _running.append(_Collector())


def stop() -> bool:
    """Give collecting back to Python (tests, between windows); whether it was taken."""
    if not _running:
        return False
    _running.pop().stop()
    gc.collect()
    gc.enable()
    return True


def collect_by_counts() -> None:
    """What Python would have collected by itself: the generations whose counts are over."""
    # Work that held the collector off on another thread may have switched it on again.
    gc.disable()
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
