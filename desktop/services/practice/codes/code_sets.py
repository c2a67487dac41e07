"""The code sets as set-up shows them: what is loaded, until when, what is due, loading more."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.clock import stamp
from desktop.errors import AppError, RuleError
from desktop.models.practice import CodeLicence
from desktop.services.coding.base.parts import parts_of
from desktop.services.coding.base.values import (
    ADD_ON,
    CPT,
    GPCI,
    HCPCS,
    ICD10CM,
    MPFS,
    MUE,
    NCCI,
    NPPES,
    ImportOptions,
    ImportResult,
    NeedsDay,
    Release,
    SourceFile,
)
from desktop.services.coding.files import importing
from desktop.services.coding.releases import own_lists
from desktop.services.coding.releases.systems import SYSTEMS
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.formats.lists import payers as payer_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AHEAD_DAYS: Final = 14
"""So many days before a set runs out, Today says it."""

_QUARTERS: Final = ((1, 1), (4, 1), (7, 1), (10, 1))
_NEW_YEAR: Final = ((1, 1),)
_STARTS: Final = {
    ICD10CM: ((10, 1),),
    HCPCS: _QUARTERS,
    NCCI: _QUARTERS,
    MUE: _QUARTERS,
    ADD_ON: _QUARTERS,
    CPT: _NEW_YEAR,
    MPFS: _NEW_YEAR,
    GPCI: _NEW_YEAR,
}
"""On which days of the year the next edition of a set takes over; others change at no set date."""

_NAMES: Final = {
    ICD10CM: "ICD-10-CM",
    HCPCS: "HCPCS",
    CPT: "CPT",
    NCCI: "NCCI",
    MUE: "MUE",
    ADD_ON: "The list of add-on codes",
    MPFS: "The Medicare fee schedule",
    GPCI: "GPCI",
}
_SHOWN: Final = "%m/%d/%Y"
_APRIL_DAYS: Final = 30
_LARGEST_LIST: Final = 50_000_000


class SetState(StrEnum):
    """How a release stands on the practice's date."""

    IN_FORCE = "in force"
    SOON = "soon"
    OUT = "out"
    COMING = "coming"
    OLDER = "older"
    BUILT_IN = "built in"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One release of a set, or a set of which none is loaded.

    Attributes:
        id: stable name of the row.
        release: its name; empty when none is loaded.
        text: the state in words: "runs out in 12 days".
    """

    id: str
    system: str
    title: str
    release: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    records: int | None
    state: SetState
    text: str


@dataclass(frozen=True, slots=True)
class DueSet:
    """A set, or several of one day, whose next edition has to be loaded.

    Attributes:
        text: "ICD-10-CM ran out on 09/30/2026".
        detail: what to load.
        state: out, soon, or in force for an update that is optional.
    """

    systems: tuple[str, ...]
    text: str
    detail: str
    state: SetState


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a file was recognised as, before anything is read.

    Attributes:
        titles: the layouts found in it; empty when none is known.
        asks_for_states: the national provider file, of which only a part is taken.
        is_payer_list: no code set but a clearinghouse's list of payers.
    """

    path: Path
    titles: tuple[str, ...]
    asks_for_states: bool
    is_payer_list: bool = False


@needs(Permission.VIEW)
def standings(work: Work) -> list[StandingRow]:
    """Every set that is loaded or that the program knows, each set's newest release first."""
    loaded: dict[str, list[Release]] = {}
    for each in work.codes.releases():
        loaded.setdefault(each.system, []).insert(0, each)
    names = [*SYSTEMS, *sorted(set(loaded) - set(SYSTEMS))]
    on = work.clock.today()
    found = [row for name in names for row in _rows(name, loaded.get(name, []), on)]
    # What is loaded comes before what is not; else as the program lists them.
    return sorted(found, key=lambda r: r.state in (SetState.ABSENT, SetState.BUILT_IN))


@needs(Permission.VIEW)
def due(work: Work) -> list[DueSet]:
    """Sets that ran out on the practice's date or do so within two weeks, diagnoses first.

    Sets that were never loaded are nobody's concern, except ICD-10-CM.
    """
    on = work.clock.today()
    loaded: dict[str, list[Release]] = {}
    for each in work.codes.releases():
        loaded.setdefault(each.system, []).append(each)
    if ICD10CM not in loaded:
        text = "No ICD-10-CM codes are loaded"
        return [DueSet((ICD10CM,), text, "load the files of CMS", SetState.OUT)]
    found: list[DueSet] = []
    groups: dict[tuple[dt.date, str], list[str]] = {}
    for system in (s for s in _STARTS if s in loaded):
        first = loaded[system][0].valid_from
        if first > on:
            text = f"{_NAMES[system]} is loaded only from {first:{_SHOWN}} on"
            found.append(DueSet((system,), text, _what_to_load(system, on, on), SetState.OUT))
            continue
        last = _last_day_without_gap(loaded[system], on)
        if last is not None and (last - on).days <= AHEAD_DAYS:
            groups.setdefault((last, _what_to_load(system, last, on)), []).append(system)
    found += [_due(tuple(names), last, what, on) for (last, what), names in groups.items()]
    return found + _april(work, loaded[ICD10CM][-1], on)


@needs(Permission.VIEW)
def sources(work: Work, system: str, release: str) -> list[SourceFile]:
    """The files that a release was made of, in the order of their import."""
    return [f for f in work.codes.source_files(system) if f.release == release]


