"""Which code sets are loaded, until when, and which are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.services.coding.base.values import HCPCS, ICD10CM, MUE, NCCI, NeedsDay, Release
from desktop.services.coding.library.store import CodeStore
from desktop.services.practice.codes import code_sets
from desktop.services.practice.codes.code_sets import DueSet, SetState, last_day

if TYPE_CHECKING:
    from desktop.clock import SampleClock
    from desktop.services.core.database import Database

Loaded = Callable[..., None]


def release(system: str, start: dt.date, end: dt.date | None = None, name: str = "") -> Release:
    return Release(system, name or f"{system} {start}", start, end, 100, 90)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Say which releases are loaded, beside files that no test of this kind has."""

    def use(*given: Release) -> None:
        ordered = sorted(given, key=lambda r: (r.system, r.valid_from))

        def releases(_store: CodeStore, system: str | None = None) -> list[Release]:
            return [r for r in ordered if system in (None, r.system)]

        monkeypatch.setattr(CodeStore, "releases", releases)
        monkeypatch.setattr(CodeStore, "source_files", lambda _store, _system: [])

    return use


FY26 = release(ICD10CM, dt.date(2025, 10, 1), dt.date(2026, 9, 30), "FY2026")
FY27 = release(ICD10CM, dt.date(2026, 10, 1), dt.date(2027, 9, 30), "FY2027")


def due(database: Database, clock: SampleClock, on: dt.date) -> list[DueSet]:
    clock.on = on
    return database.read(code_sets.due)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (dt.date(2026, 9, 15), None),
        (dt.date(2026, 9, 16), "ICD-10-CM runs out in 14 days (09/30/2026)"),
        (dt.date(2026, 9, 29), "ICD-10-CM runs out tomorrow (09/30/2026)"),
        (dt.date(2026, 9, 30), "ICD-10-CM runs out today (09/30/2026)"),
        (dt.date(2026, 10, 1), "ICD-10-CM ran out on 09/30/2026"),
    ],
)
def test_diagnoses_are_told_two_weeks_before_they_run_out_and_after(
    database: Database, clock: SampleClock, on: dt.date, said: str | None
) -> None:
    found = due(database, clock, on)
    assert [d.text for d in found] == ([said] if said else [])
    if found:
        assert found[0].detail == "load the files of fiscal year 2027"
        assert found[0].state is (SetState.OUT if on.month == 10 else SetState.SOON)


