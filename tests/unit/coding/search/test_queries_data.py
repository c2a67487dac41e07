"""The hand-written queries and notes that search and suggestions are measured with."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktop.services.coding.base.values import ICD10CM
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2027, NOW

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

DATA = Path(__file__).resolve().parents[3] / "data" / "coding"
ON = dt.date(2026, 9, 30)
KINDS = {"abbr", "lay", "synonym", "typo", "specific", "note"}
STATUSES = {"present", "negated", "history", "family", "uncertain"}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def query_codes() -> set[str]:
    both = rows("queries-a.tsv") + rows("queries-b.tsv")
    return {code for row in both for code in (row["accept"] + " " + row["reject"]).split()}


def not_billable(store: CodeStore, codes: set[str], on: dt.date) -> list[str]:
    found = store.lookups(ICD10CM, codes, on)
    billable = {info.dotted for info in found.values() if info.billable}
    return sorted(codes - billable)


def test_every_code_of_the_queries_is_billable(packaged: CodeStore) -> None:
    assert not_billable(packaged, query_codes(), ON) == []


def test_every_code_is_billable_a_year_on(own_store: CodeStore) -> None:
    addenda = shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt"
    own_store.import_file(addenda, NOW, IN_2027)
    assert not_billable(own_store, query_codes() | note_codes(), IN_2027) == []


@pytest.mark.parametrize("name", ["queries-a.tsv", "queries-b.tsv"])
def test_queries_are_whole(name: str) -> None:
    found = rows(name)
    assert len(found) >= 280
    assert {row["kind"] for row in found} == KINDS
    assert len({row["id"] for row in found}) == len(found)
    for row in found:
        assert row["query"].strip(), row["id"]
        assert row["accept"].split(), row["id"]
        assert not set(row["accept"].split()) & set(row["reject"].split()), row["id"]


def test_the_halves_share_no_category() -> None:
    first, second = (
        {code[:3] for row in rows(name) for code in row["accept"].split()}
        for name in ("queries-a.tsv", "queries-b.tsv")
    )
    assert not first & second


def notes() -> list[dict[str, Any]]:
    found = json.loads((DATA / "notes.json").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def note_codes() -> set[str]:
    codes = {code for note in notes() for code in note["absent"]}
    for note in notes():
        for expected in note["expected"]:
            codes.update(expected["accept"], expected["reject"])
    return codes


def test_every_code_of_the_notes_is_billable(packaged: CodeStore) -> None:
    assert not_billable(packaged, note_codes(), ON) == []


def test_notes_are_whole() -> None:
    found = notes()
    assert len({note["id"] for note in found}) == len(found)
    for half in ("a-", "b-"):
        assert sum(note["id"].startswith(half) for note in found) >= 35
    for note in found:
        present: set[str] = set()
        for expected in note["expected"]:
            assert expected["phrase"] in note["text"], note["id"]
            assert expected["status"] in STATUSES, note["id"]
            assert not set(expected["accept"]) & set(expected["reject"]), note["id"]
            if expected["status"] == "present":
                assert expected["accept"], note["id"]
                present.update(expected["accept"])
        assert not present & set(note["absent"]), note["id"]
