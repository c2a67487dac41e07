"""Procedure pairs as published: all parts of a quarter, each pair with its own days."""

from __future__ import annotations

import datetime as dt
import os
import random
import resource
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.coding.base.values import NCCI, ImportOptions
from desktop.services.coding.library.store import CodeStore
from desktop.services.sample.bench.codes_import import write_pairs
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LONG = os.environ.get("CLAIMSTEAD_LONG") == "1"
NOTICE = "A notice of the owner\nover two lines.\n\n"
HEADER = (
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\t"
    "Deletion Date *=no data\tModifier 0=not allowed 1=allowed 9=not applicable\t"
    "PTP Edit Rationale\n"
)
BROKEN_HEADER = HEADER.replace("Effective Date", '"Effective\nDate"').replace(
    "Column 1", '"Column\n1"'
)
Line = tuple[str, str, str, str, str]
PAIRS: tuple[Line, ...] = (
    ("G0438", "G0439", "20200101", "*", "0"),
    ("Q0091", "G0101", "20210401", "*", "1"),
    ("G0101", "Q0091", "19960101", "19960101", "9"),
    ("J1100", "J1094", "20250701", "20260331", "1"),
)


def line(pair: Line) -> str:
    first, second, start, end, indicator = pair
    return f"{first}\t{second}\t\t{start}\t{end}\t{indicator}\tSome rationale\n"


def written(path: Path, pairs: Sequence[Line], header: str = HEADER) -> Path:
    path.write_text(NOTICE + header + "".join(map(line, pairs)), newline="\r\n")
    return path


def count(store: CodeStore) -> int:
    return int(store._connection.execute("SELECT count(*) FROM code_pair").fetchone()[0])


def test_the_published_layout_is_read_whole(empty_store: CodeStore) -> None:
    sample = shared_dir("code-samples") / "synthetic" / "ccipra-layout.TXT"
    (result,) = empty_store.import_files(
        [sample], NOW, ImportOptions(valid_from=dt.date(2026, 7, 1))
    )
    assert result.release.name == "2026 Q3"
    assert (result.release.valid_from, result.release.valid_to) == (
        dt.date(2026, 7, 1),
        dt.date(2026, 9, 30),
    )
    assert (result.added, result.rejected) == (3, ())
    never = empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 8, 1))
    assert never is not None
    assert (never.indicator, never.note) == ("0", "Mutually exclusive procedures")
    assert never.valid_to is None
    assert empty_store.pair(NCCI, "G0439", "G0438", dt.date(2026, 8, 1)) is None


def test_a_pair_holds_from_its_effective_through_its_deletion_date(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)

    def holds(year: int, month: int, day: int) -> bool:
        return empty_store.pair(NCCI, "J1100", "J1094", dt.date(year, month, day)) is not None

    assert not holds(2025, 6, 30)
    assert holds(2025, 7, 1)
    assert holds(2026, 3, 31)
    assert not holds(2026, 4, 1)


def test_edits_deleted_on_the_day_they_began_are_no_edits(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    assert empty_store.pair(NCCI, "G0101", "Q0091", dt.date(1996, 1, 1)) is None
    assert count(empty_store) == 3


def test_a_pair_that_came_back_is_there_twice_with_its_own_days(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    twice = [
        ("G0438", "G0439", "20150101", "20171231", "0"),
        ("G0438", "G0439", "20200101", "*", "1"),
    ]
    empty_store.import_file(written(tmp_path / "ccipra-v322r0.txt", twice), NOW)
    before = empty_store.pair(NCCI, "G0438", "G0439", dt.date(2017, 5, 1))
    after = empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 5, 1))
    assert before is not None
    assert after is not None
    assert (before.indicator, after.indicator) == ("0", "1")
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2018, 5, 1)) is None


def test_header_cells_that_hold_line_breaks_are_no_pairs(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS, BROKEN_HEADER)
    (result,) = empty_store.import_file(path, NOW)
    assert (result.added, result.rejected) == (3, ())


def test_four_parts_make_one_release_and_add_up(empty_store: CodeStore, tmp_path: Path) -> None:
    parts = []
    for number in range(1, 5):
        own = [(f"{number}00{i:02}", "99999", "20200101", "*", "1") for i in range(5 * number)]
        parts.append(written(tmp_path / f"ccipra-v322r0-f{number}.txt", own))
    two = tmp_path / "ccipra-v322r0-f2.zip"
    with zipfile.ZipFile(two, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(parts[1], "folder/ccipra-v322r0-f2.TXT")
    empty_store.import_files([parts[0], two], NOW)
    empty_store.import_file(parts[3], NOW)
    (last,) = empty_store.import_file(parts[2], NOW)
    (release,) = empty_store.releases(NCCI)
    assert release == last.release
    assert (release.name, release.records) == ("2026 Q3", 50)
    assert len(empty_store.source_files(NCCI)) == 4


def test_a_newer_quarter_ends_pairs_and_keeps_those_it_says_nothing_of(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    newer: list[Line] = [
        PAIRS[2],
        ("G0438", "G0439", "20200101", "20260930", "0"),
        ("J1100", "J1094", "20250701", "20260331", "1"),
        ("A4550", "A4649", "20261001", "*", "1"),
    ]
    (result,) = empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", newer), NOW)
    assert (result.added, result.changed, result.ended) == (1, 1, 1)
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 9, 30)) is not None
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 10, 1)) is None
    assert empty_store.pair(NCCI, "Q0091", "G0101", dt.date(2026, 10, 1)) is not None
    assert [r.name for r in empty_store.releases(NCCI)] == ["2026 Q3", "2026 Q4"]


