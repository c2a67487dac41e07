"""Code sets as a practice uses them: imported with an audit row, searched with its own habits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.practice import CodeUse
from desktop.services import audit
from desktop.services.coding.values import ICD10CM, CodeHit, ImportResult
from desktop.services.work import Changes, Permission, Work, needs

_FAVOURITE = 1000


@needs(Permission.SET_UP)
def import_code_file(work: Work, path: Path) -> list[ImportResult]:
    """Import a published code file, plain or zipped, recognised by its content.

    Raises:
        RuleError: the file is no code set that this program knows, or its counts are off;
            nothing of it is kept.
    """
    results = work.codes.import_file(path, work.clock.now(), progress=work.progress.report)
    for result in results:
        if not result.already_loaded:
            audit.record(work, "imported", "code set", release=result.release.name)
    work.touch(Changes.CODES)
    return results


@needs(Permission.VIEW)
def search_codes(
    work: Work, text: str, on: dt.date | None, limit: int, *, every: bool = False
) -> list[CodeHit]:
    """Diagnoses for a code or words, best first, in the order of this practice's use.

    Without a date the newest release loaded answers; `every` takes headings too, else only
    billable codes.

    Raises:
        RuleError: no release covers the date.
    """
    if on is None:
        releases = work.codes.releases(ICD10CM)
        if not releases:
            raise RuleError("No code set is loaded; import one with: codes import FILE")
        on = max(r.valid_from for r in releases)
    elif work.codes.coverage(ICD10CM, on) is None:
        raise RuleError(f"No code set for this date: no ICD-10-CM release covers {on}.")
    return work.codes.search(text, on, limit, weights=weights(work), billable_only=not every)


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
