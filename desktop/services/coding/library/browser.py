"""What the code browser shows of a code: its place, what is missing, notes, what goes with it.

Pure over a `CodeStore`: every answer is for a date. A code that does not stand on the date is
shown as it last stood, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.services.coding.base.references import CodeRange, references
from desktop.services.coding.base.values import (
    ADD_ON,
    CPT,
    HCPCS,
    ICD10CM,
    MPFS,
    MUE,
    NCCI,
    CodeInfo,
    CodeNote,
    Description,
    NoteKind,
)
from desktop.services.coding.library.store import CodeStore, normal
from desktop.services.coding.library.variants import Seventh, SideChoice, sevenths, sides
from desktop.services.coding.releases import own_lists
from desktop.services.coding.releases.systems import dotted
from desktop.services.coding.search import plain_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

__all__ = ["CodePage", "Seventh", "SideChoice", "additions", "page", "sevenths", "sides"]

HEADINGS = {
    NoteKind.INCLUSION_TERM: "Also called",
    NoteKind.INCLUDES: "Includes",
    NoteKind.EXCLUDES1: "Excludes1: not together with",
    NoteKind.EXCLUDES2: "Excludes2: may also be coded",
    NoteKind.CODE_FIRST: "Code first",
    NoteKind.USE_ADDITIONAL: "Use an additional code",
    NoteKind.CODE_ALSO: "Code also",
    NoteKind.NOTES: "Notes",
    NoteKind.SEVENTH_NOTE: "7th character",
}
"""The groups of notes in the order in which they stand."""

_ADDING = (NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO)
_MENTION = re.compile(r"(?<![0-9A-Z.])[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])")
_PLACES = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th")
_COUNTED = 500
_CONTRACTOR = "CCCCC"
_MAINS = 12
_DAY = "%m/%d/%Y"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One line of a note.

    Attributes:
        links: (start, end, code without dot) of the codes that it names and that exist.
        is_below: it belongs to the line before that ends with a colon.
    """

    text: str
    links: tuple[tuple[int, int, str], ...] = ()
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class NoteBlock:
    """Lines of one kind from one heading.

    Attributes:
        from_code, from_title: the node that carries them, as printed.
        inherited: it stands above the code.
    """

    from_code: str
    from_title: str
    inherited: bool
    lines: tuple[NoteLine, ...]


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """All notes of one kind, the code's own first."""

    kind: NoteKind
    heading: str
    blocks: tuple[NoteBlock, ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """A code that a note asks for beside the code.

    Attributes:
        kind: code first, use an additional code, or code also.
        text: the note's line.
        code: without dot; a heading where the note leaves the choice.
        billable: it can be added as it is.
    """

    kind: NoteKind
    text: str
    code: str
    dotted: str
    title: str
    billable: bool
    from_code: str


@dataclass(frozen=True, slots=True)
class CodePage:
    """Everything about one code on one date.

    Attributes:
        standing: a sentence: billable, what is missing, ended, not yet in force.
        is_good: it may be billed on the date.
        path: (code, as printed, title) from the chapter down to the parent.
        children: the nodes right below.
        facts: what else the set says, in plain words: (name, value).
        history: how it stood before and after, oldest first.
        release: the release that covers the date; `notes_release` the one of the notes.
        replaced_by: the successor of an ended code, as printed.
    """

    info: CodeInfo
    on: dt.date
    standing: str
    is_good: bool
    in_force: bool
    path: tuple[tuple[str, str, str], ...] = ()
    children: tuple[CodeInfo, ...] = ()
    groups: tuple[NoteGroup, ...] = ()
    sevenths: tuple[Seventh, ...] = ()
    sides: tuple[SideChoice, ...] = ()
    additions: tuple[Addition, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    history: tuple[CodeInfo, ...] = ()
    release: str = ""
    notes_release: str = ""
    replaced_by: str = ""


def page(store: CodeStore, code: str, on: dt.date, system: str = ICD10CM) -> CodePage | None:
    """A code, section or chapter; None when no release ever held it.

    Args:
        store: the code sets.
        code: with or without dot; also a section ("E08-E13") or chapter ("4").
        on: the date; a code out of force then is shown as it last stood, or first will.
        system: name of the code system.
    """
    wanted = normal(code)
    past = tuple(store.history(wanted, system))
    info = store.lookup(system, wanted, on) or store.heading(wanted, on, system)
    shown_on, in_force = on, info is not None
    if info is None:
        if not past:
            return None
        before = [i for i in past if i.valid_from <= on]
        info = before[-1] if before else past[0]
        shown_on = min(info.valid_to or on, on) if before else info.valid_from
    described = store.describe_node(info, shown_on)
    below = tuple(store.children(info.code, shown_on, system)) if not info.billable else ()
    covering = store.coverage(system, on)
    is_icd = system == ICD10CM and info.kind == "code"
    choices = sevenths(store, wanted, shown_on) if is_icd else ()
    return CodePage(
        info,
        on,
        _standing(store, info, on, bool(choices), in_force=in_force),
        in_force and info.billable,
        in_force,
        tuple((normal(c), c, title) for c, title in described.path),
        below,
        _groups(store, described, shown_on, has_sevenths=bool(choices)),
        choices,
        sides(store, wanted, shown_on) if is_icd else (),
        _additions(store, described, shown_on),
        plain_words.facts(info) + _medicare(store, info, on),
        past,
        covering.name if covering else "",
        described.notes_release,
        info.replaced_by,
    )


def _medicare(store: CodeStore, info: CodeInfo, on: dt.date) -> tuple[tuple[str, str], ...]:
    """What the loaded Medicare tables say of a procedure or supply."""
    if info.system not in (HCPCS, CPT):
        return ()
    found = plain_words.medicare(
        store.lookup(MPFS, info.code, on), store.lookup(MUE, info.code, on)
    )
    mains = [p.second for p in store.pairs(ADD_ON, [info.code], on)]
    if mains:
        shown = ["what the contractor says" if m == _CONTRACTOR else m for m in mains[:_MAINS]]
        found += (("Only beside", ", ".join(shown) + _more(len(mains))),)
    parts = store.pairs(NCCI, [info.code], on)
    for name, mark in (("Never with it", "0"), ("With it only by a modifier", "1")):
        codes = [p.second for p in parts if p.indicator == mark]
        if codes:
            found += ((name, f"{', '.join(codes[:_MAINS])}{_more(len(codes))} (NCCI)"),)
    return found


def _more(count: int) -> str:
    return f" and {count - _MAINS:,} more" if count > _MAINS else ""


def additions(store: CodeStore, code: str, on: dt.date) -> tuple[Addition, ...]:
    """The codes that the notes of a diagnosis, or of a heading above it, ask for beside it."""
    described = store.describe(code, on)
    return () if described is None else _additions(store, described, on)


# --- how it stands ------------------------------------------------------------------------


def _standing(
    store: CodeStore, info: CodeInfo, on: dt.date, takes_seventh: bool, *, in_force: bool
) -> str:
    day = f"{on:{_DAY}}"
    if not in_force and store.coverage(info.system, on) is None:
        return f"No loaded release covers {day}; shown as in the nearest one."
    if not in_force and info.valid_from > on:
        return f"Not yet in force: it begins on {info.valid_from:{_DAY}}."
    if not in_force:
        text = f"Ended on {info.valid_to:{_DAY}}"
        return f"{text}; replaced by {info.replaced_by}." if info.replaced_by else f"{text}."
    if info.kind != "code" or (info.system != ICD10CM and not info.billable):
        return "A heading: choose a code below."
    if info.system != ICD10CM:
        covering = store.coverage(info.system, on)
        own = covering is not None and covering.name == own_lists.BUILT_IN
        return "In the program's own words." if own else f"In force on {day}."
    if info.billable:
        return f"Billable on {day}."
    return f"Not billable: {_missing(store, info, on, takes_seventh)}"


def _missing(store: CodeStore, info: CodeInfo, on: dt.date, takes_seventh: bool) -> str:
    """Which characters a heading needs to become a code."""
    below = store.billable_below(info.code, on, _COUNTED)
    count = f"{len(below)} codes" if len(below) != 1 else "one code"
    if len(below) == _COUNTED:
        count = f"more than {_COUNTED} codes"
    have = len(info.code)
    if takes_seventh:
        gap = " after X in the empty places" if have < 6 else ""
        return f"it needs a 7th character{gap}. Choose it below."
    lengths = sorted({len(i.code) for i in below})
    if not lengths:
        return "no code below it is in force."
    always = [_PLACES[n] for n in range(have, lengths[0])]
    sometimes = [_PLACES[n] for n in range(lengths[0], lengths[-1])]
    text = f"it needs a {_and(always)} character"
    if sometimes:
        text += f", some codes also a {_and(sometimes)}"
    return f"{text}. {count[:1].upper()}{count[1:]} below."


def _and(words: Sequence[str]) -> str:
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]])


