"""Procedures of one day against edits, units, modifiers and Medicare's own demands."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.models.values.claim_record import CoverageRecord, DiagnosisRecord, DrugRecord
from desktop.models.values.enums import Severity
from desktop.services.claims.rules.check import check_record
from desktop.services.claims.rules.coding.facts import Article, CodingFacts, DiagnosisFacts, Service
from desktop.services.claims.rules.coding.procedure_reading import ProcedureReader
from desktop.services.claims.rules.findings import CheckContext, Finding
from desktop.services.coding.library.store import CodeStore
from tests.unit.claims.rules.samples import FIRST, MEDICARE, ON, TODAY, claim, line
from tests.unit.claims.rules.sets import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCTOR, COLLEAGUE, SURGEON = 1, 2, 3
TAXONOMIES = {DOCTOR: "207Q00000X", COLLEAGUE: "207Q00000X", SURGEON: "208600000X"}
OWN = ("ncci mue add_on modifier global drug notice therapy procedure patient units lcd").split()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    """Invented sets: what each code is for stands beside it."""
    path = tmp_path_factory.mktemp("sets") / "codes.db"
    CodeStore.create(path).close()
    hcpcs = {
        "G0101": {"title": "Screening"},
        "G0438": {"title": "Yearly visit, first"},
        "A4550": {"title": "Tray", "coverage": "I"},
        "J1100": {"title": "Injection, invented steroid, 1 mg"},
        "J1885": {"title": "Injection, invented analgesic, per 15 mg"},
        "J7301": {"title": "Invented device, 13.5 mg"},
        "J0585": {"title": "Injection, invented toxin, 1 unit"},
        "J2805": {"title": "Injection, invented peptide, 5 micrograms"},
        "J1070": {"title": "Injection, invented hormone, up to 100 mg"},
    }
    fill(path, "hcpcs", hcpcs)
    fill(path, "hcpcs", {"A4466": {}}, valid=("2025-01-01", "2025-12-31"), ended=True)
    fill(path, "ncci", pairs=[
        ("20610", "99213", "1"),
        ("20610", "20611", "0"),
        ("11042", "97597", "1"),
    ])  # fmt: skip
    fill(path, "mue", {
        "36415": {"value": "2", "indicator": "3 Date of Service Edit: Clinical"},
        "J1100": {"value": "120", "indicator": "1 Line Edit"},
        "93000": {"value": "1", "indicator": "2 Date of Service Edit: Policy"},
    })  # fmt: skip
    fill(path, "add_on", pairs=[
        ("99292", "99291", "1"),
        ("G2211", "99213", "1"),
        ("G2211", "99214", "1"),
        ("64484", "CCCCC", "2"),
        ("22614", "22612", "3"),
        ("22614", "CCCCC", "3"),
    ])  # fmt: skip
    fill(path, "mpfs", {
        "20610": {"global": "000", "bilateral": "1", "pctc": "0"},
        "12001": {"global": "010", "bilateral": "0", "pctc": "0"},
        "27447": {"global": "090", "bilateral": "1", "pctc": "0"},
        "93000": {"global": "XXX", "bilateral": "0", "pctc": "4"},
        "76642": {"global": "XXX", "bilateral": "3", "pctc": "1"},
        "77066": {"global": "XXX", "bilateral": "2", "pctc": "1"},
        "99213": {"global": "XXX", "bilateral": "0", "pctc": "0"},
        "11200": {"global": "010", "assistant": "1", "co_surgeon": "0"},
        "99000": {"status": "B"},
    })  # fmt: skip
    with CodeStore(path) as opened:
        yield opened


def service(number: int, procedure: str, *modifiers: str, **changes: Any) -> Service:
    """A line elsewhere: posted on another visit, by the same doctor."""
    who = changes.pop("by", DOCTOR)
    on = changes.pop("on", ON)
    return Service(
        **{
            "number": number,
            "visit_id": 70 + number,
            "on": on,
            "to_on": on,
            "procedure": procedure,
            "modifiers": frozenset(modifiers),
            "units": Decimal(1),
            "provider_id": who,
            "taxonomy": TAXONOMIES[who],
            "name": f"visit {70 + number}",
            "posted": True,
            **changes,
        }
    )


def judged(
    store: CodeStore,
    *lines: Any,
    others: Sequence[Service] = (),
    payer: CoverageRecord = FIRST,
    by: Sequence[int] = (),
    articles: Sequence[Article] = (),
    **changes: Any,
) -> list[Finding]:
    """What the procedure rules say of lines: (code, modifiers…) or ready records."""
    made = [
        replace(line(n, procedure=given[0], modifiers=tuple(given[1:])))
        if isinstance(given, tuple)
        else replace(given, number=n)
        for n, given in enumerate(lines, 1)
    ]
    reader = ProcedureReader(store)
    reader.read([r.procedure for r in made] + [s.procedure for s in others], ON)
    codes = {r.procedure for r in made} | {s.procedure for s in others}
    whom = [*by, *[DOCTOR] * (len(made) - len(by))]
    facts = CodingFacts(
        on=ON,
        procedures={
            (c, s): reader.facts(c, ON) for c in codes for s in {ON, *(o.on for o in others)}
        },
        pairs={
            (a, b, ON): pair
            for a in codes
            for b in codes
            if (pair := reader.pair(a, b, ON)) is not None
        },
        services={
            r.number: service(
                r.number, r.procedure, *r.modifiers, visit_id=1, by=who, name=f"Line {r.number}"
            )
            for r, who in zip(made, whom, strict=True)
        },
        others=tuple(others),
        loaded=reader.loaded(ON),
        articles={a.procedure: (a,) for a in articles},
        diagnoses={
            "M1711": DiagnosisFacts("M1711", "M17.11", "Osteoarthritis, right knee"),
            "M1712": DiagnosisFacts("M1712", "M17.12", "Osteoarthritis, left knee"),
        },
    )
    record = claim(**{"lines": tuple(made), "coverages": (payer,), **changes})
    found = check_record(record, CheckContext(TODAY, coding=facts))
    return [f for f in found if f.rule.partition(".")[0] in OWN and f.rule != "modifier.shape"]


def rules(found: list[Finding]) -> set[tuple[str, str]]:
    return {(f.rule, f.field) for f in found}


def at(rule: str, where: str) -> set[tuple[str, str]]:
    return {(rule, where)}


# --- in force -------------------------------------------------------------------------------


def test_a_procedure_is_judged_only_where_its_set_is_loaded(store: CodeStore) -> None:
    (found,) = judged(store, ("J9999",))
    assert (found.rule, found.field) == ("procedure.not_valid", "lines.1.procedure")
    assert found.severity is Severity.ERROR
    assert "09/01/2026" in found.text
    (ended,) = judged(store, ("A4466",))
    assert "ended on 12/31/2025" in ended.text
    assert judged(store, ("99024",)) == [], "CPT is not loaded"
    assert judged(store, ("D0120",)) == [], "dental codes stand in no set here"
    reader = ProcedureReader(store)
    reader.read(["J9999"], dt.date(2026, 6, 30))
    assert reader.facts("J9999", dt.date(2026, 6, 30)).system == "", "no release of that day"


def test_a_code_that_medicare_does_not_pay(store: CodeStore) -> None:
    assert rules(judged(store, ("A4550",), payer=MEDICARE)) == at(
        "procedure.not_covered", "lines.1.procedure"
    )
    assert judged(store, ("A4550", "GY"), payer=MEDICARE) == []
    assert judged(store, ("A4550",)) == []


def test_a_status_that_medicare_never_pays(store: CodeStore) -> None:
    assert rules(judged(store, ("99000",), payer=MEDICARE)) == at(
        "procedure.status", "lines.1.procedure"
    )
    assert judged(store, ("99000",)) == []


# --- NCCI -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("20610", "RT"), ("99213",)], "ncci.pair"),
        ([("20610", "RT"), ("99213", "25")], None),
        ([("99213", "25"), ("20610", "RT")], None),
        ([("11042",), ("97597",)], "ncci.pair"),
        ([("11042",), ("97597", "59")], None),
        ([("11042", "XS"), ("97597",)], None),  # since 2019 on either line
        ([("11042", "LT"), ("97597", "RT")], None),
        ([("11042", "LT"), ("97597", "LT")], "ncci.pair"),  # the same site
        ([("11042",), ("97597", "GP")], "ncci.pair"),
        ([("20610",), ("20611", "59")], "ncci.never"),
    ],
)
def test_pairs_of_one_day_and_what_lifts_them(
    store: CodeStore, lines: list[tuple[str, ...]], expected: str | None
) -> None:
    found = [f for f in judged(store, *lines) if f.rule.startswith("ncci")]
    assert [f.rule for f in found] == ([expected] if expected else [])
    if expected:
        denied = next(
            n for n, given in enumerate(lines, 1) if given[0] in {"99213", "97597", "20611"}
        )
        assert found[0].field == f"lines.{denied}.modifiers", "the second column is denied"


def test_a_pair_may_lie_on_two_visits_of_the_day(store: CodeStore) -> None:
    other = service(50, "11042")
    (found,) = judged(store, ("97597",), others=[other])
    assert found.rule == "ncci.pair"
    assert "visit 120" in found.text
    assert judged(store, ("97597",), others=[replace(other, same_group=False)]) == []
    yesterday = ON - dt.timedelta(days=1)
    assert judged(store, ("97597",), others=[replace(other, on=yesterday, to_on=yesterday)]) == []
    (behind,) = judged(store, ("11042",), others=[service(50, "97597")])
    assert behind.field == "lines.1.procedure", "the denied one has its own claim"
    assert "includes 97597 (visit 120)" in behind.text


def test_several_pairs_of_a_line_are_one_finding(store: CodeStore) -> None:
    others = [service(50, "11042"), service(51, "11042")]
    (found,) = judged(store, ("97597",), others=others)
    assert "11042 (visit 120) and 11042 (visit 121)" in found.text


def test_what_law_forbids_is_an_error_for_those_payers_alone(store: CodeStore) -> None:
    lines = [("20610",), ("20611",)]
    assert [f.severity for f in judged(store, *lines)] == [Severity.WARNING]
    assert [f.severity for f in judged(store, *lines, payer=MEDICARE)] == [Severity.ERROR]


# --- units ----------------------------------------------------------------------------------


def units(code: str, count: str, **changes: Any) -> Any:
    return line(0, procedure=code, units=Decimal(count), **changes)


def test_units_by_line_and_by_day(store: CodeStore) -> None:
    assert rules(judged(store, units("J1100", "121"))) == at("mue.line", "lines.1.units")
    assert judged(store, units("J1100", "120"), units("J1100", "120", modifiers=("76",))) == []
    assert rules(judged(store, units("36415", "2"), units("36415", "1", modifiers=("91",)))) == at(
        "mue.day", "lines.2.units"
    )
    assert rules(judged(store, ("36415",), others=[service(9, "36415", units=Decimal(2))])) == at(
        "mue.day", "lines.1.units"
    )
    never = judged(store, units("93000", "2"), payer=MEDICARE)
    assert [(f.rule, f.severity) for f in never] == [("mue.day_never", Severity.ERROR)]
    assert judged(store, units("36415", "6", to_on=ON + dt.timedelta(days=2))) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("99292",)], "add_on.alone"),
        ([("99291",), ("99292",)], None),
        ([("99213",), ("G2211",)], None),
        ([("99212",), ("G2211",)], "add_on.alone"),
        ([("64484",)], "add_on.alone"),
        ([("64483",), ("64484",)], None),
        ([("22612",), ("22614",)], None),
    ],
)
def test_an_add_on_code_needs_its_primary_that_day(
    store: CodeStore, lines: list[tuple[str, ...]], expected: str | None
) -> None:
    found = [f for f in judged(store, *lines) if f.rule.startswith("add_on")]
    assert [f.rule for f in found] == ([expected] if expected else [])
    if lines == [("99292",)]:
        assert "99291" in found[0].text
        assert judged(store, *lines, others=[service(9, "99291", by=COLLEAGUE)]) == []


@pytest.mark.parametrize(
    ("notes", "counts", "expected"),
    [
        (("23 min", "15 min"), ("2", "1"), None),  # 38 minutes are three units
        (("20 min", "15 min"), ("2", "1"), "units.time"),
        (("8 min",), ("1",), None),
        (("7 minutes",), ("1",), "units.time"),
        (("", "15 min"), ("4", "4"), None),  # not all minutes are known
        (("",), ("97",), "units.day"),
    ],
)
def test_timed_units_follow_the_minutes_of_the_note(
    store: CodeStore, notes: Sequence[str], counts: Sequence[str], expected: str | None
) -> None:
    codes = ("97110", "97140")
    lines = [
        units(code, count, note=note, modifiers=("GP",))
        for code, count, note in zip(codes, counts, notes, strict=False)
    ]
    assert [f.rule for f in judged(store, *lines)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("code", "count", "quantity", "unit", "expected"),
    [
        ("J1885", "4", "60", "ME", None),
        ("J1885", "2", "60", "ME", "units.dose"),
        ("J1885", "1", "10", "ME", None),  # a part of a unit is a whole one
        ("J1100", "4", "0.004", "GR", None),
        ("J1100", "4", "1", "ML", None),  # the strength is not known: not compared
        ("J0585", "100", "50", "F2", "units.dose"),
        ("J2805", "2", "0.01", "ME", None),
        ("J2805", "1", "0.01", "ME", "units.dose"),
        ("J1070", "1", "300", "ME", None),  # “up to” leaves open what one unit is
    ],
)
def test_the_drugs_quantity_agrees_with_the_units(
    store: CodeStore, code: str, count: str, quantity: str, unit: str, expected: str | None
) -> None:
    drug = DrugRecord("00409379501", Decimal(quantity), unit)
    found = judged(store, units(code, count, drug=drug))
    assert [f.rule for f in found] == ([expected] if expected else [])


def test_more_minutes_than_a_day_has(store: CodeStore) -> None:
    found = judged(store, units("00400", "1500", unit_kind="MJ"))
    assert [f.rule for f in found] == ["units.day"]


# --- modifiers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("20610", "25")], {"modifier.25_no_visit"}),
        ([("99215", "25")], {"modifier.25_alone"}),
        ([("99215", "25"), ("36415",)], set()),
        ([("G0438", "25"), ("36415",)], set()),
        ([("99215", "59"), ("36415",)], {"modifier.distinct_visit"}),
        ([("36415", "59", "XS")], {"modifier.distinct_twice"}),
        ([("27447", "50")], set()),
        ([("27447", "50", "LT")], {"modifier.50_side"}),
        ([("27447", "LT", "RT")], {"modifier.both_sides"}),
        ([("27447", "LT"), ("27447", "RT")], set()),
        ([("12001", "50")], {"modifier.50_bilateral"}),
        ([("77066", "50")], {"modifier.50_bilateral"}),
        ([("76642", "50")], set()),
        ([("76642", "26")], set()),
        ([("76642", "26", "TC")], {"modifier.part"}),
        ([("20610", "26")], {"modifier.part"}),
        ([("93000", "TC")], {"modifier.part"}),
        ([("71046", "26")], set()),  # not in the fee schedule that is loaded
        ([("71046", "76")], {"modifier.repeat"}),
        ([("71046",), ("71046", "76")], set()),
        ([("71046",), ("71046", "77")], {"modifier.repeat"}),
        ([("11200", "80")], {"modifier.assistant"}),
        ([("11200", "62")], {"modifier.two_surgeons"}),
        ([("20610", "80")], set()),
    ],
)
def test_the_table_of_modifiers(
    store: CodeStore, lines: list[tuple[str, ...]], expected: set[str]
) -> None:
    assert {f.rule for f in judged(store, *lines)} == expected


def test_fifty_counts_one_unit(store: CodeStore) -> None:
    found = judged(store, units("27447", "2", modifiers=("50",)))
    assert rules(found) == at("modifier.50_units", "lines.1.modifiers")


def test_a_repeat_by_another_physician_is_77(store: CodeStore) -> None:
    lines = [("71046",), ("71046", "76")]
    assert [f.rule for f in judged(store, *lines, by=[DOCTOR, COLLEAGUE])] == ["modifier.repeat"]
    assert judged(store, ("71046",), ("71046", "77"), by=[DOCTOR, COLLEAGUE]) == []


def test_telehealth_modifiers_go_with_their_places(store: CodeStore) -> None:
    assert rules(judged(store, ("99215", "95"))) == at("modifier.telehealth", "lines.1.modifiers")
    for place in ("02", "10"):
        assert judged(store, line(1, procedure="99215", modifiers=("95",), place=place)) == []


@pytest.mark.parametrize(
    ("modifier", "diagnoses", "expected"),
    [
        ("LT", ("M1711",), True),
        ("RT", ("M1711",), False),
        ("LT", ("M1711", "M1712"), False),
        ("LT", ("E119",), False),
        ("F2", ("M1711",), True),
        ("F7", ("M1711",), False),
    ],
)
def test_the_side_of_the_line_is_the_side_of_its_diagnosis(
    store: CodeStore, modifier: str, diagnoses: tuple[str, ...], expected: bool
) -> None:
    found = judged(
        store,
        line(
            1,
            procedure="20610",
            modifiers=(modifier,),
            pointers=tuple(range(1, len(diagnoses) + 1)),
        ),
        diagnoses=tuple(DiagnosisRecord(d) for d in diagnoses),
    )
    assert [f.rule for f in found] == (["modifier.side"] if expected else [])


def test_33_points_to_a_preventive_reason(store: CodeStore) -> None:
    preventive = [("45378", "33")]
    assert [f.rule for f in judged(store, *preventive)] == ["modifier.preventive"]
    screening = (DiagnosisRecord("Z1211"),)
    assert judged(store, *preventive, diagnoses=screening) == []


# --- global days ----------------------------------------------------------------------------


def days_ago(number: int, procedure: str, days: int, **changes: Any) -> Service:
    return service(number, procedure, on=ON - dt.timedelta(days=days), **changes)


@pytest.mark.parametrize(
    ("lines", "earlier", "expected"),
    [
        ([("99213",)], ("27447", 60), {"global.visit"}),
        ([("99213", "24")], ("27447", 60), set()),
        ([("99213",)], ("27447", 91), set()),
        ([("99213",)], ("12001", 10), {"global.visit"}),
        ([("99213",)], ("12001", 11), set()),
        ([("99213",)], ("20610", 1), set()),  # no days after
        ([("99213", "24")], None, {"global.24"}),
        ([("20610", "79")], ("27447", 30), set()),
        ([("20610", "78")], None, {"global.after"}),
        ([("20610", "58")], ("27447", 200), {"global.after"}),
        ([("20610", "24")], ("27447", 30), {"global.visit_only"}),
        ([("99213", "79")], ("27447", 30), {"global.visit", "global.visit_modifier"}),
        ([("99213", "57"), ("27447", "RT")], None, set()),
        ([("99213",), ("27447", "RT")], None, {"global.decision"}),
        ([("99213", "57"), ("12001",)], None, {"global.57"}),
        ([("99213",), ("12001",)], None, {"global.same_day"}),
        ([("99213", "25"), ("12001",)], None, set()),
    ],
)
def test_the_days_that_a_surgery_includes(
    store: CodeStore,
    lines: list[tuple[str, ...]],
    earlier: tuple[str, int] | None,
    expected: set[str],
) -> None:
    others = [days_ago(40, *earlier)] if earlier else []
    assert {f.rule for f in judged(store, *lines, others=others)} == expected


def test_the_day_before_a_major_surgery_counts_too(store: CodeStore) -> None:
    tomorrow = service(41, "27447", on=ON + dt.timedelta(days=1))
    assert judged(store, ("99213", "57"), others=[tomorrow]) == []
    assert {f.rule for f in judged(store, ("99213",), others=[tomorrow])} == {"global.decision"}


def test_another_specialty_has_its_own_package_and_its_own_pairs(store: CodeStore) -> None:
    assert judged(store, ("99213",), others=[days_ago(40, "27447", 30, by=SURGEON)]) == []
    assert judged(store, ("99213",), others=[days_ago(40, "27447", 30, by=COLLEAGUE)]) != []
    assert judged(store, ("97597",), others=[service(50, "11042", by=SURGEON)]) == []
    assert judged(store, ("97597",), others=[service(50, "11042", by=COLLEAGUE)]) != []


def test_another_groups_surgery_is_not_this_groups_package(store: CodeStore) -> None:
    other = days_ago(40, "27447", 30, same_group=False)
    assert judged(store, ("99213",), others=[other]) == []


# --- Medicare -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("J1100",)], {"drug.waste"}),
        ([("J1100", "JZ")], set()),
        ([("J1100",), ("J1100", "JW")], set()),
        ([("J1100", "JW")], {"drug.waste_alone"}),
        ([("J1100", "JW", "JZ")], {"drug.waste_both"}),
        ([("J1100", "JZ"), ("J1100", "JW")], {"drug.waste_both"}),
        ([("J7301",)], set()),  # not an injection
        ([("36415", "GA", "GZ")], {"notice.contrary", "notice.denied"}),
        ([("36415", "GZ")], {"notice.denied"}),
        ([("36415", "GX", "GY")], set()),
        ([("36415", "KX", "GY")], {"notice.contrary"}),
        ([("97110",)], {"therapy.plan"}),
        ([("97110", "GP")], set()),
        ([("97110", "GP", "GO")], {"therapy.plans"}),
    ],
)
def test_what_medicare_asks_for(
    store: CodeStore, lines: list[tuple[str, ...]], expected: set[str]
) -> None:
    assert {f.rule for f in judged(store, *lines, payer=MEDICARE)} == expected
    assert judged(store, *lines) == [], "other payers do not ask"


CODES = "99213 99203 20610 20611 11042 97597 36415 J1100 97110 12001 27447 G2211 A4550".split()
MARKS = "25 59 XS 50 LT RT 26 TC 76 77 95 24 57 58 79 JW JZ GA GZ GY KX GP GO 33 F2 QW".split()
LINES = st.lists(
    st.tuples(st.sampled_from(CODES), st.lists(st.sampled_from(MARKS), max_size=4, unique=True)),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=LINES, elsewhere=LINES, medicare=st.booleans())
def test_one_reason_never_passes_two_findings(
    store: CodeStore,
    lines: list[tuple[str, list[str]]],
    elsewhere: list[tuple[str, list[str]]],
    medicare: bool,
) -> None:
    others = [
        service(60 + n, code, *marks, on=ON - dt.timedelta(days=n % 3))
        for n, (code, marks) in enumerate(elsewhere)
    ]
    payer = MEDICARE if medicare else FIRST
    found = judged(store, *((code, *marks) for code, marks in lines), others=others, payer=payer)
    passable = [(f.rule, f.field) for f in found if not f.is_error]
    assert len(passable) == len(set(passable))
    assert all(f.text.endswith(".") and f.source for f in found)


# --- new patients ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (service(30, "99213", on=dt.date(2024, 5, 1)), True),
        (service(30, "99213", on=dt.date(2024, 5, 1), by=COLLEAGUE), True),  # same specialty
        (service(30, "99213", on=dt.date(2024, 5, 1), by=SURGEON), False),
        (service(30, "99213", on=dt.date(2023, 9, 1)), False),
        (service(30, "99213", on=dt.date(2023, 9, 2)), True),
        (service(30, "85025", on=dt.date(2024, 5, 1)), False),  # a blood count alone
        (service(30, "99213", on=dt.date(2024, 5, 1), same_group=False), False),
    ],
)
def test_a_new_patient_was_not_seen_in_three_years(
    store: CodeStore, before: Service, expected: bool
) -> None:
    found = judged(store, ("99203",), others=[before])
    assert [f.rule for f in found] == (["patient.not_new"] if expected else [])


# --- coverage articles ----------------------------------------------------------------------


def test_an_article_is_judged_only_after_it_was_confirmed(store: CodeStore) -> None:
    article = Article("57000", "Invented article", "36415", (("57000/1", "Group 1"),))
    for payer in (FIRST, MEDICARE):
        found = judged(store, ("36415",), payer=payer, articles=[article])
        assert [f.rule for f in found] == (["lcd.unconfirmed"] if payer is MEDICARE else [])
    other = replace(article, confirmed=("57000/1",), covered=frozenset({"I10"}))
    found = judged(store, ("36415",), payer=MEDICARE, articles=[other])
    assert rules(found) == at("lcd.diagnosis", "lines.1.pointers")
    covered = replace(other, covered=frozenset({"E119"}))
    assert judged(store, ("36415",), payer=MEDICARE, articles=[covered]) == []
    assert judged(store, ("36415", "GA"), payer=MEDICARE, articles=[other]) == []
    not_here = replace(article, confirmed=())
    assert judged(store, ("36415",), payer=MEDICARE, articles=[not_here]) == []
