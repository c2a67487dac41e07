"""Which release a quarterly file belongs to, and what its parts add up to."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import ImportResult, NeedsDay, Release
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.systems import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = dt.timedelta(days=1)
_PART = re.compile(r"(?<![a-z0-9])f([1-9])(?![a-z0-9])", re.IGNORECASE)
_YEAR_QUARTER = re.compile(r"(20\d\d)[-_ ]?q([1-4])(?!\d)", re.IGNORECASE)
_MONTH_DAY_YEAR = re.compile(r"(?<!\d)(\d\d?)[-_](\d\d?)[-_](20\d\d)(?!\d)")


def quarter_of(day: dt.date) -> dt.date:
    """First day of the calendar quarter that a day lies in."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_end(start: dt.date) -> dt.date:
    """Last day of the quarter that a day lies in."""
    later = quarter_of(start) + dt.timedelta(days=95)
    return quarter_of(later) - _DAY


def day_by_name(name: str) -> dt.date | None:
    """First day of force by a file's name: ``Eff_MM-DD-YYYY`` or ``2026q4``."""
    found = _MONTH_DAY_YEAR.search(name)
    if found is not None:
        month, day, year = map(int, found.groups())
        try:
            return dt.date(year, month, day)
        except ValueError:
            return None
    found = _YEAR_QUARTER.search(name)
    return found and dt.date(int(found[1]), int(found[2]) * 3 - 2, 1)


def ask_for_day(part: Part) -> NeedsDay:
    """The refusal of a file that says nowhere from when it holds."""
    return NeedsDay(f"{part.name} does not say from when it holds")


def quarterly(job: Import, part: Part, system: str, kind: str, start: dt.date) -> Draft:
    """The release of a quarter, made of this file or of several."""
    name = f"{start.year} Q{(start.month + 2) // 3}"
    return Draft(system, name, start, quarter_end(start), kind, part.name, job.digest)


def latest_start(job: Import, system: str) -> str | None:
    """First day of the newest loaded release, as the database keeps it."""
    row = job.connection.execute(
        "SELECT max(r.valid_from) FROM release r JOIN code_system s ON s.id = r.system_id"
        " WHERE s.name = ?",
        (system,),
    ).fetchone()
    return None if row[0] is None else str(row[0])


def is_newest(job: Import, system: str, start: dt.date) -> bool:
    """Whether no later release is loaded."""
    latest = latest_start(job, system)
    return latest is None or start.isoformat() >= latest


def part_of(name: str) -> str:
    """The number of a part (``f2`` of ``ccipra-v324r0-f2.TXT``); empty when it has none."""
    found = _PART.search(name.replace("_", "-"))
    return found[1] if found else ""


def refuse_if_part_shrunk(job: Import, draft: Draft, records: int) -> None:
    """Refuse a part far smaller than the same part of the release nearest in time.

    Raises:
        RuleError: it has less than nine tenths of the records.
    """
    label = part_of(draft.file_name)
    rows = job.connection.execute(
        "SELECT r.valid_from, r.name, f.file_name, f.records FROM release r"
        " JOIN release_file f ON f.release_id = r.id JOIN code_system s ON s.id = r.system_id"
        " WHERE s.name = ? AND f.kind = ?",
        (draft.system, draft.file_kind),
    )
    same = [
        (abs(dt.date.fromisoformat(first) - draft.valid_from), count, name)
        for first, name, file_name, count in rows
        if part_of(file_name) == label and (label or first != draft.valid_from.isoformat())
    ]
    if not same:
        return
    _, count, name = min(same)
    if records * 10 < count * 9:
        raise RuleError(
            f"{draft.file_name} holds {records:,} records, far fewer than the {count:,} of the "
            f"same part of {name}; it seems to be incomplete. Download it again."
        )


def record_part(job: Import, draft: Draft, counts: tuple[int, int], rejected: int) -> Release:
    """Keep a file with its release, whose counts are those of all its parts together.

    Args:
        job: the import.
        draft: the release and this file of it.
        counts: records of this file, and those in force of the release as it stands now.
        rejected: lines left out.
    """
    release = systems.record_release(
        job.connection, draft, (counts[0], counts[1]), rejected, stamp(job.now)
    )
    number = systems.system_id(job.connection, draft.system)
    row = job.connection.execute(
        "SELECT id FROM release WHERE system_id = ? AND valid_from = ?",
        (number, draft.valid_from.isoformat()),
    ).fetchone()
    files = job.connection.execute(
        "SELECT id, file_name, records FROM release_file WHERE release_id = ? ORDER BY id",
        (row[0],),
    )
    # A part that was published again replaces its first edition in the sum.
    newest = {part_of(name) or str(file_id): count for file_id, name, count in files}
    total = sum(newest.values())
    job.connection.execute("UPDATE release SET records = ? WHERE id = ?", (total, row[0]))
    return systems.covering(job.connection, draft.system, draft.valid_from) or release


def release_of_file(job: Import, system: str, file_name: str) -> Release | None:
    """The release that a file of this name was last imported into."""
    row = job.connection.execute(
        "SELECT r.valid_from FROM release r JOIN release_file f ON f.release_id = r.id"
        " JOIN code_system s ON s.id = r.system_id WHERE s.name = ? AND f.file_name = ?"
        " ORDER BY f.id DESC LIMIT 1",
        (system, file_name),
    ).fetchone()
    if row is None:
        return None
    return systems.covering(job.connection, system, dt.date.fromisoformat(row[0]))


def text_and_workbook(
    name: str,
    system: str,
    title: str,
    rank: int,
    recognise: Callable[[Part], bool],
    run: Callable[[Import, Part], ImportResult],
) -> tuple[FileKind, FileKind]:
    """The two kinds of a list that is published as text and, in the same zip, as a workbook.

    The workbook is not read where the same list lies beside it as text, which is much quicker.
    """

    def is_text(part: Part) -> bool:
        return not part.is_workbook and recognise(part)

    def run_workbook(job: Import, part: Part) -> ImportResult:
        stem = PurePath(part.name).stem.lower()
        for other in job.parts:
            if PurePath(other.name).stem.lower() == stem and is_text(other):
                release = release_of_file(job, system, other.name)
                if release is not None:
                    return ImportResult.unchanged(release, part.name, name)
        return run(job, part)

    return (
        FileKind(name, system, title, rank, is_text, run),
        FileKind(
            f"{name}-workbook",
            system,
            "",
            rank + 1,
            lambda part: part.is_workbook and recognise(part),
            run_workbook,
        ),
    )
