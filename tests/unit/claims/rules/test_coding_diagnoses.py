"""Diagnoses against the tabular list, by its real notes, and against the patient."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.models.values.claim_record import DatedFact, DiagnosisRecord
from desktop.models.values.enums import Severity, Sex
from desktop.services.claims.rules.check import check_record
from desktop.services.claims.rules.coding import demographics, families
from desktop.services.claims.rules.coding.diagnosis_reading import DiagnosisReader
from desktop.services.claims.rules.coding.facts import CodingFacts
from desktop.services.claims.rules.findings import CheckContext, Finding
from tests.unit.claims.rules.samples import ON, PATIENT, TODAY, claim, line

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

FAMILIES = (
    "excludes1",
    "manifestation",
    "code_first",
    "use_additional",
    "diagnosis",
    "injury",
    "sequela",
)


def judged(store: CodeStore, *codes: str, **changes: Any) -> list[Finding]:
    """What is said of these diagnoses, each pointed to by the claim's one line of four or less."""
    reader = DiagnosisReader(store)
    reader.read(codes, ON)
    facts = CodingFacts(
        on=ON,
        codes=codes,
        pointed=frozenset(codes),
        diagnoses=reader.facts(ON),
        order=reader.order(ON),
    )
    record = claim(
        **{
            "diagnoses": tuple(DiagnosisRecord(c) for c in codes),
            "lines": (line(11, pointers=tuple(range(1, min(len(codes), 4) + 1))),),
            **changes,
        }
    )
    verdicts = {c: reader.verdict(c, ON) for c in codes}
    found = check_record(record, CheckContext(TODAY, verdicts, coding=facts))
    return [f for f in found if f.rule.partition(".")[0] in FAMILIES]


def rules(found: list[Finding]) -> set[tuple[str, str]]:
    return {(f.rule, f.field) for f in found}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (("E109", "E119"), "diagnoses.2"),  # type 1 and type 2
        (("E119", "E109"), "diagnoses.2"),  # whichever comes first
        (("E119", "I10", "O10019"), "diagnoses.3"),  # a note of the section: in pregnancy
        (("R7303", "E1165"), "diagnoses.2"),  # a range, from the note at R73.0
        (("M545", "M5450"), None),
        (("I110", "I509"), None),
    ],
)
def test_codes_that_exclude_each_other_are_said_once(
    codes: CodeStore, wanted: tuple[str, ...], field: str | None
) -> None:
    pairs = [f for f in judged(codes, *wanted) if f.rule == "excludes1.pair"]
    assert [f.field for f in pairs] == ([field] if field else [])
    for finding in pairs:
        assert finding.severity is Severity.WARNING, "unrelated conditions may stand together"
        assert "unrelated" in finding.text
        assert "I.A.12.a" in finding.source


def test_excludes2_is_silent(codes: CodeStore) -> None:
    # Chronic sinusitis stands as Excludes2 at acute sinusitis: both may be coded.
    assert judged(codes, "J0190", "J320") == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (("G309", "F0280"), set()),
        (("F0280", "G309"), {("manifestation.first", "diagnoses.1")}),
        (("B9620", "N390"), {("manifestation.first", "diagnoses.1")}),
        (("N390", "B9620"), set()),
        (("E1122", "N1830"), set()),
        (("N1830", "E1122"), {("code_first.order", "diagnoses.1")}),
        (("I509", "I110"), {("code_first.order", "diagnoses.1")}),
        (("E119", "I509", "I110"), {("code_first.order", "diagnoses.2")}),
        (("G468",), {("code_first.missing", "diagnoses.1")}),
        (("I639", "G468"), set()),
        (("D631",), {("code_first.missing", "diagnoses.1")}),
        (("I509",), set()),  # “heart failure due to …” only where there is one
        (("Z794", "E1165"), {("use_additional.order", "diagnoses.1")}),
        (("E1165", "Z794"), set()),
        (("F17210", "I110"), set()),  # a visit to stop smoking
        (("E119", "E1165"), {("diagnosis.without", "diagnoses.1")}),
        (("E1165", "E1122", "N1830"), set()),
        (("S61411S", "L905"), {("sequela.first", "diagnoses.1")}),
        (("L905", "S61411S"), set()),
        (("E119", "Z0000"), {("diagnosis.first_only", "diagnoses.2")}),
        (("Z0000", "E119"), set()),
        (("Z0000", "Z01419"), set()),  # two encounters of one day
    ],
)
def test_the_order_that_the_list_demands(
    codes: CodeStore, wanted: tuple[str, ...], expected: set[tuple[str, str]]
) -> None:
    found = judged(codes, *wanted)
    assert rules(found) == expected
    assert all(f.is_error == (f.rule == "manifestation.first") for f in found)


def test_the_7th_character_is_named_and_the_placeholder_too(codes: CodeStore) -> None:
    (missing,) = judged(codes, "T1500")
    assert (missing.rule, missing.severity) == ("diagnosis.seventh", Severity.ERROR)
    assert "with X" in missing.text
    assert "A (initial encounter)" in missing.text
    (wrong,) = judged(codes, "S72001Z")
    assert "cannot end in Z" in wrong.text
    assert "A B C D" in wrong.text
    (unpadded,) = judged(codes, "T1500A")
    assert "T15.00XA" in unpadded.text
    (short,) = judged(codes, "S720")
    assert short.rule == "diagnosis.not_billable"
    assert rules(judged(codes, "S72001D")) == set()


