"""Cleaning and checking what is typed, the same way in every record of registration."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from desktop.errors import LostUpdate, Problem, RuleError
from desktop.models.values import identifiers

CARD_TEXT = (
    "This looks like a payment-card number, which is never kept here; write only the "
    "terminal's reference."
)
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


class Findings:
    """Gathers the problems of one record, each with its field."""

    def __init__(self, prefix: str = "") -> None:
        self.problems: list[Problem] = []
        self._prefix = prefix

    def add(self, field: str, text: str | None) -> None:
        """Note a problem; None, the answer of a passed check, is no problem."""
        if text:
            self.problems.append(Problem(self._prefix + field, text))

    def require(self, field: str, value: object, text: str) -> None:
        """Note a problem when nothing was entered."""
        if value is None or value == "":
            self.add(field, text)

    def free_text(self, field: str, text: str, limit: int = 120) -> None:
        """Check a text in which anything may be written: length, and no card number."""
        if len(text) > limit:
            self.add(field, f"This is {len(text) - limit} characters too long.")
        if identifiers.looks_like_card_number(text):
            self.add(field, CARD_TEXT)

    def free_texts(self, texts: Mapping[str, str], limit: int = 120) -> None:
        """Check several texts; see `free_text`."""
        for field, text in texts.items():
            self.free_text(field, text, limit)

    def phone(self, field: str, number: str) -> None:
        """Check a phone number, which may be missing."""
        if number and not re.fullmatch(r"[0-9]{10}", number):
            self.add(field, f"“{number}” is not a phone number; write ten digits with area code.")

    def email(self, field: str, address: str) -> None:
        """Check an e-mail address, which may be missing."""
        if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            self.add(field, f"“{address}” is not an e-mail address.")

    def not_ahead(self, field: str, day: dt.date | None, today: dt.date, what: str) -> None:
        """Check that a date does not lie in the future."""
        if day is not None and day > today:
            self.add(field, f"{what} {day:%m/%d/%Y} lies in the future.")

    def address(
        self,
        line1: str,
        city: str,
        state: str,
        zip_code: str,
        *,
        prefix: str = "",
        required: bool = False,
        nine: bool = False,
    ) -> None:
        """Check an address: whole or none at all, a real state, 5 or 9 digits of ZIP."""
        if not required and not (line1 or city or state or zip_code):
            return
        self.require(f"{prefix}line1", line1, "Enter the street.")
        self.require(f"{prefix}city", city, "Enter the city.")
        if state:
            self.add(f"{prefix}state", identifiers.state_problem(state))
        else:
            self.add(f"{prefix}state", "Enter the state, such as IL.")
        if zip_code:
            self.add(f"{prefix}zip_code", identifiers.zip_problem(zip_code, nine=nine))
        else:
            self.add(f"{prefix}zip_code", "Enter the ZIP code.")

    def raise_if_any(self) -> None:
        """Refuse the record if anything was found.

        Raises:
            RuleError: with all problems.
        """
        if self.problems:
            raise RuleError(self.problems)


def sentence(problems: Iterable[Problem]) -> str:
    """Problems as one text for a list that has no fields."""
    return " ".join(p.text for p in problems)
