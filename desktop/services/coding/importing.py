"""Brings code-set files into ``codes.db``: recognised by content, one transaction each."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from desktop.errors import EnvironmentProblem, RuleError
from desktop.services.coding import systems
from desktop.services.coding.connection import Connection, transaction, without_collector
from desktop.services.coding.icd10cm import Import, Part, import_part
from desktop.services.coding.order_file import (
    decode,
    looks_like_addenda,
    looks_like_order,
    read_addenda,
)
from desktop.services.coding.packaged import find_files, read_packaged
from desktop.services.coding.saving import save_release
from desktop.services.coding.values import ICD10CM, ImportResult, Progress, no_progress

LARGEST_FILE = 400_000_000
"""Bytes; the largest published set (NCCI) unpacks to far less."""

_UNKNOWN = (
    "{name} is not a code-set file that the program knows: choose the ICD-10-CM order file "
    "(icd10cm_order_YYYY.txt), its addenda, the tabular XML, or the zip that holds them."
)


def load_packaged(
    connection: Connection, now: dt.datetime, progress: Progress = no_progress
) -> ImportResult:
    """Load the ICD-10-CM release that comes with the program; a second time changes nothing.

    Raises:
        Cancelled: from `progress`; nothing is kept.
    """
    progress(0, 100, "Reading ICD-10-CM")
    with without_collector():
        packaged = read_packaged(find_files())
    draft = packaged.draft
    before = systems.imported_before(connection, ICD10CM, draft.sha256)
    if before is not None:
        return ImportResult.unchanged(before, draft.file_name, draft.file_kind)
    progress(30, 100, "Reading ICD-10-CM")
    with without_collector(), transaction(connection):
        result = save_release(
            connection, draft, packaged.nodes, now, progress, notes=packaged.tabular.notes
        )
        progress(100, 100, "Saving")
    return result


def import_file(
    connection: Connection,
    path: Path,
    now: dt.datetime,
    valid_from: dt.date | None = None,
    progress: Progress = no_progress,
) -> list[ImportResult]:
    """Import one published file, or each of those that a zip holds, in one transaction.

    Args:
        connection: an open ``codes.db``.
        path: the file as downloaded; its name is only asked for a year that its content
            does not tell.
        now: kept with the file's hash.
        valid_from: first day of force, where neither content nor name tells it.
        progress: see `Progress`; it may raise `Cancelled`, and nothing is kept.

    Raises:
        RuleError: the file is none that is known, or its counts are wrong.
        EnvironmentProblem: it cannot be read.
    """
    progress(0, 100, f"Reading {path.name}")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RuleError(f"{path.name} is far larger than any published code set.")
        data = path.read_bytes()
    except OSError as e:
        raise EnvironmentProblem(f"{path.name} cannot be read ({e.strerror}).") from e
    parts = _parts(path.name, data)
    steps = _recognise(path.name, parts)
    results: list[ImportResult] = []
    with without_collector(), transaction(connection):
        for kind, part in steps:
            hint = valid_from or _start_by_neighbours(part, parts)
            results.append(import_part(Import(connection, hint, now, progress), kind, part))
        progress(100, 100, "Saving")
    return results


def _parts(name: str, data: bytes) -> list[Part]:
    if not data.strip():
        raise RuleError(f"{name} is empty; download it again.")
    if not data.startswith(b"PK"):
        return [Part(name, data)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if sum(m.file_size for m in members) > LARGEST_FILE:
                raise RuleError(f"{name} unpacks to far more than any published code set.")
            wanted = [m for m in members if m.filename.lower().endswith((".txt", ".xml"))]
            return [Part(Path(m.filename).name, archive.read(m)) for m in wanted]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as e:
        raise RuleError(f"{name} is a torn zip file; download it again.") from e
    except RuntimeError as e:
        raise RuleError(f"{name} is locked by a password; save it without one.") from e


def _kind(part: Part) -> str:
    head = part.data[:4000]
    if b"<ICD10CM.tabular" in head:
        return "tabular"
    text = decode(head)
    if looks_like_order(text):
        return "order"
    return "addenda" if looks_like_addenda(text) else ""


def _recognise(name: str, parts: list[Part]) -> list[tuple[str, Part]]:
    """What to import, in order: an order file makes the addenda beside it needless."""
    kinds = [(_kind(part), part) for part in parts]
    steps = [(kind, part) for kind, part in kinds if kind]
    if any(kind == "order" for kind, _ in steps):
        steps = [(kind, part) for kind, part in steps if kind != "addenda"]
    if not steps:
        raise RuleError(_UNKNOWN.format(name=name))
    rank = {"order": 0, "addenda": 1, "tabular": 2}
    return sorted(steps, key=lambda step: rank[step[0]])


def _start_by_neighbours(part: Part, parts: Sequence[Part]) -> dt.date | None:
    """First day by the addenda in the same zip, whose trailer names the year."""
    for other in parts:
        if other is not part and _kind(other) == "addenda":
            new = read_addenda(decode(other.data)).new
            if new is not None:
                return systems.fiscal_year(new.year)[0]
    return None
