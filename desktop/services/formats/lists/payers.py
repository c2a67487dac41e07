"""A list of payers in CSV, whatever its columns are called; knows nothing of the practice.

Clearinghouses publish such lists to their customers, each with its own headings, so that a
person says which column is what; a mapping is proposed by the headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.errors import RuleError
from desktop.models.values import text as plain_text
from desktop.models.values.enums import FilingCode
from desktop.services.formats.lists.table import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS: Final = {
    "name": "Name",
    "electronic_id": "Electronic id",
    "filing_code": "Kind",
    "line1": "Address",
    "line2": "Address, second line",
    "city": "City",
    "state": "State",
    "zip_code": "ZIP code",
    "phone": "Phone",
}
"""Fields of a payer that a column may hold, with their names on the screen."""

_MOST_COLUMNS: Final = 500
"""Every row is filled up to the widest one."""

NEEDED: Final = ("name", "electronic_id")

_HEADINGS: Final = {
    "electronic_id": (
        r"(electronic|edi|professional|claim|cms)?payer(id|code|idnumber|number)",
        r"(payerid|payercode|electronicid|ediid|cpid).*",
        r".*payerid.*",
        r"id|code|number",
    ),
    "name": (
        r"payername",
        r"(insurance|carrier|company|plan|insurer)(company|carrier)?name",
        r"name|payer|payor|insurance|carrier|insurer|insurancecompany|plan|payorname",
        r".*name",
        r"description",
    ),
    "filing_code": (
        r"(claim)?filing(indicator)?(code)?",
        r"(payer|plan|insurance)?(type|kind|category)",
        r"lineofbusiness|lob",
    ),
    "line2": (r"(street)?address(line)?2|line2|suite",),
    "line1": (r"(mailing|street|claims?)?address(line)?1?|street|line1",),
    "city": (r".*city|town",),
    "state": (r"(address|mailing)?state(code)?",),
    "zip_code": (r".*zip(code)?|postal(code)?",),
    "phone": (r".*(phone|telephone)(number|no)?",),
}

_KINDS: Final = {
    FilingCode.MEDICARE_B: "medicare medicareb medicarepartb partb mb",
    FilingCode.MEDICAID: "medicaid mcd mc",
    FilingCode.COMMERCIAL: "commercial com ci private insurance",
    FilingCode.BLUES: "bluecross blueshield bcbs bluecrossblueshield blues bl",
    FilingCode.HMO: "hmo hm",
    FilingCode.PPO: "ppo 12",
    FilingCode.POS_PLAN: "pos pointofservice 13",
    FilingCode.EPO: "epo 14",
    FilingCode.INDEMNITY: "indemnity 15",
    FilingCode.MEDICARE_ADVANTAGE: "medicareadvantage medicarehmo medicarepartc 16",
    FilingCode.TRICARE: "tricare champus ch",
    FilingCode.CHAMPVA: "champva va",
    FilingCode.FECA: "feca federalemployees fi",
    FilingCode.WORKERS_COMPENSATION: "workerscompensation workerscomp workcomp wc",
    FilingCode.AUTO: "auto automobile autoaccident nofault am",
    FilingCode.OTHER: "other zz",
}
_KIND_BY_WORD: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class PayerFile:
    """A list as it stands in the file.

    Attributes:
        headings: of the columns, in order; a column without one is named by its place.
        rows: number of each row as a spreadsheet counts it (the headings are row 1), and its
            cells, as many as there are headings.
        proposed: fields to columns, as far as the headings tell.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    proposed: Mapping[str, int]


def read_payers(data: bytes) -> PayerFile:
    """Read a list with commas, semicolons or tabs, as UTF-8, UTF-16 or Windows-1252.

    Raises:
        RuleError: it cannot be read, or holds no payers; the sentence says why.
    """
    table = read_table(data, "payer list")
    numbered = [
        (number, tuple(plain_text.one_line(cell) for cell in cells))
        for number, cells in enumerate(table, 1)
        if any(cell.strip() for cell in cells)
    ]
    if not numbered:
        raise RuleError("The payer list is empty; choose the file as the clearinghouse gives it.")
    # A title may stand above the headings: those are the first row with two cells or more.
    at = next((i for i, (_, cells) in enumerate(numbered) if sum(map(bool, cells)) > 1), 0)
    width = max(len(cells) for _, cells in numbered[at:])
    if width > _MOST_COLUMNS:
        raise RuleError(
            f"The payer list has {width:,} columns; choose the file as the clearinghouse gives it."
        )
    headings = tuple(
        cell or f"Column {place}" for place, cell in enumerate(_padded(numbered[at][1], width), 1)
    )
    rows = tuple((number, _padded(cells, width)) for number, cells in numbered[at + 1 :])
    if not rows:
        raise RuleError("The payer list holds no payers below its headings.")
    return PayerFile(headings, rows, proposed_mapping(headings))


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


def proposed_mapping(headings: tuple[str, ...]) -> dict[str, int]:
    """Which column is which field, by headings; each column is used once."""
    names = [re.sub(r"[^a-z0-9]", "", heading.lower()) for heading in headings]
    found: dict[str, int] = {}
    for field, patterns in _HEADINGS.items():
        free = (
            at
            for pattern in patterns
            for at, name in enumerate(names)
            if at not in found.values() and re.fullmatch(pattern, name)
        )
        at = next(free, None)
        if at is not None:
            found[field] = at
    return found


def check_mapping(file: PayerFile, mapping: Mapping[str, int]) -> None:
    """Refuse a mapping that lacks a needed field, or names what is not there.

    Raises:
        RuleError: with the sentence to show.
    """
    for field in NEEDED:
        if field not in mapping:
            raise RuleError(f"Choose the column that holds the {FIELDS[field].lower()}.")
    for field, at in mapping.items():
        if field not in FIELDS:
            raise RuleError(f"A payer has no field “{field}”.")
        if not 0 <= at < len(file.headings):
            raise RuleError(f"There is no column {at + 1} in the payer list.")
    if len(set(mapping.values())) < len(mapping):
        raise RuleError("Two fields are taken from the same column; choose a column for each.")


def kind_of(text: str) -> FilingCode | None:
    """The kind of payer by its claim filing code or by usual words; None when it is neither."""
    return _KIND_BY_WORD.get(re.sub(r"[^a-z0-9]", "", text.lower()))
