"""Wires the window: paints first, then loads what the first click needs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

import desktop
from desktop.ui.frame.main_window import MainWindow
from desktop.ui.lib import theme
from desktop.ui.lib.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def build_application(arguments: Sequence[str] = ()) -> QApplication:
    """The one application object, themed, with names for settings and accessibility."""
    # Named here, Qt takes it without Python loading the large QStyle class before first paint.
    os.environ.setdefault(theme.STYLE_VARIABLE, theme.STYLE)
    known = QApplication.instance()
    application = known if isinstance(known, QApplication) else QApplication(list(arguments))
    QCoreApplication.setApplicationName("claimstead")
    QCoreApplication.setApplicationVersion(desktop.__version__)
    theme.apply_theme()
    return application


def run_window(folder: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    Args:
        folder: a practice to unlock at once instead of the first screen.
    """
    application = build_application(sys.argv[:1])
    _own_up_to_bugs()
    window = MainWindow()
    window.first_painted.connect(lambda: _after_first_paint(application, window))
    window.show()
    if folder is not None:
        window.ask_for(folder)
    return application.exec()


def _after_first_paint(application: QApplication, window: MainWindow) -> None:
    """Do what the first screen need not wait for."""
    from desktop import log  # noqa: PLC0415 - logging to files is not needed to paint

    log.set_up()
    theme.follow_system(application)
    application.setWindowIcon(icon("claimstead", theme.current().accent, 32))
    window.warm_up()


def _own_up_to_bugs() -> None:
    """An error that escapes a slot becomes the crash dialog instead of a line on a console."""

    def crashed(kind: type[BaseException], fault: BaseException, _trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
        else:
            from desktop.ui.lib import messages  # noqa: PLC0415 - a fault's box is not needed to paint

            messages.crash(QApplication.activeWindow(), fault)

    sys.excepthook = crashed
