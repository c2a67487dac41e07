"""Each measure runs on both sides and says a ratio; how fast this machine is, nobody asserts."""

from __future__ import annotations

import pytest

from desktop.errors import RuleError
from desktop.services.sample import bench
from desktop.services.sample.bench.result import MILLISECONDS, RATIO, BenchResult, p99
from desktop.services.sample.bench.scale import VARIABLE, Scale, chosen

TINY = Scale(patients=60, visits=40, claims=4, forms=3, keys=30, runs=1, windows=1, pairs=900)


@pytest.fixture(scope="module")
def told() -> tuple[list[bench.BenchResult], list[str]]:
    """All measures at the smallest scale, and the lines that were said."""
    lines: list[str] = []
    found = bench.run((), lines.append, scale=TINY)
    return [result for result in found if isinstance(result, BenchResult)], lines


@pytest.mark.parametrize("name", bench.NAMES)
def test_each_measure_reports_both_sides(
    told: tuple[list[bench.BenchResult], list[str]], name: str
) -> None:
    (found,) = [r for r in told[0] if r.name == name]
    assert found.ours_ms > 0
    assert found.floor_ms > 0
    plain = found.plain()
    assert plain["ratio"] == round(found.ours_ms / found.floor_ms, 3)
    assert plain["within"] is found.within
    assert plain["limit_unit"] in {RATIO, MILLISECONDS}


def test_one_line_is_said_for_each_measure_in_order(
    told: tuple[list[bench.BenchResult], list[str]],
) -> None:
    assert [line.split()[0] for line in told[1]] == list(bench.NAMES)


def test_an_unknown_name_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(RuleError) as refused:
        bench.run(["aging", "agging"])
    assert "agging" in str(refused.value)
    assert all(name in str(refused.value) for name in bench.NAMES)


def test_an_unknown_scale_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "huge")
    with pytest.raises(RuleError, match="huge"):
        chosen()


def test_the_full_scale_is_ten_years_of_a_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "full")
    full = chosen()
    assert (full.patients, full.visits, full.claims) == (50_000, 500_000, 10_000)


def test_a_ratio_is_held_against_a_ratio_and_a_time_against_a_time() -> None:
    assert BenchResult("a", 12.0, 10.0, 1.3, RATIO, "").within
    assert not BenchResult("a", 14.0, 10.0, 1.3, RATIO, "").within
    assert BenchResult("a", 29.0, 0.1, 30.0, MILLISECONDS, "").within
    assert not BenchResult("a", 31.0, 30.0, 30.0, MILLISECONDS, "").within


def test_the_99th_percentile_leaves_one_in_a_hundred_out() -> None:
    assert p99([float(n) for n in range(1, 101)]) == 99.0
    assert p99([5.0]) == 5.0
