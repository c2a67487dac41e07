"""Numbers that are never given twice, taken inside the transaction that uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.core import counters

if TYPE_CHECKING:
    from desktop.services.core.work import Work

CLAIM = "claim number"
INTERCHANGE = "interchange control"
GROUP = "group control"
PRINT = "print run"
RECEIPT = "receipt"

_MOST_INTERCHANGES = 999_999_999
# More than a practice sends between two backups.
_LEAP = 10_000


def claim_numbers(work: Work, count: int) -> list[str]:
    """New claim control numbers (CLM01, item 26), unique for ever.

    They begin with a letter, because payers drop leading zeros, and have ten characters, so
    that item 26 (14) and the payers' 20 always hold them.
    """
    if count == 0:
        return []
    first = counters.take(work, CLAIM, count)
    return [f"C{number:09d}" for number in range(first, first + count)]


def receipt_number(work: Work) -> str:
    """The number of a new receipt, of a patient or by a remittance: ``R000017``."""
    return f"R{counters.take(work, RECEIPT):06d}"


def interchange_number(work: Work) -> int:
    """A new ISA13.

    Raises:
        RuleError: all nine digits are used up.
    """
    number = counters.take(work, INTERCHANGE)
    if number > _MOST_INTERCHANGES:
        raise RuleError("All interchange control numbers (ISA13) are used up.")
    return number


def skip_after_restore(work: Work) -> None:
    """Leap over the numbers that may have gone out after the backup was made."""
    for name in (CLAIM, INTERCHANGE, GROUP, PRINT):
        counters.take(work, name, _LEAP)
