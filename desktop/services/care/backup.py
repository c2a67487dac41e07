"""A backup is one encrypted file, read back and verified before it counts.

Layout: a magic line, the length of the header, the header (JSON: practice, day, heads of both
chains, the key slots of that day, and each member's name, size and SHA-256), then the members
as chunks sealed by AES-256-GCM under a key derived from the practice's own. Every chunk binds
the header's hash, its number and whether it is the last, so that no byte can be changed,
dropped or moved unseen. The file opens with the passwords and the recovery key of its day.

The stores are copied while they are open, each in one go, on connections of their own, so that
work goes on meanwhile; documents after facts, so that no fact names a document left behind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import struct
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select

from desktop import __version__
from desktop.clock import stamp
from desktop.errors import EnvironmentProblem, Problem, RuleError
from desktop.models.ledger import AuditRow, Entry
from desktop.models.practice import Practice
from desktop.services.care import folders, keys, practice_folder
from desktop.services.core import audit, numbers
from desktop.services.core.database import CODES_NAME, PRACTICE_NAME, Database
from desktop.services.core.work import ROLES, Changes, Permission, Progress, Work, needs
from desktop.services.money import ledger
from desktop.services.store import engines
from desktop.services.store.documents import DOCUMENTS_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"CLAIMSTEAD BACKUP 1\n"
CHUNK: Final = 1 << 20
_MEMBERS: Final = (PRACTICE_NAME, DOCUMENTS_NAME, CODES_NAME)
_MAX_HEADER: Final = 1 << 20
# Days without a backup from which on somebody has to be told.
OLD_AFTER_DAYS: Final = 3
_DAMAGED: Final = "is damaged or no backup of Claimstead; take another one of your backups."


class Damaged(EnvironmentProblem):
    """The file cannot be read as a backup, or is not whole."""


@dataclass(frozen=True, slots=True)
class Made:
    """A verified backup."""

    path: Path
    size: int
    entries: int
    made_at: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    folder: Path
    entries: int
    made_at: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How this practice stands with its backups.

    Attributes:
        on: day of the newest one, None when there is none.
        path: where it was written; empty when that was not kept.
        size: its bytes.
        days: days since then, or since the practice was made.
        is_old: whether a new one is due.
        may_make: whether who asks may make one.
    """

    on: dt.date | None
    path: str
    size: int
    days: int
    is_old: bool
    may_make: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What a backup says of itself before any key opened it."""

    made_at: str
    size: int


@needs(Permission.VIEW)
def standing(work: Work) -> Standing:
    """The newest backup as the audit has it; its row is written only after verifying."""
    row = work.session.execute(
        select(AuditRow.at, AuditRow.detail)
        .where(AuditRow.kind == "practice", AuditRow.action == "backed up")
        .order_by(AuditRow.id.desc())
        .limit(1)
    ).first()
    detail = json.loads(row.detail) if row is not None and row.detail else {}
    since = row.at if row is not None else work.session.get_one(Practice, 1).created_at
    on = dt.date.fromisoformat(since[:10])
    days = max(0, (work.clock.today() - on).days)
    return Standing(
        on if row is not None else None,
        str(detail.get("path", "")),
        int(detail.get("size", 0)),
        days,
        days >= OLD_AFTER_DAYS,
        Permission.ADMINISTER in ROLES[work.actor.role],
    )


@needs(Permission.ADMINISTER)
def _heads(work: Work) -> tuple[tuple[int, str], tuple[int, str]]:
    return ledger.head(work), audit.head(work)


def make(database: Database, target: Path, progress: Progress | None = None) -> Made:
    """Back the open practice up into one file and prove that it restores.

    An older file of that name is replaced only by a verified one.

    Raises:
        EnvironmentProblem: the target cannot be written, or the copy did not verify.
        Cancelled: the user stopped; the older backup is untouched.
    """
    progress = progress or Progress()
    database.read(_heads)
    target = target.absolute()
    if target.resolve().is_relative_to(database.folder.resolve()):
        raise EnvironmentProblem(
            "A backup inside the practice's own folder is lost together with it; "
            "choose another folder, best on another disk."
        )
    if target.is_dir():
        raise EnvironmentProblem(f"“{target}” is a folder; name a file, such as practice.backup.")
    if not target.parent.is_dir():
        raise EnvironmentProblem(f"The folder “{target.parent}” does not exist; make it first.")
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix="claimstead-", dir=target.parent) as scratch:
            copies = Path(scratch)
            for step, name in enumerate(_MEMBERS):
                progress.report(step, 5, "Copying")
                engines.copy(database.folder / name, copies / name, _key_of(name, database.key))
            progress.report(3, 5, "Sealing")
            header = _header(database, copies)
            _seal(part, header, copies, database.key)
        progress.report(4, 5, "Reading back")
        entries = verify(part, database.key)
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise EnvironmentProblem(
            f"The backup could not be written to “{target}” ({error.strerror or 'disk fault'}); "
            "free some space or choose another disk."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    progress.report(5, 5, "Verified")
    database.write(lambda work: _record(work, target))
    return Made(target, target.stat().st_size, entries, header["made_at"])


def _record(work: Work, target: Path) -> None:
    size = target.stat().st_size
    audit.record(work, "backed up", "practice", 1, path=str(target), size=size)
    work.touch(Changes.PRACTICE)


def verify(path: Path, key: bytes) -> int:
    """Read a backup whole and restore it aside; returns how many ledger entries it holds.

    Raises:
        EnvironmentProblem: it would not restore.
    """
    with tempfile.TemporaryDirectory(prefix="claimstead-", dir=path.parent) as scratch:
        folder = Path(scratch)
        header = _open_seal(path, key, folder)
        return _check(folder, key, header)


def look(file: Path) -> Looked:
    """What a backup says of itself; opens nothing.

    Raises:
        EnvironmentProblem: it cannot be read, or is no backup.
    """
    header = _read_header(file)[0]
    return Looked(str(header["made_at"]), sum(int(m["size"]) for m in header["members"]))


def check_empty(folder: Path) -> None:
    """Refuse a folder that nothing may be restored into; makes none.

    Raises:
        EnvironmentProblem: it holds something, cannot be used, or is shared.
    """
    folders.refuse_shared_folder(folder)
    try:
        if folder.exists() and next(folder.iterdir(), None) is not None:
            raise EnvironmentProblem(f"“{folder}” is not empty; restore into a new folder.")
    except OSError as error:
        raise EnvironmentProblem(
            f"“{folder}” cannot be used ({error.strerror}); choose another folder."
        ) from error


def restore(
    file: Path,
    folder: Path,
    secret: str,
    user: str | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Restore a backup into a new or empty folder; it then opens by the keys of its day.

    Numbers that may have gone to payers after the backup was made are skipped.

    Args:
        file: the backup.
        folder: new or empty.
        secret: a password or the recovery key of the day of the backup.
        user: whose password; None tries all.
        progress: told of each step; stopping leaves nothing.

    Raises:
        EnvironmentProblem: the folder is not empty, or the file is damaged: nothing is left.
        RuleError: the secret does not open it.
        Cancelled: the user stopped; nothing is left.
    """
    progress = progress or Progress()
    check_empty(folder)
    header = _read_header(file)[0]
    slots = _slots(header, file)
    progress.report(0, 4, "Trying the key")
    key = _unwrap(slots, secret, user)
    with _all_or_nothing(folder):
        header, entries = _unpack(file, folder, key, progress)
        progress.report(3, 4, "Opening it once")
        _open_once(folder, key, slots)
    return Restored(folder, entries, str(header["made_at"]))


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """Make the folder where there is none; whatever fails inside leaves it as it was."""
    existed = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"“{folder}” cannot be used ({error.strerror}); choose another folder."
        ) from error
    try:
        yield
    except BaseException as error:
        practice_folder.clear(folder)
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise EnvironmentProblem(
                f"The backup could not be restored into “{folder}” ({error.strerror}); "
                "free some space or choose another disk."
            ) from error
        raise


