"""The window. No SQL here: pages call services through the runner."""

from __future__ import annotations

import ctypes
import sys

_PLENTY = 1 << 40


def _keep_alive(subject: object) -> None:
    """Make a singleton outlive the window on Python 3.11, as 3.12 and later do by themselves.

    WORKAROUND: PySide6 6.12.0 returns True from every `Signal.emit()` and None from every call
    that has nothing to return without taking a reference (measured: `sys.getrefcount` falls by
    one a call), so that Python 3.11 stops with “bool_dealloc: deallocating True or False” after
    some hundred signals, and with “none_dealloc: deallocating None” after some thousand calls:
    an hour of typing. Python 3.12 made both immortal (PEP 683). Nothing is touched where the
    count does not lie where it is expected.
    """
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    count = ctypes.c_ssize_t.from_address(id(subject))
    if abs(count.value - sys.getrefcount(subject)) < 8:
        count.value += _PLENTY


_keep_alive(True)  # noqa: FBT003
_keep_alive(None)
