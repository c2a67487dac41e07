"""The boxes of age in which what is owed is shown."""

from __future__ import annotations

from typing import Final

# The last day of age of each box but the oldest.
EDGES: Final = (30, 60, 90, 120)


BOXES: Final = ("0–30 days", "31–60 days", "61–90 days", "91–120 days", "Over 120 days")


def box_of(age: int) -> int:
    """Index of the box for an age in days; a day before its time counts as age 0."""
    return next((i for i, edge in enumerate(EDGES) if age <= edge), len(EDGES))
