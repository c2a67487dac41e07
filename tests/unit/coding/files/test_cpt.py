"""CPT in both layouts, with invented content alone: the practice brings the real one."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from desktop.errors import AppError, RuleError
from desktop.services.coding.base.values import (
    CPT,
    HCPCS,
    MODIFIER,
    ImportOptions,
    ImportResult,
    NeedsLicence,
)
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IN_2026 = dt.date(2026, 5, 1)
LICENSED = frozenset({CPT})
HEADER = (
    "Concept Id\tCPT Code\tLong\tMedium\tShort\tConsumer\tSpanish Consumer\t"
    "Current Descriptor Effective Date\tTest Name\tLab Name\tManufacturer Name"
)


def layout(name: str) -> Path:
    return shared_dir("code-samples") / "synthetic" / f"{name}_layout.txt"


def load(store: CodeStore, *paths: Path, start: dt.date | None = None) -> list[ImportResult]:
    return store.import_files(list(paths), NOW, ImportOptions(start, LICENSED))


def zipped(folder: Path, name: str, *files: Path) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"Data Files/{file.name}")
    return path


def consolidated(codes: dict[str, str], effective: str = "20260101") -> str:
    rows = [
        f"{n}\t{code}\t{text}\t{text.upper()}\t{text[:28]}\t\t\t{effective}\t\t\t"
        for n, (code, text) in enumerate(codes.items(), 1)
    ]
    return "\r\n".join(["A notice in invented words", "", HEADER, *rows, ""])


def test_the_licence_is_asked_for_before_anything_is_read(empty_store: CodeStore) -> None:
    for name in ("ConsolidatedCodeList", "LONGULT", "LONGULF", "MEDU", "SHORTU", "MODUL"):
        with pytest.raises(NeedsLicence, match="holds a licence"):
            empty_store.import_file(layout(name), NOW, dt.date(2026, 1, 1))
    assert empty_store.releases() == []


def test_the_consolidated_list_is_read_by_its_header(empty_store: CodeStore) -> None:
    (result,) = load(empty_store, layout("ConsolidatedCodeList"))
    assert (result.release.name, result.release.records, result.rejected) == ("CPT 2026", 2, ())
    assert (result.release.valid_from, result.release.valid_to) == (
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
    )
    info = empty_store.lookup(CPT, "99990", IN_2026)
    assert info is not None
    assert (info.title, info.short_title) == ("Fictitious long description one", "FICT SHORT ONE")
    assert info.attributes["medium"] == "FICTITIOUS MEDIUM ONE"
    assert empty_store.lookup(CPT, "9999T", IN_2026) is not None
    assert [h.code for h in empty_store.search("category three", IN_2026, 3, CPT)] == ["9999T"]
    assert [h.code for h in empty_store.search("friendly", IN_2026, 3, CPT)] == ["99990"]
    assert empty_store.lookup(CPT, "99990", dt.date(2027, 1, 1)) is None


def test_the_workbook_is_read_by_its_header(empty_store: CodeStore, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in layout("ConsolidatedCodeList").read_text().splitlines():
        sheet.append([int(x) if x.isdigit() else x for x in line.split("\t")])
    path = tmp_path / "list.xlsx"
    book.save(path)
    (result,) = load(empty_store, path)
    assert (result.kind, result.release.records) == ("cpt_xlsx", 2)
    load(empty_store, layout("ConsolidatedCodeList"))
    count = empty_store._connection.execute("SELECT count(*) FROM code").fetchone()
    assert count == (2,)


@pytest.mark.parametrize(
    ("name", "codes", "title"),
    [
        ("LONGULT", "99990 99991 9999F 9999T", "more words, each 15 minutes"),
        ("LONGULF", "99990 99991", "over more words that do not fit in seventy two characters"),
        ("MEDU", "99990 99991", "FICTITIOUS MEDIUM DESCRIPTION ONE EA 15 MINUTES"),
        ("SHORTU", "99990 99991", "FICT SHORT ONE EA 15 MIN"),
    ],
)
def test_the_older_lists(empty_store: CodeStore, name: str, codes: str, title: str) -> None:
    with pytest.raises(RuleError, match="first day of force"):
        load(empty_store, layout(name))
    (result,) = load(empty_store, layout(name), start=dt.date(2026, 1, 1))
    assert result.rejected == ()
    found = empty_store.lookups(CPT, "99990 99991 9999F 9999T".split(), IN_2026)
    assert sorted(found) == codes.split()
    assert found["99990"].title.endswith(title)


def test_a_zip_of_the_older_files_gives_one_list_with_short_texts(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    capitals = tmp_path / "LONGUT.txt"
    capitals.write_text(layout("LONGULT").read_text().upper())
    names = ("SHORTU", "MEDU", "LONGULF", "LONGULT", "MODUL")
    path = zipped(tmp_path, "cpt 2026.zip", capitals, *map(layout, names))
    results = load(empty_store, path)
    assert [r.kind for r in results] == ["cpt_tab", "cpt_modul"]
    info = empty_store.lookup(CPT, "99990", IN_2026)
    assert info is not None
    assert info.title.startswith("Fictitious long description one; extended")
    assert info.short_title == "FICT SHORT ONE EA 15 MIN"
    assert empty_store.lookup(CPT, "9999F", IN_2026) is not None
    again = load(empty_store, path)
    assert all(r.already_loaded for r in again)


def test_the_current_layout_stands_for_the_older_beside_it(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    names = ("LONGULT", "MEDU", "SHORTU", "MODUL", "ConsolidatedCodeList", "Modifiers")
    results = load(empty_store, zipped(tmp_path, "all.zip", *map(layout, names)))
    assert [r.kind for r in results] == ["cpt", "cpt_modifiers"]
    assert empty_store.lookup(CPT, "9999F", IN_2026) is None


@pytest.mark.parametrize(
    ("name", "title", "text"),
    [
        ("Modifiers", "Fictitious modifier", "Body text of the modifier"),
        ("MODUL", "Fictitious Modifier Title", "Body text of the modifier continues here."),
    ],
)
def test_modifiers(empty_store: CodeStore, name: str, title: str, text: str) -> None:
    load(empty_store, layout(name), start=dt.date(2026, 1, 1))
    info = empty_store.lookup(MODIFIER, "ZA", IN_2026)
    assert info is not None
    assert info.title == title
    assert info.attributes == {"source": "cpt", "text": text}


def test_modifiers_of_cms_and_cpt_stand_beside_each_other(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(shared_dir("code-samples") / "hcpcs-2019-alpha-numeric.zip", NOW)
    path = tmp_path / "Modifiers 2018.txt"
    header = layout("Modifiers").read_text().splitlines()[2]
    rows = ["1\t98\tI\t20180101\tInvented one\tText\tX", "2\tLT\tII\t20180101\tInvented two\t\tX"]
    path.write_text("\r\n".join([header, *rows]))
    load(empty_store, path)
    on = dt.date(2019, 5, 1)
    ours = empty_store.lookups(MODIFIER, ["98", "LT", "KX"], on)
    assert ours["98"].title == "Invented one"
    assert ours["LT"].attributes["source"] == HCPCS
    assert "KX" in ours
    assert empty_store.lookup(MODIFIER, "98", dt.date(2018, 5, 1)) is not None


def test_a_new_year_ends_what_it_leaves_out_and_keeps_it_for_last_year(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    codes = {f"{n:05}": f"Invented procedure number {n}" for n in range(90000, 90040)}
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text(consolidated(codes, "20250101"))
    del codes["90000"]
    codes["0999T"] = "Invented technology"
    second.write_text(consolidated(codes))
    load(empty_store, first)
    (result,) = load(empty_store, second)
    assert (result.added, result.ended) == (1, 1)
    assert empty_store.lookup(CPT, "90000", dt.date(2025, 12, 31)) is not None
    assert empty_store.lookup(CPT, "90000", IN_2026) is None


def test_a_new_code_of_category_three_starts_on_its_own_day(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    text = consolidated({"90001": "Invented one", "0999T": "Invented technology"})
    lines = text.split("\r\n")
    lines[4] = lines[4].replace("20260101", "20260701")
    path = tmp_path / "list 2026.txt"
    for again in ("", "\r\n"):
        path.write_text("\r\n".join(lines) + again)
        load(empty_store, path)
        assert empty_store.lookup(CPT, "0999T", dt.date(2026, 6, 30)) is None
        assert empty_store.lookup(CPT, "0999T", dt.date(2026, 7, 1)) is not None


def test_the_year_of_the_copyright_is_not_that_of_the_list(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = tmp_path / "list.txt"
    text = consolidated({"90001": "Invented one"})
    path.write_text(text.replace("A notice in invented words", "CPT © 2025 an invented owner"))
    (result,) = load(empty_store, path)
    assert result.release.valid_from == dt.date(2026, 1, 1)


def test_wrong_lines_are_reported_by_number(empty_store: CodeStore, tmp_path: Path) -> None:
    lines = [f"{n:05}\tInvented {n}" for n in range(90000, 90100)]
    lines[10], lines[20] = "garbage", lines[19]
    path = tmp_path / "LONGULT 2026.txt"
    path.write_text("Notice\n" + "\n".join(lines))
    (result,) = load(empty_store, path)
    assert [r.number for r in result.rejected] == [12, 22]
    assert result.release.records == 98


def _half(folder: Path) -> Path:
    path = folder / "list.txt"
    codes = {f"{n:05}": f"Invented procedure {n}" for n in range(90000, 90020)}
    path.write_text(consolidated(codes))
    return path


def _header_alone(folder: Path) -> Path:
    path = folder / "list.txt"
    path.write_text(HEADER + "\n")
    return path


def _damaged(folder: Path) -> Path:
    path = folder / "list 2026.txt"
    path.write_text(consolidated({}) + "x\ty\n" * 50)
    return path


@pytest.mark.parametrize("make", [_half, _header_alone, _damaged])
def test_half_empty_and_damaged_lists_are_refused_in_one_sentence(
    empty_store: CodeStore, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    whole = tmp_path / "whole.txt"
    codes = {f"{n:05}": f"Invented procedure {n}" for n in range(90000, 90040)}
    whole.write_text(consolidated(codes, "20250101"))
    load(empty_store, whole)
    with pytest.raises(RuleError, match=r"^[^\n]+\.$"):
        load(empty_store, make(tmp_path))
    assert len(empty_store.releases()) == 1


_HEADS = [
    (HEADER + "\n").encode(),
    b"Modifier Code\tModifier Name\n",
    b"99990\tInvented\n",
    b"9999001 Invented\n",
    b"99990 INVENTED\n",
    b"ZA Invented: text\nZB Invented: text\n",
]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(_HEADS))
def test_any_bytes_are_read_or_refused_in_one_sentence(
    empty_file: Path, data: bytes, head: bytes
) -> None:
    path = empty_file.parent / "CPT 2026.txt"
    path.write_bytes(head + data)
    fresh = empty_file.parent / "fresh.db"
    shutil.copy(empty_file, fresh)
    said = "Read."
    with CodeStore(fresh) as store:
        try:
            load(store, path)
        except AppError as e:
            said = str(e)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
