"""What this machine remembers: window geometry, columns, theme, recent folders. No patients."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings

CONFIG_DIR_VARIABLE = "CLAIMSTEAD_CONFIG_DIR"
_RECENT_LIMIT = 6
_SEARCH_MODE = "search_mode"


def config_dir() -> Path:
    """The folder of machine settings; the environment may name another."""
    named = os.environ.get(CONFIG_DIR_VARIABLE)
    if named:
        return Path(named)
    return platformdirs.user_config_path("claimstead", appauthor=False)


def machine_settings() -> QSettings:
    """The settings file of the window, in plain INI so that a person can read it."""
    return QSettings(str(config_dir() / "window.ini"), QSettings.Format.IniFormat)


def search_mode() -> str:
    """How diagnoses are searched on this machine: "built-in" (by words) or "best"."""
    return "best" if machine_settings().value(_SEARCH_MODE) == "best" else "built-in"


def keep_search_mode(mode: str) -> None:
    """Remember how diagnoses are searched on this machine."""
    settings = machine_settings()
    settings.setValue(_SEARCH_MODE, mode)
    settings.sync()


def recent_folders() -> list[Path]:
    """Folders of practices opened on this machine, newest first; vanished ones are left out."""
    kept = machine_settings().value("recent", [])
    names = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []
    return [Path(name) for name in names if isinstance(name, str) and Path(name).is_dir()]


def remember_folder(folder: Path) -> None:
    """Put a practice's folder first in the recent list."""
    folder = folder.absolute()
    others = [known for known in recent_folders() if known != folder]
    names = [str(known) for known in [folder, *others][:_RECENT_LIMIT]]
    settings = machine_settings()
    settings.setValue("recent", names)
    settings.sync()
