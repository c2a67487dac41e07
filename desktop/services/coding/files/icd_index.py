"""The Alphabetic Index of ICD-10-CM: diseases, external causes, neoplasm and drug tables.

Four XML files with root ``ICD10CM.index``. Each term, with the terms that it stands below, is
a phrase that leads to its code; the tables give one phrase for each column. The phrases become
search terms of the release of their year and stay in force until the next index of their kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from desktop.clock import stamp
from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import (
    ICD10CM,
    ImportResult,
    NeedsDay,
    Progress,
    RejectedLine,
)
from desktop.services.coding.files.streams import Reading
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.index import Term, write_terms
from desktop.services.coding.releases.systems import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK = 1 << 16
_DEEPEST = 20
"""The official files go nine levels down."""
_LONGEST = 400
"""Characters of a phrase; the longest official ones have less than half."""

_CODE = re.compile(r"(?=\D*\d)[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?")
_TERMS = frozenset({"mainTerm", "term"})
_TEXTS = frozenset("title nemod code manif see seeAlso seecat subcat cell head version".split())

_COLUMNS = {
    "drug": {
        "accidental": "poisoning, accidental (unintentional)",
        "self-harm": "poisoning, intentional self-harm",
        "assault": "poisoning, assault",
        "undetermined": "poisoning, undetermined",
        "adverse": "adverse effect",
        "underdosing": "underdosing",
    },
    "neoplasm": {
        "primary": "malignant (primary)",
        "secondary": "malignant secondary",
        "situ": "carcinoma in situ",
        "benign": "benign",
        "uncertain": "uncertain behavior",
        "unspecified": "unspecified behavior",
    },
}
"""What a column says, by a word of its heading; the heading itself where none is found."""


@dataclass(slots=True)
class _Frame:
    """A term that is open, with what it said so far."""

    line: int
    title: str = ""
    codes: list[str] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    see: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A phrase of the index: the codes it gives, or the phrase that it refers to."""

    line: int
    text: str
    codes: tuple[str, ...]
    see: str


@dataclass(slots=True)
class _Index:
    """The file as read."""

    year: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)


