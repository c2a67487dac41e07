"""Where each part of a CMS-1500 (02/12) stands on its grid of 10 columns and 6 lines an inch.

A line counts from the top of the letter sheet (66 lines). Source: the government print matrix
for the 02/12 form, measured on the form itself.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LINES_A_FORM: Final = 6
DIAGNOSES_A_FORM: Final = 12
LETTERS: Final = "ABCDEFGHIJKL"

# Inches from the sheet's left edge to column 1, and from its top to the baseline of line 0.
LEFT_INCHES: Final = 0.32
TOP_INCHES: Final = 0.267

PAGE_WIDTH: Final = 612.0
PAGE_HEIGHT: Final = 792.0


class Cell(NamedTuple):
    """A run of character cells on one line; `right` sets text flush to the last column."""

    line: int
    column: int
    width: int
    right: bool = False


class PlacedField(NamedTuple):
    """One text on the grid.

    Attributes:
        item: the form's item, then its part: ``1a``, ``3.month``, ``24E.2`` (second line).
        text: what is printed; empty when a figure would not fit and must not be cut.
        line: from the top of the sheet, 1-66.
        column: of the first character, 1-78.
        cut: the value was longer than its cells.
    """

    item: str
    text: str
    line: int
    column: int
    cut: bool = False


def _header() -> dict[str, Cell]:
    cells = {f"carrier.{i + 1}": Cell(2 + i, 41, 31) for i in range(4)}
    boxes = {"medicare": 1, "medicaid": 8, "tricare": 15, "champva": 24, "group": 31}
    boxes |= {"feca": 39, "other": 45}
    cells |= {f"1.{name}": Cell(8, column, 1) for name, column in boxes.items()}
    cells |= {"1a": Cell(8, 50, 29), "2": Cell(10, 1, 28), "4": Cell(10, 50, 29)}
    cells |= _date("3", 10, 31, 34, 37) | {"3.male": Cell(10, 42, 1), "3.female": Cell(10, 47, 1)}
    cells |= {
        "5.street": Cell(12, 1, 28), "5.city": Cell(14, 1, 24), "5.state": Cell(14, 26, 2),
        "5.zip": Cell(16, 1, 9), "5.area": Cell(16, 15, 3), "5.phone": Cell(16, 19, 7),
        "6.self": Cell(12, 33, 1), "6.spouse": Cell(12, 38, 1), "6.child": Cell(12, 42, 1),
        "6.other": Cell(12, 47, 1),
        "7.street": Cell(12, 50, 29), "7.city": Cell(14, 50, 23), "7.state": Cell(14, 74, 2),
        "7.zip": Cell(16, 50, 9), "7.area": Cell(16, 65, 3), "7.phone": Cell(16, 69, 7),
        "9": Cell(18, 1, 28), "9a": Cell(20, 1, 28), "9d": Cell(26, 1, 28),
        "10a.yes": Cell(20, 35, 1), "10a.no": Cell(20, 41, 1),
        "10b.yes": Cell(22, 35, 1), "10b.no": Cell(22, 41, 1), "10b.state": Cell(22, 45, 2),
        "10c.yes": Cell(24, 35, 1), "10c.no": Cell(24, 41, 1), "10d": Cell(26, 30, 19),
        "11": Cell(18, 50, 29),
        "11a.male": Cell(20, 68, 1), "11a.female": Cell(20, 75, 1),
        "11b.qualifier": Cell(22, 50, 2), "11b": Cell(22, 53, 26), "11c": Cell(24, 50, 29),
        "11d.yes": Cell(26, 52, 1), "11d.no": Cell(26, 57, 1),
        "12": Cell(30, 7, 24), "12.date": Cell(30, 38, 10), "13": Cell(30, 55, 21),
    }  # fmt: skip
    return cells | _date("11a", 20, 53, 56, 59)


def _date(item: str, line: int, month: int, day: int, year: int) -> dict[str, Cell]:
    return {
        f"{item}.month": Cell(line, month, 2),
        f"{item}.day": Cell(line, day, 2),
        f"{item}.year": Cell(line, year, 4),
    }


def _middle() -> dict[str, Cell]:
    cells = _date("14", 32, 2, 5, 8) | {"14.qualifier": Cell(32, 16, 3)}
    cells |= {"15.qualifier": Cell(32, 31, 3)} | _date("15", 32, 37, 40, 43)
    for item, line in (("16", 32), ("18", 34)):
        cells |= _date(f"{item}.from", line, 54, 57, 60) | _date(f"{item}.to", line, 68, 71, 74)
    cells |= {
        "17.qualifier": Cell(34, 1, 2), "17": Cell(34, 4, 24),
        "17a.qualifier": Cell(33, 30, 2), "17a": Cell(33, 33, 15), "17b": Cell(34, 33, 10),
        "19.above": Cell(35, 1, 48), "19": Cell(36, 1, 48),
        "20.yes": Cell(36, 52, 1), "20.no": Cell(36, 57, 1), "20": Cell(36, 62, 9, right=True),
        "21.indicator": Cell(37, 42, 1),
        "22": Cell(38, 50, 11), "22.original": Cell(38, 62, 17), "23": Cell(40, 50, 29),
    }  # fmt: skip
    for i, letter in enumerate(LETTERS):
        cells[f"21{letter}"] = Cell(38 + i // 4, 3 + 13 * (i % 4), 7)
    return cells


def _lines() -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for n in range(1, LINES_A_FORM + 1):
        shaded, line = 41 + 2 * n, 42 + 2 * n
        parts = {"A.from.month": (1, 2), "A.from.day": (4, 2), "A.from.year": (7, 2)}
        parts |= {"A.to.month": (10, 2), "A.to.day": (13, 2), "A.to.year": (16, 2)}
        parts |= {"B": (19, 2), "C": (22, 1), "D": (25, 6), "E": (45, 4), "G": (59, 3)}
        parts |= {"D.modifier1": (33, 2), "D.modifier2": (36, 2), "D.modifier3": (39, 2)}
        parts |= {"D.modifier4": (42, 2), "H": (63, 1), "I": (65, 2), "J": (68, 10)}
        for part, (column, width) in parts.items():
            letter, _, rest = part.partition(".")
            cells[f"24{letter}.{n}" + (f".{rest}" if rest else "")] = Cell(line, column, width)
        cells[f"24F.{n}.dollars"] = Cell(line, 50, 5, right=True)
        cells[f"24F.{n}.cents"] = Cell(line, 56, 2)
        cells[f"24.{n}.shaded"] = Cell(shaded, 1, 61)
        cells[f"24I.{n}.shaded"] = Cell(shaded, 65, 2)
        cells[f"24J.{n}.shaded"] = Cell(shaded, 68, 11)
    return cells


def _footer() -> dict[str, Cell]:
    return {
        "25": Cell(56, 1, 15), "25.ssn": Cell(56, 17, 1), "25.ein": Cell(56, 19, 1),
        "26": Cell(56, 23, 14), "27.yes": Cell(56, 38, 1), "27.no": Cell(56, 43, 1),
        "28.dollars": Cell(56, 51, 6, right=True), "28.cents": Cell(56, 58, 2),
        "29.dollars": Cell(56, 62, 5, right=True), "29.cents": Cell(56, 68, 2),
        "31": Cell(60, 1, 21), "31.date": Cell(61, 6, 8),
        "32.name": Cell(58, 23, 26), "32.street": Cell(59, 23, 26), "32.city": Cell(60, 23, 26),
        "32a": Cell(61, 24, 10), "32b": Cell(61, 36, 13),
        "33.area": Cell(57, 66, 3), "33.phone": Cell(57, 70, 9),
        "33.name": Cell(58, 50, 29), "33.street": Cell(59, 50, 29), "33.city": Cell(60, 50, 29),
        "33a": Cell(61, 51, 10), "33b": Cell(61, 63, 16),
    }  # fmt: skip


CELLS: Final[dict[str, Cell]] = _header() | _middle() | _lines() | _footer()


def left(column: float) -> float:
    """Points from the sheet's left edge to the left edge of a character cell."""
    return 72 * (LEFT_INCHES + 0.1 * (column - 1))


def baseline(line: float) -> float:
    """Points from the sheet's bottom up to the baseline of a line."""
    return PAGE_HEIGHT - 72 * (TOP_INCHES + line / 6)
