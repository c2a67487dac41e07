"""Single X12 elements to values, without ever raising on what a file may hold."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from desktop.models.values.money import MAX_CENTS, ZERO, Money
from desktop.services.formats.edi.problems import ProblemList

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_NUMBER = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})")


def at(elements: Sequence[str], index: int) -> str:
    """The element (or component) at `index`, empty where the segment is shorter."""
    return elements[index] if index < len(elements) else ""


def trimmed(items: Sequence[str]) -> tuple[str, ...]:
    """The non-empty items, in order."""
    return tuple(item for item in items if item)


def read_money(text: str) -> Money | None:
    """An X12 amount (type R or N2 text) in cents; None when it is not one.

    A third decimal is accepted only where it is zero: nothing is ever rounded.
    """
    whole, _, part = text.partition(".")
    if whole.isdigit() and part.isdigit() and len(part) == 2 and len(whole) < 9 and text.isascii():
        return Money(int(whole + part))
    if not _NUMBER.fullmatch(text):
        return None
    whole, _, part = text.lstrip("-").partition(".")
    if part[2:].strip("0"):
        return None
    cents = int(whole or "0") * 100 + int(part[:2].ljust(2, "0"))
    if cents > MAX_CENTS:
        return None
    return Money(-cents if text[0] == "-" else cents)


def read_decimal(text: str) -> Decimal | None:
    """A plain decimal number; None for anything else (``NaN``, ``1E+30``, ``1_000``)."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_date(text: str) -> dt.date | None:
    """A CCYYMMDD date; None when it is no day of the calendar."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_period(kind: str, text: str) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day of a DTP segment's D8 or RD8 value."""
    if kind == "RD8" or (kind != "D8" and "-" in text):
        first, _, last = text.partition("-")
        return read_date(first), read_date(last)
    day = read_date(text[:8])
    return day, day


# No segment of the guides repeats more often inside one loop; a file of garbage might.
MAX_REPEATS = 100


class SetContext:
    """Where a reader stands inside one transaction set; turns elements into values.

    Everything that is not what it should be becomes a problem that names the place, and a
    neutral value; `bad` tells the reader that an amount was among them.
    """

    __slots__ = ("_dates", "_money", "bad", "control", "place", "problems", "segment")

    def __init__(self, control: str) -> None:
        self.control = control
        self.problems = ProblemList()
        self.segment = 0
        self.place = ""
        self.bad = False
        self._money: dict[str, Money] = {"": ZERO}
        self._dates: dict[str, dt.date | None] = {}

    def where(self) -> str:
        """The place in words: set, claim, line, and the segment's number within the set."""
        place = f", {self.place}" if self.place else ""
        return f"ST {self.control}{place} (segment {self.segment})"

    def problem(self, text: str, severity: Literal["error", "warning"] = "error") -> None:
        """Record a problem at this place."""
        if severity == "error":
            self.problems.error(self.where(), text)
        else:
            self.problems.warning(self.where(), text)

    def grown(self, items: tuple[T, ...], *more: T) -> tuple[T, ...]:
        """`items` with `more`, up to a bound that no real file reaches."""
        if len(items) < MAX_REPEATS:
            return (*items, *more)
        self.problem(f"More than {MAX_REPEATS} segments of one kind stand in one loop.")
        return items

    def money(self, text: str, name: str) -> Money:
        """An amount; absent is zero, unreadable is zero with a problem and `bad` set."""
        known = self._money.get(text)
        if known is not None:
            return known
        value = read_money(text)
        if value is None:
            self.bad = True
            self.problem(f"{name} “{clip(text)}” is not an amount of dollars and cents.")
            return ZERO
        self._money[text] = value
        return value

    def known_money(self, text: str) -> Money | None:
        """An amount that informs only: None, without a problem, where it is unreadable."""
        return self._money.get(text) or read_money(text)

    def optional_money(self, text: str, name: str) -> Money | None:
        """An amount, or None where the element is empty or unreadable."""
        if not text:
            return None
        value = read_money(text)
        if value is None:
            self.bad = True
            self.problem(f"{name} “{clip(text)}” is not an amount of dollars and cents.")
        return value

    def decimal(self, text: str, name: str) -> Decimal | None:
        """A number, or None where the element is empty or unreadable (with a problem)."""
        if not text:
            return None
        value = read_decimal(text)
        if value is None:
            self.problem(f"{name} “{clip(text)}” is not a number.", "warning")
        return value

    def date(self, text: str, name: str) -> dt.date | None:
        """A date, or None where the element is empty or no real date (with a problem)."""
        if text in self._dates:
            return self._dates[text]
        if not text:
            return None
        value = read_date(text)
        if value is None:
            self.problem(f"{name} “{clip(text)}” is not a date (CCYYMMDD).", "warning")
            return None
        self._dates[text] = value
        return value


def clip(text: str, width: int = 24) -> str:
    """File content short and printable enough to stand in a sentence."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:width])
    return shown + ("…" if len(text) > width else "")
