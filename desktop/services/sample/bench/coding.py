"""`claimstead bench coding`: how well and how fast each way of searching finds a diagnosis."""

from __future__ import annotations

import contextlib
import functools
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.clock import SampleClock
from desktop.services.coding.base.values import BEST, BUILT_IN
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.vectors import model
from desktop.services.coding.vectors.index import SUFFIX
from desktop.services.core.database import CODES_NAME
from desktop.services.sample.bench.full_text import FullText
from desktop.services.sample.bench.practice import TODAY
from desktop.services.sample.bench.queries import (
    DEPTH,
    VARIABLE,
    Marks,
    QuerySet,
    evaluation_folder,
    marks,
    own_folder,
    read_set,
)
from desktop.services.sample.bench.result import p99, timed

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "coding"
_SHARED: Final = ("dev", "doid-dev")
_OWN: Final = ("queries-a", "queries-b")
CHOSEN_ON: Final = "Weights were chosen on queries-a alone; queries-b, dev and doid-dev chose none."
_HEADER: Final = (
    f"{'set':<10} {'method':<24} {'queries':>7} {'R@1':>5} {'R@5':>5} {'R@10':>5} {'MRR':>5} "
    f"{'ruled out':>9} {'p50 ms':>7} {'p99 ms':>7}"
)

Method = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One method on one set.

    Attributes:
        by_kind: the marks of each kind of query.
    """

    set_name: str
    method: str
    marks: Marks
    by_kind: tuple[tuple[str, Marks], ...]
    p50_ms: float
    p99_ms: float

    @property
    def text(self) -> str:
        """One row of the table."""
        m = self.marks
        return (
            f"{self.set_name:<10} {self.method:<24} {m.queries:>7} {m.r1:5.3f} {m.r5:5.3f} "
            f"{m.r10:5.3f} {m.mrr:5.3f} {f'{m.ruled_out}/{m.notes}':>9} "
            f"{self.p50_ms:7.1f} {self.p99_ms:7.1f}"
        )

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "set": self.set_name,
            "method": self.method,
            **self.marks.plain(),
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
            "by_kind": {kind: found.plain() for kind, found in self.by_kind},
        }


@dataclass(frozen=True, slots=True)
class CodingTable:
    """The whole table.

    Attributes:
        index_mb: size of the code-set file with its search index, and of further files.
        notes: what was left out and why, and what the weights were chosen on.
    """

    lines: tuple[Line, ...]
    index_mb: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]

    @property
    def within(self) -> bool:
        """A table has no budget of its own."""
        return True

    @property
    def text(self) -> str:
        """The table for a person."""
        sizes = ", ".join(f"{name} {size:.1f} MB" for name, size in self.index_mb)
        return "\n".join([_HEADER, *(n.text for n in self.lines), f"On disk: {sizes}", *self.notes])

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "name": NAME,
            "lines": [line.plain() for line in self.lines],
            "index_mb": {name: round(size, 2) for name, size in self.index_mb},
            "notes": list(self.notes),
        }


def table(folder: Path, sets: Sequence[QuerySet] | None = None) -> CodingTable:
    """Measure every method on every set there is.

    Args:
        folder: a code-set file is made here.
        sets: stand in for the files.
    """
    notes: list[str] = []
    if sets is None:
        sets, notes = query_sets()
    path = folder / CODES_NAME
    with CodeStore.create(path) as store:
        store.load_packaged(SampleClock(TODAY).now())
        billable = {c.code for c in store.billable_below("", TODAY, 1_000_000)}
        lines = [
            _measured(found, name, ask, billable)
            for name, ask in _methods(store, path, notes)
            for found in sets
        ]
    lines.sort(key=lambda line: [s.name for s in sets].index(line.set_name))
    files = (path, path.with_suffix(SUFFIX))
    sizes = tuple((f.name, f.stat().st_size / 1e6) for f in files if f.is_file())
    return CodingTable(tuple(lines), sizes, (*notes, CHOSEN_ON))


def query_sets() -> tuple[list[QuerySet], list[str]]:
    """The sets whose files exist, and a sentence for each that is missing."""
    found, missing = [], []
    for folder, names, hint in (
        (evaluation_folder(), _SHARED, f"; {VARIABLE} may name another folder"),
        (own_folder(), _OWN, ""),
    ):
        for name in names:
            path = folder / f"{name}.tsv"
            if path.is_file():
                found.append(read_set(path))
            else:
                where = f"{folder.parent.name}/{folder.name}"
                missing.append(f"{name} was not measured: {path.name} is not in {where}{hint}.")
    return found, missing


def _methods(store: CodeStore, path: Path, notes: list[str]) -> Iterator[tuple[str, Method]]:
    for name, terms in (("FTS5 titles", False), ("FTS5 titles, inclusions", True)):
        with contextlib.closing(FullText(path, terms=terms)) as index:
            yield name, functools.partial(index.search, limit=DEPTH)

    def built_in(text: str) -> list[str]:
        return [hit.code for hit in store.search(text, TODAY, DEPTH)]

    yield BUILT_IN, built_in
    if not model.available():
        notes.append(f"best was not measured: {model.MISSING}")
        return
    took, _ = timed(store.prepare_best)
    notes.append(f"The vectors of best search were made in {took / 1000:.0f} s.")

    def best(text: str) -> list[str]:
        return [hit.code for hit in store.search(text, TODAY, DEPTH, mode=BEST)]

    yield BEST, best


def _measured(found: QuerySet, name: str, ask: Method, billable: set[str]) -> Line:
    for query in found.queries:
        ask(query.text)
    runs = [timed(functools.partial(ask, query.text)) for query in found.queries]
    times, answers = [r[0] for r in runs], [r[1] for r in runs]
    kinds = sorted({query.kind for query in found.queries})
    by_kind = tuple((kind, marks(found.queries, answers, billable, kind)) for kind in kinds)
    whole = marks(found.queries, answers, billable)
    return Line(found.name, name, whole, by_kind, statistics.median(times), p99(times))