# --- notes --------------------------------------------------------------------------------


def _groups(
    store: CodeStore, described: Description, on: dt.date, *, has_sevenths: bool
) -> tuple[NoteGroup, ...]:
    titles = dict(described.path)
    titles[described.info.dotted] = described.info.title
    known = _known(store, (n.text for n in described.notes), described.info.system, on)
    groups = []
    for kind, heading in HEADINGS.items():
        if kind is NoteKind.SEVENTH_NOTE and has_sevenths:
            continue
        notes = described.of(kind)
        origins = list(dict.fromkeys(n.from_code for n in notes))
        blocks = [
            _block([n for n in notes if n.from_code == o], titles.get(o, ""), known)
            for o in origins
        ]
        if blocks:
            groups.append(NoteGroup(kind, heading, tuple(blocks)))
    return tuple(groups)


def _block(notes: list[CodeNote], title: str, known: dict[str, CodeInfo]) -> NoteBlock:
    lines, below = [], False
    for note in notes:
        text = note.text.strip().lstrip(",").strip()
        links = tuple(
            (m.start(), m.end(), normal(m[0]))
            for m in _MENTION.finditer(text)
            if normal(m[0]) in known
        )
        lines.append(NoteLine(text, links, below))
        below = below or text.endswith(":")
    return NoteBlock(notes[0].from_code, title, notes[0].inherited, tuple(lines))