@pytest.mark.parametrize(
    ("code", "sides"),
    [
        ("M25569", ("M25.561", "M25.562")),
        ("M1710", ("M17.11", "M17.12")),
        ("H6500", ("H65.01", "H65.02")),
        ("S63619D", ("S63.610D",)),  # several fingers of either hand
        ("M25561", ()),
        ("I10", ()),
        ("E119", ()),
    ],
)
def test_a_side_left_open_is_asked_for_where_the_list_has_sides(
    codes: CodeStore, code: str, sides: tuple[str, ...]
) -> None:
    found = judged(codes, code)
    if sides:
        assert rules(found) == {("diagnosis.side", "diagnoses.1")}
        assert all(side in found[0].text for side in sides)
    else:
        assert found == []


@pytest.mark.parametrize(
    ("code", "born", "sex", "expected"),
    [
        ("P0700", dt.date(1980, 4, 5), Sex.FEMALE, {"diagnosis.age"}),
        ("P0700", dt.date(2026, 8, 20), Sex.FEMALE, set()),
        ("Z00129", dt.date(2000, 1, 1), Sex.FEMALE, {"diagnosis.age"}),
        ("Z0000", dt.date(2016, 1, 1), Sex.MALE, {"diagnosis.age"}),
        ("O0992", dt.date(1990, 1, 1), Sex.MALE, {"diagnosis.sex"}),
        ("O0992", dt.date(1940, 1, 1), Sex.FEMALE, {"diagnosis.age"}),
        ("O0992", dt.date(1990, 1, 1), Sex.FEMALE, set()),
        ("N400", dt.date(1950, 1, 1), Sex.FEMALE, {"diagnosis.sex"}),
        ("N400", dt.date(1950, 1, 1), Sex.UNKNOWN, set()),
        ("N7601", dt.date(1990, 1, 1), Sex.MALE, {"diagnosis.sex"}),
        ("C61", dt.date(1950, 1, 1), Sex.MALE, set()),
        ("Z6833", dt.date(2010, 1, 1), Sex.MALE, {"diagnosis.age"}),
    ],
)
def test_age_and_sex_only_warn(
    codes: CodeStore, code: str, born: dt.date, sex: Sex, expected: set[str]
) -> None:
    found = judged(codes, code, patient=replace(PATIENT, birth_on=born, sex=sex))
    found = [f for f in found if f.rule in {"diagnosis.age", "diagnosis.sex"}]
    assert {f.rule for f in found} == expected
    assert not any(f.is_error for f in found)


def test_every_row_of_the_age_and_sex_table_meets_real_codes(codes: CodeStore) -> None:
    for row in demographics.TABLE:
        for part in row.pattern.split("|"):
            family = codes.billable_below(part[0], ON, limit=50_000)
            assert any(re.match(part, c.code) for c in family), f"no code begins like {part}"


def test_an_injury_names_its_accident(codes: CodeStore) -> None:
    assert rules(judged(codes, "S93411A")) == {("injury.accident", "diagnoses.1")}
    assert judged(codes, "S93411A", related_causes=("OA",)) == []
    assert judged(codes, "S93411A", dates=(DatedFact("439", ON),)) == []
    assert judged(codes, "S93411D") == []


def test_a_diagnosis_without_a_line_is_said_but_holds_nothing() -> None:
    record = claim(
        diagnoses=tuple(DiagnosisRecord(c) for c in ("E119", "I10", "W010XXA")),
        lines=(line(11, pointers=(1,)),),
    )
    found = [f for f in check_record(record, CheckContext(TODAY)) if "diagnosis" in f.rule]
    assert rules(found) == {("diagnosis.unpointed", "diagnoses.2")}
    assert {f.rule for f in found} <= families.ADVICE


def test_each_finding_names_its_source(codes: CodeStore) -> None:
    found = judged(codes, "F0280", "G309", "E109", "E119", "M25569", "S72001", "N400")
    assert len({f.rule for f in found}) >= 5
    assert all(f.source and f.text.endswith(".") for f in found)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    places=st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True),
    sex=st.sampled_from(Sex),
    born=st.dates(dt.date(1920, 1, 1), ON),
)
def test_one_reason_never_passes_two_findings(
    codes: CodeStore, places: list[int], sex: Sex, born: dt.date
) -> None:
    every = billable(codes)
    wanted = list(dict.fromkeys(every[p % len(every)] for p in places))
    found = judged(codes, *wanted, patient=replace(PATIENT, birth_on=born, sex=sex))
    passable = [(f.rule, f.field) for f in found if not f.is_error]
    assert len(passable) == len(set(passable))
    assert all(f.text.endswith(".") and f.source for f in found)


@functools.cache
def billable(store: CodeStore) -> list[str]:
    """Every fifth billable code, of all chapters."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    found = [c.code for x in letters for c in store.billable_below(x, ON, limit=100_000)]
    return found[::5]
