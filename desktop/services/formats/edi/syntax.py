"""Bytes to segments: the interchange header, its delimiters, and what real files do to them.

Handles byte-order marks, narrative before the header, unpadded headers, dots for spaces,
any delimiters, newline as terminator, indented lines, several interchanges in one file,
UTF-16 (read, and reported), and files without a usable header (delimiters are guessed, and
that is reported).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.formats.edi.elements import clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.services.formats.edi.problems import ProblemList

# Separators may be control characters (1C to 1F), which Python counts among the white space.
_BLANK = " \t\r\n\v\f"
_ISA = re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9 \t\r\n])")
_GUESS = re.compile(r"(?<![A-Za-z0-9])(?:GS|ST|ISA)([^A-Za-z0-9 \t\r\n])")
MAX_INTERCHANGES = 2000
_AFTER_HEADER = ("GS", "TA1", "IEA", "ISB", "ST")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of one interchange; `repetition` is empty before version 00402."""

    element: str
    component: str
    segment: str
    repetition: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One interchange as text: its header's elements (empty when there is none) and segments.

    Attributes:
        header: ISA01-ISA16 at indexes 1-16, spaces trimmed; empty without a readable ISA.
        segments: everything after the header, trimmed, without empty ones.
    """

    header: tuple[str, ...]
    delimiters: Delimiters
    segments: list[str]


def decode(data: bytes, problems: ProblemList) -> str:
    """The file as text; says so when it is not in an encoding that X12 allows."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.error("file", "The file is encoded in UTF-16; X12 files are plain ASCII.")
        return data.decode("utf-16", errors="replace")
    head = data[:200]
    if len(head) > 20 and head[1::2].count(0) > len(head) // 3:
        problems.error("file", "The file is encoded in UTF-16; X12 files are plain ASCII.")
        return data.decode("utf-16-le", errors="replace")
    if len(head) > 20 and head[0::2].count(0) > len(head) // 3:
        problems.error("file", "The file is encoded in UTF-16; X12 files are plain ASCII.")
        return data.decode("utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.warning("file", "The file holds bytes that are not ASCII or UTF-8.")
        return data.decode("latin-1").removeprefix("\xef\xbb\xbf")


def chunks(text: str, problems: ProblemList) -> Iterator[Chunk]:
    """Cut a file into its interchanges, each with its own delimiters."""
    starts = [start for start in _headers(text) if _looks_like_header(text, start)]
    if not starts:
        yield from _without_header(text, problems)
        return
    if len(starts) > MAX_INTERCHANGES:
        problems.error("file", f"Only the first {MAX_INTERCHANGES} interchanges were read.")
        text, starts = text[: starts[MAX_INTERCHANGES]], starts[:MAX_INTERCHANGES]
    before = text[: starts[0]].strip().strip("\x00\ufeff")
    if before:
        _narrative(before, problems)
    for number, start in enumerate(starts, 1):
        end = starts[number] if number < len(starts) else len(text)
        yield _chunk(text[start:end], f"ISA {number}", problems)


def _headers(text: str) -> Iterator[int]:
    """Where ISA stands with a separator behind it and no letter before it."""
    start = text.find("ISA")
    while start >= 0:
        if _ISA.match(text, start):
            yield start
        start = text.find("ISA", start + 3)


def _narrative(before: str, problems: ProblemList) -> None:
    if _GUESS.search(before) and len(before) > 40 and "*" in before:
        problems.error("file", "There are segments before the first ISA header; not read.")
    else:
        problems.warning("file", f"There is text before the ISA header: “{clip(before)}”.")


def _looks_like_header(text: str, start: int) -> bool:
    """Whether ISA here is followed by most of a header, not a word in a sentence."""
    return text[start : start + 140].count(text[start + 3]) >= 5


def _chunk(text: str, where: str, problems: ProblemList) -> Chunk:
    found = _read_header(text)
    if found is None:
        problems.error(where, "The ISA header is torn; its delimiters were guessed.")
        delimiters = _guess_delimiters(text)
        if delimiters is None:
            return Chunk((), Delimiters("*", ":", "~"), [])
        segments = _split(text, delimiters.segment)
        header = _loose_header(segments[0] if segments else "", delimiters)
        return Chunk(header, delimiters, segments[1:])
    delimiters, raw, length = found
    if length != 106:
        problems.warning(where, f"The ISA header has {length} characters instead of 106.")
    dotted = bool(raw[2]) and not raw[2].strip(".")
    if dotted:
        problems.warning(where, "The ISA header holds dots where spaces belong.")
    header = tuple(e.strip().rstrip(".").strip() if dotted else e.strip() for e in raw)
    return Chunk(header, delimiters, _split(text[length:], delimiters.segment))


def _read_header(text: str) -> tuple[Delimiters, list[str], int] | None:
    """Delimiters, raw elements and length with terminator; None when torn."""
    sep = text[3]
    raw = text[:400].split(sep, 16)
    if len(raw) < 17 or len(raw[16]) < 2 or any(len(e) > 40 for e in raw[:16]):
        return None
    component, terminator = raw[16][0], raw[16][1]
    length = sum(len(e) for e in raw[:16]) + 16 + 2
    if terminator == "\r" and raw[16][2:3] == "\n":
        terminator = "\n"
    after = text[length : length + 400].lstrip(_BLANK)
    if len({sep, component, terminator}) < 3 or terminator.isalnum() or component.isalnum():
        return None
    if after and not after.startswith(tuple(tag + sep for tag in _AFTER_HEADER)):
        return None
    raw[16] = component
    repetition = raw[11].strip()
    if repetition.isalnum() or len(repetition) != 1 or repetition in (sep, component, terminator):
        repetition = ""
    return Delimiters(sep, component, terminator, repetition), raw, length


def _loose_header(segment: str, delimiters: Delimiters) -> tuple[str, ...]:
    parts = [e.strip() for e in segment.split(delimiters.element)]
    if parts[0] != "ISA" or len(parts) < 14:
        return ()
    return tuple((parts + [""] * 17)[:17])


def _without_header(text: str, problems: ProblemList) -> Iterator[Chunk]:
    delimiters = _guess_delimiters(text)
    if delimiters is None:
        if text.strip("\x00 \r\n\t\ufeff"):
            problems.error("file", "This is not an X12 file: it has no ISA header.")
        else:
            problems.error("file", "The file is empty.")
        return
    problems.error("file", "The file has no ISA header; its delimiters were guessed.")
    found = _GUESS.search(text)
    yield Chunk((), delimiters, _split(text[found.start() if found else 0 :], delimiters.segment))


def _guess_delimiters(text: str) -> Delimiters | None:
    """Element separator from the first segment tag, terminator from what precedes the next."""
    found = _GUESS.search(text)
    if found is None:
        return None
    sep = found[1]
    following = re.compile(
        r"([^A-Za-z0-9 \t\r\n" + re.escape(sep) + r"]|\n)[ \t\r\n]*"
        r"(?:GS|ST|BHT|BPR|TRN|AK1|AK2|NM1|HL|TA1)" + re.escape(sep)
    ).search(text, found.end())
    if following is None:
        return None
    sample = text[found.start() : found.start() + 5000]
    component = ":"
    for candidate in (":", ">", "|", "<", "\\", "^"):
        if candidate not in (sep, following[1]) and f"HC{candidate}" in sample:
            component = candidate
            break
    if component in (sep, following[1]):
        component = ">" if sep != ">" and following[1] != ">" else "|"
    return Delimiters(sep, component, following[1], "")


def _split(text: str, terminator: str) -> list[str]:
    parts = text.split(terminator)
    if any(terminator + blank in text for blank in _BLANK) or any(
        blank + terminator in text for blank in _BLANK
    ):
        parts = [part.strip(_BLANK) for part in parts]
    elif parts:
        parts[0], parts[-1] = parts[0].strip(_BLANK), parts[-1].strip(_BLANK)
    return [part for part in parts if part]
