"""The window. No SQL here: pages call services through the runner."""

from __future__ import annotations

import ctypes
import sys

_PLENTY = 1 << 40


def _keep_true_alive() -> None:
    """Make `True` outlive the window on Python 3.11, as 3.12 and later do by themselves.

    WORKAROUND: in PySide6 6.12.0 every `Signal.emit()` returns True without taking a reference
    (measured: `sys.getrefcount(True)` falls by one a call), so that after some hundred signals
    Python 3.11 stops with “bool_dealloc: deallocating True or False”. Python 3.12 made True
    immortal (PEP 683). Nothing is touched where the count does not lie where it is expected.
    """
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    subject: object = True
    count = ctypes.c_ssize_t.from_address(id(subject))
    if abs(count.value - sys.getrefcount(subject)) < 8:
        count.value += _PLENTY


_keep_true_alive()
