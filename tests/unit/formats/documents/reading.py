"""Reads the text of our PDFs back with its positions; needs no outside program."""

from __future__ import annotations

import re
from io import BytesIO
from typing import NamedTuple

import pikepdf


class Shown(NamedTuple):
    """One text: points from the left and from the top, its size, and what it says."""

    x: float
    y: float
    size: float
    text: str


def pages(pdf: bytes) -> list[list[Shown]]:
    """Every page's texts in the order of drawing."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [_page(page) for page in document.pages]


def text(pdf: bytes) -> str:
    """The text of all pages, one drawn text a line."""
    return "\n".join(shown.text for page in pages(pdf) for shown in page)


def rows(page: list[Shown]) -> list[str]:
    """A page's texts joined by baseline, from top to bottom and left to right."""
    lines: dict[float, list[Shown]] = {}
    for shown in page:
        lines.setdefault(round(shown.y, 1), []).append(shown)
    return ["  ".join(s.text for s in sorted(line)) for _, line in sorted(lines.items())]


def _page(page: pikepdf.Page) -> list[Shown]:
    height = float(page.mediabox[3])
    fonts = {name: _letters(font) for name, font in page.Resources.Font.items()}
    found: list[Shown] = []
    x = y = size = 0.0
    font, started = "", False
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator == "Tm":
            x, y, started = float(operands[4]), float(operands[5]), False
        elif operator == "Tf":
            font, size = str(operands[0]), float(operands[1])
        elif operator == "Tj":
            raw = bytes(operands[0])
            said = "".join(fonts[font].get(code, "\x00") for code in raw)
            if started:
                said = found.pop().text + said
            found.append(Shown(x, height - y, size, said))
            started = True
    return found


def _letters(font: pikepdf.Object) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {code: bytes([code]).decode("cp1252", "replace") for code in range(256)}
    table = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"^<([0-9A-F]{2})> <([0-9A-F]{4})>$", table, re.MULTILINE)
    return {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}
