"""How old somebody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


def age_on(birth_on: dt.date, on: dt.date) -> int:
    """Completed years; somebody born on 29 February grows a year older on 1 March."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))
