"""Files that are torn, endless or made to harm are refused in one sentence, in bounded memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from desktop.errors import RuleError
from desktop.services.coding.base.order_file import read_addenda, read_order
from desktop.services.coding.base.parts import parts_of
from desktop.services.coding.base.tabular import read_tabular
from tests.unit.coding.conftest import NOW
from tests.unit.coding.files.test_files_ncci import HEADER, NOTICE, PAIRS, line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.services.coding.library.store import CodeStore

_BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'.encode()
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + b"]>"
)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _many(folder: Path) -> Path:
    return _zip(folder / "many.zip", {f"{n}.txt": b"x" * 70_000 for n in range(600)})


def _endless_line(folder: Path) -> Path:
    text = NOTICE + HEADER + "".join(map(line, PAIRS))
    data = text.encode() + b"x" * 60_000_000
    return _zip(folder / "ccipra-v323r0-f1.zip", {"ccipra-v323r0-f1.txt": data})


def _endless_cells(folder: Path) -> Path:
    head = b"HCPCS/CPT Code,MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
    notice = b"Practitioner\n"
    data = notice + head + b"," * 60_000_000
    return _zip(folder / "MCR_MUE_Eff_10-01-2026.zip", {"MCR_MUE_Eff_10-01-2026.csv": data})


def _zips_of_zips(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.zip", b"PK" + bytes(150_000_000))
    return _zip(folder / "nested.zip", {f"{n}.zip": inner.getvalue() for n in range(3)})


def _styles(folder: Path) -> Path:
    book = Workbook()
    book.save(folder / "plain.xlsx")
    with zipfile.ZipFile(folder / "plain.xlsx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/styles.xml"] = b"<styleSheet>" + b"<a/>" * 10_000_000 + b"</styleSheet>"
    return _zip(folder / "HCPC2026_OCT_ANWEB.xlsx", members)


@pytest.mark.parametrize(
    "make",
    [_many, _endless_line, _endless_cells, _zips_of_zips, _styles],
    ids=lambda f: f.__name__[1:],
)
def test_a_file_made_to_fill_the_memory_is_refused(
    make: Callable[[Path], Path], empty_store: CodeStore, tmp_path: Path
) -> None:
    path = make(tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises(RuleError) as refusal:
            empty_store.import_file(path, NOW)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(refusal.value).count("\n") == 0
    assert most < 500_000_000
    assert empty_store.releases() == []


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><!--" + b"x" * 5000 + b"-->" + _BOMB + b"<ICD10CM.tabular>&i;"
        b"</ICD10CM.tabular>",
        "<?xml version='1.0' encoding='utf-16'?><ICD10CM.tabular/>".encode("utf-16"),
        b"<ICD10CM.tabular><version>2027</version><chapter><name>1</name>"
        b"<section id='A00-A09'>"
        + b"<diag><name>A00</name>" * 5000
        + b"</diag>" * 5000
        + b"</section></chapter></ICD10CM.tabular>",
        b"<ICD10CM.tabular><version>99999</version></ICD10CM.tabular>",
        "<ICD10CM.tabular><version>²</version></ICD10CM.tabular>".encode(),
    ],
    ids=["entities", "utf-16", "deep", "year", "digit"],
)
def test_xml_made_to_harm_is_refused(data: bytes) -> None:
    with pytest.raises(RuleError):
        read_tabular(data)


def test_counts_of_no_year_are_no_counts() -> None:
    text = " 12 headers in icd10cm_order_0000.txt\n 12 codes in icd10cm_order_0000.txt\n"
    text += " " + "9" * 5000 + " codes in icd10cm_order_2027.txt\n"
    found = read_addenda(text)
    assert (found.old, found.new) == (None, None)


def test_a_list_of_nothing_but_wrong_lines_is_given_up() -> None:
    assert len(read_order("xx\n" * 100_000).rejected) < 2_000
    assert len(read_addenda("xx\n" * 100_000).rejected) < 2_000


def test_an_error_of_the_program_is_not_taken_for_a_locked_zip(tmp_path: Path) -> None:
    path = _zip(tmp_path / "some.zip", {"some.txt": b"text"})
    with pytest.raises(RecursionError), parts_of(path):
        raise RecursionError("its own")
