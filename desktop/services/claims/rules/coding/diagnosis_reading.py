"""Diagnoses with their notes, read from the code sets: each code once a release, not a visit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.facts import DiagnosisFacts, Instruction
from desktop.services.coding.base.references import CodeRange, ends, references
from desktop.services.coding.base.values import (
    ICD10CM,
    Description,
    DiagnosisCheck,
    NoteKind,
    Standing,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from desktop.services.coding.library.store import CodeStore

_UNSPECIFIED = re.compile("unspecified", re.IGNORECASE)
_FAMILY = 2000


class DiagnosisReader:
    """Answers about diagnoses by date, kept as long as one run of the checks."""

    def __init__(self, store: CodeStore) -> None:
        self._store = store
        self._starts: dict[dt.date, dt.date | None] = {}
        self._verdicts: dict[tuple[dt.date | None, str], DiagnosisCheck] = {}
        self._facts: dict[dt.date | None, dict[str, DiagnosisFacts]] = {}
        self._orders: dict[dt.date | None, dict[str, int]] = {}

    def release(self, on: dt.date) -> dt.date | None:
        """First day of the release in force: within it, all answers are the same."""
        if on not in self._starts:
            found = self._store.coverage(ICD10CM, on)
            self._starts[on] = found.valid_from if found else None
        return self._starts[on]

    def verdict(self, code: str, on: dt.date) -> DiagnosisCheck:
        """Whether the code may be billed on the date."""
        start = self.release(on)
        if start is None:
            return self._store.check_diagnosis(code, on)
        key = (start, code)
        if key not in self._verdicts:
            self._verdicts[key] = self._store.check_diagnosis(code, on)
        return self._verdicts[key]

    def read(self, codes: Iterable[str], on: dt.date) -> None:
        """Read what the rules need of these codes; notes of codes read before are kept."""
        start = self.release(on)
        if start is None:
            return
        known = self._facts.setdefault(start, {})
        fresh = [c for c in dict.fromkeys(codes) if c not in known]
        for code in fresh:
            known[code] = self._read(code, on)
        if fresh:
            named = set(fresh).union(*(ends(_ranges(known[c])) for c in fresh))
            order = self._orders.setdefault(start, {})
            order.update(self._store.order_keys(named - order.keys(), on))

    def facts(self, on: dt.date) -> dict[str, DiagnosisFacts]:
        """All that was read for the release of this date, by code."""
        return self._facts.get(self.release(on), {})

    def order(self, on: dt.date) -> dict[str, int]:
        """Places in tabular order, for the release of this date."""
        return self._orders.get(self.release(on), {})

    def _read(self, code: str, on: dt.date) -> DiagnosisFacts:
        verdict = self.verdict(code, on)
        described = self._store.describe(code, on) if verdict.info is not None else None
        if described is None or verdict.standing is Standing.UNKNOWN:
            shown = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
            sevenths, padded = self._mended(code, on)
            return DiagnosisFacts(code, shown, "", sevenths=sevenths, padded=padded)
        info = described.info
        return DiagnosisFacts(
            code,
            info.dotted,
            info.title,
            excludes1=_instructions(described, NoteKind.EXCLUDES1),
            code_first=_instructions(described, NoteKind.CODE_FIRST),
            use_additional=_instructions(described, NoteKind.USE_ADDITIONAL),
            sided=self._sided(code, info.title, on) if info.billable else (),
            sevenths=() if verdict.ok else self._missing(code, described, on),
        )

    def _missing(
        self, code: str, described: Description, on: dt.date
    ) -> tuple[tuple[str, str], ...]:
        """Allowed 7th characters, where nothing but that character is missing."""
        below = self._store.billable_below(code, on)
        stem = f"{code}XXX"[:6]
        if not below or any(len(c.code) != 7 or c.code[:6] != stem for c in below):
            return ()
        return _meanings(described, (c.code[6] for c in below))

    def _mended(self, code: str, on: dt.date) -> tuple[tuple[tuple[str, str], ...], str]:
        """For an unknown code: the 7th characters allowed there, or the code with its X."""
        if len(code) == 7:
            below = self._store.billable_below(code[:6], on)
            node = self._store.describe(code[:6].rstrip("X"), on) if below else None
            marks = (c.code[6] for c in below)
            return (_meanings(node, marks) if node is not None else ()), ""
        padded = f"{code[:-1]}XXX"[:6] + code[-1:]
        if 4 < len(code) < 7 and (info := self.verdict(padded, on).info) is not None:
            return (), info.dotted if info.billable else ""
        return (), ""

    def _sided(self, code: str, title: str, on: dt.date) -> tuple[str, ...]:
        """Codes beside this one whose titles say right or left where this says unspecified."""
        if not _UNSPECIFIED.search(title):
            return ()
        shapes = [
            re.compile(
                rf"{re.escape(title[: m.start()])}(?:right|left)\b.*{re.escape(title[m.end() :])}",
                re.IGNORECASE,
            )
            for m in _UNSPECIFIED.finditer(title)
        ]
        family = self._store.billable_below(code[:4], on, limit=_FAMILY)
        return tuple(c.dotted for c in family if any(shape.fullmatch(c.title) for shape in shapes))[
            :6
        ]


def _meanings(described: Description, marks: Iterable[str]) -> tuple[tuple[str, str], ...]:
    said = {n.mark: n.text for n in described.of(NoteKind.SEVENTH)}
    return tuple((mark, said.get(mark, "see the code's titles")) for mark in dict.fromkeys(marks))


def _instructions(described: Description, kind: NoteKind) -> tuple[Instruction, ...]:
    out, heading = [], ("", "")
    for note in described.of(kind):
        if note.text.rstrip().endswith(":"):
            heading = (note.from_code, note.text)
        elif ranges := references(note.text):
            above = heading[1] if heading[0] == note.from_code else ""
            out.append(Instruction(note.text, note.from_code, ranges, above))
    return tuple(out)


def _ranges(known: DiagnosisFacts) -> Iterator[CodeRange]:
    for note in (*known.excludes1, *known.code_first, *known.use_additional):
        yield from note.ranges