class _Reader:
    """Receives the events of the XML; keeps only what is open and the phrases found."""

    def __init__(self, name: str, kind: str, parser: expat.XMLParserType) -> None:
        self.index = _Index()
        self._name = name
        self._kind = kind
        self._parser = parser
        self._frames: list[_Frame] = []
        self._texts: list[list[str]] = []
        self._column = ""
        self._is_root = True
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _doctype(self, *_: object) -> None:
        raise RuleError(f"{self._name} declares a document type, which no official index does.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._is_root and tag != "ICD10CM.index":
            raise RuleError(f"{self._name} is not an index of ICD-10-CM.")
        self._is_root = False
        if tag in _TERMS:
            if len(self._frames) >= _DEEPEST:
                raise RuleError(f"{self._name} is no official index: its terms go too deep.")
            self._frames.append(_Frame(self._parser.CurrentLineNumber))
        elif tag in _TEXTS:
            self._texts.append([])
            self._column = attributes.get("col", "")

    def _characters(self, data: str) -> None:
        if self._texts:
            self._texts[-1].append(data)

    def _end(self, tag: str) -> None:
        if tag in _TERMS:
            self._close(self._frames.pop())
        elif tag in _TEXTS:
            text = " ".join("".join(self._texts.pop()).split())
            if self._frames:
                self._say(self._frames[-1], tag, text)
            elif tag == "head":
                self.index.columns[self._column] = self._heading(text)
            elif tag == "version" and re.fullmatch(r"20[1-9]\d\b.*", text):
                self.index.year = int(text[:4])

    def _heading(self, text: str) -> str:
        words = _COLUMNS.get(self._kind, {})
        return next((own for word, own in words.items() if word in text.lower()), text)

    def _say(self, frame: _Frame, tag: str, text: str) -> None:
        if tag == "title":
            frame.title = text
        elif tag == "nemod" and self._texts:
            # Words that change nothing stand in brackets, which the search may leave out.
            self._texts[-1].append(f" {text if text.startswith('(') else f'({text})'}")
        elif tag in {"code", "manif", "subcat"}:
            frame.codes.append(text)
        elif tag == "cell":
            frame.cells.append((self._column, text))
        elif tag == "see":
            frame.see = text

    def _close(self, frame: _Frame) -> None:
        path = [f.title for f in self._frames] + [frame.title]
        text = ", ".join(title for title in path if title)[:_LONGEST]
        if not text:
            return
        if frame.codes or frame.see:
            codes = tuple(code for given in frame.codes if (code := self._code(frame, given)))
            self.index.entries.append(_Entry(frame.line, text, codes, frame.see))
        for column, given in frame.cells:
            code = self._code(frame, given)
            if code and column != "1":
                said = self.index.columns.get(column, "")
                is_site = self._kind == "neoplasm" and not text.lower().startswith("neoplasm")
                head = f"Neoplasm, {text}" if is_site else text
                entry = _Entry(frame.line, f"{head}, {said}".strip(", "), (code,), "")
                self.index.entries.append(entry)

    def _code(self, frame: _Frame, given: str) -> str:
        """The code without dot; one that is to be completed (S52.5-) is that of its heading."""
        text = given.upper().rstrip("-–. ")
        if not text:
            return ""
        if _CODE.fullmatch(text) is None:
            self.index.rejected.append(RejectedLine(frame.line, f"“{given[:20]}” is no code"))
            return ""
        return text.replace(".", "")


def _read(reading: Reading, kind: str) -> _Index:
    part = reading.part
    part.refuse_huge()
    parser = expat.ParserCreate()
    reader = _Reader(part.name, kind, parser)
    try:
        with part.open() as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)  # noqa: FBT003 (not the last)
                reading.kept = len(reader.index.entries)
                reading.report("terms")
            parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, ValueError, LookupError) as e:
        raise RuleError(
            f"{part.name} is torn or not XML (line {parser.CurrentLineNumber}); download it again."
        ) from e
    return reader.index


# --- phrases to codes -----------------------------------------------------------------------

_BRACKETS = re.compile(r"\([^()]*\)")


def _key(text: str) -> str:
    """A phrase as another refers to it: without what changes nothing."""
    parts = (" ".join(part.split()) for part in _BRACKETS.sub(" ", text).lower().split(","))
    return ",".join(part for part in parts if part)


def _terms(index: _Index, kind: str, known: set[str]) -> Iterator[Term]:
    """The phrases with the codes that they give or, where they say “see”, are referred to."""
    by_key: dict[str, tuple[str, ...]] = {}
    for entry in index.entries:
        if entry.codes:
            by_key.setdefault(_key(entry.text), entry.codes)
    for entry in index.entries:
        codes = entry.codes or (by_key.get(_key(entry.see), ()) if entry.see else ())
        for code in codes:
            if code in known:
                yield Term(code, kind, entry.text)
            elif entry.codes:
                wrong = RejectedLine(entry.line, f"{code} is no code of this year")
                index.rejected.append(wrong)


def _import(job: Import, part: Part, kind: str) -> ImportResult:
    index = _read(Reading(job, part), kind)
    draft = _draft(job, part, kind, index.year)
    base = systems.covering(job.connection, ICD10CM, draft.valid_from)
    if base is None or base.valid_from != draft.valid_from:
        year = systems.fiscal_year_of(draft.valid_from)
        raise RuleError(
            f"{part.name} leads to the codes of fiscal year {year}, whose code list is not loaded "
            f"yet; import icd10cm_order_{year}.txt first."
        )
    number = systems.system_id(job.connection, ICD10CM)
    terms = list(dict.fromkeys(_terms(index, kind, _codes_on(job, number, draft))))
    _refuse_damaged(job, draft, terms, index)
    window = systems.window(job.connection, number, draft.valid_from, frozenset({kind}))
    added = write_terms(job.connection, window, terms, _scaled(job.progress), kind=kind)
    rejected = tuple(sorted(index.rejected, key=lambda r: r.number))
    systems.record_file(job.connection, draft, len(terms), len(rejected), stamp(job.now))
    return ImportResult(
        base,
        part.name,
        kind,
        already_loaded=False,
        added=added,
        changed=0,
        ended=0,
        rejected=rejected,
    )


