"""Code sets as a practice uses them: searched in the order of its own habits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.practice import CodeUse
from desktop.services.coding.systems import SYSTEMS
from desktop.services.coding.values import CPT, HCPCS, ICD10CM, CodeHit
from desktop.services.work import Permission, Work, needs

_FAVOURITE = 1000
_PROCEDURE = re.compile(r"[A-V][0-9]{4}|[0-9]{4}[0-9FTUMA]")


@needs(Permission.VIEW)
def search_codes(
    work: Work,
    text: str,
    on: dt.date | None,
    limit: int,
    *,
    every: bool = False,
    system: str = "",
) -> list[CodeHit]:
    """Codes for a code or words, best first, in the order of this practice's use.

    Args:
        work: the reader's.
        text: a code, its beginning, or words.
        on: date of service; None asks the newest release loaded.
        limit: at most so many.
        every: headings too, else only billable codes.
        system: the code system; empty = diagnoses, and of the procedure sets the very code
            that was typed.

    Raises:
        RuleError: no release covers the date, or the system is not loaded.
    """
    wanted = system or ICD10CM
    day = _day(work, wanted, on)
    found = work.codes.search(
        text, day, limit, wanted, weights(work, wanted), billable_only=not every
    )
    if system or not _PROCEDURE.fullmatch(text.strip().upper()):
        return found
    return [*_exact_procedures(work, text, on), *found][:limit]


def _day(work: Work, system: str, on: dt.date | None) -> dt.date:
    """The date itself where a release covers it, the newest release's first day without one."""
    name = SYSTEMS[system].title if system in SYSTEMS else system
    if on is not None:
        if work.codes.coverage(system, on) is None:
            raise RuleError(f"No code set for this date: no release of {name} covers {on}.")
        return on
    releases = work.codes.releases(system)
    if not releases:
        raise RuleError(f"{name}: no release is loaded; import one with: codes import FILE")
    return max(r.valid_from for r in releases)


def _exact_procedures(work: Work, text: str, on: dt.date | None) -> list[CodeHit]:
    out = []
    for system in (HCPCS, CPT):
        newest = [r.valid_from for r in work.codes.releases(system)]
        info = work.codes.lookup(system, text, on or max(newest)) if newest else None
        if info is not None:
            why = f"code of {SYSTEMS[system].title}"
            out.append(CodeHit(info.code, info.dotted, info.title, info.billable, why, 2000.0))
    return out


def weights(work: Work, system: str = ICD10CM) -> dict[str, int]:
    """How often this practice uses each code; favourites stand before all."""
    rows = work.session.execute(
        select(CodeUse.code, CodeUse.uses, CodeUse.is_favourite).where(CodeUse.system == system)
    )
    return {code: uses + (_FAVOURITE if favourite else 0) for code, uses, favourite in rows}


def plain_hits(hits: Sequence[CodeHit]) -> list[dict[str, Any]]:
    """Hits as `codes search --json` gives them."""
    return [
        {
            "code": hit.dotted,
            "title": hit.title,
            "billable": hit.billable,
            "why": hit.why,
            "score": round(hit.score, 4),
        }
        for hit in hits
    ]
