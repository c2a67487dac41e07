"""The codes file: a check of a loaded year, a release of another one, never without headings."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, RuleError
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, IN_2027, NOW

if TYPE_CHECKING:
    from collections.abc import Callable


def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(shared_dir("code-samples") / "icd10cm-2026-order-files.zip")


@pytest.fixture(scope="module")
def lines() -> list[str]:
    with archive() as files:
        return files.read("icd10cm_codes_2026.txt").decode("latin-1").split("\r\n")


def written(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    return path


def rows(store: CodeStore) -> int:
    return int(store._connection.execute("SELECT count(*) FROM code").fetchone()[0])


def test_the_codes_of_a_loaded_year_are_a_check_of_it(
    own_store: CodeStore, tmp_path: Path, lines: list[str]
) -> None:
    path = written(tmp_path, "icd10cm_codes_2026.txt", lines)
    (result,) = own_store.import_file(path, NOW)
    assert (result.added, result.changed, result.ended, result.rejected) == (0, 0, 0, ())
    assert (result.release.records, result.release.billable) == (98_186, 74_719)
    assert rows(own_store) == 98_505
    (again,) = own_store.import_file(path, NOW)
    assert again.already_loaded


def test_the_codes_of_another_year_stand_below_the_headings_of_the_nearest(
    own_store: CodeStore, tmp_path: Path, lines: list[str]
) -> None:
    new = [x for x in lines if not x.startswith("U071")]
    place = next(i for i, x in enumerate(new) if x.startswith("M722"))
    new[place : place + 1] = ["M7220   Invented one", "M7221   Invented two"]
    (result,) = own_store.import_file(written(tmp_path, "icd10cm_codes_2027.txt", new), NOW)
    assert result.release.name == "FY2027"
    assert (result.added, result.ended) == (2, 1)
    assert own_store.check_diagnosis("M72.20", IN_2027).ok
    assert not own_store.check_diagnosis("M72.2", IN_2027).ok
    assert own_store.check_diagnosis("M72.2", IN_2026).ok
    assert own_store.check_diagnosis("U07.1", IN_2026).ok
    assert not own_store.check_diagnosis("U07.1", IN_2027).ok
    heading = own_store.lookup(ICD10CM, "M722", IN_2027)
    assert heading is not None
    assert not heading.billable
    below = own_store.children("M72.2", IN_2027)
    assert [c.dotted for c in below] == ["M72.20", "M72.21"]
    assert result.release.records == 98_186 + 2 - 1


def test_the_order_file_beside_it_stands_for_it(own_store: CodeStore) -> None:
    path = shared_dir("code-samples") / "icd10cm-2026-order-files.zip"
    assert [r.kind for r in own_store.import_file(path, NOW)] == ["order"]


def test_without_any_release_it_says_which_file_to_load(
    empty_store: CodeStore, tmp_path: Path, lines: list[str]
) -> None:
    with pytest.raises(RuleError, match=r"icd10cm_order_2026\.txt instead"):
        empty_store.import_file(written(tmp_path, "icd10cm_codes_2026.txt", lines), NOW)


def _addenda(folder: Path, _lines: list[str]) -> Path:
    with archive() as files:
        return Path(files.extract("icd10cm_codes_addenda_2026.txt", folder))


def _half(folder: Path, lines: list[str]) -> Path:
    return written(folder, "icd10cm_codes_2027.txt", lines[:40_000])


def _fewer(folder: Path, lines: list[str]) -> Path:
    return written(folder, "icd10cm_codes_2027.txt", lines[:65_000])


def _other_codes(folder: Path, lines: list[str]) -> Path:
    return written(folder, "icd10cm_codes_2026.txt", lines[1:])


def _no_year(folder: Path, lines: list[str]) -> Path:
    return written(folder, "codes.txt", lines)


@pytest.mark.parametrize("make", [_addenda, _half, _fewer, _other_codes, _no_year])
def test_what_cannot_be_taken_is_refused_in_one_sentence(
    own_store: CodeStore, tmp_path: Path, lines: list[str], make: Callable[[Path, list[str]], Path]
) -> None:
    with pytest.raises(RuleError, match=r"^[^\n]+\.$"):
        own_store.import_file(make(tmp_path, lines), NOW)
    assert rows(own_store) == 98_505


def test_wrong_lines_are_reported_by_number(
    own_store: CodeStore, tmp_path: Path, lines: list[str]
) -> None:
    wrong = [*lines[:5], "garbage", lines[4], *lines[5:]]
    path = written(tmp_path, "icd10cm_codes_2026.txt", wrong)
    (result,) = own_store.import_file(path, NOW, dt.date(2025, 10, 1))
    assert [r.number for r in result.rejected] == [6, 7]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_the_right_head_are_refused_in_one_sentence(
    empty_file: Path, data: bytes
) -> None:
    path = empty_file.parent / "icd10cm_codes_2026.txt"
    path.write_bytes(b"A000    Invented\nA001    Invented\n" + data)
    with CodeStore(empty_file) as store, pytest.raises(AppError, match=r"^[^\n]+\.$"):
        store.import_file(path, NOW)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
