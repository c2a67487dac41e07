"""The HCPCS list: text and workbook alike, codes valid on their own days, extracts refused."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.coding.base.values import HCPCS, MODIFIER
from desktop.services.coding.library.differences import What, changes
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_2019 = dt.date(2019, 5, 1)
TERM, ACTION_DATE, ACTION = slice(284, 292), slice(276, 284), slice(292, 293)


def sample(what: str = "alpha-numeric") -> Path:
    return shared_dir("code-samples") / f"hcpcs-2019-{what}.zip"


@pytest.fixture(scope="module")
def text_lines() -> list[bytes]:
    with zipfile.ZipFile(sample()) as archive:
        return archive.read("HCPC2019_CONTR_ANWEB.txt").split(b"\r\n")


@pytest.fixture(scope="module")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hcpcs") / "codes.db"
    with CodeStore.create(path) as store:
        store.import_file(sample(), NOW)
    return path


@pytest.fixture
def loaded(loaded_file: Path, tmp_path: Path) -> Iterator[CodeStore]:
    path = tmp_path / "codes.db"
    shutil.copy(loaded_file, path)
    with CodeStore(path) as store:
        yield store


def written(folder: Path, name: str, lines: list[bytes]) -> Path:
    path = folder / name
    path.write_bytes(b"\r\n".join(lines))
    return path


def changed(lines: list[bytes], code: str, **fields: str) -> list[bytes]:
    """The list with columns of one code's first line written over."""
    where = {"term": TERM, "day": ACTION_DATE, "action": ACTION}
    out = []
    for line in lines:
        cells = bytearray(line)
        if line.startswith(code.encode()) and line[10:11] == b"3":
            for name, text in fields.items():
                cells[where[name]] = text.encode()
        out.append(bytes(cells))
    return out


def rows(store: CodeStore, table: str = "code") -> int:
    return int(store._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_the_real_list_is_read_whole(empty_store: CodeStore) -> None:
    (result,) = empty_store.import_file(sample(), NOW)
    assert result.rejected == ()
    assert (result.release.records, result.release.billable) == (6_440, 5_934)
    assert result.release.name == "HCPCS 2019"
    assert (result.release.valid_from, result.release.valid_to) == (
        dt.date(2019, 1, 1),
        dt.date(2019, 12, 31),
    )
    assert rows(empty_store) == 6_440 + 360


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C1823", "C1823"),
        ("A4221", "A4221"),
        ("neurostimulator generator transvenous sensing", "C1823"),
        ("maintenance of non-insulin infusion catheter", "A4221"),
    ],
)
def test_codes_are_found_by_search(loaded: CodeStore, text: str, code: str) -> None:
    assert code in [hit.code for hit in loaded.search(text, IN_2019, 3, HCPCS)]


def test_continued_descriptions_are_joined_and_columns_told_apart(loaded: CodeStore) -> None:
    info = loaded.lookup(HCPCS, "C1823", IN_2019)
    assert info is not None
    assert info.title == (
        "Generator, neurostimulator (implantable), non-rechargeable, with transvenous sensing and "
        "stimulation leads"
    )
    assert info.short_title == "Gen, neuro, trans sen/stim"
    expected = {"statute": "1833(t)", "coverage": "D", "betos": "D1A", "pricing": "53"}
    assert expected.items() <= info.attributes.items()
    assert (info.attributes["tos"], info.attributes["added"]) == ("9 F", "2019-01-01")
    modifier = loaded.lookup(MODIFIER, "AD", IN_2019)
    assert modifier is not None
    assert modifier.title.endswith("four concurrent anesthesia procedures")


def test_the_workbook_says_the_same_as_the_text(loaded: CodeStore, tmp_path: Path) -> None:
    before = rows(loaded), rows(loaded, "search_term")
    with zipfile.ZipFile(sample()) as archive:
        path = Path(archive.extract("HCPC2019_CONTR_ANWEB.xlsx", tmp_path))
    (result,) = loaded.import_file(path, NOW)
    assert (result.added, result.changed, result.ended, result.rejected) == (0, 0, 0, ())
    assert (rows(loaded), rows(loaded, "search_term")) == before


def test_the_text_stands_for_the_workbook_beside_it(loaded: CodeStore) -> None:
    assert [f.kind for f in loaded.source_files(HCPCS)] == ["hcpcs"]
    (again,) = loaded.import_file(sample(), NOW)
    assert again.already_loaded


