"""Proves that an installed or frozen program has all its parts: `claimstead --selfcheck`."""

from __future__ import annotations

import io
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pikepdf
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from desktop.errors import AppError, EnvironmentProblem
from desktop.models.practice import User
from desktop.models.values.enums import Role
from desktop.services.care import practice_folder, vault
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.vectors import model
from desktop.services.core.database import CODES_NAME, PRACTICE_NAME
from desktop.services.formats.documents import cms1500, typography
from desktop.services.practice.office import staff
from desktop.services.store import engines, schema
from desktop.services.store.documents import DOCUMENTS_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.services.core.work import Work

_OWNER: Final = "owner"
_ADDED: Final = "second"
_CODE: Final = "I10"
_PATIENTS_WORDS: Final = "heart attack"


def run(say: Callable[[str], None]) -> int:
    """Make a practice in a temporary folder, use it, and take it away again.

    Args:
        say: takes one line a part: ``ok`` or ``FAILED``, the part, and what was found.

    Returns:
        0 when every part works, else 1.
    """
    code = 0
    with tempfile.TemporaryDirectory(prefix="claimstead-", ignore_cleanup_errors=True) as name:
        folder = Path(name) / "practice"
        password = secrets.token_urlsafe(16)
        checks: list[tuple[str, Callable[[], str]]] = [
            ("new practice", lambda: _create(folder, password)),
            ("encryption", lambda: _encrypted(folder)),
            ("write and read", lambda: _write_and_read(folder, password)),
            ("diagnosis codes", lambda: _codes(folder)),
            ("search", lambda: _search(folder)),
            ("PDF", _pdf),
            ("keyring", vault.backend_name),
        ]
        for part, check in checks:
            try:
                found = check()
            except (AppError, SQLAlchemyError, OSError, ImportError, LookupError) as error:
                say(f"FAILED  {part}: {error}")
                code = 1
            else:
                say(f"ok      {part}: {found}")
    return code


def _create(folder: Path, password: str) -> str:
    draft = practice_folder.PracticeDraft("Self-check", _OWNER, password)
    created = practice_folder.create_practice(folder, draft)
    created.database.close()
    return "migrated to " + ", ".join(schema.HEADS.values())


def _encrypted(folder: Path) -> str:
    for name in (PRACTICE_NAME, DOCUMENTS_NAME):
        if not engines.is_sealed(folder / name):
            raise EnvironmentProblem(f"{name} is not encrypted; install the program again.")
    return f"{PRACTICE_NAME} and {DOCUMENTS_NAME} are sealed"


def _write_and_read(folder: Path, password: str) -> str:
    def add(work: Work) -> int:
        return staff.add_user(work, _ADDED, "", Role.FRONT_DESK)

    def count(work: Work) -> int:
        wanted = select(func.count()).select_from(User).where(User.name == _ADDED)
        return work.session.scalars(wanted).one()

    secret = practice_folder.Password(password)
    with practice_folder.open_practice(folder, secret) as database:
        database.write(add)
    with practice_folder.open_practice(folder, secret) as database:
        if database.read(count) != 1:
            raise EnvironmentProblem("What was written did not come back; check the disk.")
    return "a row came back after reopening"


def _codes(folder: Path) -> str:
    with CodeStore(folder / CODES_NAME) as store:
        releases = store.releases(ICD10CM)
        known = store.lookup(ICD10CM, _CODE, releases[-1].valid_from) if releases else None
    if known is None:
        raise EnvironmentProblem(f"ICD-10-CM {_CODE} is missing; install the program again.")
    return f"ICD-10-CM {releases[-1].name}; {known.dotted} {known.title}"


def _search(folder: Path) -> str:
    with CodeStore(folder / CODES_NAME) as store:
        releases = store.releases(ICD10CM)
        found = store.search(_PATIENTS_WORDS, releases[-1].valid_from, 1) if releases else []
    if not found or not found[0].code.startswith("I21"):
        raise EnvironmentProblem("The words of patients are missing; install the program again.")
    if not model.available():
        return f"“{_PATIENTS_WORDS}” is {found[0].dotted}; search by meaning is not installed"
    model.Encoder().encode_few([_PATIENTS_WORDS])
    return f"“{_PATIENTS_WORDS}” is {found[0].dotted}; the sentence model works"


def _pdf() -> str:
    typography.font(bold=True)
    data = cms1500.test_sheet(cms1500.PrinterProfile())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return f"{len(pdf.pages)} page of {len(data):,} bytes; the text fonts load"
