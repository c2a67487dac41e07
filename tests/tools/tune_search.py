"""Choose the weights of code search anew, on one set of queries alone.

    python -m tests.tools.tune_search CODES.DB [--best] [--rounds N]

Each weight is tried at a few values while the others stay; a value is kept when the marks on
``tests/data/coding/queries-a.tsv`` rise by more than chance would lift them (a tenth of a query
in a hundred). Values are printed, never written: a person copies them into the modules. Every
other set is for testing; none but queries-a is opened here.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.services.coding.base.values import BEST, BUILT_IN
from desktop.services.coding.library.store import CodeStore
from desktop.services.sample.bench.queries import Query, marks, own_folder, read_set

if TYPE_CHECKING:
    from collections.abc import Sequence

ON: Final = dt.date(2026, 9, 15)
SET: Final = "queries-a.tsv"
LEAST_GAIN: Final = 0.001
_CODING: Final = "desktop.services.coding."
# Each by the module that uses it: a name that a module imported is another one there.
WEIGHTS: Final[dict[str, tuple[float, ...]]] = {
    "search.search._MASS": (0.1, 0.3, 0.6),
    "search.search._CORRECTED": (0.9, 0.95, 0.98),
    "search.search._SURELY": (0.4, 0.5, 0.65),
    "search.search._HISTORY_BESIDE": (0.5, 0.7, 0.85),
    "search.candidates._OTHER_KIND": (0.96, 0.985, 1.0),
    "search.candidates._FIELD_FACTOR": (0.78, 0.86, 0.92),
    "search.candidates.OTHER_FACTOR": (0.88, 0.93, 0.97),
    "search.candidates._WITHOUT_FACTOR": (0.97, 0.99, 1.0),
    "search.candidates._NAMED": (0.9, 0.97, 1.01),
    "search.lexicon._SYNONYM": (0.75, 0.85, 0.92),
    "search.lexicon._ROOT": (0.65, 0.8, 0.9),
    "search.lexicon._TURNED": (0.8, 0.9, 0.95),
    "search.query._BEGINNING_OF_ANOTHER": (0.7, 0.8, 0.9),
    "search.aspects._OTHER_SIDE": (0.6, 0.8, 0.9),
    "search.aspects._BOTH_SIDES": (0.8, 0.88, 0.95),
    "search.aspects._SAME_SIDE": (1.0, 1.02, 1.05),
    "search.aspects._DENIED": (0.75, 0.86, 0.93),
    "notes.lines._SAID_BESIDE": (0.85, 0.92, 0.97),
    "notes.lines._SAID_AS_REASON": (1.0, 1.06, 1.12),
    "releases.ranking.FOUND": (1.0, 1.5, 2.0),
    "releases.ranking.FILLED": (0.35, 0.5, 0.7),
}
OF_BEST: Final[dict[str, tuple[float, ...]]] = {
    "search.search._LIKENESS": (0.5, 0.8, 1.0, 1.4),
    "search.search._UNLIKE": (0.8, 0.9, 1.0),
}


class Tuner:
    """Marks of the search at given weights."""

    def __init__(self, store: CodeStore, queries: Sequence[Query], mode: str) -> None:
        self._store = store
        self._queries = queries
        self._mode = mode
        self._billable = {c.code for c in store.billable_below("", ON, 1_000_000)}

    def mark(self) -> float:
        """Mean of R@1, R@5, R@10 and MRR, less a tenth of the share of notes gone wrong."""
        answers = [
            [hit.code for hit in self._store.search(q.text, ON, 10, mode=self._mode)]
            for q in self._queries
        ]
        m = marks(self._queries, answers, self._billable)
        return (m.r1 + m.r5 + m.r10 + m.mrr) / 4 - 0.1 * m.ruled_out / max(m.notes, 1)

    def improve(self, weights: dict[str, tuple[float, ...]]) -> float:
        """One round over all weights; prints each value that is kept."""
        best = self.mark()
        print(f"{best:.4f} as it is")
        for name, values in weights.items():
            before = _value(name)
            kept = before
            for value in values:
                if value == before:
                    continue
                _set(name, value)
                found = self.mark()
                print(f"  {name} = {value}: {found:.4f}")
                if found > best + LEAST_GAIN:
                    best, kept = found, value
            _set(name, kept)
            if kept != before:
                print(f"{best:.4f} {name} = {kept} (was {before})")
        return best


def _value(name: str) -> float:
    module, _, variable = name.rpartition(".")
    return float(getattr(importlib.import_module(_CODING + module), variable))


def _set(name: str, value: float) -> None:
    module, _, variable = name.rpartition(".")
    setattr(importlib.import_module(_CODING + module), variable, value)


def main() -> None:
    """Read the words of the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("codes", type=Path)
    parser.add_argument("--best", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    queries = read_set(own_folder() / SET).queries
    with CodeStore(options.codes) as store:
        tuner = Tuner(store, queries, BEST if options.best else BUILT_IN)
        for _ in range(options.rounds):
            tuner.improve(OF_BEST if options.best else WEIGHTS)


if __name__ == "__main__":
    main()