def test_an_older_quarter_that_comes_later_reopens_nothing(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    ended: list[Line] = [("G0438", "G0439", "20200101", "20260930", "0"), *PAIRS[1:]]
    empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", ended), NOW)
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 10, 1)) is None


def test_an_edit_that_is_called_off_from_its_first_day_holds_no_more(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    newer: list[Line] = [("G0438", "G0439", "20200101", "20200101", "9"), *PAIRS[1:]]
    empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", newer), NOW)
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 8, 1)) is None


def test_an_edit_called_off_by_a_newer_quarter_is_not_brought_back_by_an_older_one(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    """Whichever quarter is loaded first, both say the same of a day in the end."""
    newer: list[Line] = [("G0438", "G0439", "20200101", "20200101", "9"), *PAIRS[1:]]
    empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", newer), NOW)
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 9, 30)) is not None
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 10, 1)) is None
    assert empty_store.pair(NCCI, "Q0091", "G0101", dt.date(2026, 10, 1)) is not None


def test_an_older_part_goes_on_where_the_newer_quarter_lacks_that_part(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", PAIRS[:1]), NOW)
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS[:2]), NOW)
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f2.txt", PAIRS[2:]), NOW)
    older: list[Line] = [("J1200", "J1094", "20250701", "*", "1")]
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f3.txt", older), NOW)
    day = dt.date(2026, 10, 1)
    assert empty_store.pair(NCCI, "G0438", "G0439", day) is not None
    assert empty_store.pair(NCCI, "Q0091", "G0101", day) is None, "part 1 of October lacks it"
    assert empty_store.pair(NCCI, "J1200", "J1094", day) is not None


def test_an_edit_called_off_with_a_day_before_its_first_is_taken_not_a_damaged_file(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS), NOW)
    newer: list[Line] = [("G0438", "G0439", "20200101", "20191231", "9"), *PAIRS[1:]]
    empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", newer), NOW)
    assert empty_store.pair(NCCI, "G0438", "G0439", dt.date(2026, 10, 1)) is None


def test_the_same_part_again_changes_nothing(empty_store: CodeStore, tmp_path: Path) -> None:
    path = written(tmp_path / "ccipra-v322r0-f1.txt", PAIRS)
    empty_store.import_file(path, NOW)
    (again,) = empty_store.import_file(path, NOW)
    assert again.already_loaded
    assert count(empty_store) == 3
    assert len(empty_store.source_files(NCCI)) == 1


def test_a_workbook_gives_the_same_pairs(empty_store: CodeStore, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["A notice of the owner"])
    sheet.append([])
    sheet.append(HEADER.strip().replace("Effective Date", "Effective\nDate").split("\t"))
    for first, second, start, end, indicator in PAIRS:
        sheet.append([first, second, None, int(start), end, int(indicator), "Some rationale"])
    sheet.append([10, 1000, None, 20200101, "*", 1, "Numbers lose their zeros"])
    path = tmp_path / "ccipra-v322r0-f1.xlsx"
    book.save(path)
    (result,) = empty_store.import_file(path, NOW)
    assert (result.added, result.rejected, result.release.name) == (4, (), "2026 Q3")
    assert empty_store.pair(NCCI, "00010", "01000", dt.date(2026, 8, 1)) is not None


def test_text_and_workbook_of_one_part_in_a_zip_are_read_once(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.strip().split("\t"))
    sheet.append(["G0438", "G0439", None, "20200101", "*", "0", "Some rationale"])
    book.save(tmp_path / "b.xlsx")
    path = tmp_path / "ccipra.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "b.xlsx", "ccipra-v322r0-f1.xlsx")
        archive.write(written(tmp_path / "t.txt", PAIRS), "ccipra-v322r0-f1.TXT")
    text, workbook = empty_store.import_file(path, NOW)
    assert (text.added, workbook.already_loaded) == (3, True)
    assert empty_store.releases(NCCI)[0].records == 4


