"""The few service calls of the start screens. Each imports its services when it is called.

SQLAlchemy and the key functions take longer to import than the first window takes to appear,
so nothing here may import them at the top.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import platformdirs

from desktop.errors import EnvironmentProblem, Problem, RuleError
from desktop.ui.lib import dates

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Progress

# Where the sample practice's clock stands: the loaded ICD-10-CM release covers this day.
SAMPLE_TODAY = dt.date(2026, 9, 15)


@dataclass(frozen=True, slots=True)
class NewPractice:
    """What the start screen asks for a new practice."""

    folder: Path
    name: str
    full_name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new practice, open, with its recovery key and the sheet to print."""

    database: Database
    recovery_key: str
    sheet: bytes


def warm_up(_progress: Progress) -> None:
    """Import what the next click needs, while the user reads the first screen."""
    import desktop.services.care.practice_folder  # noqa: F401 - to have it loaded


def user_names(folder: Path) -> tuple[str, ...]:
    """Who may log in; see `practice_folder.user_names`."""
    from desktop.services.care import practice_folder
    from desktop.services.practice.office.founding import SCHEDULED_USER

    return tuple(n for n in practice_folder.user_names(folder) if n != SCHEDULED_USER)


def unlock(folder: Path, user: str | None, password: str) -> Database:
    """Open with a password; see `practice_folder.open_practice`."""
    from desktop.services.care import practice_folder

    return practice_folder.open_practice(folder, practice_folder.Password(password, user))


def unlock_by_recovery_key(folder: Path, key: str) -> Database:
    """Open with the printed key; see `practice_folder.open_practice`."""
    from desktop.services.care import practice_folder

    return practice_folder.open_practice(folder, practice_folder.RecoveryKey(key))


def password_problem(password: str) -> str:
    """Why a new password is refused, as a sentence; empty when it is good."""
    from desktop.services.care import keys

    return keys.password_problem(password) or ""


def create(wanted: NewPractice, progress: Progress) -> Made:
    """Make a new practice; see `practice_folder.create_practice`."""
    from desktop.services.care import practice_folder
    from desktop.services.formats.documents.recovery_sheet import render_recovery_sheet

    draft = practice_folder.PracticeDraft(
        name=wanted.name,
        owner=wanted.user,
        password=wanted.password,
        owner_full_name=wanted.full_name,
    )
    made = practice_folder.create_practice(wanted.folder, draft, progress=progress)
    on: dt.date = made.database.clock.today()
    sheet = render_recovery_sheet(wanted.name, made.recovery_key, on)
    return Made(made.database, made.recovery_key, sheet)


def look_at_backup(file: Path) -> str:
    """Of which moment a backup is, as a sentence; see `backup.look`."""
    from desktop.services.care import backup

    looked = backup.look(file)
    made_on = dt.date.fromisoformat(looked.made_at[:10])
    return f"Made on {dates.shown(made_on)}, {max(1, looked.size // 1_000_000):,} MB unpacked."


def restore(file: Path, folder: Path, secret: str, progress: Progress) -> Path:
    """Restore a backup; see `backup.restore`.

    Returns:
        the folder of the restored practice.

    Raises:
        RuleError: a field ``file``, ``folder`` or ``secret`` is refused; nothing was made.
        EnvironmentProblem: the disk stands in the way; nothing was made.
    """
    from desktop.services.care import backup

    try:
        backup.look(file)
    except EnvironmentProblem as error:
        raise RuleError(Problem("file", str(error))) from error
    try:
        backup.check_empty(folder)
    except EnvironmentProblem as error:
        raise RuleError(Problem("folder", str(error))) from error
    try:
        backup.restore(file, folder, secret, progress=progress)
    except backup.Damaged as error:
        raise RuleError(Problem("file", str(error))) from error
    return folder


def sample_folder() -> Path:
    """Where this machine's sample practice lies."""
    return platformdirs.user_data_path("claimstead", appauthor=False) / "sample-practice"


def open_sample(progress: Progress) -> Database:
    """Open the sample practice of this machine; the first time the whole job is done on it."""
    from desktop.services.care import practice_folder

    folder = sample_folder()
    if not practice_folder.is_practice(folder / "practice"):
        _make_sample(folder, progress)
    secret = practice_folder.Password(practice_folder.SAMPLE_PASSWORD)
    return practice_folder.open_practice(folder / "practice", secret)


def _make_sample(folder: Path, progress: Progress) -> None:
    """Make it beside its place and move it there whole, so that half a sample is never opened."""
    from desktop.services.sample.demo import run_demo

    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    said = 0

    def say(text: str) -> None:
        nonlocal said
        said += 1
        progress.report(said, 0, text.strip())

    try:
        run_demo(fresh, seed=1, today=SAMPLE_TODAY, say=say)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def default_folder(name: str) -> Path:
    """Where a practice of this name would lie: this machine's data folder, synced by nobody."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    slug = "-".join(part for part in kept.split("-") if part)[:40] or "practice"
    root = platformdirs.user_data_path("claimstead", appauthor=False)
    folder, number = root / slug, 2
    while folder.exists():
        folder, number = root / f"{slug}-{number}", number + 1
    return folder