def last_day(release: Release) -> dt.date | None:
    """The day after which a release is no longer enough; None while no such day is known."""
    starts = _STARTS.get(release.system)
    if starts is None or release.valid_to is not None:
        return release.valid_to
    return _next_start(starts, release.valid_from) - dt.timedelta(days=1)


def _last_day_without_gap(releases: Sequence[Release], on: dt.date) -> dt.date | None:
    """Until when the releases, by first day, follow each other from the one of a date on.

    A quarter that was loaded ahead does not help the one that was left out before it.
    """
    begun = [r for r in releases if r.valid_from <= on]
    last = last_day(begun[-1])
    for later in releases[len(begun) :]:
        if last is None or (later.valid_from - last).days > 1:
            break
        last = last_day(later)
    return last


def _next_start(starts: Sequence[tuple[int, int]], after: dt.date) -> dt.date:
    days = [dt.date(y, m, d) for y in (after.year, after.year + 1) for m, d in starts]
    return min(day for day in days if day > after)


def _rows(system: str, releases: Sequence[Release], on: dt.date) -> list[StandingRow]:
    known = SYSTEMS.get(system)
    title = known.title if known else system
    if not releases:
        nothing = (None, None, None)
        return [StandingRow(system, system, title, "", *nothing, SetState.ABSENT, "not loaded")]
    begun = [r for r in releases if r.valid_from <= on]
    rows = []
    for each in releases:
        newer = next((r for r in reversed(releases) if r.valid_from > each.valid_from), None)
        state, text = _state(each, newer, is_current=begun[:1] == [each], on=on)
        names = (f"{system} {each.valid_from.isoformat()}", system, title, each.name)
        ends = each.valid_to
        rows.append(StandingRow(*names, each.valid_from, ends, each.records, state, text))
    return rows


def _state(
    release: Release, newer: Release | None, *, is_current: bool, on: dt.date
) -> tuple[SetState, str]:
    if release.valid_from > on:
        return SetState.COMING, f"from {release.valid_from:{_SHOWN}}"
    if not is_current and newer is not None:
        eve = newer.valid_from - dt.timedelta(days=1)
        return SetState.OLDER, f"until {min(release.valid_to or eve, eve):{_SHOWN}}"
    if release.name == own_lists.BUILT_IN:
        return SetState.BUILT_IN, "built in, our own words"
    last = last_day(release)
    if last is None:
        return SetState.IN_FORCE, "in force"
    left = (last - on).days
    if left < 0:
        return SetState.OUT, f"ran out on {last:{_SHOWN}}"
    if left <= AHEAD_DAYS and newer is None:
        days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        return SetState.SOON, f"runs out {days}"
    return SetState.IN_FORCE, "in force"


def _what_to_load(system: str, last: dt.date, on: dt.date) -> str:
    """The edition that covers today, or the one to come while today is still covered."""
    wanted = max(on, last + dt.timedelta(days=1))
    if system == ICD10CM:
        return f"load the files of fiscal year {wanted.year + (wanted.month >= 10)}"
    if _STARTS[system] is _NEW_YEAR:
        return f"load the files of {wanted.year}"
    start = wanted.replace(month=(wanted.month - 1) // 3 * 3 + 1, day=1)
    return f"load the files of {start:%B %Y}"


def _due(systems: tuple[str, ...], last: dt.date, what: str, on: dt.date) -> DueSet:
    names = [_NAMES[s] for s in systems]
    who = " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])
    day, left, several = f"{last:{_SHOWN}}", (last - on).days, len(names) > 1
    if left < 0:
        return DueSet(systems, f"{who} ran out on {day}", what, SetState.OUT)
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    verb = "run" if several else "runs"
    return DueSet(systems, f"{who} {verb} out {when} ({day})", what, SetState.SOON)


def _april(work: Work, newest: Release, on: dt.date) -> list[DueSet]:
    """CMS may publish further diagnoses for 1 April; not every year, so it is said softly."""
    first = dt.date(on.year, 4, 1)
    if not first <= on < first + dt.timedelta(days=_APRIL_DAYS):
        return []
    has_it = newest.valid_from >= first or f"April {on.year}" in newest.name
    imported = [f.imported_at[:10] for f in work.codes.source_files(ICD10CM)]
    if has_it or any(day >= first.isoformat() for day in imported):
        return []
    text = f"ICD-10-CM may have an update of {first:{_SHOWN}}"
    detail = "load it if CMS published one; not every year has one"
    return [DueSet((ICD10CM,), text, detail, SetState.IN_FORCE)]


# --- loading ------------------------------------------------------------------------------


def recognise(paths: Sequence[Path]) -> list[Candidate]:
    """What files are, by their first bytes; no database is needed.

    Raises:
        RuleError: one is empty, torn or locked.
        EnvironmentProblem: one cannot be read.
    """
    out = []
    for path in paths:
        with parts_of(path) as parts:
            kinds = [k for p in parts for k in importing.KINDS if k.recognise(p)]
        titles = tuple(dict.fromkeys(k.title or SYSTEMS[k.system].title for k in kinds))
        of_payers = not kinds and path.stat().st_size < _LARGEST_LIST and _has_payers(path)
        out.append(Candidate(path, titles, any(k.system == NPPES for k in kinds), of_payers))
    return out


def _has_payers(path: Path) -> bool:
    try:
        proposed = payer_file.read_payers(path.read_bytes()).proposed
    except RuleError:
        return False
    return all(name in proposed for name in payer_file.NEEDED)


def asks_for_day(error: AppError) -> bool:
    """Whether a file was refused only because nothing says from which day it holds."""
    return isinstance(error, NeedsDay)


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
