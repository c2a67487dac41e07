"""What every file that we write has in common: characters, numbers, ISA/GS/ST and trailers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

    from desktop.models.values.money import Money

# Letters that Unicode does not take apart into a base letter and an accent.
_SPECIAL = str.maketrans(
    {
        "ß": "SS",
        "ẞ": "SS",
        "Æ": "AE",
        "æ": "AE",
        "Œ": "OE",
        "œ": "OE",
        "Ø": "O",
        "ø": "O",
        "Ł": "L",
        "ł": "L",
        "Đ": "D",
        "đ": "D",
        "Ð": "D",
        "ð": "D",
        "Þ": "TH",
        "þ": "TH",
        "ı": "I",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
    }
)
# The basic character set without our four delimiters.
_NOT_BASIC = re.compile(r"[^A-Z0-9 !\"&'()+,\-./;?=]+")
_SPACES = re.compile(r" {2,}")


def fold(text: str) -> str:
    """Text in X12's basic character set: upper case, no accents, no delimiters, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.upper()
    if _NOT_BASIC.search(text) is not None:
        text = _NOT_BASIC.sub(" ", text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return text.strip()


class Folder:
    """`fold` with a memory: the same names, towns and streets come back in every claim."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, text: str, limit: int = 80) -> str:
        """The folded text, cut to `limit` characters."""
        if not text:
            return ""
        folded = self._known.get(text)
        if folded is None:
            folded = self._known[text] = fold(text)
        return folded if len(folded) <= limit else folded[:limit].rstrip()


def number(value: Decimal) -> str:
    """A quantity as X12 writes it: no trailing zeros, no exponent, a point only if needed."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def amount(value: Money) -> str:
    """Money as X12 writes it: ``250.5``, ``-40``, ``0``."""
    cents = value.cents
    whole, part = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    if not part:
        return f"{sign}{whole}"
    if part % 10:
        return f"{sign}{whole}.{part:02d}"
    return f"{sign}{whole}.{part // 10}"


def day(value: dt.date) -> str:
    """CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def segment(*elements: str) -> str:
    """One segment without terminator and without trailing empty elements."""
    return "*".join(elements).rstrip("*")


def composite(*components: str) -> str:
    """One composite element without trailing empty components."""
    return ":".join(components).rstrip(":")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, with the numbers that the practice's counters gave.

    Attributes:
        sender_qualifier, receiver_qualifier: ISA05, ISA07 (ZZ, 30, 01, ...).
        interchange_control: ISA13, 1 to 999,999,999; never used twice with one partner.
        group_control: GS06.
        at: the file's date and time, as the partner shall read them.
        usage: ISA15, "T" test or "P" production.
        newline: a newline after each terminator.
    """

    sender_id: str
    receiver_id: str
    interchange_control: int
    group_control: int
    at: dt.datetime
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "T"
    newline: bool = False


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """The body of one set, without ST and SE.

    Attributes:
        control: ST02.
        segments: without terminators.
    """

    kind: str
    control: str
    segments: Sequence[str]


def wrap(envelope: Envelope, group: str, version: str, sets: Sequence[WrittenSet]) -> bytes:
    """A whole file: one ISA, one GS, the sets, and trailers that count them.

    Args:
        envelope: who sends to whom, when, under which numbers.
        group: GS01 (HC, HP, FA, HN).
        version: GS08 and ST03.
        sets: in the file's order, at least one.
    """
    at = envelope.at
    sender, receiver = fold(envelope.sender_id)[:15], fold(envelope.receiver_id)[:15]
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*{envelope.sender_qualifier:2.2}*{sender:15}"
        f"*{envelope.receiver_qualifier:2.2}*{receiver:15}*{at:%y%m%d}*{at:%H%M}*^*00501"
        f"*{envelope.interchange_control:09d}*0*{envelope.usage}*:"
    )
    control = str(envelope.group_control)
    lines = [isa]
    lines.append(
        segment("GS", group, sender, receiver, f"{at:%Y%m%d}", f"{at:%H%M}", control, "X", version)
    )
    for written in sets:
        # The 835 alone names its guide in GS08 only.
        guide = "" if written.kind == "835" else version
        lines.append(segment("ST", written.kind, written.control, guide))
        lines.extend(written.segments)
        lines.append(f"SE*{len(written.segments) + 2}*{written.control}")
    lines.append(f"GE*{len(sets)}*{control}")
    lines.append(f"IEA*1*{envelope.interchange_control:09d}")
    end = "~\n" if envelope.newline else "~"
    return (end.join(lines) + end).encode("ascii")


def set_control(first: int, index: int) -> str:
    """ST02 of the set at `index` (from 0): 4 to 9 digits."""
    return f"{first + index:04d}"
