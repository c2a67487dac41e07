"""What one measure says, and how times are taken."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

RATIO: Final = "ratio"
MILLISECONDS: Final = "ms"


@dataclass(frozen=True, slots=True)
class BenchResult:
    """One figure of the program beside its floor.

    Attributes:
        ours_ms: what the program took, in milliseconds (a median, or the 99th percentile).
        floor_ms: what the least that could do took, in the same run.
        limit: the budget, in `limit_unit`: "ratio" (ours to floor) or "ms" (ours alone).
        detail: what was measured, how often, and on how much.
    """

    name: str
    ours_ms: float
    floor_ms: float
    limit: float
    limit_unit: str
    detail: str

    @property
    def ratio(self) -> float:
        """Ours to floor."""
        return self.ours_ms / self.floor_ms

    @property
    def within(self) -> bool:
        """Whether the budget is kept."""
        measured = self.ratio if self.limit_unit == RATIO else self.ours_ms
        return measured <= self.limit

    @property
    def text(self) -> str:
        """One line for a person."""
        unit = "×" if self.limit_unit == RATIO else " ms"
        verdict = "within" if self.within else "OVER"
        return (
            f"{self.name:<14} {self.ours_ms:9.2f} ms, floor {self.floor_ms:9.2f} ms: "
            f"{self.ratio:5.2f}× ({verdict} {self.limit:g}{unit}); {self.detail}"
        )

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return {
            "name": self.name,
            "ours_ms": round(self.ours_ms, 3),
            "floor_ms": round(self.floor_ms, 3),
            "ratio": round(self.ratio, 3),
            "limit": self.limit,
            "limit_unit": self.limit_unit,
            "within": self.within,
            "detail": self.detail,
        }


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds that an action took, and what it returned."""
    start = time.perf_counter()
    value = action()
    return (time.perf_counter() - start) * 1000, value


def medians(
    runs: int, ours: Callable[[], object], floor: Callable[[], object]
) -> tuple[float, float]:
    """Both sides by turns after one run each to warm up; the medians in milliseconds."""
    ours()
    floor()
    pairs = [(timed(ours)[0], timed(floor)[0]) for _ in range(runs)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)


def p99(times: Sequence[float]) -> float:
    """The 99th percentile: at most one in a hundred took longer."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * 99 // 100) - 1)]
