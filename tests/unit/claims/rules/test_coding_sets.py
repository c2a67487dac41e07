"""What the checks say where a loaded set is only a part, or has run out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.models.values.enums import Severity
from desktop.services.claims.rules.check import check_record
from desktop.services.claims.rules.coding.facts import CodingFacts
from desktop.services.claims.rules.coding.families import ADVICE
from desktop.services.claims.rules.coding.procedure_reading import ProcedureReader
from desktop.services.claims.rules.findings import CheckContext, Finding
from desktop.services.coding.library.store import CodeStore
from tests.unit.claims.rules.samples import ON, TODAY, claim, line
from tests.unit.claims.rules.sets import fill

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "codes.db"
    CodeStore.create(path).close()
    return path


def _found(path: Path, procedure: str) -> dict[str, Finding]:
    with CodeStore(path) as store:
        reader = ProcedureReader(store)
        reader.read([procedure], ON)
        facts = CodingFacts(
            on=ON,
            procedures={(procedure, ON): reader.facts(procedure, ON)},
            loaded=reader.loaded(ON),
            ran_out=reader.ran_out(ON),
        )
    record = claim(lines=(line(1, procedure=procedure),))
    return {f.rule: f for f in check_record(record, CheckContext(TODAY, coding=facts))}


def test_a_part_of_the_cpt_list_never_holds_a_claim(path: Path) -> None:
    """Two lines of a list, loaded to try it, once made every office visit an error."""
    fill(path, "cpt", {"99999": {"title": "Words of our own"}})
    found = _found(path, "99213")["procedure.not_valid"]
    assert found.severity is Severity.WARNING
    assert "only a part" in found.text


def test_a_code_that_ended_is_an_error_by_any_list(path: Path) -> None:
    fill(path, "cpt", {"99999": {}}, valid=("2025-01-01", "2025-12-31"), ended=True)
    fill(path, "cpt", {"99213": {}}, valid=("2026-01-01", "2026-12-31"))
    assert _found(path, "99999")["procedure.not_valid"].severity is Severity.ERROR


def test_what_was_loaded_and_ran_out_is_said_and_holds_nothing(path: Path) -> None:
    fill(path, "ncci", pairs=[("20610", "99213", "1")], valid=("2025-07-01", "2025-09-30"))
    found = _found(path, "99213")["set.ran_out"]
    assert "NCCI procedure pairs (ended 09/30/2025)" in found.text
    assert found.rule in ADVICE


def test_a_set_in_force_or_never_loaded_says_nothing(path: Path) -> None:
    assert "set.ran_out" not in _found(path, "99213")
    fill(path, "ncci", valid=(str(ON - dt.timedelta(days=9)), str(ON)))
    assert "set.ran_out" not in _found(path, "99213")
