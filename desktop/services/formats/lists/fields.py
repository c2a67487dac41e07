"""Typed fields of one record of a file, with everything that is wrong in them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.errors import Problem
from desktop.models.values import text as plain_text
from desktop.models.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_YES = {"1": True, "Y": True, "YES": True, "TRUE": True}
_NO = {"0": False, "N": False, "NO": False, "FALSE": False, "": False}


class Fields:
    """Reads typed fields of one record and gathers what is wrong with them."""

    def __init__(self, values: dict[str, Any], where: str, problems: list[Problem]) -> None:
        self.values = values
        self.where = where
        self.problems = problems
        self._count = len(problems)

    @property
    def good(self) -> bool:
        """Whether nothing was found in this record."""
        return len(self.problems) == self._count

    def wrong(self, name: str, text: str) -> None:
        """Note a problem of a field."""
        where = f"{self.where}.{name}" if name else self.where
        self.problems.append(Problem(where, f"{where}: {text}"))

    def known(self, names: set[str]) -> None:
        """Refuse names that are not of the format: a slip would be lost silently."""
        for name in sorted(self.values.keys() - names):
            self.wrong(name, "this field is not of the format; see docs/intake.md.")

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; numbers are taken as they were written."""
        value = self.values.get(name)
        if value is None:
            value = ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.wrong(name, "write a text here.")
            return ""
        found = plain_text.one_line(str(value))
        if required and not found:
            self.wrong(name, "this is missing.")
        return found

    def note(self, name: str) -> str:
        """A text of several lines."""
        value = self.values.get(name, "")
        return plain_text.several_lines(value) if isinstance(value, str) else self.text(name)

    def date(self, name: str, *, required: bool = False) -> dt.date | None:
        """A date, ISO or month/day/year."""
        text = self.text(name, required=required)
        if not text:
            return None
        us = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
        try:
            if us:
                return dt.date(int(us[3]), int(us[1]), int(us[2]))
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        self.wrong(name, f"“{text}” is not a date; write it like 1980-04-05.")
        return None

    def money(self, name: str) -> Money | None:
        """An amount; in JSON a string, so that no cent is lost in a float."""
        if isinstance(self.values.get(name), float):
            self.wrong(name, "write the amount in quotes, like “85.00”.")
            return None
        text = self.text(name)
        if not text:
            return None
        try:
            return Money.parse(text)
        except ValueError as error:
            self.wrong(name, str(error))
            return None

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,6}", text):
            self.wrong(name, f"“{text}” is not a whole number.")
            return default
        return int(text)

    def quantity(self, name: str) -> Decimal:
        """Units, at most three decimals; 1 when they are missing."""
        value = self.values.get(name)
        text = str(value) if isinstance(value, float) else self.text(name)
        if not text:
            return Decimal(1)
        try:
            if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,3})?", text) and Decimal(text) > 0:
                return Decimal(text)
        except InvalidOperation:
            pass
        self.wrong(name, f"“{text}” is not a number of units.")
        return Decimal(1)

    def yes(self, name: str, *, default: bool = False) -> bool:
        """Yes or no, as JSON or as a word."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        if value is None:
            return default
        text = self.text(name).upper()
        if text in _YES or text in _NO:
            return _YES.get(text, False)
        self.wrong(name, "write yes or no.")
        return default

    def choice(self, name: str, options: Mapping[str, T], default: T) -> T:
        """One of a few words."""
        text = self.text(name).upper()
        if not text:
            return default
        if text not in options:
            self.wrong(name, f"“{text}” is none of {', '.join(sorted(options))}.")
            return default
        return options[text]

    def items(self, name: str) -> list[Any]:
        """A list, empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(name, "write a list in [ ] here.")
            return []
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self.items(name)
        if not all(isinstance(each, str) for each in found):
            self.wrong(name, "write a list of texts here.")
            return ()
        return tuple(plain_text.one_line(each) for each in found)
