"""The release that comes with the program: whole, in order, by date, explained."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.errors import Cancelled, RuleError
from desktop.services.coding.base.order_file import decode, read_order
from desktop.services.coding.base.values import ICD10CM, NoteKind, Standing
from desktop.services.coding.releases.packaged import find_files
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, IN_2027, NOW

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore


def test_the_packaged_release_is_whole(packaged: CodeStore) -> None:
    (release,) = packaged.releases()
    assert (release.records, release.billable) == (98_186, 74_719)
    assert (release.valid_from, release.valid_to) == (dt.date(2025, 10, 1), dt.date(2026, 9, 30))


def test_codes_titles_and_order_are_those_of_the_official_order_file(packaged: CodeStore) -> None:
    with zipfile.ZipFile(shared_dir("code-samples") / "icd10cm-2026-order-files.zip") as archive:
        official = read_order(decode(archive.read("icd10cm_order_2026.txt")))
    assert not official.rejected
    ours = packaged._connection.execute(
        "SELECT code, title, billable FROM code WHERE kind = 'code' ORDER BY order_key"
    ).fetchall()
    assert ours == [(r.code, r.title, int(r.billable)) for r in official.records]


def test_the_carrying_package_is_never_imported(tmp_path: Path) -> None:
    script = (
        "import sys, datetime as dt; from pathlib import Path\n"
        "from desktop.services.coding.releases.packaged import find_files, read_packaged\n"
        "read_packaged(find_files())\n"
        "assert not [m for m in sys.modules if m.startswith('simple_icd_10_cm')]\n"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_files_are_found_in_a_frozen_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "simple_icd_10_cm" / "data"
    data.mkdir(parents=True)
    (data / "code-list-x.txt").write_text("A00")
    (data / "tabular-x.xml").write_text("<x/>")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert find_files().tabular == data / "tabular-x.xml"


def test_loading_twice_changes_nothing(own_store: CodeStore) -> None:
    again = own_store.load_packaged(NOW)
    assert again.already_loaded
    assert len(own_store.releases()) == 1
    assert "nothing changed" in again.text


@pytest.mark.parametrize("at", [1, 3, 8])
def test_cancelling_the_load_keeps_nothing(empty_store: CodeStore, at: int) -> None:
    calls = 0

    def stop(_done: int, _total: int, _text: str) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Cancelled

    with pytest.raises(Cancelled):
        empty_store.load_packaged(NOW, stop)
    for table in ("code_system", "release", "code", "note", "search_term", "search_word"):
        count = empty_store._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count == (0,), table


def test_progress_only_rises_and_ends(empty_store: CodeStore) -> None:
    seen: list[tuple[int, int]] = []
    empty_store.load_packaged(NOW, lambda done, total, _text: seen.append((done, total)))
    shares = [done / total for done, total in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 5


# --- answers by date ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "standing"),
    [
        ("E11.9", Standing.VALID),
        ("e119", Standing.VALID),
        (" S72.001A ", Standing.VALID),
        ("E11", Standing.NOT_BILLABLE),
        ("S72.001", Standing.NOT_BILLABLE),
        ("E11.99", Standing.UNKNOWN),
        ("", Standing.UNKNOWN),
        ("'; DROP TABLE code --", Standing.UNKNOWN),
        ("U07.1", Standing.VALID),
        ("C4A.0", Standing.VALID),
    ],
)
def test_a_diagnosis_is_judged(packaged: CodeStore, code: str, standing: Standing) -> None:
    check = packaged.check_diagnosis(code, IN_2026)
    assert check.standing is standing
    assert check.ok is (standing is Standing.VALID)
    assert bool(check.text) is not check.ok


def test_a_code_that_needs_more_characters_offers_those_below(packaged: CodeStore) -> None:
    check = packaged.check_diagnosis("S72.001", IN_2026)
    assert "more characters" in check.text
    assert check.choices[0].dotted == "S72.001A"
    assert all(c.billable and c.code.startswith("S72001") for c in check.choices)


def test_a_mistyped_code_offers_its_family(packaged: CodeStore) -> None:
    check = packaged.check_diagnosis("E11.99", IN_2026)
    assert [c.dotted for c in check.choices] == ["E11.9"]


@pytest.mark.parametrize("on", [IN_2027, dt.date(2025, 9, 30), dt.date(1900, 1, 1)])
def test_a_date_without_a_release_is_said_never_passed(packaged: CodeStore, on: dt.date) -> None:
    check = packaged.check_diagnosis("E11.9", on)
    assert check.standing is Standing.NO_CODE_SET
    assert "No code set for this date" in check.text
    assert "10/01/2025–09/30/2026" in check.text
    assert packaged.coverage(ICD10CM, on) is None
    assert packaged.lookup(ICD10CM, "E119", on) is None
    assert packaged.search("diabetes", on) == []


def test_nothing_loaded_is_no_code_set_too(empty_store: CodeStore) -> None:
    check = empty_store.check_diagnosis("E11.9", IN_2026)
    assert check.standing is Standing.NO_CODE_SET


# --- tree and notes -------------------------------------------------------------------------


def test_the_tree_leads_from_chapter_to_code(packaged: CodeStore) -> None:
    chapters = packaged.children("", IN_2026)
    assert len(chapters) == 22
    assert "C00-C96" in {n.code for n in packaged.children("2", IN_2026)}
    assert [n.dotted for n in packaged.children("I10-I1A", IN_2026)][:2] == ["I10", "I11"]
    single = packaged.children("B10-B10", IN_2026)
    assert [n.code for n in single] == ["B10"]
    assert single[0].kind == "code"


def test_tabular_order_is_not_the_alphabet(packaged: CodeStore) -> None:
    codes = [n.code for n in packaged.children("M05-M14", IN_2026)]
    assert codes.index("M1A") == codes.index("M10") - 1
    assert codes.index("M1A") == codes.index("M08") + 1


def test_notes_of_every_node_above_hold(packaged: CodeStore) -> None:
    description = packaged.describe("S72.001A", IN_2026)
    assert description is not None
    assert [code for code, _ in description.path] == [
        "19", "S70-S79", "S72", "S72.0", "S72.00", "S72.001",
    ]  # fmt: skip
    excluded = description.of(NoteKind.EXCLUDES2)
    assert any("S92.-" in n.text and n.from_code == "S72" and n.inherited for n in excluded)
    assert any(n.from_code == "19" for n in description.notes)


def test_seventh_characters_come_from_the_nearest_definition(packaged: CodeStore) -> None:
    description = packaged.describe("S72.001", IN_2026)
    assert description is not None
    marks = {n.mark: n.text for n in description.of(NoteKind.SEVENTH)}
    assert marks["A"].startswith("initial encounter for closed fracture")
    assert set("ABCDEFGHJKMNPQRS") == set(marks)
    nearest = packaged.describe("S72.131A", IN_2026)
    assert nearest is not None
    assert {n.mark for n in nearest.of(NoteKind.SEVENTH)} == set("ADGKPS") | {
        m for m in marks if m in {n.mark for n in nearest.of(NoteKind.SEVENTH)}
    }
    assert len({n.from_code for n in nearest.of(NoteKind.SEVENTH)}) == 1


def test_an_umbrella_section_speaks_for_the_sections_below_it(packaged: CodeStore) -> None:
    description = packaged.describe("C50.911", IN_2026)
    assert description is not None
    assert [c for c, _ in description.path][1:4] == ["C00-C96", "C00-C75", "C50-C50"]


def test_a_torn_tabular_file_is_refused(own_store: CodeStore, tmp_path: Path) -> None:
    data = find_files().tabular.read_bytes()
    torn = tmp_path / "icd10cm_tabular_2026.xml"
    torn.write_bytes(data[: len(data) // 2])
    with pytest.raises(RuleError, match=r"torn or not XML"):
        own_store.import_file(torn, NOW)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("folder/tabular.xml", data)
    whole = tmp_path / "t.zip"
    whole.write_bytes(archive.getvalue())
    (result,) = own_store.import_file(whole, NOW)
    assert (result.added, result.changed, result.ended) == (0, 0, 0)
    notes = own_store._connection.execute("SELECT count(*) FROM note").fetchone()[0]
    assert (
        notes
        == own_store._connection.execute(
            "SELECT count(*) FROM note WHERE valid_to IS NULL"
        ).fetchone()[0]
    )
