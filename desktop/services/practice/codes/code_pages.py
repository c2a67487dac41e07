"""The code sets as the browser shows them: lists, search and pages, with this practice's use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.models.practice import CodeUse
from desktop.services.coding.base.values import (
    BUILT_IN,
    CPT,
    GPCI,
    HCPCS,
    ICD10CM,
    CodeInfo,
    Release,
)
from desktop.services.coding.library import browser, differences
from desktop.services.coding.library.fee_schedule import medicare_amount
from desktop.services.coding.library.store import CodeStore, normal
from desktop.services.coding.releases import own_lists
from desktop.services.coding.releases.systems import SYSTEMS
from desktop.services.coding.vectors import model
from desktop.services.core.database import CODES_NAME, Database
from desktop.services.core.work import Permission, Progress, Work, needs
from desktop.services.practice.codes import suggesting as codes
from desktop.services.practice.codes import uses
from desktop.services.practice.office import locations

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.coding.library.browser import CodePage
    from desktop.services.coding.library.differences import Differences

LISTED = 30_000
_LOOKED_AT = 50
_LOCALITIES = 6
"""Payment localities of a state that a procedure's page names."""
_OFFICE, _HOSPITAL = "11", "22"
_TABLES = ("ncci", "mue", "add_on", "mpfs", "gpci", "lcd", "nppes")
"""Sets that say something about codes of others; the browser does not list them."""


@dataclass(frozen=True, slots=True)
class BrowseSystem:
    """A code system that can be browsed; `is_tree` when its codes stand below headings."""

    name: str
    title: str
    is_tree: bool


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of a list of codes.

    Attributes:
        why: what matched, for what was searched; else empty.
        is_heading: it cannot be billed.
    """

    code: str
    dotted: str
    title: str
    why: str
    is_heading: bool
    is_favourite: bool


@dataclass(frozen=True, slots=True)
class BestSearch:
    """The search by meaning: `is_possible` with its packages, `is_ready` once it was prepared."""

    is_possible: bool
    is_ready: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of the left side.

    Attributes:
        release: the release that covers the date; empty when none does.
        nearest: where none does, the loaded one nearest to the date; None without any.
        is_built_in: the lines are the program's own words; no published list covers the date.
    """

    lines: tuple[CodeLine, ...]
    favourites: tuple[CodeLine, ...]
    release: str
    nearest: Release | None
    is_built_in: bool


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code's page, and whether it is a favourite of this practice."""

    page: CodePage
    is_favourite: bool


@needs(Permission.VIEW)
def browse_systems(work: Work) -> list[BrowseSystem]:
    """The loaded systems; diagnoses first, then as the program lists them."""
    loaded = {r.system for r in work.codes.releases()} - set(_TABLES)
    names = [n for n in SYSTEMS if n in loaded or n == ICD10CM]
    names += sorted(loaded - set(names))
    out = []
    for name in names:
        known = SYSTEMS.get(name)
        newest = work.codes.releases(name)[-1:]
        top = work.codes.children("", newest[0].valid_from, name, _LOOKED_AT) if newest else []
        is_tree = any(not n.billable for n in top)
        out.append(BrowseSystem(name, known.title if known else name, is_tree))
    return out


@needs(Permission.VIEW)
def search_lines(
    work: Work, system: str, text: str, on: dt.date, limit: int = 60, *, mode: str = BUILT_IN
) -> list[CodeLine]:
    """Codes for a code or words, best first; headings too where a code was typed."""
    favourites = _favourites(work, system)
    hits = work.codes.search(
        text,
        on,
        limit,
        system,
        codes.weights(work, system),
        billable_only=not any(c.isdigit() for c in text),
        mode=mode,
    )
    return [
        CodeLine(h.code, h.dotted, h.title, h.why, not h.billable, h.code in favourites)
        for h in hits
    ]


@needs(Permission.VIEW)
def lines_below(work: Work, system: str, parent: str, on: dt.date) -> list[CodeLine]:
    """The nodes right below a heading; of an empty parent the chapters, or a whole flat list."""
    favourites = _favourites(work, system)
    rows = work.codes.children(parent, on, system, LISTED)
    return [_line(i, favourites) for i in rows]


