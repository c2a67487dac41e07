"""Plain boxes for looking at a filled CMS-1500 on screen.

The printed form is copyrighted artwork. These boxes, their labels and their looks are our own;
they only stand where the grid needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.colors import HexColor

from desktop.services.formats.documents.cms1500_grid import (
    CELLS,
    LETTERS,
    LINES_A_FORM,
    baseline,
    left,
)

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

BOXES: Final = "plain-boxes"

_RULE = HexColor("#C9A7A2")
_LABEL = HexColor("#8A5A55")
_SHADE = HexColor("#F6ECEA")
# A row is 12 points high; its text sits this far above the row's lower edge.
_BELOW, _ABOVE = 2.9, 9.1
_L, _M, _R = 0.6, 49.4, 79.0


class Box(NamedTuple):
    """A box from one line to another, between two column edges, with its label."""

    label: str
    first: int
    last: int
    start: float
    end: float


_PERSON = (
    Box("2  Patient", 9, 10, _L, 29.6),
    Box("3  Born, sex", 9, 10, 29.6, _M),
    Box("4  Insured", 9, 10, _M, _R),
    Box("5  Patient's street", 11, 12, _L, 29.6),
    Box("6  Patient is the insured's", 11, 12, 29.6, _M),
    Box("7  Insured's street", 11, 12, _M, _R),
    Box("City", 13, 14, _L, 25.4),
    Box("State", 13, 14, 25.4, 29.6),
    Box("8", 13, 16, 29.6, _M),
    Box("City", 13, 14, _M, 73.4),
    Box("State", 13, 14, 73.4, _R),
    Box("ZIP", 15, 16, _L, 13.4),
    Box("Phone", 15, 16, 13.4, 29.6),
    Box("ZIP", 15, 16, _M, 63.4),
    Box("Phone", 15, 16, 63.4, _R),
)
_COVER = (
    Box("1  Kind of insurance", 7, 8, _L, _M),
    Box("1a  Insured's ID", 7, 8, _M, _R),
    Box("9  Other insured", 17, 18, _L, 29.6),
    Box("10  Because of", 17, 18, 29.6, _M),
    Box("11  Group or FECA number", 17, 18, _M, _R),
    Box("9a  Other policy", 19, 20, _L, 29.6),
    Box("10a  Work", 19, 20, 29.6, _M),
    Box("11a  Insured born, sex", 19, 20, _M, _R),
    Box("9b", 21, 22, _L, 29.6),
    Box("10b  Car accident, state", 21, 22, 29.6, _M),
    Box("11b  Other claim number", 21, 22, _M, _R),
    Box("9c", 23, 24, _L, 29.6),
    Box("10c  Other accident", 23, 24, 29.6, _M),
    Box("11c  Plan", 23, 24, _M, _R),
    Box("9d  Other plan", 25, 26, _L, 29.6),
    Box("10d  Condition codes", 25, 26, 29.6, _M),
    Box("11d  Another plan?", 25, 26, _M, _R),
    Box("12  Patient's signature, date", 27, 30, _L, _M),
    Box("13  Insured's signature", 27, 30, _M, _R),
)
_CLAIM = (
    Box("14  Illness, injury or LMP", 31, 32, _L, 29.6),
    Box("15  Other date", 31, 32, 29.6, _M),
    Box("16  Unable to work, from and to", 31, 32, _M, _R),
    Box("17  Referring", 33, 34, _L, 28.2),
    Box("17a", 33, 33, 28.2, _M),
    Box("17b", 34, 34, 28.2, _M),
    Box("18  In hospital, from and to", 33, 34, _M, _R),
    Box("19  Further information", 35, 36, _L, _M),
    Box("20  Outside lab, charge", 35, 36, _M, _R),
    Box("21  Diagnoses", 37, 40, _L, _M),
    Box("22  Resubmission, original number", 37, 38, _M, _R),
    Box("23  Authorization", 39, 40, _M, _R),
)
_FOOT = (
    Box("25  Tax ID", 55, 56, _L, 20.6),
    Box("26  Account", 55, 56, 20.6, 36.8),
    Box("27  Assigned?", 55, 56, 36.8, _M),
    Box("28  Charge", 55, 56, _M, 60.8),
    Box("29  Paid", 55, 56, 60.8, 70.6),
    Box("30", 55, 56, 70.6, _R),
    Box("31  Provider's signature, date", 57, 61, _L, 22.4),
    Box("32  Place of service", 57, 60, 22.4, _M),
    Box("33  Billing provider", 57, 60, _M, _R),
    Box("a", 61, 61, 22.4, 34.8),
    Box("b", 61, 61, 34.8, _M),
    Box("a", 61, 61, _M, 61.6),
    Box("b", 61, 61, 61.6, _R),
)
_COLUMNS = (
    ("24A  From, to", _L, 18.4),
    ("B", 18.4, 21.4),
    ("C", 21.4, 24.4),
    ("D  Procedure, modifiers", 24.4, 44.4),
    ("E", 44.4, _M),
    ("F  Charge", _M, 58.4),
    ("G", 58.4, 62.3),
    ("H", 62.3, 64.4),
    ("I", 64.4, 67.4),
    ("J  Rendering", 67.4, _R),
)
_CHOICES = {
    "1.medicare": "Medicare", "1.medicaid": "Medicaid", "1.tricare": "Tricare",
    "1.champva": "ChampVA", "1.group": "Group", "1.feca": "FECA", "1.other": "Other",
    "6.self": "self", "6.spouse": "spouse", "6.child": "child", "6.other": "oth.",
    "25.ssn": "SSN", "25.ein": "EIN",
}  # fmt: skip


def define_boxes(canvas: Canvas) -> None:
    """Draw the boxes once as the form XObject `BOXES`; each page then only refers to it."""
    canvas.beginForm(BOXES, 0, 0, 612, 792)
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.5)
    _service_rows(canvas)
    for box in (*_COVER, *_PERSON, *_CLAIM, *_FOOT):
        _box(canvas, box)
    for letter in LETTERS:
        cell = CELLS[f"21{letter}"]
        _text(canvas, left(cell.column) - 6, baseline(cell.line) + 1, letter)
        canvas.line(left(cell.column), baseline(cell.line) - 2, left(cell.column + 7),
                    baseline(cell.line) - 2)  # fmt: skip
    for key, cell in CELLS.items():
        if cell.width == 1 and not key.startswith(("24", "21")):
            _choice(canvas, key, cell.line, cell.column)
    canvas.endForm()


def _top(line: int) -> float:
    return baseline(line) + _ABOVE


def _bottom(line: int) -> float:
    return baseline(line) - _BELOW


def _box(canvas: Canvas, box: Box) -> None:
    x, y = left(box.start), _bottom(box.last)
    canvas.rect(x, y, left(box.end) - x, _top(box.first) - y, stroke=1, fill=0)
    _text(canvas, x + 2, _top(box.first) - 6.5, box.label)


def _text(canvas: Canvas, x: float, y: float, text: str) -> None:
    canvas.setFillColor(_LABEL)
    canvas.setFont("Helvetica", 5.5)
    canvas.drawString(x, y, text)


def _choice(canvas: Canvas, key: str, line: int, column: int) -> None:
    canvas.rect(left(column) - 0.6, baseline(line) - 1.6, 8.4, 9.6, stroke=1, fill=0)
    part = key.partition(".")[2]
    short = {"yes": "yes", "no": "no", "male": "M", "female": "F"}.get(part, "")
    # Item 25 has its two boxes side by side: their names stand above them.
    x, y = (left(column) - 1, 10) if key.startswith("25") else (left(column) + 9, 1)
    _text(canvas, x, baseline(line) + y, _CHOICES.get(key, short))


def _service_rows(canvas: Canvas) -> None:
    for n in range(1, LINES_A_FORM + 1):
        x, y = left(_L), _bottom(41 + 2 * n)
        canvas.setFillColor(_SHADE)
        canvas.rect(x, y, left(_R) - x, 12, stroke=0, fill=1)
        _text(canvas, 8, baseline(42 + 2 * n), str(n))
    for label, start, end in _COLUMNS:
        _box(canvas, Box(label, 41, 42, start, end))
        for n in range(1, LINES_A_FORM + 1):
            _box(canvas, Box("", 41 + 2 * n, 42 + 2 * n, start, end))