def test_next_years_diagnoses_loaded_ahead_make_it_quiet(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    loaded(FY26, FY27)
    assert due(database, clock, dt.date(2026, 9, 25)) == []
    assert due(database, clock, dt.date(2026, 10, 1)) == []


def test_a_quarter_loaded_ahead_hides_none_that_was_left_out(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    second = release(NCCI, dt.date(2026, 4, 1), dt.date(2026, 6, 30))
    fourth = release(NCCI, dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    loaded(FY26, FY27, second, fourth)
    (found,) = due(database, clock, dt.date(2026, 8, 15))
    assert found.text == "NCCI ran out on 06/30/2026"
    assert found.detail == "load the files of July 2026"
    assert due(database, clock, dt.date(2026, 10, 15)) == []
    rows = {r.id: r.text for r in database.read(code_sets.standings)}
    assert rows["ncci 2026-04-01"] == "until 06/30/2026"


def test_a_set_that_begins_only_later_is_told(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    loaded(FY27)
    (found,) = due(database, clock, dt.date(2026, 9, 15))
    assert found.text == "ICD-10-CM is loaded only from 10/01/2026 on"
    assert found.detail == "load the files of fiscal year 2026"
    assert found.state is SetState.OUT


@pytest.mark.parametrize("said", ["x.txt does not say from when it holds", "x and y differ"])
def test_a_file_without_a_day_is_asked_for_it_by_its_type(said: str) -> None:
    assert code_sets.asks_for_day(NeedsDay(said))
    assert not code_sets.asks_for_day(RuleError(f"{said}; give the first day of force"))


def test_quarterly_sets_run_out_together_in_one_sentence(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    quarter = [release(s, dt.date(2026, 4, 1), dt.date(2026, 6, 30)) for s in (HCPCS, NCCI, MUE)]
    loaded(FY26, *quarter)
    (soon,) = due(database, clock, dt.date(2026, 6, 20))
    assert soon.text == "HCPCS, NCCI and MUE run out in 10 days (06/30/2026)"
    assert soon.detail == "load the files of July 2026"
    (out,) = due(database, clock, dt.date(2026, 8, 15))
    assert out.text == "HCPCS, NCCI and MUE ran out on 06/30/2026"
    assert out.detail == "load the files of July 2026"


def test_cpt_runs_out_on_new_years_eve_and_sets_never_loaded_are_silent(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    loaded(FY27, release("cpt", dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
    (found,) = due(database, clock, dt.date(2027, 1, 1))
    assert found.systems == ("cpt",)
    assert (found.text, found.detail) == ("CPT ran out on 12/31/2026", "load the files of 2027")


def test_without_diagnoses_everything_else_waits(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    loaded()
    (found,) = due(database, clock, dt.date(2026, 9, 15))
    assert found.text == "No ICD-10-CM codes are loaded"


def test_the_update_of_april_is_said_softly_and_only_in_april(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    loaded(FY26)
    (found,) = due(database, clock, dt.date(2026, 4, 1))
    assert found.state is SetState.IN_FORCE
    assert found.text == "ICD-10-CM may have an update of 04/01/2026"
    assert due(database, clock, dt.date(2026, 3, 31)) == []
    assert due(database, clock, dt.date(2026, 5, 1)) == []
    loaded(
        release(ICD10CM, dt.date(2025, 10, 1), dt.date(2026, 9, 30), "FY2026, April 2026 update")
    )
    assert due(database, clock, dt.date(2026, 4, 1)) == []


def test_a_set_without_a_last_day_ends_with_its_quarter_or_year() -> None:
    assert last_day(release(NCCI, dt.date(2026, 7, 1))) == dt.date(2026, 9, 30)
    assert last_day(release(HCPCS, dt.date(2026, 11, 15))) == dt.date(2026, 12, 31)
    assert last_day(release("cpt", dt.date(2026, 7, 1))) == dt.date(2026, 12, 31)
    assert last_day(release("lcd", dt.date(2026, 7, 1))) is None


def test_each_set_has_a_row_with_its_state_in_words(
    database: Database, clock: SampleClock, loaded: Loaded
) -> None:
    local = release("state_local", dt.date(2026, 1, 1))
    old = release(ICD10CM, dt.date(2024, 10, 1), dt.date(2025, 9, 30), "FY2025")
    loaded(old, FY26, FY27, release(NCCI, dt.date(2026, 4, 1), dt.date(2026, 6, 30)), local)
    clock.on = dt.date(2026, 9, 20)
    rows = database.read(code_sets.standings)
    found = {r.id: (r.state, r.text) for r in rows}
    assert found["icd10cm 2026-10-01"] == (SetState.COMING, "from 10/01/2026")
    assert found["icd10cm 2025-10-01"] == (SetState.IN_FORCE, "in force")
    assert found["icd10cm 2024-10-01"] == (SetState.OLDER, "until 09/30/2025")
    assert found["ncci 2026-04-01"] == (SetState.OUT, "ran out on 06/30/2026")
    assert found["state_local 2026-01-01"] == (SetState.IN_FORCE, "in force")
    assert found["hcpcs"] == (SetState.ABSENT, "not loaded")
    names = [r.release for r in rows if r.system == ICD10CM]
    assert names == ["FY2027", "FY2026", "FY2025"]
    first_absent = next(n for n, r in enumerate(rows) if r.state is SetState.ABSENT)
    assert all(not r.release for r in rows[first_absent:])


def test_a_set_that_runs_out_soon_says_in_how_many_days(
    database: Database, clock: SampleClock
) -> None:
    clock.on = dt.date(2026, 9, 18)
    row = next(r for r in database.read(code_sets.standings) if r.system == ICD10CM)
    assert (row.state, row.text) == (SetState.SOON, "runs out in 12 days")
    (file,) = database.read(lambda work: code_sets.sources(work, ICD10CM, row.release))
    assert len(file.sha256) == 64
    assert file.records == 98186
