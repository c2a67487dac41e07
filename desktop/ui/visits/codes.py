"""Letters, modifiers and units as they are typed on the visit's screen; pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LETTERS = 24


def letter(position: int) -> str:
    """The form's letter of a diagnosis: 1 is A."""
    return chr(64 + position)


def letters(pointers: Sequence[int]) -> str:
    """Pointers as item 24E says them: ``AB``."""
    return "".join(letter(p) for p in pointers if 1 <= p <= MOST_LETTERS)


def read_letters(text: str) -> tuple[int, ...]:
    """Positions from letters, with or without commas and blanks between.

    Raises:
        ValueError: something else than a letter from A to X stands there.
    """
    bare = re.sub(r"[\s,;]", "", text).upper()
    if not re.fullmatch(r"[A-X]*", bare):
        raise ValueError("Point to diagnoses by their letters, such as A or AB.")
    return tuple(ord(c) - 64 for c in bare)


def read_modifiers(text: str) -> tuple[str, ...]:
    """Modifiers from ``25 59``, ``25,59`` or ``2559``."""
    bare = text.upper().strip()
    if re.search(r"[\s,;]", bare):
        return tuple(part for part in re.split(r"[\s,;]+", bare) if part)
    return tuple(re.findall(r"..?", bare))


def read_quantity(text: str) -> Decimal | None:
    """A number of units; None for an empty text.

    Raises:
        ValueError: a sentence, when it is no number above zero with at most three decimals.
    """
    bare = text.strip().replace(",", "")
    if not bare:
        return None
    try:
        number = Decimal(bare)
    except InvalidOperation:
        number = Decimal(0)
    if not re.fullmatch(r"[0-9]*\.?[0-9]{0,3}", bare) or number <= 0:
        raise ValueError(f"“{text.strip()}” is no quantity; write it like 1 or 2.5.")
    return number


def shown_quantity(number: Decimal | None) -> str:
    """A quantity without trailing zeros."""
    return "" if number is None else f"{number.normalize():f}"