def _scaled(progress: Progress) -> Progress:
    def inner(done: int, total: int, text: str) -> None:
        progress(90 + 9 * done // max(total, 1), 100, text)

    return inner


def _draft(job: Import, part: Part, kind: str, year: int | None) -> Draft:
    start = job.start
    if start is None:
        named = re.search(r"(?<!\d)(20[1-9]\d)(?!\d)", part.name)
        if year is None and named is None:
            raise NeedsDay(f"{part.name} does not say for which year it is")
        start = systems.fiscal_year(year or int(named[1] if named else 0))[0]
    end = systems.fiscal_year(systems.fiscal_year_of(start))[1]
    return Draft(ICD10CM, "", start, end, kind, part.name, job.digest)


def _codes_on(job: Import, number: int, draft: Draft) -> set[str]:
    day = draft.valid_from.isoformat()
    rows = job.connection.execute(
        "SELECT code FROM code WHERE system_id = ? AND kind = 'code' AND valid_from <= ?"
        " AND (valid_to IS NULL OR valid_to >= ?)",
        (number, day, day),
    )
    return {code for (code,) in rows}


def _refuse_damaged(job: Import, draft: Draft, terms: list[Term], index: _Index) -> None:
    if not terms:
        raise RuleError(f"{draft.file_name} leads to no code of its year; download it again.")
    if len(index.rejected) > max(20, len(terms) // 10):
        first = index.rejected[0]
        raise RuleError(
            f"{draft.file_name} does not belong to the loaded codes: {len(index.rejected):,} of "
            f"its codes are wrong; line {first.number}: {first.text}."
        )
    last = job.connection.execute(
        "SELECT f.records FROM release_file f JOIN release r ON r.id = f.release_id"
        " JOIN code_system s ON s.id = r.system_id WHERE s.name = ? AND f.kind = ?"
        " ORDER BY f.id DESC LIMIT 1",
        (draft.system, draft.file_kind),
    ).fetchone()
    if last is not None and len(terms) * 10 < last[0] * 9:
        raise RuleError(
            f"{draft.file_name} holds {len(terms):,} terms, far fewer than the {last[0]:,} of the "
            "last one; it seems to be incomplete. Download it again."
        )


# --- which of the four ----------------------------------------------------------------------


def _kind(part: Part) -> str:
    """The kind by its table's headings, its title, or the codes that it begins with."""
    head = part.head
    if "<ICD10CM.index" not in head[:4000]:
        return ""
    headings = " ".join(re.findall(r"<head[^>]*>([^<]*)", head)).lower()
    if "underdosing" in headings or "substance" in headings:
        return "drug"
    if "malignant" in headings or "benign" in headings:
        return "neoplasm"
    codes = re.findall(r"<code>\s*([A-Z])", head)
    external = sum(letter in "VWXY" for letter in codes)
    title = re.search(r"<title>([^<]*)", head)
    if (title and "external cause" in title[1].lower()) or external * 2 > len(codes):
        return "eindex"
    return "index"


def _runner(kind: str) -> Callable[[Import, Part], ImportResult]:
    return lambda job, part: _import(job, part, kind)


def _recogniser(kind: str) -> Callable[[Part], bool]:
    return lambda part: _kind(part) == kind


KINDS = tuple(
    FileKind(kind, ICD10CM, title, 3, _recogniser(kind), _runner(kind))
    for kind, title in (
        ("index", "its four index files"),
        ("eindex", ""),
        ("neoplasm", ""),
        ("drug", ""),
    )
)
