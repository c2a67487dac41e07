"""Fonts, colours and line breaking of statements, receipts and reports."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from desktop.resources import resource
from desktop.services.formats.documents.text import ascii_text

if TYPE_CHECKING:
    import datetime as dt

REGULAR: Final = "Roboto"
BOLD: Final = "Roboto-Bold"

INK: Final = HexColor("#1F2933")
QUIET: Final = HexColor("#5F6C7B")
RULE: Final = HexColor("#CBD2D9")
TINT: Final = HexColor("#F1F5F7")
ACCENT: Final = HexColor("#1F5F74")

_FILES = {REGULAR: "Roboto-Regular.ttf", BOLD: "Roboto-Bold.ttf"}
_ELLIPSIS = "…"


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, str(resource("fonts", _FILES[name])))
    pdfmetrics.registerFont(font)
    return font


def font(*, bold: bool = False) -> str:
    """The registered name of the text font; loads its file on first use."""
    name = BOLD if bold else REGULAR
    _font(name)
    return name


@lru_cache(maxsize=20_000)
def clean(text: str) -> str:
    """The text in letters that the font has, so that no name turns into boxes.

    Accents are composed first. A letter that the font lacks is written in ASCII where that
    is known, else as a question mark. Control characters become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    known = _font(REGULAR).face.charToGlyph
    out = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if category in {"Cf", "Mn"} and ord(letter) not in known:
            continue
        if category.startswith(("C", "Z")):
            out.append(" ")
        elif ord(letter) in known:
            out.append(letter)
        else:
            out.append(ascii_text(letter) or "?")
    return "".join(out)


@lru_cache(maxsize=50_000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a cleaned text takes."""
    return float(pdfmetrics.stringWidth(text, font(bold=bold), size))


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, or its start with an ellipsis where it is wider than the room."""
    text = clean(text)
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + _ELLIPSIS, size, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + _ELLIPSIS


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines no wider than the room; a word wider than that is broken."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        current = ""
        for word in _broken(clean(paragraph), size, room, bold=bold):
            longer = f"{current} {word}" if current else word
            if current and width(longer, size, bold=bold) > room:
                lines.append(current)
                current = word
            else:
                current = longer
        lines.append(current)
    return lines


def _broken(text: str, size: float, room: float, *, bold: bool) -> list[str]:
    words = []
    for word in text.split():
        rest = word
        while width(rest, size, bold=bold) > room and len(rest) > 1:
            cut = len(rest) - 1
            while cut > 1 and width(rest[:cut], size, bold=bold) > room:
                cut -= 1
            words.append(rest[:cut])
            rest = rest[cut:]
        words.append(rest)
    return words


def long_date(on: dt.date) -> str:
    """A date as a letter says it, whatever the machine's language: ``March 3, 2026``."""
    months = "January February March April May June July August September October November December"
    return f"{months.split()[on.month - 1]} {on.day}, {on.year}"


def short_date(on: dt.date) -> str:
    """A date as a table says it: ``03/09/2026``."""
    return f"{on.month:02d}/{on.day:02d}/{on.year}"