def test_a_code_that_ended_before_the_list_is_no_longer_valid(loaded: CodeStore) -> None:
    row = loaded._connection.execute(
        "SELECT c.code, valid_to, replaced_by FROM code c WHERE valid_to = '2016-12-31'"
        " AND replaced_by = 'A4467'"
    ).fetchone()
    assert row is not None
    assert loaded.lookup(HCPCS, row[0], IN_2019) is None
    assert loaded.lookup(HCPCS, "A4467", IN_2019) is not None


def test_codes_hold_from_and_until_their_own_days(
    empty_store: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    lines = changed(text_lines, "A4221", term="20190331")
    lines = changed(lines, "C1823", day="20190701", action="A")
    path = written(tmp_path, "HCPC2019_ANWEB.txt", lines)
    empty_store.import_file(path, NOW)
    day = dt.timedelta(days=1)
    for code, last, first in (
        ("A4221", dt.date(2019, 3, 31), None),
        ("C1823", None, dt.date(2019, 7, 1)),
    ):
        if last is not None:
            assert empty_store.lookup(HCPCS, code, last) is not None
            assert empty_store.lookup(HCPCS, code, last + day) is None
        if first is not None:
            assert empty_store.lookup(HCPCS, code, first - day) is None
            assert empty_store.lookup(HCPCS, code, first) is not None
    before = rows(empty_store)
    empty_store.import_file(written(tmp_path, "HCPC2019_v2.txt", [*lines, b""]), NOW)
    assert rows(empty_store) == before


def test_quarters_follow_each_other_and_keep_last_year(
    loaded: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    lines = [x for x in text_lines if not x.startswith(b"A4221")]
    lines = changed(lines, "C1823", day="20261001", action="C")
    path = written(tmp_path, "HCPC2026_OCT_ANWEB_v2.txt", lines)
    (result,) = loaded.import_file(path, NOW)
    assert result.release.name == "HCPCS 2026 Q4"
    assert result.release.valid_to == dt.date(2026, 12, 31)
    assert result.ended == 1
    assert loaded.lookup(HCPCS, "A4221", IN_2019) is not None
    assert loaded.lookup(HCPCS, "A4221", dt.date(2026, 10, 1)) is None
    assert loaded.lookup(HCPCS, "C1823", dt.date(2026, 10, 1)) is not None
    assert loaded.coverage(HCPCS, dt.date(2027, 1, 1)) is None


def test_what_a_quarter_changed_counts_codes_that_end_or_begin_within_it(
    loaded: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    lines = changed(text_lines, "A4221", term="20261115")
    lines = changed(lines, "C1823", day="20261201", action="A")
    loaded.import_file(written(tmp_path, "HCPC2026_OCT_ANWEB.txt", lines), NOW)
    fourth = changes(loaded, HCPCS, "HCPCS 2026 Q4")
    assert fourth is not None
    assert [r.code for r in fourth.rows if r.what is What.ENDED] == ["A4221"]
    loaded.import_file(written(tmp_path, "HCPC2027_JAN_ANWEB.txt", [*lines, b""]), NOW)
    first = changes(loaded, HCPCS, "HCPCS 2027 Q1")
    assert first is not None
    assert [r for r in first.rows if r.what is not What.CHANGED] == []
    assert changes(loaded, HCPCS, "HCPCS 2026 Q4") == fourth


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("HCPC2026_OCT_ANWEB_09232026.txt", "20261001"),
        ("HCPC2026_JUL_ANWEB.txt", "20260701"),
        ("renamed.txt", "20260415"),
    ],
)
def test_the_quarter_is_that_of_content_or_name(
    empty_store: CodeStore, tmp_path: Path, text_lines: list[bytes], name: str, day: str
) -> None:
    lines = changed(text_lines, "C1823", day=day, action="C")
    (result,) = empty_store.import_file(written(tmp_path, name, lines), NOW)
    month = {"1": 10, "0": int(day[5:6])}[day[4]]
    assert result.release.valid_from == dt.date(2026, month, 1)


def test_a_list_without_dates_asks_for_the_first_day(
    empty_store: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    blank = [x[:268] + b" " * 24 + x[292:] if len(x) > 290 else x for x in text_lines]
    path = written(tmp_path, "list.txt", blank)
    with pytest.raises(RuleError, match="first day of force"):
        empty_store.import_file(path, NOW)
    (result,) = empty_store.import_file(path, NOW, dt.date(2026, 4, 1))
    assert result.release.valid_to == dt.date(2026, 6, 30)


def test_a_name_against_the_content_is_asked_about(
    empty_store: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    path = written(tmp_path, "HCPC2026_OCT_ANWEB.txt", text_lines)
    with pytest.raises(RuleError, match=r"10/01/2026 by its name.*first day of force"):
        empty_store.import_file(path, NOW)


def test_wrong_lines_are_reported_by_number(
    empty_store: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    lines = list(text_lines)
    lines[99] = b"garbage"
    first = next(i for i, x in enumerate(lines) if x.startswith(b"A4221001003"))
    lines[first] = b"A422100100"
    path = written(tmp_path, "HCPC2019_ANWEB.txt", lines)
    (result,) = empty_store.import_file(path, NOW)
    assert [r.number for r in result.rejected] == [100, first + 1, first + 2]


def _half(folder: Path) -> Path:
    with zipfile.ZipFile(sample()) as archive:
        data = archive.read("HCPC2019_CONTR_ANWEB.txt")
    path = folder / "HCPC2019_ANWEB.txt"
    path.write_bytes(data[: len(data) // 2])
    return path


def _half_at_a_line(folder: Path) -> Path:
    path = _half(folder)
    path.write_bytes(path.read_bytes().rpartition(b"\r\n")[0])
    return path


def _torn_workbook(folder: Path) -> Path:
    with zipfile.ZipFile(sample()) as archive:
        data = archive.read("HCPC2019_CONTR_ANWEB.xlsx")
    path = folder / "HCPC2019_ANWEB.xlsx"
    path.write_bytes(data[:300_000])
    return path


def _workbook_of_noise(folder: Path) -> Path:
    path = folder / "HCPC2019_ANWEB.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


def _workbook_of_blown_up_texts(folder: Path) -> Path:
    path = folder / "HCPC2019_ANWEB.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w") as stream:
            for _ in range(220):
                stream.write(bytes(1_000_000))
    return path


def _addendum(_folder: Path) -> Path:
    return shared_dir("code-samples") / "hcpcs2_opps_addendum_b_2026-04.csv"


@pytest.mark.parametrize(
    "make",
    [
        _half,
        _half_at_a_line,
        _torn_workbook,
        _workbook_of_noise,
        _workbook_of_blown_up_texts,
        _addendum,
        lambda _: sample("corrections"),
        lambda _: sample("noc-codes"),
        lambda _: sample("record-layout"),
    ],
)
def test_what_is_not_the_whole_list_is_refused_in_one_sentence(
    loaded: CodeStore, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    before = rows(loaded), rows(loaded, "release_file"), rows(loaded, "search_word")
    with pytest.raises(RuleError, match=r"^[^\n]+\.$"):
        loaded.import_file(make(tmp_path), NOW)
    assert (rows(loaded), rows(loaded, "release_file"), rows(loaded, "search_word")) == before


def test_a_list_of_many_years_ago_may_be_far_smaller(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    """Lists grow; a claim of long ago is judged by the list of its time all the same."""
    sample = shared_dir("code-samples") / "hcpcs-2019-alpha-numeric.zip"
    empty_store.import_file(sample, NOW, dt.date(2026, 7, 1))
    empty_store._connection.execute("UPDATE release SET records = 9000")
    (older,) = empty_store.import_file(sample, NOW, dt.date(2019, 1, 1))
    assert older.release.name == "HCPCS 2019"
    with pytest.raises(RuleError, match="far fewer"):
        empty_store.import_file(sample, NOW, dt.date(2026, 10, 1))


def test_a_list_far_smaller_than_the_last_is_refused(
    loaded: CodeStore, tmp_path: Path, text_lines: list[bytes]
) -> None:
    kept = [x for x in text_lines if not x.startswith((b"G", b"V"))]
    path = written(tmp_path, "HCPC2019_ANWEB.txt", kept)
    with pytest.raises(RuleError, match=r"far fewer|far more"):
        loaded.import_file(path, NOW)


def test_cancelling_keeps_nothing(empty_store: CodeStore) -> None:
    texts: list[str] = []

    def stop(done: int, _total: int, text: str) -> None:
        texts.append(text)
        if done >= 60:
            raise Cancelled

    with pytest.raises(Cancelled):
        empty_store.import_file(sample(), NOW, progress=stop)
    assert rows(empty_store) == 0
    assert any("lines" in text for text in texts)


_HEAD = b"A1001001003" + b"Invented".ljust(109) + b" " * 164 + b"20260101N".ljust(36)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([_HEAD + b"\r\n", _HEAD, b"   A1001007"]))
def test_any_bytes_behind_the_right_head_are_refused_in_one_sentence(
    empty_file: Path, data: bytes, head: bytes
) -> None:
    path = empty_file.parent / "HCPC2026_ANWEB.txt"
    path.write_bytes(head + data)
    with CodeStore(empty_file) as store, pytest.raises(AppError, match=r"^[^\n]+\.$"):
        store.import_file(path, NOW)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
