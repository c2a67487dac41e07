"""Files into the outbox folder: whole or not at all, and never over another one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from desktop.errors import EnvironmentProblem, RuleError
from desktop.services.formats.edi.training_id import is_training

_HEADER = 106
_LOOKED_AT = 200


def check_folder(folder: Path, practice: Path, *, sample: bool = False) -> None:
    """Refuse a folder that cannot be an outbox, before anything is numbered.

    Args:
        folder: where the files shall go.
        practice: the practice folder.
        sample: whether it is a sample practice: its files and real ones never share a folder.

    Raises:
        RuleError: it lies inside the practice folder, or holds files of the other kind.
        EnvironmentProblem: it does not exist or cannot be written.
    """
    resolved = folder.resolve()
    if resolved == practice.resolve() or practice.resolve() in resolved.parents:
        raise RuleError(
            f"The outbox “{folder}” lies inside the practice folder; choose a folder outside it."
        )
    if not folder.is_dir():
        raise EnvironmentProblem(
            f"The outbox folder “{folder}” does not exist; create it or choose another one."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentProblem(
            f"The outbox folder “{folder}” cannot be written; allow it or choose another one."
        )
    _refuse_mixing(folder, sample=sample)


def _refuse_mixing(folder: Path, *, sample: bool) -> None:
    newest = sorted(folder.glob("*.837"))[-_LOOKED_AT:]
    for path in newest:
        try:
            with path.open("rb") as file:
                head = file.read(_HEADER).decode("latin-1")
        except OSError:
            continue
        parts = head.split("*")
        if len(parts) > 8 and is_training(parts[6], parts[8]) is not sample:
            raise RuleError(
                f"“{folder}” holds real claim files; a sample practice needs a folder of its own."
                if sample
                else f"“{folder}” holds files of a sample practice; choose another folder."
            )


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file by way of a temporary one, flushed to the disk before it gets its name.

    The same bytes under the same name are left as they are: they were delivered before.

    Raises:
        EnvironmentProblem: the folder is gone, not writable or full, or another file has the
            name. Nothing half-written remains.
    """
    target = folder / name
    if _is_same(target, data):
        return target
    temporary: Path | None = None
    try:
        handle, made = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        temporary = Path(made)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _name_once(temporary, target)
        _sync_folder(folder)
    except FileExistsError as error:
        raise EnvironmentProblem(
            f"“{target}” exists already with other content; move it away and send again."
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            f"The file could not be written to the outbox “{folder}” "
            f"({error.strerror or 'input/output error'}); the claims stay queued."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target


def _is_same(target: Path, data: bytes) -> bool:
    try:
        return target.stat().st_size == len(data) and target.read_bytes() == data
    except OSError:
        return False


def _name_once(temporary: Path, target: Path) -> None:
    """Give the file its name only if nothing has it; a plain rename would replace."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links (FAT on a stick).
        if target.exists():
            raise FileExistsError(target) from None
        temporary.rename(target)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
