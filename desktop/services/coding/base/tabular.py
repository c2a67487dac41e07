"""The tabular list of ICD-10-CM (XML): titles, tree, notes and 7th characters.

Every note holds for all descendants of its node; that is applied when a code is described,
so each note is kept once. The order file decides what is valid; this explains it.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.values import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 10
"""The longest codes have seven characters, five levels below their section."""
_CONTAINERS = tuple(k for k in NoteKind if k is not NoteKind.SEVENTH)


@dataclass(frozen=True, slots=True)
class TabularNote:
    """A note on its own node; `position` keeps the printed order."""

    node_kind: str
    node: str
    kind: NoteKind
    position: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class TabularNode:
    """A chapter, section or code; `sevenths` are the (mark, meaning) that apply to it."""

    kind: str
    code: str
    parent: str
    title: str
    sevenths: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Tabular:
    """The whole list, in printed order."""

    year: int
    nodes: list[TabularNode] = field(default_factory=list)
    notes: list[TabularNote] = field(default_factory=list)


def plain(text: str) -> str:
    """Fold accents to ASCII, as the official order file writes its titles (Ménière, Sjögren)."""
    if text.isascii():
        return text
    text = text.replace("’", "'").replace("–", "-")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _text(element: ET.Element) -> str:
    if len(element):
        return " ".join("".join(element.itertext()).split())
    return " ".join((element.text or "").split())


def read_tabular(data: bytes) -> Tabular:
    """Read the official XML.

    Raises:
        RuleError: it is not the tabular list, or the file is torn.
    """
    if b"\0" in data[:64]:
        raise RuleError("The tabular XML is not in UTF-8; choose the official file.")
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise RuleError("This XML declares entities, which the official tabular list never does.")
    try:
        root = ET.fromstring(data)  # noqa: S314 (entities were refused above)
    except ET.ParseError as e:
        raise RuleError(
            f"The tabular XML is torn or not XML (line {e.position[0]}); download it again."
        ) from e
    except (ValueError, LookupError) as e:
        raise RuleError(
            "The tabular XML names an encoding that XML does not have; download it again."
        ) from e
    year = (root.findtext("version") or "").strip()
    if root.tag != "ICD10CM.tabular" or not re.fullmatch(r"20[1-9][0-9]", year):
        raise RuleError("This XML is not the ICD-10-CM tabular list; choose icd10cm_tabular….xml.")
    tabular = Tabular(int(year))
    for chapter in root.iterfind("chapter"):
        _read_chapter(chapter, tabular)
    return tabular


def _read_chapter(chapter: ET.Element, out: Tabular) -> None:
    name = _text_of(chapter, "name")
    out.nodes.append(TabularNode("chapter", name, "", plain(_text_of(chapter, "desc"))))
    out.notes.extend(_notes(chapter, "chapter", name))
    sections = chapter.findall("section")
    umbrellas = [_range(s.get("id", "")) for s in sections if s.find("diag") is None]
    for section in sections:
        block = _range(section.get("id", ""))
        parent = _umbrella(block, umbrellas) or name
        out.nodes.append(TabularNode("section", block, parent, plain(_text_of(section, "desc"))))
        out.notes.extend(_notes(section, "section", block))
        for diag in section.iterfind("diag"):
            _read_diag(diag, block, (), out)


def _range(section: str) -> str:
    """A section's name, always as a range: that of one category would be taken for it."""
    return section if "-" in section else f"{section}-{section}"


def _umbrella(block: str, umbrellas: list[str]) -> str:
    """The narrowest heading without codes that spans this section: its notes hold for it."""
    first, _, last = block.partition("-")
    around = ""
    for other in umbrellas:
        start, _, end = other.partition("-")
        if other == block or start > first or end < last:
            continue
        width = (start, around.rpartition("-")[2])
        if not around or width >= (around.partition("-")[0], end):
            around = other
    return around


def _read_diag(
    diag: ET.Element,
    parent: str,
    sevenths: tuple[tuple[str, str], ...],
    out: Tabular,
    depth: int = 0,
) -> None:
    if depth > _DEEPEST:
        raise RuleError("This is no official tabular list: its codes go too deep.")
    code = _text_of(diag, "name").replace(".", "")
    definition = diag.find("sevenChrDef")
    if definition is not None:
        sevenths = tuple((e.get("char", ""), _text(e)) for e in definition.iterfind("extension"))
    out.nodes.append(TabularNode("code", code, parent, plain(_text_of(diag, "desc")), sevenths))
    out.notes.extend(_notes(diag, "code", code))
    for child in diag.iterfind("diag"):
        _read_diag(child, code, sevenths, out, depth + 1)


def _text_of(element: ET.Element, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else _text(found)


def _notes(element: ET.Element, node_kind: str, node: str) -> Iterator[TabularNote]:
    position = 0
    for container in element:
        if container.tag == NoteKind.SEVENTH:
            for extension in container.iterfind("extension"):
                mark = extension.get("char", "")
                text = _text(extension)
                yield TabularNote(node_kind, node, NoteKind.SEVENTH, position, mark, text)
                position += 1
        elif container.tag in _CONTAINERS:
            kind = NoteKind(container.tag)
            for one in container.iterfind("note"):
                yield TabularNote(node_kind, node, kind, position, "", _text(one))
                position += 1


def titles_and_parents(tabular: Tabular, codes: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Titles and parents of all codes of a list, those with a 7th character made out.

    A code that the XML does not spell out is its stem, padded with X to six characters, and
    a 7th character; its title is “<stem's title>, <meaning>”, as in the order file.

    Returns:
        title by code and parent by code (sections are not parents here).
    """
    by_code = {n.code: n for n in tabular.nodes if n.kind == "code"}
    titles: dict[str, str] = {}
    parents: dict[str, str] = {}
    for code in codes:
        node = by_code.get(code)
        if node is not None:
            titles[code] = node.title
            parents[code] = node.parent if node.parent in by_code else ""
            continue
        stem = code[:6]
        while stem not in by_code and stem.endswith("X"):
            stem = stem[:-1]
        stem_node = by_code.get(stem)
        if stem_node is None:
            raise RuleError(f"The tabular list explains no code above {code}.")
        meaning = plain(dict(stem_node.sevenths).get(code[6:], code[6:]))
        titles[code] = f"{stem_node.title}, {meaning}"
        parents[code] = stem
    return titles, parents
