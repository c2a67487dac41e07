"""Supplies and drugs by the names that people and makers give them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.values import no_progress
from desktop.services.coding.builtin.supplies import as_listed, supplies
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node
from desktop.services.coding.search.search import warm
from tests.unit.coding.conftest import IN_2026, NOW

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

TITLES = {
    "L1": "Knee orthosis, elastic, prefabricated",
    "L2": "Addition to lower extremity, knee joint, brace strap",
    "K1": "Standard wheelchair",
    "K2": "Wheelchair accessory, tray, each",
    "K3": "Wheelchair accessory, power seating system",
    "J1": "Injection, ketorolac tromethamine, per 15 mg",
    "J2": "Injection, triamcinolone acetonide, 10 mg",
    "E1": "Nebulizer, with compressor",
    "A1": "Filter, replacement, for nebulizer with compressor",
    "A2": "Blood glucose test or reagent strips, per 50",
}


@pytest.fixture
def listed(empty_store: CodeStore) -> CodeStore:
    start = dt.date(2026, 1, 1)
    nodes = [Node("code", code, "", title, billable=True) for code, title in TITLES.items()]
    draft = Draft("hcpcs", "HCPCS 2026", start, None, "rows", "a.txt", "x")
    with transaction(empty_store._connection):
        save_release(empty_store._connection, draft, nodes, NOW, no_progress, notes=[])
    return empty_store


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("knee brace", "L1"),
        ("wheelchair", "K1"),
        ("wheelchair tray", "K2"),
        ("toradol", "J1"),
        ("kenalog shot", "J2"),
        ("breathing machine", "E1"),
        ("nebulizer", "E1"),
        ("sugar strips", "A2"),
        ("nebulizer filter replacement", "A1"),
    ],
)
def test_an_everyday_name_finds_the_listed_supply(listed: CodeStore, text: str, code: str) -> None:
    assert listed.search(text, IN_2026, 3, "hcpcs")[0].code == code


def test_names_are_spelled_out_within_a_text() -> None:
    assert as_listed("toradol 15 mg") == ["ketorolac tromethamine 15 mg"]
    assert as_listed("left knee brace")[0] == "left knee orthosis"
    assert as_listed("something else") == []


def test_a_long_text_of_names_ends() -> None:
    assert as_listed("cane " * 60)


def test_every_name_leads_to_words() -> None:
    assert len(supplies()) > 200
    assert all(meaning.strip() for meanings in supplies().values() for meaning in meanings)


def test_warming_reads_the_dictionaries_once(listed: CodeStore) -> None:
    supplies.cache_clear()
    warm()
    assert supplies.cache_info().currsize == 1
    assert listed.search("knee brace", IN_2026, 1, "hcpcs")[0].code == "L1"
    assert supplies.cache_info().misses == 1
