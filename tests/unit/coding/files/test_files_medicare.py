"""Units, add-on codes and Medicare's fee schedule as published, each judged by its dates."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from desktop.errors import AppError, RuleError
from desktop.models.values.money import Money
from desktop.services.coding.base.values import (
    ADD_ON,
    CPT,
    GPCI,
    MPFS,
    MUE,
    ImportOptions,
    ImportResult,
)
from desktop.services.coding.library.fee_schedule import (
    CostIndices,
    RelativeValues,
    amount,
    medicare_amount,
)
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ON = dt.date(2026, 9, 15)
Q3 = ImportOptions(valid_from=dt.date(2026, 7, 1))


def sample(name: str) -> Path:
    return shared_dir("code-samples") / "synthetic" / name


def attribute(store: CodeStore, system: str, code: str, name: str, on: dt.date = ON) -> str:
    info = store.lookup(system, code, on)
    assert info is not None
    return info.attributes.get(name, "")


def written(path: Path, text: str) -> Path:
    path.write_text(text, newline="")
    return path


# --- units ----------------------------------------------------------------------------------

MUE_HEAD = (
    '"A notice\r\nof the owner",,,\r\n"HCPCS/\r\nCPT Code",Practitioner Services MUE Values,'
    "MUE Adjudication Indicator,MUE Rationale\r\n"
)
MUE_ROW = "G0438,1,2 Date of Service Edit: Policy,CMS Policy\r\n"
MUE_NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"


def test_the_units_of_the_layout_sample(empty_store: CodeStore) -> None:
    (result,) = empty_store.import_files(
        [sample("MCR_MUE_PractitionerServices_layout.csv")], NOW, Q3
    )
    assert (result.added, result.rejected, result.release.name) == (3, (), "2026 Q3")
    found = {
        code: (
            attribute(empty_store, MUE, code, "value"),
            attribute(empty_store, MUE, code, "indicator"),
        )
        for code in ("G0438", "J1100", "A4550")
    }
    assert found == {"G0438": ("1", "2"), "J1100": ("120", "3"), "A4550": ("3", "1")}
    assert attribute(empty_store, MUE, "J1100", "rationale") == "Prescribing Information"
    assert empty_store.lookup(MUE, "G0438", dt.date(2026, 10, 1)) is None


def test_each_quarter_has_its_own_units(empty_store: CodeStore, tmp_path: Path) -> None:
    empty_store.import_file(written(tmp_path / MUE_NAME, MUE_HEAD + MUE_ROW), NOW)
    newer = written(
        tmp_path / MUE_NAME.replace("07-01", "10-01"), MUE_HEAD + MUE_ROW.replace(",1,", ",4,")
    )
    (result,) = empty_store.import_file(newer, NOW)
    assert (result.added, result.changed, result.ended) == (0, 1, 0)
    assert attribute(empty_store, MUE, "G0438", "value", dt.date(2026, 9, 30)) == "1"
    assert attribute(empty_store, MUE, "G0438", "value", dt.date(2026, 10, 1)) == "4"
    assert empty_store.import_file(newer, NOW)[0].already_loaded


def test_wrong_units_are_told_by_number(empty_store: CodeStore, tmp_path: Path) -> None:
    rows = "G0439,many,1 Line Edit,x\r\nG04,1,1 Line Edit,x\r\nG0440,1,none,x\r\n" + MUE_ROW
    (result,) = empty_store.import_file(
        written(tmp_path / MUE_NAME, MUE_HEAD + MUE_ROW + rows), NOW
    )
    assert [r.number for r in result.rejected] == [6, 7, 8, 9]


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    rows = "".join(MUE_ROW.replace("G0438", f"G{n}") for n in range(2000, 2040))
    torn = MUE_HEAD + MUE_ROW + MUE_ROW.replace(",CMS", ',"CMS').replace("0438", "0439") + rows
    with pytest.raises(RuleError, match="line 6 is never closed"):
        empty_store.import_file(written(tmp_path / MUE_NAME, torn), NOW)
    assert empty_store.releases() == []


def test_a_corrected_edition_can_be_taken_back(empty_store: CodeStore, tmp_path: Path) -> None:
    """The same file twice is a no-op only while it is the last word of its name."""

    def load(value: str) -> ImportResult:
        row = MUE_ROW.replace(",1,", f",{value},")
        return empty_store.import_file(written(tmp_path / MUE_NAME, MUE_HEAD + row), NOW)[0]

    def units() -> str:
        return attribute(empty_store, MUE, "G0438", "value")

    assert (load("1").already_loaded, load("2").already_loaded, units()) == (False, False, "2")
    assert load("2").already_loaded
    assert (load("1").already_loaded, units()) == (False, "1")
    assert (load("1").already_loaded, load("2").already_loaded) == (True, False)
    assert len(empty_store.releases(MUE)) == 1
    assert len(empty_store.source_files(MUE)) == 2


# --- add-on codes ---------------------------------------------------------------------------

AOC_HEAD = (
    "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\t"
    "AOC_Edit_DelDT\tSpecial_Instruction_Notes\n"
)
AOC_ROWS = (
    "1\tG0289\t\tG0100\t\t2013001\t\t\n"
    "1\tG0289\t\tG0101\t2025365\t2013001\t\t\n"
    "2\tG2211\t\tCCCCC\t\t2024001\t\t\n"
    "3\tG0316\t2024366\tG0102\t\t2023001\t\t\n"
)


def test_add_on_codes_and_their_primaries_by_date(empty_store: CodeStore, tmp_path: Path) -> None:
    path = written(tmp_path / "AOC_V2026Q3-MCR.txt", AOC_HEAD + AOC_ROWS)
    (result,) = empty_store.import_file(path, NOW)
    assert (result.added, result.release.name, result.rejected) == (4, "2026 Q3", ())
    now = empty_store.pairs(ADD_ON, ["G0289", "G2211", "G0316"], ON)
    assert [(p.first, p.second, p.indicator) for p in now] == [
        ("G0289", "G0100", "1"),
        ("G2211", "CCCCC", "2"),
    ]
    before = empty_store.pair(ADD_ON, "G0289", "G0101", dt.date(2025, 12, 31))
    assert before is not None
    assert before.valid_to == dt.date(2025, 12, 31)
    assert empty_store.pair(ADD_ON, "G0316", "G0102", dt.date(2024, 12, 31)) is not None
    assert empty_store.pair(ADD_ON, "G0316", "G0102", dt.date(2025, 1, 1)) is None


def test_an_add_on_that_is_called_off_before_it_began_needs_no_primary(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    first = written(tmp_path / "AOC_V2026Q3-MCR.txt", AOC_HEAD + AOC_ROWS)
    empty_store.import_file(first, NOW)
    off = AOC_ROWS.replace("CCCCC\t\t2024001\t\t", "CCCCC\t\t2024001\t2023365\t")
    empty_store.import_file(written(tmp_path / "AOC_V2026Q4-MCR.txt", AOC_HEAD + off), NOW)
    assert empty_store.pair(ADD_ON, "G2211", "CCCCC", dt.date(2026, 10, 1)) is None
    assert empty_store.pair(ADD_ON, "G0289", "G0100", dt.date(2026, 10, 1)) is not None


def test_a_workbook_of_add_on_codes_beside_its_text(empty_store: CodeStore, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (AOC_HEAD + AOC_ROWS).splitlines():
        sheet.append([int(c) if c.isdigit() else c for c in row.split("\t")])
    book.save(tmp_path / "AOC_V2026Q4-MCR.xlsx")
    (alone,) = empty_store.import_file(tmp_path / "AOC_V2026Q4-MCR.xlsx", NOW)
    assert (alone.added, alone.rejected) == (4, ())
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "AOC_V2026Q4-MCR.xlsx", "AOC_V2026Q3-MCR.xlsx")
        archive.writestr("AOC_V2026Q3-MCR.txt", AOC_HEAD + AOC_ROWS)
    first, second = empty_store.import_file(path, NOW)
    assert (first.already_loaded, second.already_loaded) == (False, True)


def test_days_of_a_year_that_are_none_are_told(empty_store: CodeStore, tmp_path: Path) -> None:
    wrong = (
        "1\tG0290\t\tG0100\t\t2013366\t\t\n"
        "1\tG0291\t\tG0100\t\t\t\t\n"
        "9\tG0292\t\tG0100\t\t2013001\t\t\n"
    )
    path = written(tmp_path / "AOC_V2026Q3-MCR.txt", AOC_HEAD + AOC_ROWS + wrong)
    (result,) = empty_store.import_file(path, NOW)
    assert [r.number for r in result.rejected] == [6, 7, 8]


# --- fee schedule ---------------------------------------------------------------------------

STACK = ",,,STATUS,NOT,WORK" + "," * 25 + "\r\n"
RVU_HEADER = (
    "HCPCS,MOD,DESCRIPTION,CODE,USED,RVU,PE RVU,IND,PE RVU,IND,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,"
    "PROC,SURG,SURG,CO-SURG,SURG,BASE,CONV FACTOR,SUP,FLAG,FAM,A,B,C\r\n"
)


def rvu_row(
    code: str, modifier: str = "", *, factor: str = "33.4009", work: str = "2.6", status: str = "A"
) -> str:
    return (
        f"{code},{modifier},Some text,{status},,{work},2.3,,1.0,,0.15,5.05,3.75,0,XXX,0,0,0,2,1,"
        f"0,0,0,,{factor},09,0,99,0,0,0\r\n"
    )


def rvu(folder: Path, name: str, title: str = "", **how: str) -> Path:
    rows = [rvu_row("G0438", **how), rvu_row("G0283", "26", **how), rvu_row("99213", **how)]
    title = title or "2026 National Physician Fee Schedule Relative Value File January Release"
    return written(folder / name, title + "," * 30 + "\r\n" + STACK + RVU_HEADER + "".join(rows))


@pytest.fixture
def priced(empty_store: CodeStore) -> CodeStore:
    options = ImportOptions(valid_from=dt.date(2026, 1, 1))
    empty_store.import_files([sample("PPRRVU_layout.csv"), sample("GPCI_layout.csv")], NOW, options)
    return empty_store


def test_the_layout_samples_give_codes_modifiers_and_places(priced: CodeStore) -> None:
    info = priced.lookup(MPFS, "G0438", ON)
    assert info is not None
    assert info.title == "Synthetic wellness visit one"
    wanted = {"status": "A", "work": "2.6", "pe": "2.3", "pe_facility": "1.0", "mp": "0.15"}
    wanted |= {"global": "XXX", "factor": "33.4009", "pctc": "0", "multiple": "0"}
    assert wanted.items() <= info.attributes.items()
    assert attribute(priced, MPFS, "G0283-26", "work") == "0.18"
    place = priced.lookup(GPCI, "ZY-01", ON)
    assert place is not None
    assert place.title == "EXAMPLE CITY, SUBURB"
    assert place.attributes == {
        "mac": "99992", "state": "ZY", "locality": "01",
        "work": "1.061", "pe": "1.182", "mp": "1.404",
    }  # fmt: skip


def test_the_amount_by_hand_in_office_and_hospital(priced: CodeStore) -> None:
    # (2.6 × 1.061 + 2.3 × 1.182 + 0.15 × 1.404) × 33.4009 = 189.978...
    assert medicare_amount(priced, "G0438", "", "ZY-01", "11", ON) == Money(189_98)
    # (2.6 × 1.061 + 1.0 × 1.182 + 0.15 × 1.404) × 33.4009 = 138.653...
    assert medicare_amount(priced, "G0438", "25", "ZY-01", "22", ON) == Money(138_65)
    # (0.18 × 1 + 0.2 × 0.901 + 0.01 × 0.553) × 33.4009 = 12.215...
    assert medicare_amount(priced, "G0283", "26", "ZZ-00", "11", ON) == Money(12_22)
    assert medicare_amount(priced, "G0438", "", "TX-31", "11", ON) is None
    assert medicare_amount(priced, "G0438", "", "ZY-01", "11", dt.date(2025, 12, 31)) is None


def test_the_amount_is_rounded_once_and_half_up() -> None:
    one = Decimal(1)
    values = RelativeValues(Decimal("0.005"), Decimal("0.005"), Decimal("0.001"), Decimal("0.005"))
    even = CostIndices(one, one, one)
    assert amount(values, even, one, facility=False) == Money(2)  # 0.015, not 3 × 0.01
    assert amount(values, even, one, facility=True) == Money(1)


def test_descriptors_of_cpt_come_only_with_the_licence(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(rvu(tmp_path, "PPRRVU2026_Jan.csv"), NOW)
    titles = [i.title for i in empty_store.lookups(MPFS, ["99213", "G0438"], ON).values()]
    assert sorted(titles) == ["", "Some text"]
    licensed = ImportOptions(licensed=frozenset({CPT}))
    april = rvu(tmp_path, "PPRRVU2026_Apr.csv", "Another title")
    empty_store.import_files([april], NOW, licensed)
    info = empty_store.lookup(MPFS, "99213", ON)
    assert info is not None
    assert info.title == "Some text"


@pytest.mark.parametrize(
    ("plain", "qualifying"),
    [
        ("PPRRVU2026_Jan_nonQPP.csv", "PPRRVU2026_Jan_QPP.csv"),
        ("PPRRVU2026_Jan_a.csv", "PPRRVU2026_Jan_b.csv"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_both_conversion_factors_of_a_year_are_kept_and_told_apart(
    empty_store: CodeStore, tmp_path: Path, plain: str, qualifying: str, *, turned: bool
) -> None:
    files = [
        rvu(tmp_path, plain, factor="33.4009"),
        rvu(tmp_path, qualifying, factor="33.5675"),
    ]
    for path in files[::-1] if turned else files:
        empty_store.import_file(path, NOW)
    empty_store.import_files([sample("GPCI_layout.csv")], NOW)
    assert attribute(empty_store, MPFS, "G0438", "factor") == "33.4009"
    assert attribute(empty_store, MPFS, "G0438", "factor_apm") == "33.5675"
    assert {f.kind for f in empty_store.source_files(MPFS)} == {"mpfs", "mpfs-apm"}
    assert len(empty_store.releases(MPFS)) == 1
    usual = medicare_amount(empty_store, "G0438", "", "ZY-01", "11", ON)
    more = medicare_amount(empty_store, "G0438", "", "ZY-01", "11", ON, qualifying=True)
    assert usual is not None
    assert more is not None
    assert (usual, more) == (Money(189_98), Money(190_93))


def test_a_status_without_a_national_amount_has_none(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(rvu(tmp_path, "PPRRVU2026_Jan.csv", status="C"), NOW)
    empty_store.import_files([sample("GPCI_layout.csv")], NOW)
    assert medicare_amount(empty_store, "G0438", "", "ZY-01", "11", ON) is None


def test_two_columns_of_work_indices_take_the_one_with_the_floor(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    head = (
        "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
        "2025 PW GPCI (without 1.0 Floor),2025 PW GPCI (with 1.0 Floor),2025 PE GPCI,"
        "2025 MP GPCI\r\n"
    )
    path = written(tmp_path / "g.csv", head + "10112,AL,00,ALABAMA,0.983,1.000,0.869,0.575\r\n")
    (result,) = empty_store.import_file(path, NOW)
    assert result.release.name == "2025"
    assert attribute(empty_store, GPCI, "AL-00", "work", dt.date(2025, 5, 1)) == "1.000"


# --- refusals -------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, str, str]] = {
    "no units": (MUE_NAME, MUE_HEAD, "holds no codes"),
    "units without a day": ("mue.csv", MUE_HEAD + MUE_ROW, "first day of force"),
    "hospital units": (
        "x_Eff_07-01-2026.csv", (MUE_HEAD + MUE_ROW).replace("Practitioner", "Outpatient Hospital"),
        "practitioners' list",
    ),
    "torn units": (MUE_NAME, MUE_HEAD + MUE_ROW + "G0439,", "cut off at line 6"),
    "units in disorder": (MUE_NAME, MUE_HEAD + MUE_ROW + "x,y,z\r\n" * 30, "damaged"),
    "no add-on codes": ("AOC_V2026Q3-MCR.txt", AOC_HEAD, "holds no add-on"),
    "add-on codes without a day": ("aoc.txt", AOC_HEAD + AOC_ROWS, "first day of force"),
    "torn add-on codes": ("AOC_V2026Q3.txt", AOC_HEAD + AOC_ROWS + "1\tG02", "cut off"),
    "no values": ("PPRRVU26_JAN.csv", RVU_HEADER, "holds no codes"),
    "values without a day": ("rvu.csv", RVU_HEADER + rvu_row("G0438"), "first day of force"),
    "torn values": ("PPRRVU26_JAN.csv", RVU_HEADER + rvu_row("G0438") + "G0439,,x,A,,2", "cut off"),
    "values in letters": (
        "PPRRVU26_JAN.csv", RVU_HEADER + rvu_row("G0438", work="x") * 30, "damaged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_refused_in_one_sentence(
    empty_store: CodeStore, tmp_path: Path, case: tuple[str, str, str]
) -> None:
    name, text, says = case
    with pytest.raises(RuleError, match=says) as refusal:
        empty_store.import_file(written(tmp_path / name, text), NOW)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)
    assert empty_store.releases() == []


def test_half_a_list_is_refused_by_the_count_of_the_last_release(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    rows = [rvu_row(f"G{n:04}") for n in range(100)]
    whole = written(tmp_path / "PPRRVU26_JAN.csv", RVU_HEADER + "".join(rows))
    empty_store.import_file(whole, NOW)
    half = written(tmp_path / "PPRRVU26_APR.csv", RVU_HEADER + "".join(rows[:50]))
    with pytest.raises(RuleError, match="far fewer than the 100"):
        empty_store.import_file(half, NOW)


HEADS: dict[str, tuple[str, str]] = {
    "mue": (MUE_NAME, MUE_HEAD),
    "add-on": ("AOC_V2026Q3-MCR.txt", AOC_HEAD),
    "mpfs": ("PPRRVU26_JAN.csv", RVU_HEADER),
    "gpci": (
        "GPCI2026.csv",
        "MAC,State,Locality Number,Locality Name,2026 PW GPCI,2026 PE GPCI,2026 MP GPCI\r\n",
    ),
}


@pytest.fixture(scope="module")
def store_for_any(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    with CodeStore.create(tmp_path_factory.mktemp("any") / "codes.db") as store:
        yield store


@pytest.mark.parametrize("kind", HEADS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.one_of(st.binary(max_size=300), st.text(",\t\n\"'0123456789GAXyz.* ", max_size=300)))
def test_any_bytes_behind_a_header_give_a_result_or_a_sentence(
    store_for_any: CodeStore, kind: str, data: bytes | str
) -> None:
    name, head = HEADS[kind]
    path = store_for_any.path.with_name(name)
    path.write_bytes(head.encode() + (data if isinstance(data, bytes) else data.encode()))
    try:
        store_for_any.import_file(path, NOW)
    except AppError as e:
        assert "\n" not in str(e)  # noqa: PT017


def test_a_fee_schedule_in_fixed_columns_is_left_beside_its_csv(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = tmp_path / "RVU26A.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(rvu(tmp_path, "PPRRVU2026_Jan.csv"), "RVU26A/PPRRVU2026_Jan.csv")
        archive.writestr("RVU26A/PPRRVU2026_Jan.txt", "HCPCS MOD DESCRIPTION WORK RVU CONV\n" * 9)
        archive.write(sample("GPCI_layout.csv"), "RVU26A/GPCI2026.csv")
    results = empty_store.import_file(path, NOW)
    assert [r.release.system for r in results] == [MPFS, GPCI]
