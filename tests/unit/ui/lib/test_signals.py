from __future__ import annotations

import subprocess
import sys

EMIT = """
import desktop.ui
from PySide6.QtCore import QObject, Signal

class Source(QObject):
    done = Signal(object)

source = Source()
for number in range(100_000):
    source.done.emit(number)
print("alive")
"""


def test_a_hundred_thousand_signals_do_not_end_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EMIT], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("alive", 0), done.stderr[-500:]
