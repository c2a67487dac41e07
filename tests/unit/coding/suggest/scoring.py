"""Totals over the notes of ``tests/data/coding``: what was found, read and offered."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.models.values.enums import Sex
from desktop.services.coding.base.values import PatientFacts
from desktop.services.coding.notes.values import Status, Suggestion
from desktop.services.coding.suggest.engine import suggest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from desktop.services.coding.library.store import CodeStore

NOTES = Path(__file__).parents[3] / "data" / "coding" / "notes.json"
_WORDS = {
    "side": "side",
    "encounter": "visit",
    "trimester": "trimester",
    "type": "type",
    "severity": "severe",
    "stage": "stage",
}


@dataclass
class Totals:
    """Counts; each rate is a share of what was judged."""

    phrases: int = 0
    found: int = 0
    status: int = 0
    coded: int = 0
    first: int = 0
    third: int = 0
    rejected_first: int = 0
    absent: int = 0
    absent_offered: int = 0
    questions: int = 0
    asked: int = 0
    milliseconds: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def rates(self) -> dict[str, float]:
        """Shares, and the processor's times of a note (a busy machine does not change them)."""
        times = sorted(self.milliseconds)
        return {
            "found": self.found / max(self.phrases, 1),
            "status": self.status / max(self.phrases, 1),
            "first": self.first / max(self.coded, 1),
            "third": self.third / max(self.coded, 1),
            "rejected_first": self.rejected_first / max(self.phrases, 1),
            "absent_offered": self.absent_offered / max(self.absent, 1),
            "asked": self.asked / max(self.questions, 1),
            "p50_ms": times[len(times) // 2],
            "p99_ms": times[int(len(times) * 0.99)],
        }


def notes(half: str) -> list[dict[str, Any]]:
    """The notes of half "a" or "b"."""
    loaded: list[dict[str, Any]] = json.loads(NOTES.read_text())
    return [n for n in loaded if n["id"].startswith(f"{half}-")]


def score(store: CodeStore, half: str, on: dt.date, *, tell: bool = False) -> Totals:
    """Run all notes of a half; with `tell` the misses are kept as lines."""
    out = Totals()
    for note in notes(half):
        sex = Sex(note["sex"]) if note.get("sex") else None
        began = time.process_time()
        found = suggest(store, note["text"], on, patient=PatientFacts(note.get("age"), sex))
        out.milliseconds.append(1000 * (time.process_time() - began))
        for expected in note["expected"]:
            _judge(out, note, expected, found, tell=tell)
        for code in note["absent"]:
            out.absent += 1
            offered = [
                s.phrase
                for s in found
                if s.status is Status.PRESENT and code in {c.dotted for c in s.codes}
            ]
            out.absent_offered += bool(offered)
            if offered and tell:
                out.misses.append(f"{note['id']} ABSENT {code} offered for {offered}")
    return out


def _over(text: str, phrase: str, found: list[Suggestion]) -> Iterator[Suggestion]:
    at = text.find(phrase)
    while at >= 0:
        for s in found:
            if s.start < at + len(phrase) and s.end > at:
                yield s
        at = text.find(phrase, at + 1)


def _judge(
    out: Totals,
    note: dict[str, Any],
    expected: dict[str, Any],
    found: list[Suggestion],
    *,
    tell: bool,
) -> None:
    out.phrases += 1
    over = list(_over(note["text"], expected["phrase"], found))
    right = [s for s in over if s.status.value == expected["status"]]
    out.found += bool(over)
    out.status += bool(right)
    accept = set(expected["accept"])
    firsts = {s.codes[0].dotted for s in over if s.codes}
    thirds = {c.dotted for s in over for c in s.codes[:3]}
    missed = []
    if not over:
        missed.append("NOT FOUND")
    elif not right:
        missed.append(f"STATUS {[(s.phrase, s.status.value) for s in over]}")
    if accept:
        out.coded += 1
        out.first += bool(firsts & accept)
        out.third += bool(thirds & accept)
        if not firsts & accept:
            missed.append("FIRST" if thirds & accept else "CODES")
    if firsts & set(expected["reject"]):
        out.rejected_first += 1
        missed.append("REJECT")
    if expected["question"]:
        out.questions += 1
        asked = any(
            _WORDS.get(expected["question"], "") in s.question.lower() for s in over if s.question
        )
        out.asked += asked
        if not asked:
            missed.append(f"QUESTION {expected['question']}")
    if missed and tell:
        got = [
            (s.phrase, s.status.value, [c.dotted for c in s.codes][:4], s.question) for s in over
        ]
        line = f"{note['id']} {expected['phrase']!r} {expected['status']} {expected['accept']}"
        out.misses.append(f"{line}\n      {missed} {got}")
