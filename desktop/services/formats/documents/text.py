"""Text as paper forms want it: capitals of plain ASCII, without punctuation."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ß": "ss",
        "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH",
        "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-",
        "‑": "-", "\t": " ", "\n": " ", "\r": " ",
    }
)  # fmt: skip
_CONTROLS = dict.fromkeys((*range(32), 127))
_PUNCTUATION = "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"
# A joining sign parts two words ("A/B", "Smith&Co"); others only decorate one ("O'Brien").
_PLAIN = str.maketrans({c: " " if c in "&/,+;:\\|_" else None for c in _PUNCTUATION})
_IDENTIFIER = str.maketrans(dict.fromkeys(_PUNCTUATION + "- "))


def ascii_text(text: str) -> str:
    """The text in ASCII: accents dropped, letters without base spelled out, others left out."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = text.encode("ascii", "ignore").decode("ascii")
    elif text.isprintable():
        return text
    return text.translate({9: " ", 10: " ", 13: " "}).translate(_CONTROLS)


def capitals(text: str) -> str:
    """Free text of a form (item 19, descriptions): ASCII capitals, single spaces."""
    return " ".join(ascii_text(text).upper().split())


def plain(text: str) -> str:
    """A name or address of a form: ASCII capitals, digits and hyphens, single spaces."""
    return " ".join(ascii_text(text).upper().translate(_PLAIN).split())


def identifier(text: str) -> str:
    """An id as forms want it: ASCII capitals and digits, without dashes or spaces."""
    return ascii_text(text).upper().translate(_IDENTIFIER)
