"""The national provider file as a stream: by state or NPI, in bounded memory, then looked up."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import random
import resource
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, Cancelled, RuleError
from desktop.models.values.identifiers import npi_check_digit
from desktop.services.coding.base.values import NPPES, ImportOptions
from desktop.services.coding.library.store import CodeStore
from desktop.services.core.database import CODES_NAME, Database
from desktop.services.practice.office.directory import draft_of, find_in_directory
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LONG = os.environ.get("CLAIMSTEAD_LONG") == "1"
ROWS = 800_000 if LONG else 6_000
TX = ImportOptions(states=frozenset({"TX"}))
PLACE = "Provider Business Practice Location Address"
HEADER = [
    "NPI",
    "Entity Type Code",
    "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Credential Text",
    "Provider First Line Business Practice Location Address",
    f"{PLACE} City Name",
    f"{PLACE} State Name",
    f"{PLACE} Postal Code",
    f"{PLACE} Telephone Number",
    "Last Update Date",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
    "Provider Sex Code",
    *(
        name.format(n)
        for n in range(1, 16)
        for name in (
            "Healthcare Provider Taxonomy Code_{}",
            "Provider License Number_{}",
            "Healthcare Provider Primary Taxonomy Switch_{}",
        )
    ),
    *(f"Other Provider Identifier_{n}" for n in range(270)),
]
NAME = "npidata_pfile_20050523-20261108.csv"


def npi(number: int) -> str:
    nine = f"1{number:08}"
    return nine + npi_check_digit(nine)


def provider(number: int, **values: str) -> list[str]:
    known = {
        "NPI": npi(number),
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "EXAMPLE",
        "Provider First Name": "ANA",
        "Provider Credential Text": "M.D.",
        f"{PLACE} City Name": "AUSTIN",
        f"{PLACE} State Name": "TX",
        f"{PLACE} Postal Code": "787010001",
        f"{PLACE} Telephone Number": "(512) 555-0100",
        "Last Update Date": "01/15/2026",
        "Healthcare Provider Taxonomy Code_1": "111N00000X",
        "Healthcare Provider Primary Taxonomy Switch_1": "N",
        "Healthcare Provider Taxonomy Code_3": "207Q00000X",
        "Healthcare Provider Primary Taxonomy Switch_3": "Y",
    } | {name.replace("_", " "): value for name, value in values.items()}
    return [known.get(name, "") for name in HEADER]


def text(rows: Iterator[list[str]] | Sequence[list[str]]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    write = csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow
    for row in (HEADER, *rows) if isinstance(rows, list | tuple) else rows:
        write(row)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def written(path: Path, *rows: list[str]) -> Path:
    path.write_bytes(b"".join(text(rows)))
    return path


def known(store: CodeStore) -> int:
    return int(store._connection.execute("SELECT count(*) FROM directory_provider").fetchone()[0])


def test_the_layout_sample_by_state_and_by_npi(empty_store: CodeStore) -> None:
    sample = shared_dir("code-samples") / "synthetic" / "npidata_pfile_layout.csv"
    (result,) = empty_store.import_files([sample], NOW, TX)
    assert (result.added, result.rejected) == (1, ())
    (found,) = empty_store.providers("1234567893", (), 5)
    assert (found.last, found.first, found.credential) == ("EXAMPLE", "ANA", "M.D.")
    assert (found.taxonomy, found.state, found.is_person) == ("999X00000X", "TX", True)
    both = ImportOptions(states=frozenset({"tx"}), npis=frozenset({"1003000126"}))
    (more,) = empty_store.import_files([sample], NOW, both)
    assert (more.already_loaded, more.added) == (False, 1)
    (group,) = empty_store.providers("1003000126", (), 5)
    assert (group.last, group.is_person) == ("EXAMPLE CLINIC PLLC", False)
    assert empty_store.import_files([sample], NOW, both)[0].already_loaded


def test_without_a_filter_the_whole_country_is_refused(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = written(tmp_path / NAME, provider(1))
    with pytest.raises(RuleError, match="name the states whose providers you want"):
        empty_store.import_file(path, NOW)
    with pytest.raises(RuleError, match="is no state"):
        empty_store.import_files([path], NOW, ImportOptions(states=frozenset({"TEXAS"})))
    with pytest.raises(RuleError, match="NPI"):
        empty_store.import_files([path], NOW, ImportOptions(npis=frozenset({"1234567890"})))
    assert known(empty_store) == 0


def test_every_field_of_a_form_is_taken_from_the_practice_location(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    line1 = {f"{PLACE}".replace("Business", "First Line Business"): "1 MAIN ST"}
    (tmp_path / NAME).write_bytes(b"".join(text([provider(1, **line1), provider(2)])))
    empty_store.import_files([tmp_path / NAME], NOW, TX)
    (found,) = empty_store.providers(npi(1), (), 5)
    draft = draft_of(found)
    assert (draft.npi, draft.taxonomy, draft.line1, draft.city) == (
        npi(1), "207Q00000X", "1 MAIN ST", "AUSTIN",
    )  # fmt: skip
    assert (draft.zip_code, draft.phone) == ("787010001", "5125550100")
    assert (draft.is_billing, draft.is_rendering, draft.is_referring) == (False, False, False)


def test_gender_of_older_files_and_columns_in_another_order(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    order = list(range(len(HEADER)))
    random.Random(3).shuffle(order)
    head = [HEADER[i].replace("Sex", "Gender") for i in order]
    row = [provider(1)[i] for i in order]
    path = tmp_path / NAME
    path.write_text("\n".join(",".join(f'"{c}"' for c in r) for r in (head, row)) + "\n")
    (result,) = empty_store.import_files([path], NOW, TX)
    assert (result.added, result.release.name) == (1, "as of 2026-11-08")


def test_deactivation_ends_a_known_provider_and_reactivation_takes_it_back(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_files([written(tmp_path / NAME, provider(1), provider(2))], NOW, TX)
    gone = [""] * len(HEADER)
    gone[0], gone[HEADER.index("NPI Deactivation Date")] = npi(1), "11/10/2026"
    weekly = written(tmp_path / "npidata_pfile_20261109-20261115.csv", gone, provider(3))
    (result,) = empty_store.import_files([weekly], NOW, TX)
    assert (result.added, result.changed) == (1, 1)
    (found,) = empty_store.providers(npi(1), (), 5)
    assert found.ended_on == dt.date(2026, 11, 10)
    assert [p.npi for p in empty_store.providers("", ["EXAMPLE ANA"], 9)][-1] == npi(1)
    back = provider(1, NPI_Deactivation_Date="11/10/2026", NPI_Reactivation_Date="11/17/2026")
    path = written(tmp_path / "npidata_pfile_20261116-20261122.csv", back)
    empty_store.import_files([path], NOW, TX)
    assert empty_store.providers(npi(1), (), 5)[0].ended_on is None


def test_an_older_file_that_comes_later_overwrites_nobody(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_files([written(tmp_path / NAME, provider(1))], NOW, TX)
    old = provider(1, Provider_First_Name="OLDNAME")
    path = written(tmp_path / "npidata_pfile_20050523-20261011.csv", old, provider(2))
    (result,) = empty_store.import_files([path], NOW, TX)
    assert result.added == 1
    assert empty_store.providers(npi(1), (), 5)[0].first == "ANA"


def test_wrong_lines_are_told_by_number(empty_store: CodeStore, tmp_path: Path) -> None:
    wrong = provider(2)
    wrong[0] = "1234567890"
    path = written(tmp_path / NAME, provider(1), wrong, ["1", "2"], provider(3))
    (result,) = empty_store.import_files([path], NOW, TX)
    assert [r.number for r in result.rejected] == [3, 4]
    assert result.added == 2


@pytest.mark.parametrize("end", ["a", '"1","1","cut'])
def test_a_torn_file_is_refused(empty_store: CodeStore, tmp_path: Path, end: str) -> None:
    path = written(tmp_path / NAME, provider(1))
    path.write_bytes(path.read_bytes() + end.encode())
    with pytest.raises(RuleError, match="cut off at line 3"):
        empty_store.import_files([path], NOW, TX)
    assert known(empty_store) == 0


def test_a_header_alone_is_no_provider_file(empty_store: CodeStore, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="national provider file"):
        empty_store.import_files([written(tmp_path / NAME)], NOW, TX)


def _stream(path: Path, count: int) -> Path:
    """A zip as published: the file of the header alone beside, and other tables."""
    chance = random.Random(8)
    states = ("TX", "CA", "NY", "FL")

    def rows() -> Iterator[list[str]]:
        yield HEADER
        for number in range(count):
            state = states[number % 4]
            last = f"NAME{chance.randrange(20_000)}"
            row = provider(number, Provider_First_Name=f"F{number % 300}")
            row[3], row[8] = last, state
            yield row

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("npidata_pfile_fileheader.csv", b"".join(text([])))
        archive.writestr("othername_pfile.csv", '"NPI","Provider Other Organization Name"\r\n')
        with archive.open(NAME, "w", force_zip64=True) as file:
            for line in text(rows()):
                file.write(line)
    return path


def test_a_long_stream_inside_a_zip_in_bounded_memory(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = _stream(tmp_path / "NPPES_Data_Dissemination.zip", ROWS)
    heard: list[int] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (result,) = empty_store.import_files(
        [path], NOW, TX, progress=lambda done, _t, _x: heard.append(done)
    )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert result.added == known(empty_store) == ROWS // 4
    assert grown < 100
    assert heard == sorted(heard)
    assert len(set(heard)) > 3


def test_cancelling_in_the_middle_keeps_nobody(empty_store: CodeStore, tmp_path: Path) -> None:
    path = _stream(tmp_path / "n.zip", 11_000)

    def stop(done: int, _total: int, _text: str) -> None:
        if done > 40:
            raise Cancelled

    def stop_early(_done: int, _total: int, text: str) -> None:
        if "was imported before" in text:
            raise Cancelled

    for heard in (stop, stop_early):
        with pytest.raises(Cancelled):
            empty_store.import_files([path], NOW, TX, progress=heard)
        assert known(empty_store) == 0
        assert empty_store.releases(NPPES) == []


@pytest.fixture(scope="module")
def store_for_any(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    with CodeStore.create(tmp_path_factory.mktemp("any") / "codes.db") as store:
        yield store


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=300), st.text(',\n"0123456789TX/ ', max_size=300)))
def test_any_bytes_behind_the_header_give_a_result_or_a_sentence(
    store_for_any: CodeStore, data: bytes | str
) -> None:
    path = written(store_for_any.path.with_name(NAME), provider(1))
    with path.open("ab") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    try:
        store_for_any.import_files([path], NOW, TX)
    except AppError as e:
        assert "\n" not in str(e)  # noqa: PT017


# --- looking up -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("smith", ["SMITH ANA", "SMITH BEN", "SMITHSON CY"]),
        ("Smith, B", ["SMITH BEN"]),
        ("ben smith", ["SMITH BEN"]),
        ("de la cruz", ["DE LA CRUZ MARÍA"]),
        ("de la cruz mar", ["DE LA CRUZ MARÍA"]),
        ("maria de la cruz", ["DE LA CRUZ MARÍA"]),
        ("hill country fam", ["HILL COUNTRY FAMILY PRACTICE"]),
        ("s", []),
        ("", []),
        ("nobody", []),
    ],
)
def test_a_provider_is_found_by_the_beginning_of_a_name(
    database: Database, tmp_path: Path, typed: str, found: list[str]
) -> None:
    names = [("SMITH", "ANA"), ("SMITH", "BEN"), ("SMITHSON", "CY"), ("DE LA CRUZ", "MARÍA")]
    rows = [
        provider(n, **{"Provider Last Name (Legal Name)": last, "Provider First Name": first})
        for n, (last, first) in enumerate(names)
    ]
    group = provider(9, **{"Entity Type Code": "2"})
    group[2:5] = ["HILL COUNTRY FAMILY PRACTICE", "", ""]
    with CodeStore(database.folder / CODES_NAME) as store:
        store.import_files([written(tmp_path / NAME, *rows, group)], NOW, TX)
    hits = database.read(lambda work: find_in_directory(work, typed))
    assert [f"{p.last} {p.first}".strip() for p in hits] == found
    by_npi = database.read(lambda work: find_in_directory(work, npi(1)[:9]))
    assert [p.first for p in by_npi] == ["BEN"]
