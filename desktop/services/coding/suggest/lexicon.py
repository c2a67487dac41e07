"""All phrases that mean a code, by their words: the official terms and our own everyday ones."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.services.coding.connection import connect
from desktop.services.coding.store import CodeStore
from desktop.services.coding.suggest.concepts import CONCEPTS
from desktop.services.coding.suggest.ordinary import ORDINARY, SITES
from desktop.services.coding.suggest.wording import Item, Kind, items_of_text, title_key
from desktop.services.coding.values import ICD10CM

LONGEST = 7
AXIS_WORDS = frozenset(
    "right left bilateral unilateral unspecified side initial subsequent sequela encounter nos nec "
    "specified not elsewhere classified".split()
)
_LEFT_OUT = frozenset("VWXY")
_EMPTY_PHRASE = re.compile(
    r"\bunspecified (?:part|site|type|organism|cause|ligament|location|trimester)s?(?: of\b|\b)"
    r"|\b(?:first|second|third) trimester\b"
    r"|, (?:right|left|unspecified) (?:eye|ear|side|lower leg|upper arm|hand|foot)\b|, bilateral\b"
    r"|,? without (?:mention of )?(?!or\b).*?(?= of (?:right|left|unspecified|index|ring|middle|"
    r"little|scalp|lip|nose|eyelid)|,|$)|,? (?:initial|subsequent) encounter.*$|, sequela$"
    r"|,? not (?:elsewhere classified|otherwise specified)|\bnos\b|\bnec\b|\([^()]*\)|\[[^\]]*\]"
)
_JOINED = re.compile(r"\b(?:and|with|or)\b|/")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a set of words means.

    Attributes:
        codes: without dot, best first; headings among them.
        joined: the phrase may hold “and” or “with”.
        own: from our own list, not from a title.
    """

    codes: tuple[str, ...]
    joined: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in a sentence, by its first and last token."""

    first: int
    last: int
    key: frozenset[str]
    entry: Entry
    side: str


class Lexicon:
    """The phrases of one release."""

    def __init__(self, terms: Iterable[tuple[str, str, str]]) -> None:
        """From (code, kind, text) of the search terms that are in force."""
        self._entries: dict[frozenset[str], Entry] = {}
        ranked: dict[frozenset[str], list[tuple[int, str]]] = {}
        joined: dict[frozenset[str], bool] = {}
        for code, kind, text in terms:
            if code[0] in _LEFT_OUT:
                continue
            key = _official_key(text)
            if not key or len(key) > LONGEST or not _telling(key, code):
                continue
            rank = (0 if kind == "title" else 1) + ("OPQZ".find(code[0]) >= 0) * 2
            ranked.setdefault(key, []).append((rank, code))
            if _JOINED.search(text):
                joined[key] = True
        for key, found in ranked.items():
            codes = tuple(dict.fromkeys(code for _, code in sorted(found)))[:6]
            self._entries[key] = Entry(codes, joined.get(key, False), own=False)
        for key, (codes, is_joined) in _own_entries().items():
            self._entries[key] = Entry(codes, is_joined, own=True)
        self.words = frozenset(w for key in self._entries for w in key)

    def entry(self, key: frozenset[str]) -> Entry | None:
        """What exactly these words mean."""
        return self._entries.get(key)

    def matches(self, given: Sequence[Item]) -> list[Match]:
        """The phrases of a sentence, the ones with most words first where they overlap."""
        found: list[tuple[int, int, int, Match]] = []
        for i, item in enumerate(given):
            if item.kind is Kind.WORD:
                found.extend(self._from(given, i))
        found.sort(key=lambda f: f[:3])
        taken: set[int] = set()
        out = []
        for *_, match in found:
            span = range(match.first, match.last + 1)
            if taken.isdisjoint(span):
                taken.update(span)
                out.append(match)
        return sorted(out, key=lambda m: m.first)

    def _from(self, given: Sequence[Item], i: int) -> list[tuple[int, int, int, Match]]:
        out: list[tuple[int, int, int, Match]] = []
        words: set[str] = set()
        joint = False
        side = ""
        for item in given[i:]:
            if item.kind is Kind.BREAK or (item.kind is Kind.COMMA and not _modifies(given, item)):
                break
            joint = joint or item.kind is Kind.JOINT
            side = side or item.side
            if item.kind is not Kind.WORD:
                continue
            words.update(item.words)
            if len(words) > LONGEST:
                break
            key = frozenset(words)
            entry = self._entries.get(key)
            if entry is not None and (entry.joined or not joint):
                match = Match(given[i].first, item.last, key, entry, side)
                out.append((-len(key), not entry.own, given[i].first, match))
        return out


_MODIFIERS = frozenset(
    "acute chronic severe mild moderate type stage unspecified controlled uncontrolled recurrent "
    "initial first second third low upper primary secondary essential".split()
)


def _modifies(given: Sequence[Item], comma: Item) -> bool:
    """Whether only a modifier follows the comma: “bronchitis, acute”."""
    after = [i for i in given if i.first > comma.first and i.kind is not Kind.SKIPPED][:2]
    if not after or not after[0].words or after[0].words[0] not in _MODIFIERS:
        return bool(
            any(i.side for i in given if i.first == comma.first + 1)
            and (not after or after[0].kind is not Kind.WORD)
        )
    return (
        after[0].words[0] in {"type", "stage"} or len(after) < 2 or after[1].kind is not Kind.WORD
    )


def _official_key(text: str) -> frozenset[str]:
    lower = _EMPTY_PHRASE.sub(" ", text.lower())
    return title_key(lower) - AXIS_WORDS


def _telling(key: frozenset[str], code: str) -> bool:
    """Whether the words can stand for the code in a note, and are no everyday words."""
    if key <= ORDINARY or key <= SITES or all(w.isdigit() or len(w) < 3 for w in key):
        return False
    if len(key) == 1:
        return code[0] not in "ZOP"
    return True


@functools.cache
def _own_entries() -> dict[frozenset[str], tuple[tuple[str, ...], bool]]:
    out: dict[frozenset[str], tuple[tuple[str, ...], bool]] = {}
    for codes, phrases in CONCEPTS:
        for phrase in phrases:
            key = frozenset(
                w for i in items_of_text(phrase) if i.kind is Kind.WORD for w in i.words
            )
            out.setdefault(key, (codes, bool(_JOINED.search(phrase))))
    return out


@functools.lru_cache(maxsize=4)
def _loaded(path: str, system: str, day: str, _mark: tuple[str, int]) -> Lexicon:
    from pathlib import Path

    connection = connect(Path(path))
    try:
        rows = connection.execute(
            "SELECT t.code, t.kind, t.text FROM search_term t JOIN code_system s"
            " ON s.id = t.system_id WHERE s.name = ? AND t.valid_from <= ?"
            " AND (t.valid_to IS NULL OR t.valid_to >= ?)",
            (system, day, day),
        ).fetchall()
    finally:
        connection.close()
    return Lexicon(rows)


def lexicon_of(store: CodeStore, on: dt.date) -> Lexicon | None:
    """The phrases in force on a date; built once a release, None when no release covers it."""
    release = store.coverage(ICD10CM, on)
    if release is None:
        return None
    start = release.valid_from.isoformat()
    return _loaded(str(store.path), ICD10CM, start, (release.name, release.records))
