"""Taxonomy, places, reasons, remarks: read by header and shape, with what is built in behind."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.coding.base.values import CARC, HCPCS, MODIFIER, NUCC, POS, RARC
from desktop.services.coding.builtin.modifiers import MODIFIERS
from desktop.services.coding.builtin.places import PLACES
from desktop.services.coding.builtin.remarks import REMARKS
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.services.core.database import Database


def nucc() -> Path:
    return shared_dir("code-samples") / "synthetic" / "nucc_taxonomy_layout.csv"


def places() -> Path:
    return shared_dir("code-samples") / "pos_codes_2024.tsv"


def file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return path


# --- built in -------------------------------------------------------------------------------


def test_the_built_in_lists_are_releases_like_any_other(empty_store: CodeStore) -> None:
    empty_store.load_built_in(NOW)
    names = {(r.system, r.name, r.records) for r in empty_store.releases()}
    assert (POS, "Built in", len(PLACES)) in names
    assert (MODIFIER, "Built in", len(MODIFIERS)) in names
    assert (RARC, "Built in", len(REMARKS)) in names
    assert {system for system, _, _ in names} == {POS, MODIFIER, CARC, RARC}
    office = empty_store.lookup(POS, "11", IN_2026)
    assert office is not None
    assert (office.title, office.attributes["facility"]) == ("Office", "no")
    assert [h.code for h in empty_store.search("urgent care", IN_2026, 1, POS)] == ["20"]
    assert all(r.already_loaded for r in empty_store.load_built_in(NOW))
    assert len(empty_store.releases()) == 4


def test_codes_without_the_shape_of_a_diagnosis_are_found_as_typed(empty_store: CodeStore) -> None:
    empty_store.load_built_in(NOW)
    empty_store.import_file(nucc(), NOW)
    for system, typed, code in (
        (MODIFIER, "kx", "KX"),
        (NUCC, "999xx", "999XX0001X"),
        (RARC, "MA13", "MA13"),
    ):
        assert empty_store.search(typed, IN_2026, 2, system)[0].code == code


def test_a_new_practice_has_the_built_in_lists(database: Database) -> None:
    found = database.read(lambda work: work.codes.lookup(POS, "11", IN_2026))
    assert found is not None
    assert found.title == "Office"


def test_an_official_list_takes_over_from_its_first_day(empty_store: CodeStore) -> None:
    empty_store.load_built_in(NOW)
    (result,) = empty_store.import_file(places(), NOW)
    assert (result.release.records, result.rejected) == (52, ())
    assert result.release.valid_from == dt.date(2024, 1, 1)
    before = empty_store.lookup(POS, "12", dt.date(2023, 12, 31))
    after = empty_store.lookup(POS, "12", IN_2026)
    assert before is not None
    assert after is not None
    assert (before.title, after.title) == ("Patient's home", "Home")
    assert after.attributes == {"facility": "no"}
    hospital = empty_store.lookup(POS, "21", IN_2026)
    assert hospital is not None
    assert hospital.attributes == {"facility": "yes"}


@pytest.mark.parametrize("built_in_first", [True, False])
def test_official_modifiers_leave_the_built_in_ones_of_others(
    empty_store: CodeStore, *, built_in_first: bool
) -> None:
    if built_in_first:
        empty_store.load_built_in(NOW)
    empty_store.import_file(shared_dir("code-samples") / "hcpcs-2019-alpha-numeric.zip", NOW)
    if not built_in_first:
        empty_store.load_built_in(NOW)
    found = empty_store.lookups(MODIFIER, ["25", "KX", "FQ", "A1"], IN_2026)
    sources = {code: info.attributes["source"] for code, info in found.items()}
    assert sources == {"25": "built-in", "KX": HCPCS, "FQ": "built-in", "A1": HCPCS}


# --- provider taxonomy ----------------------------------------------------------------------


def test_the_taxonomy_is_read_with_line_breaks_in_its_cells(empty_store: CodeStore) -> None:
    (result,) = empty_store.import_file(nucc(), NOW)
    assert (result.release.name, result.release.records) == ("NUCC 26.0", 2)
    assert result.release.valid_from == dt.date(2026, 4, 1)
    info = empty_store.lookup(NUCC, "999X00000X", IN_2026)
    assert info is not None
    assert info.title == "Example Classification Provider"
    assert info.attributes["definition"] == "Line one. Line two, with a comma."
    assert info.attributes["section"] == "Individual"


def test_an_older_taxonomy_lacks_two_columns_and_may_be_latin_1(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    rows = [
        "Code,Grouping,Classification,Specialization,Definition,Notes",
        '999X00000X,Group,Répétiteur,,"Some ""quoted"" words",',
        "999XX0002X,Group,Répétiteur,Aloud,,",
        "nonsense,,,,,",
    ]
    path = file(tmp_path, "\r\n".join([*rows, ""]), "nucc_taxonomy_191.csv")
    (result,) = empty_store.import_file(path, NOW)
    assert result.release.valid_from == dt.date(2019, 10, 1)
    assert [r.number for r in result.rejected] == [4]
    info = empty_store.lookup(NUCC, "999XX0002X", IN_2026)
    assert info is not None
    assert info.title == "Répétiteur, Aloud"


# --- reasons and remarks --------------------------------------------------------------------

REASONS = [
    "Code,Description,Start Date,Stop Date,Last Modified",
    "1,Invented reason one,01/01/1995,,",
    'A1,"Invented reason, with a comma",01/01/1995,,11/01/2020',
    "901,Invented ended reason,01/01/1995,06/30/2020,",
    "902,Invented new reason,03/01/2021,,",
    "W3,Invented reason of the future,01/01/2027,,",
]
REMARKS_CSV = [
    "RARC;Message;Effective;Deactivation Date",
    "M901;Invented remark;1/1/1997;",
    "MA902;Invented remark, longer;1/1/1997;",
    "N903;Invented remark;2021-03-01;",
]


def test_reasons_are_read_with_their_own_days(empty_store: CodeStore, tmp_path: Path) -> None:
    empty_store.load_built_in(NOW)
    path = file(tmp_path, "\r\n".join(REASONS))
    (result,) = empty_store.import_file(path, NOW)
    assert (result.kind, result.rejected) == ("carc", ())
    assert result.release.valid_from == dt.date(2021, 3, 1)
    info = empty_store.lookup(CARC, "A1", IN_2026)
    assert info is not None
    assert info.title == "Invented reason, with a comma"
    assert info.attributes == {"start": "1995-01-01", "modified": "2020-11-01"}
    assert empty_store.lookup(CARC, "901", IN_2026) is None
    assert empty_store.lookup(CARC, "902", dt.date(2021, 3, 1)) is not None
    assert empty_store.lookup(CARC, "W3", IN_2026) is None
    assert empty_store.lookup(CARC, "W3", dt.date(2027, 1, 1)) is not None


def test_half_of_an_official_list_is_refused_after_the_whole(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    rows = [f"{n},Invented reason {n},01/01/1995,," for n in range(100, 200)]
    empty_store.import_file(file(tmp_path, "\n".join([*REASONS, *rows])), NOW)
    with pytest.raises(RuleError, match="far fewer"):
        empty_store.import_file(file(tmp_path, "\n".join([*REASONS, *rows[:50]])), NOW)


def test_remarks_are_told_from_reasons_by_their_codes(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    (result,) = empty_store.import_file(file(tmp_path, "\n".join(REMARKS_CSV)), NOW)
    assert (result.kind, result.release.records) == ("rarc", 3)
    info = empty_store.lookup(RARC, "MA902", IN_2026)
    assert info is not None
    assert info.title == "Invented remark, longer"


# --- refusals -------------------------------------------------------------------------------


def _no_day(folder: Path) -> Path:
    return file(folder, "code,description\n1,Invented\n2,Invented\n")


def _places_without_year(folder: Path) -> Path:
    return file(folder, places().read_text())


def _half_the_places(folder: Path) -> Path:
    lines = places().read_text().splitlines()[:20]
    return file(folder, "\n".join(lines), "pos_codes_2025.tsv")


def _header_alone(folder: Path) -> Path:
    return file(folder, nucc().read_text().split("\n")[0] + "\n", "nucc_taxonomy_260.csv")


def _wrong_codes(folder: Path) -> Path:
    rows = "".join(f'"x{n}","G","C","S","","","D","I"\n' for n in range(40))
    return file(folder, nucc().read_text() + rows)


def _other_table(folder: Path) -> Path:
    return file(folder, "code,description\nhello,world\n")


@pytest.mark.parametrize(
    "make",
    [
        _no_day,
        _places_without_year,
        _half_the_places,
        _header_alone,
        _wrong_codes,
        _other_table,
    ],
)
def test_a_wrong_list_is_refused_in_one_sentence(
    empty_store: CodeStore, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    empty_store.load_built_in(NOW)
    with pytest.raises(RuleError, match=r"^[^\n]+\.$"):
        empty_store.import_file(make(tmp_path), NOW)
    assert len(empty_store.releases()) == 4


def test_the_day_may_be_given(empty_store: CodeStore, tmp_path: Path) -> None:
    (result,) = empty_store.import_file(_no_day(tmp_path), NOW, dt.date(2026, 1, 1))
    assert result.release.valid_from == dt.date(2026, 1, 1)


@pytest.mark.parametrize("path", [nucc, places])
def test_the_same_list_again_is_a_no_op(empty_store: CodeStore, path: Callable[[], Path]) -> None:
    empty_store.import_file(path(), NOW)
    (again,) = empty_store.import_file(path(), NOW)
    assert again.already_loaded


def test_cancelling_keeps_nothing(empty_store: CodeStore) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 70:
            raise Cancelled

    with pytest.raises(Cancelled):
        empty_store.import_file(places(), NOW, progress=stop)
    assert empty_store.releases() == []


_HEADS = [
    b"Code,Grouping,Classification\n",
    b"Code,Grouping,Classification\n999X00000X,a,b\n",
    b"code\tname\n11\ta\n12\ta\n21\ta\n22\ta\n23\tb\n",
    b"code,description\n1,a\n",
    b"code;description;stop\nN1;a;99/99/2020\n",
]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(_HEADS))
def test_any_bytes_are_read_or_refused_in_one_sentence(
    empty_file: Path, data: bytes, head: bytes
) -> None:
    path = empty_file.parent / "list.csv"
    path.write_bytes(head + data)
    said = "Read."
    with CodeStore(empty_file) as store:
        try:
            store.import_file(path, NOW, dt.date(2026, 1, 1))
        except AppError as e:
            said = str(e)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
