"""A fee file in CSV: bytes in, rows and problems out; knows nothing of the practice.

Columns by their heading, in any order: `code`, `amount`, and if wanted `modifier`, `title` and
`valid_from`. Comma, semicolon or tab; quoted or not; UTF-8 (with or without mark), UTF-16 with
mark, or Windows-1252.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from desktop.errors import Problem, RuleError
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.models.values.money import Money
from desktop.services.formats.lists.table import read_table

_HEADINGS = {
    "code": "code",
    "cpt": "code",
    "hcpcs": "code",
    "procedure": "code",
    "procedure code": "code",
    "amount": "amount",
    "fee": "amount",
    "price": "amount",
    "charge": "amount",
    "modifier": "modifier",
    "mod": "modifier",
    "title": "title",
    "description": "title",
    "valid_from": "valid_from",
    "valid from": "valid_from",
    "from": "valid_from",
}


@dataclass(frozen=True, slots=True)
class FeeFileRow:
    """One price of the file.

    Attributes:
        number: the row as a spreadsheet counts it; the headings are row 1.
        valid_from: None where the file names no date.
    """

    number: int
    code: str
    modifier: str
    amount: Money
    title: str
    valid_from: dt.date | None


@dataclass(frozen=True, slots=True)
class FeeFile:
    """What a fee file says, and every row that is wrong."""

    rows: tuple[FeeFileRow, ...]
    problems: tuple[Problem, ...]


def read_fees(data: bytes) -> FeeFile:
    """Read a fee file.

    Raises:
        RuleError: the file as a whole cannot be read; the sentence says why.
    """
    table = read_table(data, "fee file")
    if not table or not any(cell.strip() for cell in table[0]):
        raise RuleError("The fee file is empty; its first row names the columns code and amount.")
    columns = _columns(table[0])
    rows: list[FeeFileRow] = []
    problems: list[Problem] = []
    first_seen: dict[tuple[str, str, dt.date | None], int] = {}
    for number, cells in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        texts = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        row, wrong = _row(number, texts)
        key = (row.code, row.modifier, row.valid_from) if row else None
        if key is not None and key in first_seen:
            wrong.append(f"the same code and modifier stand in row {first_seen[key]}")
        elif key is not None:
            first_seen[key] = number
        if wrong:
            problems.append(Problem(f"rows.{number}", f"Row {number}: {'; '.join(wrong)}."))
        elif row:
            rows.append(row)
    if not rows and not problems:
        raise RuleError("The fee file holds no prices below its headings.")
    return FeeFile(tuple(rows), tuple(problems))


def _columns(headings: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, heading in enumerate(headings):
        name = _HEADINGS.get(plain_text.one_line(heading).lower())
        if name is None:
            continue
        if name in columns:
            raise RuleError(f"The fee file has two columns for the {name}; keep one of them.")
        columns[name] = at
    missing = [name for name in ("code", "amount") if name not in columns]
    if missing:
        raise RuleError(
            f"The fee file has no column “{missing[0]}”; its first row must name the columns code "
            "and amount."
        )
    return columns


def _row(number: int, texts: dict[str, str]) -> tuple[FeeFileRow | None, list[str]]:
    wrong = []
    code = plain_text.code(texts["code"])
    problem = identifiers.procedure_problem(code)
    if problem:
        wrong.append(f"“{texts['code']}” is not a procedure code")
    modifier = plain_text.code(texts.get("modifier", ""))
    if modifier and identifiers.modifier_problem(modifier):
        wrong.append(f"“{modifier}” is not a modifier of two letters or digits")
    amount = None
    try:
        amount = Money.parse(texts["amount"])
        if amount < Money(0):
            wrong.append(f"the price {texts['amount']} is below zero")
    except ValueError as error:
        wrong.append("the price is missing" if not texts["amount"] else str(error).rstrip("."))
    title = plain_text.one_line(texts.get("title", ""))
    found = typed.Findings()
    found.free_text("title", title, 100)
    wrong += [p.text.rstrip(".") for p in found.problems]
    valid_from, bad_date = _date(texts.get("valid_from", ""))
    if bad_date:
        wrong.append(bad_date)
    if amount is None:
        return None, wrong
    return FeeFileRow(number, code, modifier, amount, title, valid_from), wrong


def _date(text: str) -> tuple[dt.date | None, str]:
    if not text:
        return None, ""
    us = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        if us:
            return dt.date(int(us[3]), int(us[1]), int(us[2])), ""
        return dt.date.fromisoformat(text), ""
    except ValueError:
        return None, f"“{text}” is not a date; write it like 2026-01-01"
