"""All phrases that mean a code, by their words: the official terms and our own everyday ones."""

from __future__ import annotations

import functools
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.services.coding.base.connection import connect
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.base.words import STOP_WORDS
from desktop.services.coding.builtin.phrases import phrases
from desktop.services.coding.suggest.concepts import concepts
from desktop.services.coding.suggest.ordinary import NOT_ALONE, ORDINARY, SITES
from desktop.services.coding.suggest.wording import Item, Kind, canonical, items_of_text, title_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.services.coding.library.store import CodeStore

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
_LONG = 130
"""Letters of a term that nobody writes into a note as it stands."""
_JOINED = re.compile(r"\b(?:and|with|or)\b|/")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a set of words means.

    Attributes:
        codes: without dot, best first; headings among them.
        joined: the phrase may hold “and” or “with”.
        own: from our own list, not from a title.
        query: words of the tabular list to search for where `codes` is empty.
        shouted: only in capitals, since in small letters it is another word or a name.
        sided: codes that a side makes of it, where that is more than a side of the same code.
    """

    codes: tuple[str, ...]
    joined: bool
    own: bool
    query: str = ""
    shouted: bool = False
    sided: Mapping[str, tuple[str, ...]] | None = None

    def codes_for(self, side: str) -> tuple[str, ...]:
        """The codes with a side, or without."""
        return self.codes if self.sided is None else self.sided.get(side, self.codes)


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

    def __init__(
        self, terms: Iterable[tuple[str, str, str]], spoken: Mapping[str, tuple[str, ...]]
    ) -> None:
        """The official terms and the phrases that people use for them.

        Args:
            terms: (code, kind, text) of the search terms that are in force.
            spoken: phrases as stemmed words, with their readings in words of the titles.
        """
        self.searched: dict[str, tuple[str, ...]] = {}
        self._entries: dict[frozenset[str], Entry] = {}
        ranked: dict[frozenset[str], list[tuple[int, str]]] = {}
        joined: dict[frozenset[str], bool] = {}
        for code, kind, text in terms:
            if (
                code[0] in _LEFT_OUT
                or code.startswith("Z3A")
                or len(text) > _LONG
                or _is_twin(code, text)
            ):
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
        self._entries.update(_own_entries())
        self._add_spoken(spoken)
        self.words = frozenset(w for key in self._entries for w in key)

    def _add_spoken(self, spoken: Mapping[str, tuple[str, ...]]) -> None:
        fresh: dict[frozenset[str], Entry] = {}
        for phrase, readings in spoken.items():
            words = phrase.split()
            key = frozenset(canonical([w for w in words if w not in STOP_WORDS]))
            if not key or key in self._entries or len(key) > LONGEST or key <= _VAGUE:
                continue
            if key & _TOLD and key - _TOLD in self._entries:
                continue
            meant = title_key(readings[0]) - AXIS_WORDS
            if not meant or meant <= _VAGUE:
                continue
            single = len(words) == 1
            shouted = single and _needs_capitals(words[0], meant)
            short = len(words[0]) < 3 or _GRAVIDA.match(words[0]) is not None
            if single and (short or words[0] in NOT_ALONE):
                continue
            known = self._entries.get(meant)
            codes = known.codes if known is not None else ()
            joined = bool(_JOINED.search(phrase))
            query = "" if codes else readings[0]
            fresh[key] = Entry(codes, joined, own=True, query=query, shouted=shouted)
        self._entries.update(fresh)

    def entry(self, key: frozenset[str]) -> Entry | None:
        """What exactly these words mean."""
        return self._entries.get(key)

    def at_site(
        self, key: frozenset[str], entry: Entry, free: frozenset[str]
    ) -> tuple[frozenset[str], Entry]:
        """The phrase together with the one site that stands elsewhere in its sentence."""
        if key & SITES:
            return key, entry
        found = [key | {site} for site in free & SITES if key | {site} in self._entries]
        return (found[0], self._entries[found[0]]) if len(found) == 1 else (key, entry)

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
        lacking = not _LACKING.isdisjoint(given[i].words)
        for place, item in enumerate(given[i : i + _WIDEST], i):
            if item.kind is Kind.BREAK or (item.kind is Kind.COMMA and not _modifies(given, item)):
                break
            joint = joint or item.kind is Kind.JOINT
            side = side or item.side
            if item.kind is not Kind.WORD:
                continue
            words.update(item.words)
            if len(words) > LONGEST or not self.words.issuperset(item.words):
                break
            key = frozenset(words)
            entry = self._entries.get(key)
            if entry is not None and (entry.joined or not joint):
                if entry.shouted and not item.shouted:
                    continue
                if lacking and _goes_on(given, place):
                    continue
                if entry.query and self.searched.get(entry.query) == ():
                    continue
                match = Match(given[i].first, item.last, key, entry, side)
                out.append((-len(key), not entry.own, given[i].first, match))
        return out


_LACKING = frozenset({"no", "not", "lack", "never"})
_WHEN = frozenset(
    "today yesterday tonight last lately recently day week month year since x all this at when "
    "not ruled present resolved suspected possible likely unlikely denied absent negative positive "
    "excluded stable controlled improving worsening noted seen found confirmed".split()
)
"""Words after a phrase that say of it when and whether, and do not belong to it."""
_WIDEST = 24
"""Items that one phrase may reach over."""


def _goes_on(given: Sequence[Item], place: int) -> bool:
    """Whether a further word follows directly: “no thyroid nodule” says nothing of a thyroid."""
    after = given[place + 1 : place + 2]
    return bool(
        after and after[0].kind is Kind.WORD and _WHEN.isdisjoint(after[0].words)
        and not after[0].words[0].isdigit()
    )  # fmt: skip


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
        after[0].words[0] in {"type", "stage"}
        or len(after) < 2
        or after[1].kind is not Kind.WORD
        or not _WHEN.isdisjoint(after[1].words)
        or after[1].words[0].isdigit()
    )


def _is_twin(code: str, text: str) -> bool:
    """Whether another title differs only in side, trimester or fetus; its words are enough."""
    if code[0] in "STHMCL":
        return " left " in text
    return code[0] == "O" and ("third trimester" in text or "fetus " in text)


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


_VAGUE = ORDINARY | SITES
_TOLD = frozenset(
    "childhood resolved hx history family fh fhx personal past previous prior former old no "
    "without suspected".split()
)
"""Words that say something of a disease, which is read from the sentence instead."""
_GRAVIDA = re.compile(r"g\d+p?\d*$")
_VOWEL = re.compile(r"[aeiouy]")


def _needs_capitals(word: str, meant: frozenset[str]) -> bool:
    """Whether a single word is a short form or a name, so that small letters say nothing."""
    if len(word) >= 8 or not _VOWEL.search(word) or any(c.isdigit() for c in word):
        return False
    start = word[:4]
    return not any(w.startswith(start) for w in meant)


@functools.cache
def _own_entries() -> dict[frozenset[str], Entry]:
    """Our own phrases; a phrase with a side adds to the one without."""
    plain: dict[frozenset[str], tuple[str, ...]] = {}
    sided: dict[frozenset[str], dict[str, tuple[str, ...]]] = {}
    joined: set[frozenset[str]] = set()
    for codes, phrases_of in concepts():
        for phrase in phrases_of:
            found = items_of_text(phrase)
            key = frozenset(w for i in found if i.kind is Kind.WORD for w in i.words)
            side = next((i.side for i in found if i.side and i.kind is Kind.SKIPPED), "")
            if side:
                sided.setdefault(key, {}).setdefault(side, codes)
            else:
                plain.setdefault(key, codes)
            if _JOINED.search(phrase):
                joined.add(key)
    out = {}
    for key in plain.keys() | sided.keys():
        sides = sided.get(key, {})
        codes = plain.get(key) or next(iter(sides.values()))
        out[key] = Entry(codes, key in joined, own=True, sided=sides or None)
    return out


_building = threading.Lock()


@functools.lru_cache(maxsize=4)
def _loaded(path: str, system: str, day: str, _mark: tuple[str, int]) -> Lexicon:
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
    return Lexicon(rows, phrases())


def lexicon_of(store: CodeStore, on: dt.date) -> Lexicon | None:
    """The phrases in force on a date; built once a release, None when no release covers it."""
    release = store.coverage(ICD10CM, on)
    if release is None:
        return None
    start = release.valid_from.isoformat()
    # Two threads may ask at once: who opens the note, and who reads it.
    with _building:
        return _loaded(str(store.path), ICD10CM, start, (release.name, release.records))