def _unpack(file: Path, folder: Path, key: bytes, progress: Progress) -> tuple[dict[str, Any], int]:
    """Unseal all stores into the folder and prove them whole; the header, and the entries."""
    progress.report(1, 4, "Unsealing")
    header = _open_seal(file, key, folder)
    progress.report(2, 4, "Checking every page")
    return header, _check(folder, key, header)


def _open_once(folder: Path, key: bytes, slots: keys.KeyFile) -> None:
    """Prove that the practice opens, and leap over the numbers that may have gone out."""
    keys.write_key_file(folder, slots)
    opened = practice_folder.open_with_key(folder, key)
    try:
        opened.write(_after_restore)
    finally:
        opened.close()


def _after_restore(work: Work) -> None:
    numbers.skip_after_restore(work)
    audit.record(work, "restored", "practice", 1)


def _unwrap(slots: keys.KeyFile, secret: str, user: str | None) -> bytes:
    try:
        return keys.unwrap(slots, "password", secret, user)[1]
    except RuleError:
        try:
            return keys.unwrap(slots, "recovery", secret)[1]
        except RuleError:
            text = "This does not open the backup; give a password or recovery key of its day."
            raise RuleError(Problem("secret", text)) from None


# -- copying ----------------------------------------------------------------------------------


def _key_of(name: str, key: bytes) -> bytes | None:
    return None if name == CODES_NAME else key


