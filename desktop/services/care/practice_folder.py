"""Creating and opening a practice's folder: stores, schema, keys, login."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.clock import Clock, SampleClock, SystemClock, stamp
from desktop.errors import EnvironmentProblem, Problem, RuleError, raise_if_any
from desktop.models.practice import Practice, User
from desktop.models.values.enums import Role
from desktop.services.care import chain_heads as heads
from desktop.services.care import folders, keys, vault
from desktop.services.coding.base.connection import edition_of
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.releases.index import EDITION as INDEX_EDITION
from desktop.services.core import audit
from desktop.services.core.database import CODES_NAME, PRACTICE_NAME, Database
from desktop.services.core.work import Actor, Progress, UserId
from desktop.services.practice.office import founding
from desktop.services.practice.office.founding import SCHEDULED_USER
from desktop.services.store import engines, schema
from desktop.services.store.documents import DOCUMENTS_NAME
from desktop.services.store.refusals import plain_errors

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE_PASSWORD: Final = "sample-practice"  # noqa: S105 - the demo's, printed in the README
SAMPLE_TODAY: Final = dt.date(2026, 9, 15)


@dataclass(frozen=True, slots=True)
class PracticeDraft:
    """What a new practice starts with."""

    name: str
    owner: str
    password: str
    owner_full_name: str = ""
    sample_today: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A new practice, open, and the recovery key to be printed once."""

    database: Database
    recovery_key: str


@dataclass(frozen=True, slots=True)
class Password:
    """Log in with a password; `user` None tries each user's slot."""

    text: str
    user: str | None = None


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """Open with the printed key, as the owner."""

    text: str


@dataclass(frozen=True, slots=True)
class MachineKeyring:
    """Open with the key that this machine's keyring holds, as the role “scheduled”."""

    user: str = SCHEDULED_USER


Secret = Password | RecoveryKey | MachineKeyring


def is_practice(folder: Path) -> bool:
    """Whether a folder holds a practice."""
    return (folder / keys.KEYS_NAME).is_file()


def user_names(folder: Path) -> tuple[str, ...]:
    """Who may log in; read without any key.

    Raises:
        EnvironmentProblem: there is no practice in this folder.
    """
    return keys.read_key_file(folder).user_names


def create_practice(
    folder: Path,
    draft: PracticeDraft,
    *,
    progress: Progress | None = None,
    cost: keys.Cost | None = None,
) -> Created:
    """Make a new practice in a new or empty folder, load ICD-10-CM, and open it as its owner.

    Raises:
        RuleError: a field of the draft is missing or too weak.
        EnvironmentProblem: the folder is not empty, not writable, or on a share.
        Cancelled: the user stopped; nothing is left behind.
    """
    progress = progress or Progress()
    raise_if_any(_draft_problems(draft))
    folders.refuse_shared_folder(folder)
    existed = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = next(folder.iterdir(), None) is not None
    except OSError as error:
        raise EnvironmentProblem(
            f"“{folder}” cannot be used ({error.strerror}); choose another folder."
        ) from error
    if occupied:
        raise EnvironmentProblem(f"“{folder}” is not empty; choose a new or an empty folder.")
    try:
        return _create(folder, draft, progress, cost)
    except BaseException:
        # Half a practice is none: what was begun is taken away again.
        clear(folder)
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def clear(folder: Path) -> None:
    """Take away what was begun in a folder that was empty before."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _create(
    folder: Path, draft: PracticeDraft, progress: Progress, cost: keys.Cost | None
) -> Created:
    key = keys.new_key()
    recovery = keys.new_recovery_key()
    slots = keys.with_slot(keys.new_key_file(), key, "password", draft.owner, draft.password, cost)
    slots = keys.with_slot(slots, key, "recovery", "recovery", recovery, cost)
    clock: Clock = SampleClock(draft.sample_today) if draft.sample_today else SystemClock()
    lock = engines.FolderLock(folder)
    lock.share()
    try:
        _bring_up(folder, key)
        engine = engines.writing(folder / PRACTICE_NAME, key)
        with plain_errors(), Session(engine) as session, session.begin():
            owner = founding.found(
                session,
                name=draft.name,
                owner=draft.owner,
                owner_full_name=draft.owner_full_name,
                sample_today=draft.sample_today,
                created_at=stamp(clock.now()),
            )
            actor = Actor(UserId(owner), draft.owner, Role.OWNER)
        engine.dispose()
        with CodeStore(folder / CODES_NAME) as codes:
            codes.keep_current(clock.now())
            codes.load_packaged(clock.now(), progress.report)
        keys.write_key_file(folder, slots)
    except BaseException:
        lock.release()
        raise
    database = Database(
        folder, key, actor, clock, is_sample=draft.sample_today is not None, lock=lock
    )
    database.write(lambda work: audit.record(work, "created", "practice", 1))
    return Created(database, recovery)


def open_practice(folder: Path, secret: Secret, *, clock: Clock | None = None) -> Database:
    """Open a practice and log in.

    Raises:
        RuleError: the secret is wrong (counted), or the user may not log in.
        EnvironmentProblem: no practice here, damaged, newer, busy, or too many wrong tries.
    """
    folders.refuse_shared_folder(folder)
    slots = keys.read_key_file(folder)
    name, key = _unlock(folder, slots, secret)
    for store in (PRACTICE_NAME, DOCUMENTS_NAME):
        if not (folder / store).is_file():
            raise EnvironmentProblem(
                f"{store} is missing from “{folder}”; restore your newest backup."
            )
    return _open(folder, key, secret, name, clock)


def open_with_key(folder: Path, key: bytes) -> Database:
    """Open a practice whose key is known already, as its owner (after a restore)."""
    return _open(folder, key, RecoveryKey(""), "", None)


def _open(folder: Path, key: bytes, secret: Secret, name: str, clock: Clock | None) -> Database:
    lock = engines.FolderLock(folder)
    lock.share()
    try:
        if not _all_current(folder, key):
            lock.alone()
            _keep_copies(folder)
            _bring_up(folder, key)
            with CodeStore(folder / CODES_NAME) as codes:
                codes.keep_current((clock or SystemClock()).now())
            lock.share()
        engine = engines.reading(folder / PRACTICE_NAME, key, pooled=False)
        with plain_errors(), Session(engine) as session:
            practice = session.get_one(Practice, 1)
            user = _user(session, secret, name)
            actor = Actor(UserId(user.id), user.name, user.role)
            sample_today = practice.sample_today if practice.is_sample else None
        engine.dispose()
    except BaseException:
        lock.release()
        raise
    if clock is None:
        clock = SampleClock(sample_today) if sample_today else SystemClock()
    database = Database(folder, key, actor, clock, is_sample=sample_today is not None, lock=lock)
    if sample_today is None:
        practice_id = keys.read_key_file(folder).practice
        database.warning = database.read(lambda work: heads.compare(work, practice_id))
        database.before_close = lambda work: heads.remember(work, practice_id)
    database.write(lambda work: audit.record(work, "logged in", "user", actor.user_id))
    return database


def check_password(folder: Path, user: str, password: str) -> None:
    """Check a user's password for the lock screen, counting wrong tries.

    Raises:
        RuleError: it is wrong.
        EnvironmentProblem: too many wrong tries; wait.
    """
    _unlock(folder, keys.read_key_file(folder), Password(password, user))


def remember_on_this_machine(database: Database) -> None:
    """Keep the key in this machine's keyring, so that nightly work runs unattended."""
    vault.remember(keys.read_key_file(database.folder).practice, database.key)
    database.write(lambda work: audit.record(work, "remembered", "keyring"))


