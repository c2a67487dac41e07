"""The code sets as set-up shows them: what is loaded, for which dates, and loading more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.services import audit
from desktop.services.coding.systems import SYSTEMS
from desktop.services.coding.values import ImportResult, Release
from desktop.services.work import Changes, Permission, Work, needs


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One loaded release; `in_force` on the practice's date."""

    id: str
    system: str
    title: str
    release: Release
    in_force: bool


@needs(Permission.VIEW)
def releases(work: Work) -> list[ReleaseRow]:
    """All releases of all systems, newest first within a system."""
    today = work.clock.today()
    rows = []
    for each in work.codes.releases():
        known = SYSTEMS.get(each.system)
        in_force = each.valid_from <= today and (each.valid_to is None or today <= each.valid_to)
        title = known.title if known else each.system
        rows.append(ReleaseRow(f"{each.system} {each.name}", each.system, title, each, in_force))
    return sorted(rows, key=lambda r: (r.title, -r.release.valid_from.toordinal()))


@needs(Permission.SET_UP)
def import_file(work: Work, path: Path) -> list[ImportResult]:
    """Load a published code file or zip; the same file twice changes nothing.

    Raises:
        RuleError: it is no code file that the program knows; the sentence says what it takes.
        EnvironmentProblem: the file cannot be read.
    """
    done = work.codes.import_file(path, work.clock.now(), progress=work.progress.report)
    for each in done:
        audit.record(
            work,
            "imported",
            "code set",
            None,
            system=each.release.system,
            release=each.release.name,
            added=each.added,
            changed=each.changed,
            ended=each.ended,
        )
    work.touch(Changes.CODES)
    return done
