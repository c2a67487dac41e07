"""The code sets as set-up shows them: what is loaded, for which dates, and loading more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from desktop.models.practice import CodeLicence
from desktop.services import audit
from desktop.services.clock import stamp
from desktop.services.coding.systems import SYSTEMS
from desktop.services.coding.values import ImportOptions, ImportResult, Release
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
def import_files(
    work: Work, paths: Sequence[Path], options: ImportOptions | None = None
) -> list[ImportResult]:
    """Load published code files or zips, all or none; the same file twice changes nothing.

    Args:
        work: the writer's.
        paths: files that belong together, as downloaded.
        options: what the person said beside them; licences confirmed before are added.

    Raises:
        RuleError: one is no code file that the program knows, or its counts are off; nothing
            of it is kept.
        NeedsLicence: see `confirm_licence`.
        EnvironmentProblem: a file cannot be read.
    """
    options = options or ImportOptions()
    licensed = options.licensed | _licensed(work)
    done = work.codes.import_files(
        paths,
        work.clock.now(),
        replace(options, licensed=licensed),
        progress=work.progress.report,
    )
    for each in done:
        if not each.already_loaded:
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


@needs(Permission.SET_UP)
def confirm_licence(work: Work, system: str) -> None:
    """Keep that the practice holds a licence of a code set's owner; asked once, by whom is kept."""
    if system not in _licensed(work):
        row = CodeLicence(
            system=system,
            user_id=int(work.actor.user_id),
            confirmed_at=stamp(work.clock.now()),
        )
        work.session.add(row)
        work.session.flush()
        audit.record(work, "confirmed", "licence", None, system=system)


def _licensed(work: Work) -> frozenset[str]:
    return frozenset(work.session.scalars(select(CodeLicence.system)))