def forget_on_this_machine(database: Database) -> None:
    """Remove the key from this machine's keyring."""
    vault.forget(keys.read_key_file(database.folder).practice)
    database.write(lambda work: audit.record(work, "forgotten", "keyring"))


def _draft_problems(draft: PracticeDraft) -> list[Problem]:
    problems = []
    if not draft.name.strip():
        problems.append(Problem("name", "Enter the name of the practice."))
    if not draft.owner.strip():
        problems.append(Problem("owner", "Enter the name you will log in with."))
    weak = keys.password_problem(draft.password)
    if weak:
        problems.append(Problem("password", weak))
    return problems


def _unlock(folder: Path, slots: keys.KeyFile, secret: Secret) -> tuple[str, bytes]:
    if isinstance(secret, MachineKeyring):
        key = vault.recall(slots.practice)
        if key is None:
            raise EnvironmentProblem(
                "This machine's keyring holds no key for this practice; give the password, or "
                "let the owner remember it on this machine."
            )
        return secret.user, key
    attempts = keys.Attempts(folder)
    wait = attempts.wait_seconds()
    if wait:
        raise EnvironmentProblem(f"Too many wrong passwords; try again in {wait} seconds.")
    try:
        if isinstance(secret, RecoveryKey):
            opened = keys.unwrap(slots, "recovery", secret.text)
        else:
            opened = keys.unwrap(slots, "password", secret.text, secret.user)
    except RuleError:
        attempts.failed()
        raise
    attempts.succeeded()
    return opened


def _user(session: Session, secret: Secret, name: str) -> User:
    if isinstance(secret, RecoveryKey):
        found = session.scalars(
            select(User).where(User.role == Role.OWNER, User.is_active).order_by(User.id)
        ).first()
    else:
        found = session.scalars(select(User).where(User.name == name)).first()
    if found is None or not found.is_active:
        raise RuleError(f"The user “{name}” may not log in; ask the owner of the practice.")
    if isinstance(secret, MachineKeyring) and found.role is not Role.SCHEDULED:
        raise RuleError("The keyring opens for scheduled work only; log in with a password.")
    return found


def _stores(folder: Path, key: bytes) -> list[tuple[str, Path, bytes | None]]:
    return [
        ("practice", folder / PRACTICE_NAME, key),
        ("documents", folder / DOCUMENTS_NAME, key),
        ("codes", folder / CODES_NAME, None),
    ]


def _all_current(folder: Path, key: bytes) -> bool:
    current = True
    for store, path, store_key in _stores(folder, key):
        engine = engines.reading(path, store_key, pooled=False)
        with plain_errors():
            current = schema.is_current(engine, store) and current
        engine.dispose()
    return current and edition_of(folder / CODES_NAME) == INDEX_EDITION


def _bring_up(folder: Path, key: bytes) -> None:
    for store, path, store_key in _stores(folder, key):
        engine = engines.writing(path, store_key)
        with plain_errors():
            schema.upgrade(engine, store)
        engine.dispose()


def _keep_copies(folder: Path) -> None:
    """Copy the stores aside before their schema changes; the lock is held alone."""
    aside = folder / "before-update"
    aside.mkdir(exist_ok=True)
    for name in (PRACTICE_NAME, DOCUMENTS_NAME, CODES_NAME, keys.KEYS_NAME):
        for path in folder.glob(name + "*"):
            shutil.copy2(path, aside / path.name)
