"""First paint: from the start of a process to a window that is painted."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from desktop.errors import EnvironmentProblem
from desktop.services.sample.bench.result import RATIO, BenchResult

if TYPE_CHECKING:
    from desktop.services.sample.bench.practice import Bench

LIMIT: Final = 1.5
_SECONDS: Final = 60
_WORD: Final = b"painted"

# The word goes out when the paint that began with the window has ended: an event of high
# priority comes before any timer. The process then ends at once; taking down is not measured.
_PROBE: Final = """
import os
from PySide6.QtCore import QCoreApplication, QEvent, Qt
class Probe(Base):
    def paintEvent(self, event):
        super().paintEvent(event)
        painted = QEvent(QEvent.Type.User)
        QCoreApplication.postEvent(self, painted, Qt.EventPriority.HighEventPriority.value)
    def customEvent(self, event):
        os.write(1, b"painted\\n")
        os._exit(0)
"""
_OURS: Final = f"""
from desktop import app
Base = app.MainWindow
{_PROBE}
app.MainWindow = Probe
app.run_window()
"""
_EMPTY: Final = f"""
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
Base = QMainWindow
{_PROBE}
application = QApplication(sys.argv[:1])
window = Probe()
window.show()
application.exec()
"""


def first_paint(bench: Bench) -> BenchResult:
    """The program's window against an empty one, each in a process of its own.

    Raises:
        EnvironmentProblem: no window can be opened here, or this is the packaged program.
    """
    if getattr(sys, "frozen", False):
        raise EnvironmentProblem(
            "The packaged program cannot start an empty window beside its own; measure "
            "first-paint from the source folder."
        )
    _painted(_OURS)
    _painted(_EMPTY)
    pairs = [(_painted(_OURS), _painted(_EMPTY)) for _ in range(bench.scale.windows)]
    return BenchResult(
        "first-paint",
        statistics.median(p[0] for p in pairs),
        statistics.median(p[1] for p in pairs),
        LIMIT,
        RATIO,
        f"process start to painted window, median of {len(pairs)}, platform {_platform()}",
    )


def _platform() -> str:
    """Qt's platform: off the screen where there is none."""
    named = os.environ.get("QT_QPA_PLATFORM")
    if named:
        return named
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return "offscreen" if sys.platform == "linux" and not shown else "of the system"


def _painted(code: str) -> float:
    environment = dict(os.environ)
    if _platform() == "offscreen":
        environment["QT_QPA_PLATFORM"] = "offscreen"
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own interpreter on the constants above
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            said, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            said = b""
    spent = (time.perf_counter() - start) * 1000
    if _WORD not in said:
        raise EnvironmentProblem(
            "No window could be painted here; start the program once to see why."
        )
    return spent