@needs(Permission.VIEW)
def listing(work: Work, system: str, text: str, on: dt.date, mode: str = BUILT_IN) -> Listing:
    """What the left side shows: what was found, or the top of the system and the favourites."""
    covering = work.codes.coverage(system, on)
    if text:
        lines, favourites = search_lines(work, system, text, on, mode=mode), []
    else:
        lines = lines_below(work, system, "", on)
        favourites = favourite_lines(work, system, on)
    name = covering.name if covering else ""
    nearest = None if covering else _nearest(work.codes.releases(system), on)
    is_own = name == own_lists.BUILT_IN
    return Listing(tuple(lines), tuple(favourites), name, nearest, is_own)


def _nearest(releases: Sequence[Release], on: dt.date) -> Release | None:
    """The release with the fewest days between it and a date."""

    def away(release: Release) -> int:
        early = (release.valid_from - on).days
        late = (on - release.valid_to).days if release.valid_to else 0
        return max(early, late)

    return min(releases, key=away, default=None)


@needs(Permission.VIEW)
def lines_along(
    work: Work, system: str, parents: Sequence[str], on: dt.date
) -> dict[str, list[CodeLine]]:
    """The nodes below each of a path's headings, for opening the path at once."""
    return {parent: lines_below(work, system, parent, on) for parent in parents}


@needs(Permission.VIEW)
def favourite_lines(work: Work, system: str, on: dt.date) -> list[CodeLine]:
    """This practice's favourites of a system that stand on the date, by code."""
    favourites = _favourites(work, system)
    found = work.codes.lookups(system, favourites, on)
    return [_line(found[code], favourites) for code in sorted(found)]


@needs(Permission.VIEW)
def code_page(work: Work, system: str, code: str, on: dt.date) -> ShownCode | None:
    """See `browser.page`."""
    page = browser.page(work.codes, code, on, system)
    if page is None:
        return None
    if system in (HCPCS, CPT):
        page = replace(page, facts=page.facts + _allowed(work, page.info.code, on))
    return ShownCode(page, page.info.code in _favourites(work, system))


def _allowed(work: Work, code: str, on: dt.date) -> tuple[tuple[str, str], ...]:
    """What Medicare allows where the practice works: in an office, and in a facility."""
    states = {place.state for place in locations.all_locations(work, active_only=True)}
    found = []
    for state in sorted(states - {""}):
        for place in work.codes.billable_below(f"{state}-", on, _LOCALITIES, GPCI):
            office, hospital = (
                medicare_amount(work.codes, code, "", place.code, where, on)
                for where in (_OFFICE, _HOSPITAL)
            )
            says = [
                f"{amount.shown} {where}"
                for amount, where in ((office, "in an office"), (hospital, "in a facility"))
                if amount is not None
            ]
            if says:
                found.append((f"Medicare allows in {place.code}", ", ".join(says)))
    return tuple(found)


@needs(Permission.VIEW)
def best_search(work: Work, system: str) -> BestSearch:
    """Whether a system can be searched by meaning."""
    possible = model.available()
    return BestSearch(possible, possible and work.codes.best_ready(system))


def prepare_best(database: Database, system: str, progress: Progress) -> None:
    """Make what the search by meaning lacks, beside the database's threads.

    Raises:
        Cancelled: what was made is kept and gone on with next time.
        EnvironmentProblem: the file beside the code sets cannot be written.
    """
    with CodeStore(database.folder / CODES_NAME) as store:
        store.prepare_best(system, progress.report)


@needs(Permission.VIEW)
def loaded_releases(work: Work, system: str) -> list[Release]:
    """The loaded releases of a system, newest first."""
    return work.codes.releases(system)[::-1]


@needs(Permission.VIEW)
def code_changes(work: Work, system: str, release: str) -> Differences | None:
    """See `differences.changes`."""
    return differences.changes(work.codes, system, release)


@needs(Permission.CODE)
def set_favourite_code(work: Work, system: str, code: str, *, favourite: bool) -> None:
    """Put a code among the favourites, which come first in type-ahead, or take it out."""
    uses.set_favourite(work, system, normal(code), favourite=favourite)


def _favourites(work: Work, system: str) -> frozenset[str]:
    wanted = select(CodeUse.code).where(CodeUse.system == system, CodeUse.is_favourite)
    return frozenset(work.session.scalars(wanted))


def _line(info: CodeInfo, favourites: frozenset[str]) -> CodeLine:
    names = (info.code, info.dotted, info.title)
    return CodeLine(*names, "", not info.billable, info.code in favourites)