def _header(database: Database, copies: Path) -> dict[str, Any]:
    # First, for looking into a copy touches its bytes.
    entry, audited = _heads_of(copies, database.key)
    members = []
    for name in _MEMBERS:
        path = copies / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        members.append({"name": name, "size": path.stat().st_size, "sha256": digest})
    return {
        "program": __version__,
        "made_at": stamp(database.clock.now()),
        "ledger_head": entry,
        "audit_head": audited,
        "keys": (database.folder / keys.KEYS_NAME).read_text("utf-8"),
        "members": members,
    }


def _heads_of(folder: Path, key: bytes) -> tuple[list[Any], list[Any]]:
    with engines.looking_into(folder / PRACTICE_NAME, key) as connection:
        heads = []
        for of in (Entry, AuditRow):
            row = connection.execute(select(of.id, of.hash).order_by(of.id.desc()).limit(1)).first()
            heads.append(list(row) if row else [0, ""])
    return heads[0], heads[1]


# -- sealing ----------------------------------------------------------------------------------


def _seal_key(key: bytes) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"claimstead backup 1").derive(key)
    return AESGCM(derived)


def _bound(header: bytes, number: int, *, last: bool) -> bytes:
    return hashlib.sha256(header).digest() + struct.pack(">Q?", number, last)


def _seal(path: Path, header: dict[str, Any], copies: Path, key: bytes) -> None:
    raw = json.dumps(header, sort_keys=True).encode()
    sealer = _seal_key(key)
    with path.open("wb") as out:
        out.write(MAGIC + struct.pack(">I", len(raw)) + raw)
        pieces = _pieces(copies)
        number, piece = 0, next(pieces, b"")
        while True:
            following = next(pieces, None)
            nonce = os.urandom(12)
            sealed = sealer.encrypt(nonce, piece, _bound(raw, number, last=following is None))
            out.write(struct.pack(">I", len(sealed)) + nonce + sealed)
            if following is None:
                break
            number, piece = number + 1, following
        out.flush()
        os.fsync(out.fileno())


def _pieces(copies: Path) -> Iterator[bytes]:
    for name in _MEMBERS:
        with (copies / name).open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece


