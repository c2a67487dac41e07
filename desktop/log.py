"""The program's log file: what went wrong where, on this machine only, without patients.

Messages name ids and places in the program. Error texts of the database driver are not
written (its parameters are patients' data); the window's crash dialog writes the trace with
places alone.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
from pathlib import Path
from typing import Final

import platformdirs

LOG_DIR_VARIABLE: Final = "CLAIMSTEAD_LOG_DIR"
_BYTES: Final = 1_000_000


def log_dir() -> Path:
    """The folder of the log; the environment may name another."""
    named = os.environ.get(LOG_DIR_VARIABLE)
    if named:
        return Path(named)
    return platformdirs.user_log_path("claimstead", appauthor=False)


def set_up() -> None:
    """Write warnings and errors of the program to its file; without a folder, to nowhere.

    A log that cannot be written must never keep somebody from working.
    """
    root = logging.getLogger("desktop")
    if root.handlers:
        return
    handler: logging.Handler = logging.NullHandler()
    try:
        folder = log_dir()
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "claimstead.log", maxBytes=_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_WithoutTrace("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)


class _WithoutTrace(logging.Formatter):
    """Leaves tracebacks out: their texts may hold what was being saved."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        kept, record.exc_info, record.exc_text = record.exc_info, None, None
        try:
            line = super().format(record)
        finally:
            record.exc_info = kept
        if kept and kept[0]:
            line += f" [{kept[0].__name__}]"
        return line
