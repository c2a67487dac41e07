"""Checking what is typed: gathers the problems of one record, each with its field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.errors import Problem, RuleError
from desktop.models.values import identifiers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

CARD_TEXT = (
    "This looks like a payment-card number, which is never kept here; write only the "
    "terminal's reference."
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
