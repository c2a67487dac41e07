"""Cleaning what is typed, the same way in every record: one line, codes, phones, folded names."""

from __future__ import annotations

import re
import unicodedata

from desktop.models.values import identifiers

_LETTERS = str.maketrans(
    {"Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Æ": "AE", "æ": "ae"}
    | {"Œ": "OE", "œ": "oe", "ß": "ss", "Þ": "TH", "þ": "th"}
)


def one_line(text: str) -> str:
    """A text without control characters and without blanks at the ends or doubled."""
    shown = "".join(" " if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def several_lines(text: str) -> str:
    """A note: its lines kept, control characters and blanks at the ends taken away."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def code(text: str) -> str:
    """A code or identifier: capitals, no blanks."""
    return re.sub(r"\s+", "", one_line(text)).upper()


def phone(text: str) -> str:
    """The ten digits of a US phone number, or the text as it is when it is none."""
    number = identifiers.digits(text)
    if len(number) == 11 and number.startswith("1"):
        number = number[1:]
    return number if len(number) == 10 else one_line(text)


def zip_digits(text: str) -> str:
    """A ZIP code without its dash."""
    return re.sub(r"[\s-]", "", text)


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: ``1 visit``, ``3 visits``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def fold(text: str) -> str:
    """A name as it is compared: capitals without accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in plain.upper() if c.isalnum())
