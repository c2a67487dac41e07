"""The first rows of a new practice: the practice itself, its owner, and the user of scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from desktop.models.practice import Practice, User
from desktop.models.values.enums import Role

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

SCHEDULED_USER: Final = "scheduled"
"""As whom nightly work and scripts log in, by the keyring alone."""


def found(
    session: Session,
    *,
    name: str,
    owner: str,
    owner_full_name: str,
    sample_today: dt.date | None,
    created_at: str,
) -> int:
    """Write the first rows of an empty practice; returns the owner's id.

    There is no actor yet, so this takes the session and not a `Work`.
    """
    first = User(name=owner, full_name=owner_full_name, role=Role.OWNER)
    script = User(name=SCHEDULED_USER, full_name="", role=Role.SCHEDULED)
    practice = Practice(
        id=1,
        name=name,
        is_sample=sample_today is not None,
        sample_today=sample_today,
        usage="T" if sample_today else "P",
        created_at=created_at,
    )
    session.add_all([first, script, practice])
    session.flush()
    return first.id
