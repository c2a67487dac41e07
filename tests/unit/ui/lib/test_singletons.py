"""A day at the window does not use up Python's own singletons."""

from __future__ import annotations

import os
import subprocess
import sys

_A_DAY = """
import desktop.ui
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Bell(QObject):
    rung = Signal()

application = QCoreApplication([])
bell = Bell()
bell.rung.connect(lambda: None)
for _ in range(60_000):
    application.processEvents()
    bell.rung.emit()
print("still open")
"""


def test_calls_into_qt_that_return_nothing_never_end_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _A_DAY],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert (done.returncode, done.stdout.strip()) == (0, "still open"), done.stderr[-300:]
