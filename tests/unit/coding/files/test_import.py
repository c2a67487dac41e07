"""Official files of later years: counts exact, last year's codes kept, wrong files refused."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlcipher3 import dbapi2

from desktop.errors import AppError, Cancelled, EnvironmentProblem, RuleError
from desktop.services.coding.base.connection import said
from desktop.services.coding.base.values import ICD10CM, Standing
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, IN_2027, NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def samples() -> Path:
    return shared_dir("code-samples")


def addenda() -> Path:
    return samples() / "icd10cm_order_addenda_2027.txt"


def rows(store: CodeStore, table: str = "code") -> int:
    return int(store._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture(scope="module")
def both_years(
    packaged_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CodeStore]:
    path = tmp_path_factory.mktemp("both") / "codes.db"
    shutil.copy(packaged_file, path)
    with CodeStore(path) as store:
        store.import_file(addenda(), NOW)
        yield store


def test_the_addenda_give_exactly_the_next_year(both_years: CodeStore) -> None:
    last = both_years.releases(ICD10CM)[-1]
    assert (last.records, last.billable) == (98_403, 74_879)
    assert (last.valid_from, last.valid_to) == (IN_2027, dt.date(2027, 9, 30))
    assert last.records - last.billable == 23_524


def test_unchanged_rows_are_not_copied(both_years: CodeStore) -> None:
    assert rows(both_years) < 98_505 + 300
    both = both_years._connection.execute(
        "SELECT sum(valid_from <= '2026-09-30'),"
        " sum(valid_to IS NULL), sum(billable AND valid_to IS NULL) FROM code WHERE kind = 'code'"
    ).fetchone()
    assert both == (98_186, 98_403, 74_879)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("M72.2", Standing.VALID, Standing.NOT_BILLABLE),
        ("I42.0", Standing.VALID, Standing.NOT_BILLABLE),
        ("S23.420A", Standing.VALID, Standing.ENDED),
        ("C78.31", Standing.NOT_YET, Standing.VALID),
        ("E11.9", Standing.VALID, Standing.VALID),
        ("E11", Standing.NOT_BILLABLE, Standing.NOT_BILLABLE),
    ],
)
def test_each_date_is_judged_by_its_own_year(
    both_years: CodeStore, code: str, before: Standing, after: Standing
) -> None:
    assert both_years.check_diagnosis(code, IN_2026).standing is before
    assert both_years.check_diagnosis(code, IN_2027).standing is after


def test_the_texts_name_the_dates(both_years: CodeStore) -> None:
    ended = both_years.check_diagnosis("S23420A", IN_2027)
    assert "09/30/2026" in ended.text
    assert ended.choices
    not_yet = both_years.check_diagnosis("C78.31", IN_2026)
    assert "10/01/2026" in not_yet.text


def test_titles_and_search_follow_the_date(both_years: CodeStore) -> None:
    old = both_years.lookup(ICD10CM, "L02232", IN_2026)
    new = both_years.lookup(ICD10CM, "L02232", IN_2027)
    assert old is not None
    assert new is not None
    assert old.title.endswith("except buttock]")
    assert new.title.endswith("buttock and flank]")
    assert both_years.search("secondary neoplasm larynx", IN_2027, 1)[0].dotted == "C78.31"
    before = both_years.search("secondary neoplasm larynx", IN_2026, 10)
    assert "C78.31" not in {h.dotted for h in before}


def test_new_codes_stand_in_tabular_order_below_their_parent(both_years: CodeStore) -> None:
    codes = [n.dotted for n in both_years.children("M72.2", IN_2027)]
    assert codes == sorted(codes)
    assert codes[0].startswith("M72.2")
    info = both_years.lookup(ICD10CM, "C7831", IN_2027)
    assert info is not None
    assert info.parent == "C783"


def test_an_ended_code_names_the_one_that_replaced_it(both_years: CodeStore) -> None:
    check = both_years.check_diagnosis("T52.8X1A", IN_2027)
    assert check.standing is Standing.ENDED
    assert "replaced by T52.891A" in check.text
    assert [c.dotted for c in check.choices] == ["T52.891A"]


def test_notes_say_which_year_they_are_from(both_years: CodeStore) -> None:
    description = both_years.describe("E11.9", IN_2027)
    assert description is not None
    assert description.notes
    assert description.notes_release == "FY2026, April 2026 update"


def test_openemr_65_seven_character_codes_are_not_cut_to_six(both_years: CodeStore) -> None:
    for on in (IN_2026, IN_2027):
        info = both_years.lookup(ICD10CM, "S72.001A", on)
        assert info is not None
        assert (info.code, info.dotted) == ("S72001A", "S72.001A")
    longest = both_years._connection.execute(
        "SELECT count(*) FROM code WHERE kind = 'code' AND length(code) = 7 AND valid_to IS NULL"
    ).fetchone()[0]
    assert longest > 51_000


def test_the_same_file_again_is_a_polite_no_op(both_years: CodeStore) -> None:
    before = rows(both_years)
    (again,) = both_years.import_file(addenda(), NOW)
    assert again.already_loaded
    assert "before; nothing changed" in again.text
    assert rows(both_years) == before
    assert len([f for f in both_years.source_files() if f.kind == "addenda"]) == 1


def test_the_order_zip_changes_no_code_and_brings_the_short_titles(own_store: CodeStore) -> None:
    (result,) = own_store.import_file(samples() / "icd10cm-2026-order-files.zip", NOW)
    assert (result.added, result.changed, result.ended, result.rejected) == (0, 0, 0, ())
    assert rows(own_store) == 98_505
    info = own_store.lookup(ICD10CM, "T7807XA", IN_2026) or own_store.lookup(
        ICD10CM, "S72001A", IN_2026
    )
    assert info is not None
    assert len(info.short_title) <= 60 < len(info.title)
    assert len(own_store.releases(ICD10CM)) == 1


def test_the_order_zip_alone_then_the_addenda(empty_store: CodeStore) -> None:
    (first,) = empty_store.import_file(samples() / "icd10cm-2026-order-files.zip", NOW)
    assert (first.release.records, first.release.billable) == (98_186, 74_719)
    assert first.release.valid_from == dt.date(2025, 10, 1)
    (second,) = empty_store.import_file(addenda(), NOW)
    assert (second.release.records, second.release.billable) == (98_403, 74_879)
    assert empty_store.search("type 2 diabetes mellitus", IN_2027, 3)


@pytest.mark.parametrize("addenda_first", [True, False])
def test_both_dropped_at_once_give_both_years(
    empty_store: CodeStore, *, addenda_first: bool
) -> None:
    paths = [samples() / "icd10cm-2026-order-files.zip", addenda()]
    results = empty_store.import_files(paths[::-1] if addenda_first else paths, NOW)
    assert [r.kind for r in results] == ["order", "addenda"]
    assert [r.release.name for r in results] == ["FY2026", "FY2027"]
    assert (results[1].release.records, results[1].release.billable) == (98_403, 74_879)


def test_addenda_whose_year_is_loaded_already_change_nothing(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        names = ("icd10cm_order_2026.txt", "icd10cm_order_addenda_2026.txt")
        paths = [Path(archive.extract(name, tmp_path)) for name in names]
    order, changes = empty_store.import_files(paths, NOW)
    assert order.release.valid_from == dt.date(2025, 10, 1)
    assert changes.already_loaded
    assert len(empty_store.releases()) == 1


def test_an_older_year_may_come_after_a_newer_one(tmp_path: Path, own_store: CodeStore) -> None:
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        text = archive.read("icd10cm_order_2026.txt").decode()
    lines = [x for x in text.splitlines() if x[6:13].strip() != "U071"]
    older = tmp_path / "icd10cm_order_2025.txt"
    older.write_text("\r\n".join(lines))
    (result,) = own_store.import_file(older, NOW)
    assert result.release.records == 98_185
    assert own_store.check_diagnosis("U07.1", dt.date(2025, 1, 5)).standing is Standing.NOT_YET
    assert own_store.check_diagnosis("U07.1", IN_2026).ok
    assert own_store.check_diagnosis("E11.9", dt.date(2025, 1, 5)).ok
    assert rows(own_store) == 98_505


# --- refusals -------------------------------------------------------------------------------


def _pdf(folder: Path) -> Path:
    path = folder / "layout.pdf"
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        path.write_bytes(archive.read("icd10OrderFiles.pdf"))
    return path


def _torn_zip(folder: Path) -> Path:
    path = folder / "torn.zip"
    path.write_bytes((samples() / "icd10cm-2026-order-files.zip").read_bytes()[:1_000_000])
    return path


def _damaged_zip(folder: Path) -> Path:
    data = bytearray((samples() / "icd10cm-2026-order-files.zip").read_bytes())
    data[900_000:900_400] = bytes(400)
    path = folder / "damaged.zip"
    path.write_bytes(data)
    return path


def _letters_csv(folder: Path) -> Path:
    path = folder / "letters.csv"
    path.write_text("code,title\nabc,def\n")
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.txt"
    path.write_bytes(b"")
    return path


def _half_order(folder: Path) -> Path:
    path = folder / "icd10cm_order_2027.txt"
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        path.write_bytes(archive.read("icd10cm_order_2026.txt")[:7_000_000])
    return path


def _short_addenda(folder: Path) -> Path:
    path = folder / "addenda.txt"
    lines = addenda().read_text().split("\n")
    del lines[10]
    path.write_text("\n".join(lines))
    return path


def _no_trailer(folder: Path) -> Path:
    path = folder / "addenda.txt"
    path.write_text(addenda().read_text().split("Headers")[0])
    return path


def _part_of_tabular(_folder: Path) -> Path:
    return samples() / "icd10cm-tabular-2026-excerpt.xml"


def _bomb_xml(folder: Path) -> Path:
    path = folder / "t.xml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "b">]><ICD10CM.tabular>&a;</ICD10CM.tabular>')
    return path


def _folder(folder: Path) -> Path:
    return folder


def _other_zip(folder: Path) -> Path:
    return samples() / "hcpcs-2019-record-layout.zip"


WRONG = [
    _pdf, _torn_zip, _damaged_zip, _letters_csv, _empty, _half_order, _short_addenda, _no_trailer,
    _part_of_tabular, _bomb_xml, _folder, _other_zip,
]  # fmt: skip


@pytest.mark.parametrize("make", WRONG)
def test_a_wrong_file_is_refused_in_one_sentence_and_leaves_nothing(
    own_store: CodeStore, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    tables = ("code", "note", "release", "release_file", "search_term", "search_word")
    before = [rows(own_store, t) for t in tables]
    with pytest.raises((RuleError, EnvironmentProblem)) as refusal:
        own_store.import_file(make(tmp_path), NOW)
    assert isinstance(refusal.value, AppError)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)
    assert [rows(own_store, t) for t in tables] == before


def test_addenda_without_their_base_year_say_which_file_is_missing(empty_store: CodeStore) -> None:
    with pytest.raises(RuleError, match=r"icd10cm_order_2026\.txt first"):
        empty_store.import_file(addenda(), NOW)
    assert rows(empty_store, "code_system") == 0


def test_a_lone_order_file_without_a_year_asks_for_the_first_day(
    own_store: CodeStore, tmp_path: Path
) -> None:
    path = tmp_path / "order.txt"
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        path.write_bytes(archive.read("icd10cm_order_2026.txt"))
    with pytest.raises(RuleError, match="first day of force"):
        own_store.import_file(path, NOW)
    (result,) = own_store.import_file(path, NOW, dt.date(2025, 10, 1))
    assert result.release.valid_from == dt.date(2025, 10, 1)


def test_broken_lines_are_reported_by_number(own_store: CodeStore, tmp_path: Path) -> None:
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        lines = archive.read("icd10cm_order_2026.txt").decode("latin-1").split("\n")
    lines[4] = "garbage"
    lines[9] = lines[8]
    path = tmp_path / "icd10cm_order_2026.txt"
    path.write_text("\n".join(lines))
    (result,) = own_store.import_file(path, NOW)
    assert [r.number for r in result.rejected] == [5, 10]
    assert "2 lines left out" in result.text


def test_cancelling_an_import_keeps_nothing(own_store: CodeStore) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 70:
            raise Cancelled

    with pytest.raises(Cancelled):
        own_store.import_file(addenda(), NOW, progress=stop)
    assert len(own_store.releases()) == 1
    assert rows(own_store) == 98_505


@pytest.mark.parametrize("text", ["Reading icd10cm", "Saving", "Indexing"])
def test_a_cancel_is_heard_within_long_steps(own_store: CodeStore, text: str) -> None:
    """Between two reports of one step lie seconds; the database asks in between."""
    heard: list[float] = []

    def note(_done: int, _total: int, said: str) -> None:
        if said.startswith(text):
            heard.append(time.monotonic())
            if len(heard) == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        own_store.import_file(addenda(), NOW, progress=note)
    assert len(own_store.releases()) == 1
    assert rows(own_store) == 98_505
    own_store.import_file(addenda(), NOW)
    assert len(own_store.releases()) == 2


_KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from desktop.services.coding.library.store import CodeStore

def die(done, total, text):
    if done >= 70:
        os.kill(os.getpid(), signal.SIGKILL)

with CodeStore(Path(sys.argv[1])) as store:
    now = dt.datetime(2026, 9, 15, tzinfo=dt.UTC)
    store.import_file(Path(sys.argv[2]), now, progress=die)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_program_killed_in_the_middle_leaves_the_old_state(own_store: CodeStore) -> None:
    command = [sys.executable, "-c", _KILLED, str(own_store.path), str(addenda())]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with CodeStore(own_store.path) as after:
        assert len(after.releases()) == 1
        assert rows(after) == 98_505
        assert after._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert after.import_file(addenda(), NOW)[0].release.records == 98_403


def test_the_same_file_with_another_first_day_is_no_repetition(
    own_store: CodeStore, tmp_path: Path
) -> None:
    """A wrong day given once must not keep the right one out."""
    path = tmp_path / "order.txt"
    with zipfile.ZipFile(samples() / "icd10cm-2026-order-files.zip") as archive:
        path.write_bytes(archive.read("icd10cm_order_2026.txt"))
    april, october = dt.date(2026, 4, 1), dt.date(2026, 10, 1)
    assert not own_store.import_file(path, NOW, april)[0].already_loaded
    assert own_store.import_file(path, NOW, april)[0].already_loaded
    assert own_store.import_file(path, NOW)[0].already_loaded
    assert not own_store.import_file(path, NOW, october)[0].already_loaded
    assert own_store.coverage(ICD10CM, dt.date(2027, 9, 30)) is not None


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_a_day_on_which_nothing_can_begin_is_refused(own_store: CodeStore, day: dt.date) -> None:
    with pytest.raises(RuleError, match="first day of force"):
        own_store.import_file(addenda(), NOW, day)


def test_notes_hold_until_the_next_tabular_list_in_any_order_of_loading(
    own_store: CodeStore,
) -> None:
    """The list of codes of a later year explains nothing, so it ends no note."""
    own_store.import_file(addenda(), NOW)
    _forget_the_packaged(own_store)
    own_store.load_packaged(NOW)
    for day in (IN_2026, IN_2027):
        described = own_store.describe("E11.9", day)
        assert described is not None
        assert described.notes, day


def _forget_the_packaged(store: CodeStore) -> None:
    store._connection.execute("UPDATE release_file SET sha256 = 'other'")
    store._connection.execute("DELETE FROM note")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "codes.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(EnvironmentProblem, match="not a readable code-set file"):
        CodeStore(path)
    with pytest.raises(EnvironmentProblem, match="missing"):
        CodeStore(tmp_path / "nowhere.db")


def test_a_full_disk_is_said_and_nothing_is_kept(own_store: CodeStore) -> None:
    pages = own_store._connection.execute("PRAGMA page_count").fetchone()[0]
    own_store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EnvironmentProblem, match="nothing was changed"):
        own_store.import_file(addenda(), NOW)
    assert len(own_store.releases()) == 1
    assert rows(own_store) == 98_505


def test_a_damaged_file_is_said_not_a_traceback(packaged_file: Path, tmp_path: Path) -> None:
    data = bytearray(packaged_file.read_bytes())
    data[8192 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 8192)
    path = tmp_path / "codes.db"
    path.write_bytes(data)
    with pytest.raises(EnvironmentProblem, match=r"damaged|not a readable"):
        _look_everywhere(path)


def _look_everywhere(path: Path) -> None:
    with CodeStore(path) as store:
        store.check_diagnosis("E11.9", IN_2026)
        store.search("diabetes", IN_2026)
        store.describe("E11.9", IN_2026)


def test_only_a_damaged_file_is_to_be_deleted() -> None:
    """Advice to delete all sets because one file contradicts itself would lose the others."""
    with pytest.raises(EnvironmentProblem, match="nothing was changed") as told, said():
        raise dbapi2.IntegrityError("UNIQUE constraint failed")
    assert "delete" not in str(told.value)
    with pytest.raises(EnvironmentProblem, match=r"delete codes\.db"), said():
        raise dbapi2.DatabaseError("malformed")


def test_a_reader_never_waits_for_an_import(own_store: CodeStore) -> None:
    answers: list[bool] = []

    def look(_done: int, _total: int, _text: str) -> None:
        with CodeStore(own_store.path) as reader:
            answers.append(reader.check_diagnosis("E11.9", IN_2026).ok)
            assert len(reader.releases()) == 1

    own_store.import_file(addenda(), NOW, progress=look)
    assert len(answers) > 3
    assert all(answers)
    assert len(own_store.releases()) == 2
