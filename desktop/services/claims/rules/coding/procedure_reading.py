"""Procedures, their edits and articles, read from the code sets: each code once a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.facts import Article, ProcedureFacts
from desktop.services.coding.base.values import (
    ADD_ON,
    CPT,
    HCPCS,
    LCD,
    MPFS,
    MUE,
    NCCI,
    CodeInfo,
    CodePair,
    Release,
)

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

SYSTEMS = (HCPCS, CPT, NCCI, MUE, ADD_ON, MPFS, LCD)
_OWN_DAYS = frozenset({NCCI, ADD_ON})
"""Sets whose pairs carry their own first and last day, those that have ended included."""
_FEWEST_CPT = 5_000
"""Every yearly CPT list has about twice as many codes."""
Choices = Mapping[tuple[str, str], tuple[str, ...]]
"""Per (article, procedure): the confirmed groups; empty: the article does not apply."""


class ProcedureReader:
    """Answers about procedures by date, kept as long as one run of the checks."""

    def __init__(self, store: CodeStore) -> None:
        self._store = store
        self._releases: dict[str, list[Release]] = {}
        for release in store.releases():
            self._releases.setdefault(release.system, []).append(release)
        self._covered: dict[tuple[str, dt.date], bool] = {}
        self._facts: dict[tuple[str, dt.date], ProcedureFacts] = {}
        self._pairs: dict[tuple[str, str, dt.date], CodePair | None] = {}
        self._articles: dict[tuple[str, dt.date], tuple[str, tuple[tuple[str, str], ...]]] = {}
        self._covers_code: dict[tuple[str, str, dt.date], bool] = {}

    def knows(self, system: str) -> bool:
        """Whether any release of a system is loaded."""
        return system in self._releases

    def covers(self, system: str, on: dt.date) -> bool:
        """Whether what is loaded of a system answers for a date.

        A later quarter answers for earlier days where its rows carry their own days.
        """
        if system not in self._releases:
            return False
        key = (system, on)
        if key not in self._covered:
            self._covered[key] = self._store.coverage(system, on) is not None or (
                system in _OWN_DAYS
                and any(r.valid_to is None or on <= r.valid_to for r in self._releases[system])
            )
        return self._covered[key]

    def loaded(self, on: dt.date) -> frozenset[str]:
        """The systems that cover a date."""
        return frozenset(s for s in SYSTEMS if self.covers(s, on))

    def ran_out(self, on: dt.date) -> dict[str, dt.date]:
        """The systems that were loaded once and end before a date: name to last day."""
        ends = {
            system: max(r.valid_to or dt.date.max for r in self._releases[system])
            for system in SYSTEMS
            if system in self._releases and not self.covers(system, on)
        }
        return {system: last for system, last in ends.items() if last < on}

    def read(self, codes: Iterable[str], on: dt.date) -> None:
        """Read what the rules need of these procedures on a date."""
        fresh = sorted({c for c in codes if c and (c, on) not in self._facts})
        if not fresh:
            return
        sets: dict[str, dict[str, CodeInfo]] = {
            s: self._store.lookups(s, fresh, on) if self.covers(s, on) else {}
            for s in (HCPCS, CPT, MUE, MPFS)
        }
        linked: dict[str, dict[str, list[CodePair]]] = {ADD_ON: {}, LCD: {}}
        for system, found in linked.items():
            if self.covers(system, on):
                for pair in self._store.pairs(system, fresh, on):
                    found.setdefault(pair.first, []).append(pair)
        for code in fresh:
            system = system_of(code)
            system = system if system and self.covers(system, on) else ""
            info = sets[system].get(code) if system else None
            mue, fees = sets[MUE].get(code), sets[MPFS].get(code)
            self._facts[code, on] = ProcedureFacts(
                code,
                system,
                info,
                past=self._past(system, code, on) if system and info is None else None,
                is_partial=system == CPT and self._is_partial(on),
                mue=mue.attributes if mue else None,
                add_on=tuple(linked[ADD_ON].get(code, ())),
                fees=fees.attributes if fees else None,
                articles=tuple(dict.fromkeys(p.second for p in linked[LCD].get(code, ()))),
            )

    def _is_partial(self, on: dt.date) -> bool:
        """Whether the CPT list of a date is a piece of one, such as some lines to try out."""
        release = self._store.coverage(CPT, on)
        return release is not None and release.records < _FEWEST_CPT

    def _past(self, system: str, code: str, on: dt.date) -> CodeInfo | None:
        """The code as it stood last, when it has ended before a date."""
        ended = [c for c in self._store.history(code, system) if c.valid_to and c.valid_to < on]
        return ended[-1] if ended else None

    def facts(self, code: str, on: dt.date) -> ProcedureFacts:
        """What was read of a procedure."""
        return self._facts.get((code, on), ProcedureFacts(code))

    def pair(self, first: str, second: str, on: dt.date) -> CodePair | None:
        """The NCCI edit of two procedures in this order."""
        if not self.covers(NCCI, on):
            return None
        key = (first, second, on)
        if key not in self._pairs:
            self._pairs[key] = self._store.pair(NCCI, first, second, on)
        return self._pairs[key]

    def articles(
        self, code: str, on: dt.date, choices: Choices, diagnoses: Iterable[str]
    ) -> tuple[Article, ...]:
        """The coverage articles that list a procedure, as far as the user has confirmed them."""
        return tuple(
            self._article(number, code, on, choices.get((number, code)), diagnoses)
            for number in self.facts(code, on).articles
        )

    def _article(
        self,
        number: str,
        code: str,
        on: dt.date,
        confirmed: tuple[str, ...] | None,
        diagnoses: Iterable[str],
    ) -> Article:
        title, groups = self.article(number, on)
        covered = frozenset(
            d for d in diagnoses for group in confirmed or () if self._covers(group, d, on)
        )
        return Article(number, title, code, groups, confirmed, covered)

    def article(self, number: str, on: dt.date) -> tuple[str, tuple[tuple[str, str], ...]]:
        """An article's title, and its covered groups with their paragraphs."""
        key = (number, on)
        if key not in self._articles:
            info = self._store.lookup(LCD, number, on)
            groups = self._store.children(number, on, LCD)
            covered = [g for g in groups if not g.code.partition("/")[2].startswith("n")]
            self._articles[key] = (
                info.title if info else "",
                tuple((g.code, g.title) for g in covered),
            )
        return self._articles[key]

    def _covers(self, group: str, diagnosis: str, on: dt.date) -> bool:
        key = (group, diagnosis, on)
        if key not in self._covers_code:
            pair = self._store.pair(LCD, group, diagnosis, on)
            self._covers_code[key] = pair is not None and pair.indicator == "covered"
        return self._covers_code[key]


def system_of(code: str) -> str:
    """The set that a procedure code is of; empty for dental codes, which no set here holds."""
    if code[:1].isdigit():
        return CPT
    return "" if code[:1] in {"", "D"} else HCPCS