def test_without_a_quarter_in_the_name_the_newest_pair_tells_it(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    (result,) = empty_store.import_file(
        written(tmp_path / "pairs.txt", [*PAIRS, ("A4550", "A4649", "20261001", "*", "1")]), NOW
    )
    assert result.release.name == "2026 Q4"
    with pytest.raises(RuleError, match="first day of force"):
        empty_store.import_file(written(tmp_path / "older.txt", PAIRS), NOW)


def test_wrong_lines_are_told_by_number(empty_store: CodeStore, tmp_path: Path) -> None:
    wrong = [
        "G0438\tG0440\t\t20201301\t*\t0\tx\n",
        "G0438\tG04\t\t20200101\t*\t0\tx\n",
        "G0438\tG0441\t\t20200101\tnever\t0\tx\n",
        "G0438\tG0442\t\t20200101\t*\t7\tx\n",
        "G0438\tG0443\t\t20200101\t20190101\t0\tx\n",
        "G0438\tG0444\t\t20200101\n",
    ]
    path = tmp_path / "ccipra-v322r0-f1.txt"
    path.write_text(NOTICE + HEADER + line(PAIRS[0]) + "".join(wrong) + "\n")
    (result,) = empty_store.import_file(path, NOW)
    assert [r.number for r in result.rejected] == [6, 7, 8, 9, 10, 11]
    assert result.added == 1


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("ccipra-v322r0-f1.txt", NOTICE + HEADER, "holds no pairs"),
        ("ccipra-v322r0-f1.txt", HEADER + line(PAIRS[0]) + "G0438\tG04", "cut off at line 3"),
        ("ccipra-v322r0-f1.txt", HEADER + line(PAIRS[0]) + "G0438\tG0445\t\tx\n" * 30, "damaged"),
        ("ccioph-v322r0-f1.txt", HEADER + line(PAIRS[0]), "hospitals"),
    ],
)
def test_a_wrong_list_is_refused_in_one_sentence(
    empty_store: CodeStore, tmp_path: Path, name: str, text: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(RuleError, match=says) as refusal:
        empty_store.import_file(path, NOW)
    assert str(refusal.value).endswith(".")
    assert count(empty_store) == 0
    assert empty_store.releases() == []


def test_half_a_part_is_refused_by_the_count_of_the_last_release(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    many = [(f"G{i:04}", "99999", "20200101", "*", "1") for i in range(100)]
    empty_store.import_file(written(tmp_path / "ccipra-v322r0-f1.txt", many), NOW)
    with pytest.raises(RuleError, match="far fewer than the 100 of the same part of 2026 Q3"):
        empty_store.import_file(written(tmp_path / "ccipra-v323r0-f1.txt", many[:60]), NOW)
    (other,) = empty_store.import_file(
        written(tmp_path / "ccipra-v323r0-f4.txt", [("Q0091", "G0101", "20200101", "*", "1")]), NOW
    )
    assert other.added == 1


def test_a_torn_workbook_is_refused(empty_store: CodeStore, tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "whole.xlsx")
    path = tmp_path / "ccipra-v322r0-f1.xlsx"
    path.write_bytes((tmp_path / "whole.xlsx").read_bytes()[:3000])
    with pytest.raises(AppError):
        empty_store.import_file(path, NOW)


def test_a_cancelled_import_keeps_nothing(empty_store: CodeStore, tmp_path: Path) -> None:
    path = write_pairs(tmp_path / "ccipra-v322r0-f1.txt", 120_000)
    heard: list[int] = []

    def stop(done: int, _total: int, text: str) -> None:
        heard.append(done)
        if "100,000 pairs" in text:
            raise Cancelled

    with pytest.raises(Cancelled):
        empty_store.import_file(path, NOW, progress=stop)
    assert count(empty_store) == 0
    assert empty_store.releases() == []
    assert any(40 < done < 95 for done in heard)


def test_lines_in_any_order_give_the_same_pairs(empty_store: CodeStore, tmp_path: Path) -> None:
    path = write_pairs(tmp_path / "a.txt", 30_000)
    lines = path.read_text().splitlines(keepends=True)
    head, pairs = lines[:3], lines[3:]
    random.Random(1).shuffle(pairs)
    mixed = tmp_path / "ccipra-v322r0-f1.txt"
    mixed.write_text("".join(head + pairs))
    (result,) = empty_store.import_file(mixed, NOW)
    assert result.added == 30_001


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_behind_the_header_give_a_result_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, after_a_pair: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "ccipra-v322r0-f1.txt"
    path.write_bytes(HEADER.encode() + (line(PAIRS[0]).encode() if after_a_pair else b"") + data)
    with CodeStore.create(folder / "codes.db") as store:
        try:
            (result,) = store.import_file(path, NOW)
        except AppError as e:
            assert "\n" not in str(e)  # noqa: PT017
            assert count(store) == 0
        else:
            assert result.added == count(store) > 0


@pytest.mark.skipif(not LONG, reason="CLAIMSTEAD_LONG=1 runs it")
def test_a_whole_quarter_of_1_700_000_pairs_in_a_minute_and_bounded_memory(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    path = write_pairs(tmp_path / "ccipra-v322r0.txt", 1_699_999)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    (result,) = empty_store.import_file(path, NOW)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert result.release.records == result.added == 1_700_000
    assert seconds < 60
    assert grown < 400
    asked = [(f"A{n:04}", f"Z{7 * (n % 300):04}") for n in range(1000)]
    start = time.perf_counter()
    found = [empty_store.pair(NCCI, a, b, dt.date(2026, 1, 15)) for a, b in asked]
    assert all(found)
    assert (time.perf_counter() - start) / len(asked) < 0.001