def _read_header(path: Path) -> tuple[dict[str, Any], bytes, int]:
    """The header, its raw bytes, and where the chunks begin."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise Damaged(f"“{path}” {_DAMAGED}")
            (length,) = struct.unpack(">I", file.read(4))
            if length > _MAX_HEADER:
                raise Damaged(f"“{path}” {_DAMAGED}")
            raw = file.read(length)
            header = json.loads(raw)
            for member, name in zip(header["members"], _MEMBERS, strict=True):
                # Used before the first chunk proves the header: only whole shapes get there.
                if member["name"] != name or int(member["size"]) < 0 or not member["sha256"]:
                    raise Damaged(f"“{path}” {_DAMAGED}")
            if not {"keys", "made_at", "ledger_head", "audit_head"} <= set(header):
                raise Damaged(f"“{path}” {_DAMAGED}")
            return header, raw, file.tell()
    except OSError as error:
        raise Damaged(
            f"“{path}” cannot be read ({error.strerror}); check the name and its permissions."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, struct.error):
        raise Damaged(f"“{path}” {_DAMAGED}") from None


def _slots(header: dict[str, Any], path: Path) -> keys.KeyFile:
    with tempfile.TemporaryDirectory(prefix="claimstead-") as scratch:
        folder = Path(scratch)
        try:
            (folder / keys.KEYS_NAME).write_text(str(header["keys"]), "utf-8")
            return keys.read_key_file(folder)
        except (EnvironmentProblem, KeyError):
            raise Damaged(f"“{path}” {_DAMAGED}") from None


def _open_seal(path: Path, key: bytes, folder: Path) -> dict[str, Any]:
    """Unseal the members into a folder, each proved by its size and hash."""
    header, raw, begin = _read_header(path)
    sealer = _seal_key(key)
    with path.open("rb") as file:
        file.seek(begin)
        chunks = _chunks(path, file, sealer, raw)
        rest = b""
        for member in header["members"]:
            digest = hashlib.sha256()
            missing = int(member["size"])
            with (folder / member["name"]).open("wb") as out:
                while missing:
                    rest = rest or next(chunks, b"")
                    if not rest:
                        raise Damaged(f"“{path}” {_DAMAGED}")
                    piece, rest = rest[:missing], rest[missing:]
                    out.write(piece)
                    digest.update(piece)
                    missing -= len(piece)
                out.flush()
                os.fsync(out.fileno())
            if digest.hexdigest() != member["sha256"]:
                raise Damaged(f"“{path}” {_DAMAGED}")
        if rest or next(chunks, b""):
            raise Damaged(f"“{path}” {_DAMAGED}")
    return header


def _chunks(path: Path, file: BinaryIO, sealer: AESGCM, raw: bytes) -> Iterator[bytes]:
    end = path.stat().st_size
    number = 0
    while True:
        head = file.read(16)
        if len(head) != 16:
            raise Damaged(f"“{path}” {_DAMAGED}")
        (length,) = struct.unpack(">I", head[:4])
        sealed = file.read(length) if length <= CHUNK + 16 else b""
        last = file.tell() == end
        try:
            yield sealer.decrypt(head[4:], sealed, _bound(raw, number, last=last))
        except (InvalidTag, ValueError):
            raise Damaged(f"“{path}” {_DAMAGED}") from None
        if last:
            return
        number += 1


def _check(folder: Path, key: bytes, header: dict[str, Any]) -> int:
    """Whether unsealed stores are whole and are what the header says; returns the entries."""
    for name in _MEMBERS:
        fault = engines.fault_of_copy(folder / name, _key_of(name, key))
        if fault:
            raise Damaged(f"{name} in the backup is damaged: {fault}")
    entry, audited = _heads_of(folder, key)
    if entry != header["ledger_head"] or audited != header["audit_head"]:
        raise Damaged("The backup's ledger is not the one that its header names.")
    return int(entry[0])


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
