"""Which measures there are, and running those that were asked for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.errors import RuleError
from desktop.services.sample.bench import (
    answering,
    claims,
    codes_import,
    coding,
    owing,
    searching,
    window,
)
from desktop.services.sample.bench.practice import Bench
from desktop.services.sample.bench.scale import Scale, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.sample.bench.coding import CodingTable
    from desktop.services.sample.bench.result import BenchResult

_MEASURES: Final[dict[str, Callable[[Bench], BenchResult]]] = {
    "first-paint": window.first_paint,
    "patient-search": searching.patient_search,
    "code-search": searching.code_search,
    "aging": owing.aging,
    "post-835": answering.post_835,
    "write-837p": claims.write_837p,
    "cms1500": claims.cms1500_forms,
    "ncci-import": codes_import.ncci_import,
    "ncci-lookup": codes_import.ncci_lookup,
}
NAMES: Final = tuple(_MEASURES)
ON_REQUEST: Final = (coding.NAME,)
"""Measured only when named: a table, not a figure with a budget."""


def run(
    names: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
    *,
    scale: Scale | None = None,
) -> list[BenchResult | CodingTable]:
    """Measure what is named, or everything with a budget, in a folder that is deleted afterwards.

    Args:
        names: of `NAMES` and `ON_REQUEST`; none means all of `NAMES`.
        say: hears one line as soon as it is known.
        scale: stands in for the one that the environment names.

    Raises:
        RuleError: there is no such measure or scale.
        EnvironmentProblem: a window cannot be opened, or the disk is full.
    """
    known = (*NAMES, *ON_REQUEST)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RuleError(f"There is no measure “{unknown[0]}”; there are {', '.join(known)}.")
    results: list[BenchResult | CodingTable] = []
    with tempfile.TemporaryDirectory(prefix="claimstead-bench-") as folder:
        bench = Bench(Path(folder), scale or chosen())
        for name in names or NAMES:
            result = coding.table(Path(folder)) if name == coding.NAME else _MEASURES[name](bench)
            results.append(result)
            if say is not None:
                say(result.text)
    return results
