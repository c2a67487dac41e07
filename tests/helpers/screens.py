"""Takes the README's pictures of each page, from the sample practice: run as a program.

    python -m tests.helpers.screens FOLDER [WIDTHxHEIGHT]

FOLDER gets `PAGE-light.png` and `PAGE-dark.png`, and `PAGE-open-…` with a record shown. A display
is needed, such as that of Xvfb.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtTest import QTest

from desktop.app import build_application
from desktop.services import practice_folder
from desktop.services.demo import run_demo
from desktop.services.practice_folder import SAMPLE_PASSWORD, Password
from desktop.ui.lib import theme
from desktop.ui.main_window import MainWindow
from desktop.ui.pages import PAGES

_PATIENCE = 20.0
# Records of the sample practice that show a page at work.
RECORDS: dict[str, object] = {"patients": 7, "visits": 10, "payments": ("remittance", 2)}


def wait(window: MainWindow, seconds: float = 0.4) -> None:
    """Let the window work until it is idle, and a moment longer for what it then paints."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        # `processEvents` with a limit loses references on Python 3.11 (PySide6 6.12).
        QTest.qWait(50)
        if window.runner is None or window.runner.idle:
            break
    QTest.qWait(int(seconds * 1000))


def take(window: MainWindow, path: Path) -> None:
    """One picture of the whole window."""
    wait(window)
    if not window.grab().save(str(path)):
        raise SystemExit(f"{path} could not be written")


def main() -> int:
    """Make a sample practice, open it, and photograph every page in both themes."""
    folder = Path(sys.argv[1])
    width, height = (int(n) for n in (sys.argv[2] if len(sys.argv) > 2 else "1366x768").split("x"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CLAIMSTEAD_CONFIG_DIR"] = scratch
        run_demo(Path(scratch) / "demo")
        practice = Path(scratch) / "demo" / "practice"
        build_application(sys.argv[:1])
        window = MainWindow()
        window.resize(width, height)
        window.show()
        take(window, folder / "start-light.png")
        window.open_practice(practice_folder.open_practice(practice, Password(SAMPLE_PASSWORD)))
        wait(window)
        schemes: tuple[tuple[str, theme.Scheme], ...] = (
            ("light", theme.LIGHT),
            ("dark", theme.DARK),
        )
        for name, scheme in schemes:
            theme.apply_theme(scheme)
            if window.shell is not None:
                window.shell.recolour()
            for spec in PAGES:
                if window.shell is not None:
                    window.shell.go(spec.id)
                take(window, folder / f"{spec.id}-{name}.png")
                if window.shell is not None and spec.id in RECORDS:
                    window.shell.go(spec.id, RECORDS[spec.id])
                    take(window, folder / f"{spec.id}-open-{name}.png")
        window.close_practice()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
