"""How often the practice used a code, and which are its favourites: type-ahead puts them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.practice import CodeUse
from desktop.services.core.work import Changes, Work
from desktop.services.store.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEYS = ("system", "code")


def count(work: Work, used: Iterable[tuple[str, str]]) -> None:
    """Count one use of each (system, code); of a visit that was posted, a code counts once."""
    work.session.execute(
        upsert(CodeUse, _KEYS, add=["uses"]),
        [{"system": s, "code": c, "uses": 1, "is_favourite": False} for s, c in sorted(set(used))],
    )


def set_favourite(work: Work, system: str, code: str, *, favourite: bool) -> None:
    """Put a code among the favourites, or take it out; its uses stay."""
    work.session.execute(
        upsert(CodeUse, _KEYS, take=["is_favourite"]).values(
            system=system, code=code, uses=0, is_favourite=favourite
        )
    )
    work.touch(Changes.FEES)
