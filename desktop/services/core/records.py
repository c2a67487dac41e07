"""Changing a mapped row by what a form holds: what changed, and whose change came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import LostUpdate

if TYPE_CHECKING:
    from collections.abc import Mapping


def apply(row: object, values: Mapping[str, object]) -> list[str]:
    """Set attributes of a mapped row; returns the names of those that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def same_version(row_version: int, read_version: int | None, what: str) -> None:
    """Refuse a change of a record that somebody else changed since it was read.

    Raises:
        LostUpdate: the versions differ.
    """
    if row_version != read_version:
        raise LostUpdate(
            f"Somebody else changed {what} since you opened it; nothing was overwritten. "
            "Open it again and enter your change anew."
        )
