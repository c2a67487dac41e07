"""Takes the README's pictures of each page, from the sample practice: run as a program.

    python -m tests.helpers.screens FOLDER [WIDTHxHEIGHT [PAGE...]]

FOLDER gets `PAGE-light.png` and `PAGE-dark.png`, and `PAGE-open-…` with a record shown; of all
pages, or of those whose ids are named. With `QT_QPA_PLATFORM=offscreen` no display is needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import build_application
from desktop.services.care import practice_folder
from desktop.services.care.practice_folder import SAMPLE_PASSWORD, Password
from desktop.services.sample.demo import run_demo
from desktop.ui.frame.main_window import MainWindow
from desktop.ui.frame.pages import PAGES
from desktop.ui.lib import theme
from desktop.ui.lib.schemes import DARK, LIGHT, Scheme
from desktop.ui.visits.note_dialog import NoteDialog
from desktop.ui.visits.page import VisitsPage

_PATIENCE = 20.0
# Records of the sample practice that show a page at work.
RECORDS: dict[str, object] = {
    "patients": 7,
    "visits": 10,
    "payments": ("remittance", 2),
    "codes": ("code", "E11.22"),
}
NOTE = (
    "HPI: Influenza A with fever, cough and sore throat for two days. Denies chest pain.\n"
    "PMH: type 2 diabetes with neuropathy on metformin, hypertension. H/o breast cancer 2015.\n"
    "FH: mother had colon cancer.\n"
    "Exam: pain in the knee after a fall. R/o meniscus tear.\n"
    "Plan: rest, fluids, recheck in a week."
)


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


def take_more(window: MainWindow, folder: Path, name: str) -> None:
    """The loaded code sets, and a visit with the provider's note beside its codes."""
    if window.shell is None:
        return
    window.shell.go("codes", "codes")
    take(window, folder / f"code-sets-{name}.png")
    window.shell.go("visits", RECORDS["visits"])
    wait(window)
    page = window.shell.page()
    if isinstance(page, VisitsPage):
        page.editor.coding.from_note()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, NoteDialog):
            dialog.note.setPlainText(NOTE)
            end = time.monotonic() + _PATIENCE
            while not dialog.list.count() and time.monotonic() < end:
                QTest.qWait(100)
            wait(window)
            dialog.grab().save(str(folder / f"note-{name}.png"))
            dialog.close()
            wait(window)


def main() -> int:
    """Make a sample practice, open it, and photograph every page in both themes."""
    folder = Path(sys.argv[1])
    width, height = (int(n) for n in (sys.argv[2] if len(sys.argv) > 2 else "1366x768").split("x"))
    wanted = sys.argv[3:]
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
        schemes: tuple[tuple[str, Scheme], ...] = (
            ("light", LIGHT),
            ("dark", DARK),
        )
        for name, scheme in schemes:
            theme.apply_theme(scheme)
            if window.shell is not None:
                window.shell.recolour()
            for spec in PAGES:
                if wanted and spec.id not in wanted:
                    continue
                if window.shell is not None:
                    window.shell.go(spec.id)
                take(window, folder / f"{spec.id}-{name}.png")
                if window.shell is not None and spec.id in RECORDS:
                    window.shell.go(spec.id, RECORDS[spec.id])
                    take(window, folder / f"{spec.id}-open-{name}.png")
            if not wanted:
                take_more(window, folder, name)
        window.close_practice()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
