"""The readers of official files: columns as published, hostile bytes harmless."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, RuleError
from desktop.services.coding.base.order_file import decode, read_addenda, read_order
from desktop.services.coding.base.tabular import read_tabular
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.releases.systems import fiscal_year, fiscal_year_of
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

_LINE = "00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera, long"


def test_columns_of_the_order_file() -> None:
    (record,) = read_order(_LINE).records
    assert (record.code, record.billable) == ("A000", True)
    assert record.short == "Cholera due to Vibrio cholerae 01, biovar cholerae"
    assert record.title == "Cholera, long"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends(end: str) -> None:
    text = decode(end.join([_LINE, _LINE.replace("A000 ", "A001 ")]).encode())
    assert [r.code for r in read_order(text).records] == ["A000", "A001"]


def test_latin_1_is_read() -> None:
    assert "é" in read_order(decode(_LINE.replace("long", "é").encode("latin-1"))).records[0].title


def test_the_trailer_of_the_addenda_is_their_check_sum() -> None:
    data = (shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt").read_bytes()
    addenda = read_addenda(decode(data))
    assert not addenda.rejected
    assert (len(addenda.added), len(addenda.deleted), len(addenda.revised)) == (253, 36, 4)
    assert addenda.new is not None
    assert (addenda.new.headers, addenda.new.codes) == (23_524, 74_879)


def test_the_real_excerpt_of_the_tabular_list_is_read() -> None:
    data = (shared_dir("code-samples") / "icd10cm-tabular-2026-excerpt.xml").read_bytes()
    tabular = read_tabular(data)
    assert sum(n.kind == "code" for n in tabular.nodes) == 6_712
    assert tabular.year == 2026


@pytest.mark.parametrize(
    ("on", "year"),
    [(dt.date(2026, 9, 30), 2026), (dt.date(2026, 10, 1), 2027), (dt.date(2026, 1, 1), 2026)],
)
def test_fiscal_years(on: dt.date, year: int) -> None:
    assert fiscal_year_of(on) == year
    first, last = fiscal_year(year)
    assert first <= on <= last


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_order(decode(data))
    read_addenda(decode(data))
    with pytest.raises(RuleError):
        read_tabular(data)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", _LINE.encode(), b"<x>"]))
def test_any_small_file_is_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, empty_file: Path, data: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "icd10cm_order_2026.txt"
    path.write_bytes(head + data)
    with CodeStore(empty_file) as store, pytest.raises(AppError, match=r"^[^\n]+\.$"):
        store.import_file(path, NOW)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
