"""Brings code-set files into ``codes.db``: recognised by content, one transaction each."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.connection import (
    Connection,
    hearing,
    transaction,
    without_collector,
)
from desktop.services.coding.base.parts import FileKind, Import, Part, parts_of
from desktop.services.coding.base.values import (
    ICD10CM,
    ImportOptions,
    ImportResult,
    NeedsLicence,
    Progress,
    no_progress,
)
from desktop.services.coding.files import (
    add_on,
    coverage_articles,
    cpt,
    cpt_modifiers,
    fee_schedule,
    flat,
    hcpcs,
    icd10cm,
    icd_codes,
    icd_index,
    mue,
    ncci,
    provider_directory,
)
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.packaged import find_files, read_packaged
from desktop.services.coding.releases.saving import save_release

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

KINDS: tuple[FileKind, ...] = (
    *icd10cm.KINDS,
    *icd_codes.KINDS,
    *icd_index.KINDS,
    *hcpcs.KINDS,
    *ncci.KINDS,
    *mue.KINDS,
    *add_on.KINDS,
    *fee_schedule.KINDS,
    *coverage_articles.KINDS,
    *provider_directory.KINDS,
    *cpt.KINDS,
    *cpt_modifiers.KINDS,
    *flat.KINDS,
)
"""Every published layout that the program reads; a further one is a further line here."""


_FIRST_YEAR, _LAST_YEAR = 1980, 2100
"""Years in which a code set may begin."""


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
    with without_collector(), hearing(connection, progress) as heard, transaction(connection):
        result = save_release(
            connection, draft, packaged.nodes, now, heard, notes=packaged.tabular.notes
        )
        heard(100, 100, "Saving")
    return result


def import_files(
    connection: Connection,
    paths: Sequence[Path],
    now: dt.datetime,
    options: ImportOptions | None = None,
    progress: Progress = no_progress,
) -> list[ImportResult]:
    """Import published files, or what their zips hold, in one transaction for all of them.

    Files that explain each other (a fiscal year by the addenda beside it, the lists of one
    article) may come in one zip or be given together.

    Args:
        connection: an open ``codes.db``.
        paths: the files as downloaded; a name is only asked for a date that its content does
            not tell.
        now: kept with the files' hashes.
        options: see `ImportOptions`.
        progress: see `Progress`; it may raise `Cancelled`, and nothing is kept.

    Raises:
        RuleError: a file is none that is known, or its counts are wrong.
        NeedsLicence: it belongs to an owner whose licence the practice has not confirmed.
        EnvironmentProblem: it cannot be read.
    """
    options = options or ImportOptions()
    _check_day(options.valid_from)
    names = ", ".join(path.name for path in paths)
    progress(0, 100, f"Reading {names}")
    with ExitStack() as stack:
        parts: list[Part] = []
        for path in paths:
            inside = stack.enter_context(parts_of(path))
            progress(0, 100, f"Reading {names}")
            if not any(kind.recognise(part) for part in inside for kind in KINDS):
                raise RuleError(_unknown(path.name))
            parts.extend(inside)
        steps = _steps(parts)
        for kind, _ in steps:
            if kind.licence and kind.licence not in options.licensed:
                raise NeedsLicence(kind.licence, names)
        stack.enter_context(without_collector())
        with hearing(connection, progress) as heard, transaction(connection):
            results = [
                _import_part(connection, kind, part, parts, now, options, heard)
                for kind, part in steps
            ]
            heard(100, 100, "Saving")
    return results


def _check_day(day: dt.date | None) -> None:
    """Refuse a first day that was typed wrong."""
    if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise RuleError(f"No code set begins on {day.isoformat()}; give its first day of force.")


def _unknown(name: str) -> str:
    known = ", ".join(kind.title for kind in KINDS if kind.title)
    return (
        f"{name} is not a code-set file that the program knows; it takes {known}, alone or in "
        "the zip that holds them."
    )


def _kind(part: Part) -> FileKind | None:
    return next((kind for kind in KINDS if kind.recognise(part)), None)


def _steps(parts: Sequence[Part]) -> list[tuple[FileKind, Part]]:
    """What to import, in order: one file may make those beside it needless."""
    found = [(kind, part) for part in parts if (kind := _kind(part)) is not None]
    kept = [
        (kind, part)
        for kind, part in found
        if not any(_stands_for(other, beside, kind, part) for other, beside in found)
    ]
    # The years of one kind follow each other by name, in whatever order they were given.
    return sorted(kept, key=lambda step: (step[0].rank, step[1].name))


def _stands_for(kind: FileKind, part: Part, other: FileKind, beside: Part) -> bool:
    """Whether a file makes another needless."""
    if other.name in kind.takes:
        return True
    if part.archive != beside.archive:
        return False
    return other.name in kind.replaces or (bool(part.archive) and other.name in kind.contains)


def _import_part(
    connection: Connection,
    kind: FileKind,
    part: Part,
    parts: Sequence[Part],
    now: dt.datetime,
    options: ImportOptions,
    progress: Progress,
) -> ImportResult:
    """Import one recognised file inside an open transaction; a repeated one changes nothing."""
    taken = [p for p in parts if p is not part and (k := _kind(p)) and k.name in kind.takes]

    def heard(done: int) -> None:
        # The national provider file takes a minute to be read once.
        share = min(done / max(part.size, 1), 1)
        progress(int(15 * share), 100, f"Checking whether {part.name} was imported before")

    digests = sorted(p.sha256(heard) for p in taken)
    digest = part.sha256(heard)
    if digests:
        digest = hashlib.sha256("".join([digest, *digests]).encode()).hexdigest()
    before = systems.imported_before(connection, kind.system, digest)
    if before is not None and options.valid_from in {None, before.valid_from}:
        return ImportResult.unchanged(before, part.name, kind.name)
    progress(15, 100, f"Reading {part.name}")
    job = Import(connection, now, progress, options.valid_from, digest, parts, options)
    return kind.run(job, part)
