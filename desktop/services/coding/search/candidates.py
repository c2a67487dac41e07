"""From one reading of a query to the terms that fit it best, as codes of a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.base.words import tokens
from desktop.services.coding.releases.index import INCLUDES, LENGTH_BITS, TITLE
from desktop.services.coding.releases.ranking import (
    OTHER,
    OTHER_FACTOR,
    best_terms,
    fine,
    plainness,
    shortest,
)
from desktop.services.coding.search.lexicon import Lexicon

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from desktop.services.coding.base.connection import Connection
    from desktop.services.coding.search.aspects import Aspects
    from desktop.services.coding.search.query import Reading

_KIND_FACTOR = {TITLE: 1.0, INCLUDES: 0.94}
_OTHER_KIND = 0.985
_FIELDS = {
    "O": frozenset(
        "pregnancy pregnant childbirth delivery labor puerperium trimester fetal "
        "postpartum maternal gestational obstetric puerperal abortion".split()
    ),
    "P": frozenset("newborn neonatal infant birth perinatal fetal baby".split()),
    "Q": frozenset("congenital syndrome malformation anomaly cleft".split()),
    "V": frozenset("accident injured collision driver passenger pedestrian vehicle car".split()),
    "W": frozenset("fall struck bitten contact accident exposure bite slipping".split()),
    "X": frozenset("exposure self harm assault fire burn overexertion".split()),
    "Y": frozenset("assault abuse place activity occurrence event misadventure".split()),
    "Z": frozenset(
        "encounter history screening examination status family vaccination "
        "immunization checkup counseling exposure contact long term use "
        "presence acquired absence follow aftercare".split()
    ),
    "T": frozenset(
        "poisoning adverse toxic underdosing burn complication foreign body effect overdose".split()
    ),
}
_WITHOUT_FACTOR = 0.99
"""Of two titles that say nothing more, the one that rules something out comes second."""
_FIELD_FACTOR = 0.86
"""Codes of a special field rank behind when nothing of that field was asked."""
_NAMED = 0.97
"""A dictionary's reading that matches this well names the term, of whatever field it is."""
_SUBJECT = 1.25
"""Titles of supplies and services begin with what they are: “Nebulizer, with compressor”."""
_PART_OF = frozenset(
    "accessory attachment replacement addition repair modification pad supplies".split()
)
_PART = 0.85
"""What belongs to a supply ranks behind the supply itself, unless it was asked for."""
_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A code that a term of a reading led to.

    Attributes:
        asked: the words of the reading.
        score: between 0 and about 1; comparable between readings of one query.
    """

    code: str
    title: str
    billable: bool
    why: str
    score: float
    asked: frozenset[str]


class Candidates:
    """Ranks terms for readings; keeps the words it looked up, so make one for each query."""

    def __init__(self, connection: Connection, system: str, system_id: int) -> None:
        self._connection = connection
        self._system = system_id
        self._fields: Mapping[str, frozenset[str]] = _FIELDS if system == ICD10CM else {}
        self._children: dict[str, list[tuple[str, str, bool]]] = {}
        self._terms: dict[int, list[tuple[int, str, str, str, str, bool]]] = {}
        self.lexicon = Lexicon(connection, system_id)

    def rank(self, reading: Reading, on: dt.date, said: Aspects) -> tuple[list[Row], float]:
        """The best terms of one reading as codes valid on the day.

        Returns:
            the rows, and how telling the words are that were found at all.
        """
        last = len(reading.words) - 1
        found = [
            self.lexicon.postings(word, prefix=reading.prefix and i == last)
            for i, word in enumerate(reading.words)
        ]
        whole = sum(weight for _, weight in found) or 1.0
        telling = sum(weight for scores, weight in found if scores)
        by_id = best_terms([scores for scores, _ in found if scores], whole)
        asked = frozenset(reading.words)
        rows = []
        for number, code, kind, term, title, billable in self.terms(by_id, on):
            score = by_id[number] * reading.factor * _KIND_FACTOR.get(kind, _OTHER_KIND)
            if not self._fields and not asked.isdisjoint(tokens(term)[:1]):
                score *= _SUBJECT
            if not self._fields and not asked & _PART_OF and _PART_OF & set(tokens(title)):
                score *= _PART
            named = bool(reading.spelled) and by_id[number] >= _NAMED
            score *= self.fit(code, title, asked, said, other=reading.other, named=named)
            why = "title" if kind == TITLE else term
            if reading.spelled:
                why = reading.spelled if kind == TITLE else f"{reading.spelled}: {term}"
            rows.append(Row(code, title, billable, why, score, asked))
        return rows, telling

    def with_all(
        self, words: Iterable[str], on: dt.date
    ) -> list[tuple[int, str, str, str, str, bool]]:
        """Terms, as of `terms`, that have all of these words: some dozens, the shortest."""
        both: Collection[int] | None = None
        for word in sorted(words, key=len, reverse=True):
            scores, _ = self.lexicon.postings(word, prefix=False)
            both = scores.keys() if both is None else both & scores.keys()
            if not both:
                return []
        return self.terms((packed >> LENGTH_BITS for packed in shortest(both or ())), on)

    def terms(
        self, numbers: Iterable[int], on: dt.date
    ) -> list[tuple[int, str, str, str, str, bool]]:
        """Number, code, kind, text, title and billable of terms that hold on the day."""
        wanted = sorted(numbers)
        lacking = [number for number in wanted if number not in self._terms]
        if lacking:
            self._terms.update((number, []) for number in lacking)
            for row in self._read_terms(lacking, on):
                self._terms[row[0]] = [row]
        return [row for number in wanted for row in self._terms[number]]

    def _read_terms(
        self, numbers: Iterable[int], on: dt.date
    ) -> list[tuple[int, str, str, str, str, bool]]:
        rows = self._connection.execute(
            "SELECT t.id, t.code, t.kind, t.text, c.title, c.billable FROM search_term t"
            " JOIN code c ON c.system_id = t.system_id AND c.kind = 'code' AND c.code = t.code"
            " AND c.valid_from <= :day AND (c.valid_to IS NULL OR c.valid_to >= :day)"
            f" WHERE t.id IN ({','.join(map(str, numbers))}) AND t.valid_from <= :day"
            " AND (t.valid_to IS NULL OR t.valid_to >= :day)",
            {"day": on.isoformat()},
        )
        return [(*row[:5], bool(row[5])) for row in rows]

    def fit(
        self,
        code: str,
        title: str,
        asked: Collection[str],
        said: Aspects,
        *,
        other: bool,
        named: bool = False,
    ) -> float:
        """What a code's field and the shape of its title make of a score."""
        factor = said.factor(title)
        field = self._fields.get(code[0])
        strange = field is not None and not field.intersection(asked) and not field & said.has
        if strange and not named:
            factor *= _FIELD_FACTOR
        if bool(OTHER.match(title)) != other:
            factor *= OTHER_FACTOR
        if " without " in title:
            factor *= _WITHOUT_FACTOR
        return factor

    def codes(
        self, where: str, given: Iterable[object], on: dt.date, tail: str = ""
    ) -> list[tuple[str, str, bool]]:
        """Code, title and billable of the codes of the day that a condition picks."""
        day = on.isoformat()
        rows = self._connection.execute(
            f"SELECT code, title, billable FROM code WHERE system_id = ? AND kind = 'code' AND "
            f"{where} AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) {tail}",
            (self._system, *given, day, day),
        )
        return [(row[0], row[1], bool(row[2])) for row in rows]

    # --- from a heading to a code that can be billed ------------------------------------

    def default_below(
        self, row: Row, on: dt.date, weights: Mapping[str, int], said: Aspects
    ) -> Row | None:
        """The billable code below a heading that says least beyond what was asked.

        Returns:
            the code with the share of the heading's score that it deserves.
        """
        asked = row.asked | said.has
        code, title = row.code, row.title
        heading = set(tokens(title))
        for _ in range(_LEVELS):
            children = self._children.get(code)
            if children is None:
                children = self.codes("parent = ?", [code], on, "ORDER BY order_key")
                self._children[code] = children
            if not children:
                return None
            above = set(tokens(title))
            code, title, billable = max(
                children,
                key=lambda c: (
                    plainness(c[1], above, asked, weights.get(c[0], 0))
                    + 4 * (said.factor(c[1]) - 1)
                ),
            )
            if billable:
                more = set(tokens(fine(title))) - heading - asked
                share = 0.995 - 0.02 * min(len(more), 6)
                score = row.score * share * min(said.factor(title), 1.0)
                return replace(row, code=code, title=title, billable=True, score=score)
        return None