def _known(store: CodeStore, texts: Iterable[str], system: str, on: dt.date) -> dict[str, CodeInfo]:
    named = {normal(m) for text in texts for m in _MENTION.findall(text)}
    return store.lookups(system, named, on) if named else {}


# --- additions ----------------------------------------------------------------------------


def _additions(store: CodeStore, described: Description, on: dt.date) -> tuple[Addition, ...]:
    system = described.info.system
    notes = [n for n in described.notes if n.kind in _ADDING]
    wanted = {_target(r) for n in notes for r in references(n.text)}
    known = store.lookups(system, wanted, on) if wanted else {}
    found: dict[tuple[NoteKind, str], Addition] = {}
    for kind in _ADDING:
        for note in (n for n in notes if n.kind is kind):
            for each in references(note.text):
                info = known.get(_target(each))
                if info is not None and not described.info.code.startswith(info.code):
                    text = note.text.strip().lstrip(",").strip()
                    names = (info.code, info.dotted, info.title, info.billable)
                    if each.first[:3] != each.last[:3]:
                        span = f"{printed(system, each.first)}–{printed(system, each.last)}"
                        names = (info.code, span, "choose one of these", False)
                    found.setdefault(
                        (kind, info.code), Addition(kind, text, *names, note.from_code)
                    )
    return tuple(found.values())


def _target(named: CodeRange) -> str:
    """The code to go to for a range: what both ends share, if that is a category, or the first."""
    if named.first == named.last:
        return named.first
    shared = 0
    for one, other in zip(named.first, named.last, strict=False):
        if one != other:
            break
        shared += 1
    return named.first[:shared] if shared >= 3 else named.first


def printed(system: str, code: str) -> str:
    """A code as printed."""
    return dotted(code, 3 if system == ICD10CM else 0)
