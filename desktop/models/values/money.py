"""Money in whole cents. The only rounding rule of the program lives here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# 92 billion dollars: far above any practice, far below what the engine's INTEGER holds.
MAX_CENTS = 9_999_999_999_99

_PLAIN = re.compile(r"(?P<sign>-?)\$?(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:\.(?P<part>\d{0,2}))?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of US dollars, held as whole cents; never a float."""

    cents: int = 0

    def __post_init__(self) -> None:
        if type(self.cents) is not int:
            raise TypeError(f"Money takes whole cents, not {self.cents!r}")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``12``, ``-12.5``, ``1,234.56`` or ``$3.00``.

        Raises:
            ValueError: a sentence for the user; three decimals are refused, not rounded.
        """
        bare = text.strip()
        found = _PLAIN.fullmatch(bare) if bare.isascii() else None
        if not found or not (found["whole"] or found["part"]):
            if re.fullmatch(r"-?\$?[\d,]*\.\d{3,}", bare):
                raise ValueError(f"“{bare}” has more than two decimals; write dollars and cents.")
            raise ValueError(f"“{bare}” is not an amount; write it like 85 or 85.50.")
        cents = int(found["whole"].replace(",", "") or "0") * 100
        cents += int((found["part"] or "").ljust(2, "0"))
        if cents > MAX_CENTS:
            raise ValueError(f"“{bare}” is larger than any amount this program takes.")
        return cls(-cents if found["sign"] else cents)

    @classmethod
    def of(cls, amount: Decimal) -> Money:
        """Round a computed amount to cents, half up (the one rounding rule)."""
        return cls(int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def times(self, factor: Decimal | int) -> Money:
        """The amount multiplied, rounded half up to whole cents."""
        return Money.of(Decimal(self.cents) / 100 * factor)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by weights without losing a cent; the remainder goes to the first largest.

        Args:
            weights: non-negative, at least one; all zero means equal shares.
        """
        if not weights or min(weights) < 0:
            raise ValueError("weights must be non-negative and at least one")
        total = sum(weights)
        if total == 0:
            weights, total = [1] * len(weights), len(weights)
        sign = -1 if self.cents < 0 else 1
        whole = abs(self.cents)
        shares = [whole * w // total for w in weights]
        rest = whole - sum(shares)
        order = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in order[:rest]:
            shares[i] += 1
        return [Money(sign * s) for s in shares]

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __abs__(self) -> Money:
        return Money(abs(self.cents))

    def __bool__(self) -> bool:
        return self.cents != 0

    def __lt__(self, other: Money) -> bool:
        return self.cents < other.cents

    def __str__(self) -> str:
        """Plain with two decimals, as JSON and CSV carry it: ``-1234.50``."""
        sign = "-" if self.cents < 0 else ""
        whole, part = divmod(abs(self.cents), 100)
        return f"{sign}{whole}.{part:02d}"

    @property
    def shown(self) -> str:
        """With thousands separators, as screens and statements show it: ``-1,234.50``."""
        sign = "-" if self.cents < 0 else ""
        whole, part = divmod(abs(self.cents), 100)
        return f"{sign}{whole:,}.{part:02d}"


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts; zero for none."""
    return Money(sum(a.cents for a in amounts))
