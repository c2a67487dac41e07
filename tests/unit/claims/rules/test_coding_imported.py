"""The checks read what the importers of the published files wrote, name by name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.services.claims.rules.coding.procedure_reading import ProcedureReader
from desktop.services.coding.base.values import ImportOptions
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 9, 15, 9, tzinfo=dt.UTC)
ON = dt.date(2026, 9, 1)
QUARTER = dt.date(2026, 7, 1)
_ADD_ON = (
    "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\t"
    "AOC_Edit_DelDT\tSpecial_Instruction_Notes\n"
    "1\tG2211\t\t99213\t\t2024001\t\t\n"
    "2\tG0316\t\tCCCCC\t\t2023001\t\t\n"
)


@pytest.fixture
def reader(tmp_path: Path) -> ProcedureReader:
    samples = shared_dir("code-samples/synthetic")
    add_on = tmp_path / "AOC_V2026Q3-MCR.txt"
    add_on.write_text(_ADD_ON, "utf-8")
    store = CodeStore.create(tmp_path / "codes.db")
    files = [
        samples / "ccipra-layout.TXT",
        samples / "MCR_MUE_PractitionerServices_layout.csv",
        samples / "PPRRVU_layout.csv",
        add_on,
    ]
    for path in files:
        store.import_file(path, NOW, QUARTER)
    articles = [
        samples / name
        for name in (
            "article.csv",
            "article_x_hcpc_code.csv",
            "article_x_icd10_covered.csv",
            "article_x_icd10_covered_group.csv",
        )
    ]
    store.import_files(articles, NOW, ImportOptions(valid_from=QUARTER))
    found = ProcedureReader(store)
    found.read(["G0438", "J1100", "G0101", "G2211", "G0316"], ON)
    return found


def test_units_fees_and_add_on_codes_are_read_by_their_names(reader: ProcedureReader) -> None:
    visit, drug = reader.facts("G0438", ON), reader.facts("J1100", ON)
    assert (visit.mue or {})["value"] == "1"
    assert (visit.mue or {})["indicator"][:1] == "2"
    assert (drug.mue or {})["value"] == "120"
    fees = visit.fees or {}
    assert [fees[k] for k in ("status", "pctc", "global", "bilateral", "assistant")] == [
        *("A", "0", "XXX", "0", "0")
    ]
    assert fees["co_surgeon"] == "0"
    assert [(p.second, p.indicator) for p in reader.facts("G2211", ON).add_on] == [("99213", "1")]
    assert [p.second for p in reader.facts("G0316", ON).add_on] == ["CCCCC"]


def test_pairs_are_read_with_their_indicator(reader: ProcedureReader) -> None:
    never, apart = reader.pair("G0438", "G0439", ON), reader.pair("Q0091", "G0101", ON)
    assert never is not None
    assert never.indicator == "0"
    assert apart is not None
    assert apart.indicator == "1"
    assert reader.pair("G0439", "G0438", ON) is None
    assert reader.pair("J1100", "J1094", ON) is None, "it ended in March"


def test_pairs_of_days_before_the_first_loaded_quarter_are_judged_by_their_own_days(
    reader: ProcedureReader,
) -> None:
    """A claim of March, when only the quarter of July was ever loaded."""
    march, never = dt.date(2026, 3, 31), dt.date(2026, 10, 1)
    assert reader.pair("J1100", "J1094", march) is not None
    assert reader.pair("J1100", "J1094", dt.date(2025, 6, 30)) is None, "it began in July 2025"
    assert reader.pair("G0438", "G0439", never) is None, "no quarter answers for that day"
    reader.read(["G2211"], march)
    assert [p.second for p in reader.facts("G2211", march).add_on] == ["99213"]
    assert reader.facts("G2211", march).mue is None


def test_articles_are_read_with_their_groups_and_diagnoses(reader: ProcedureReader) -> None:
    chosen = {("99999", "G0101"): ("99999/1",)}
    (article,) = reader.articles("G0101", ON, chosen, ["E119", "I10"])
    assert article.groups == (("99999/1", "Group 1 text"),)
    assert article.covered == {"E119"}
