"""Coverage articles: loose tables or a zip in a zip, active ones only, by their own dates."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.coding.base.values import LCD, CodePair
from desktop.services.coding.files.coverage_articles import plain
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ON = dt.date(2026, 9, 15)
STAMP = "2026-09-01 00:00:00"
KEY = "article_id,article_version,"
ICD = "icd10_code_id,icd10_code_version,"
HEADS = {
    "article": KEY + "title,status,article_eff_date,article_end_date",
    "article_x_hcpc_code": KEY
    + "hcpc_code_id,hcpc_code_version,hcpc_code_group,range,last_updated",
    "article_x_icd10_covered": KEY + ICD + "icd10_covered_group,range,last_updated",
    "article_x_icd10_noncovered": KEY + ICD + "icd10_noncovered_group,range,last_updated",
    "article_x_icd10_covered_group": KEY + "icd10_covered_group,paragraph",
    "article_x_icd10_noncovered_group": KEY + "icd10_noncovered_group,paragraph",
    "article_x_contractor": KEY + "contractor_id,contractor_type_id",
    "article_x_bill_code": KEY + "bill_code_id",
}
ROWS = {
    "article": (
        "55555,3,Injections &amp; more,A,2020-01-01 00:00:00,",
        "55556,1,Retired one,R,2019-01-01 00:00:00,",
        "55557,2,Until June,A,2019-01-01 00:00:00,2026-06-30 00:00:00",
    ),
    "article_x_hcpc_code": (
        f"55555,3,G0101,1,1,N,{STAMP}",
        f"55555,3,G0101,1,2,N,{STAMP}",
        f"55555,2,G0102,1,1,N,{STAMP}",
        f"55556,1,G0103,1,1,N,{STAMP}",
        f"55557,2,G0104,1,1,N,{STAMP}",
        f"55557,2,XX000,1,1,N,{STAMP}",
    ),
    "article_x_icd10_covered": (
        f"55555,3,E11.9,1,1,N,{STAMP}",
        f"55555,3,E11.65,1,2,N,{STAMP}",
        f"55556,1,E10.9,1,1,N,{STAMP}",
        f"55557,2,M54.50,1,1,N,{STAMP}",
    ),
    "article_x_icd10_noncovered": (f"55555,3,Z00.00,1,1,N,{STAMP}",),
    "article_x_icd10_covered_group": (
        '55555,3,1,"<p>For <b>G0101</b>:</p>\r\n<ul><li>a &lt; b</li></ul>"',
    ),
    "article_x_icd10_noncovered_group": ("55555,3,1,<p>Never</p>",),
    "article_x_contractor": ("55555,3,231,1", "55555,3,14,1"),
    "article_x_bill_code": ("55555,3,11",),
}


def table(name: str, rows: dict[str, tuple[str, ...]]) -> str:
    return "\r\n".join([HEADS[name], *rows.get(name, ())]) + "\r\n"


def snapshot(folder: Path, **changed: tuple[str, ...]) -> Path:
    """The published zip inside a zip, with tables that are none of ours beside."""
    rows = ROWS | changed
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name in HEADS:
            archive.writestr(f"{name}.csv", table(name, rows))
        archive.writestr("state_lookup.csv", "state_id,description\r\n1,Alabama\r\n")
    path = folder / f"current_article_{abs(hash(tuple(rows.values())))}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("current_article_csv.zip", inner.getvalue())
        archive.writestr("README.txt", "About this folder")
    return path


def dated(stamp: str, *, without: str = "") -> dict[str, tuple[str, ...]]:
    names = ("article_x_hcpc_code", "article_x_icd10_covered", "article_x_icd10_noncovered")
    return {
        name: tuple(
            row.replace("2026-09-01", stamp)
            for row in ROWS[name]
            if not without or without not in row
        )
        for name in names
    }


def pairs(store: CodeStore, first: str, on: dt.date = ON) -> list[tuple[str, str]]:
    found: list[CodePair] = store.pairs(LCD, [first], on)
    return [(p.second, p.indicator) for p in found]


def test_the_loose_layout_samples_together(empty_store: CodeStore) -> None:
    folder = shared_dir("code-samples") / "synthetic"
    paths = sorted(folder.glob("article*.csv"))
    (result,) = empty_store.import_files(paths, NOW)
    assert (result.kind, result.rejected) == ("lcd", ())
    assert pairs(empty_store, "G0101") == [("99999", "1")]
    assert pairs(empty_store, "99999/1") == [("E1165", "covered"), ("E119", "covered")]
    group = empty_store.lookup(LCD, "99999/1", ON)
    assert group is not None
    assert (group.title, group.parent) == ("Group 1 text", "99999")
    assert empty_store.pairs(LCD, ["G0101"], dt.date(2025, 12, 31)) == []


def test_a_zip_inside_a_zip_gives_active_articles_with_all_groups(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    (result,) = empty_store.import_file(snapshot(tmp_path), NOW)
    assert result.rejected == ()
    assert result.release.name == "as of 2026-09-01"
    article = empty_store.lookup(LCD, "55555", ON)
    assert article is not None
    assert article.title == "Injections & more"
    assert article.attributes == {"status": "A", "version": "3", "contractors": "14,231"}
    assert pairs(empty_store, "G0101") == [("55555", "1,2")]
    assert pairs(empty_store, "55555/1") == [("E119", "covered")]
    assert pairs(empty_store, "55555/2") == [("E1165", "covered")]
    assert pairs(empty_store, "55555/n1") == [("Z0000", "noncovered")]
    children = {c.code: c.title for c in empty_store.children("55555", ON, LCD)}
    assert children == {"55555/1": "For G0101 : a < b", "55555/2": "", "55555/n1": "Never"}
    for retired_or_old in ("G0102", "G0103"):
        assert pairs(empty_store, retired_or_old) == []
    assert empty_store.lookup(LCD, "55556", ON) is None


def test_an_article_holds_from_its_first_day_through_its_last(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(snapshot(tmp_path), NOW)
    assert pairs(empty_store, "G0101", dt.date(2019, 12, 31)) == []
    assert pairs(empty_store, "G0101", dt.date(2020, 1, 1)) == [("55555", "1,2")]
    assert pairs(empty_store, "G0104", dt.date(2026, 6, 30)) == [("55557", "1")]
    assert pairs(empty_store, "G0104", dt.date(2026, 7, 1)) == []
    assert pairs(empty_store, "55557/1", dt.date(2026, 7, 1)) == []
    assert empty_store.lookup(LCD, "55557", dt.date(2026, 7, 1)) is None
    assert empty_store.lookup(LCD, "55557", dt.date(2025, 7, 1)) is not None


def test_a_later_snapshot_ends_what_it_no_longer_states(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    many = tuple(f"55555,3,A{n:02}.1,1,1,N,{STAMP}" for n in range(60))
    empty_store.import_file(
        snapshot(tmp_path, article_x_icd10_covered=ROWS["article_x_icd10_covered"] + many), NOW
    )
    later = dated("2026-10-08", without="E11.65")
    later["article_x_icd10_covered"] += (*many, "55555,3,E11.8,1,1,N,2026-10-08 00:00:00")
    (result,) = empty_store.import_file(snapshot(tmp_path, **later), NOW)
    assert (result.added, result.ended) == (1, 1)
    eve, day = dt.date(2026, 10, 7), dt.date(2026, 10, 8)
    assert pairs(empty_store, "55555/2", eve) == [("E1165", "covered")]
    assert pairs(empty_store, "55555/2", day) == []
    assert ("E118", "covered") not in pairs(empty_store, "55555/1", eve)
    assert ("E118", "covered") in pairs(empty_store, "55555/1", day)
    assert empty_store.lookup(LCD, "55555/2", eve) is not None
    assert empty_store.lookup(LCD, "55555/2", day) is None
    with pytest.raises(RuleError, match="older"):
        empty_store.import_file(snapshot(tmp_path, **dated("2026-09-20")), NOW)


def test_a_change_dated_far_ahead_keeps_no_later_snapshot_out(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    wrong = (*ROWS["article_x_hcpc_code"][:-1], "55557,2,XX000,1,1,N,9999-12-31 00:00:00")
    empty_store.import_file(snapshot(tmp_path, article_x_hcpc_code=wrong), NOW)
    assert [r.name for r in empty_store.releases(LCD)] == ["as of 2026-09-01"]
    empty_store.import_file(snapshot(tmp_path, **dated("2026-10-08")), NOW)
    assert [r.name for r in empty_store.releases(LCD)][-1] == "as of 2026-10-08"


def test_the_same_snapshot_again_changes_nothing(empty_store: CodeStore, tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    empty_store.import_file(path, NOW)
    before = empty_store._connection.execute("SELECT count(*) FROM code_pair").fetchone()
    (again,) = empty_store.import_file(path, NOW)
    assert again.already_loaded
    assert empty_store._connection.execute("SELECT count(*) FROM code_pair").fetchone() == before


def test_a_snapshot_without_most_of_its_diagnoses_is_refused(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    empty_store.import_file(snapshot(tmp_path), NOW)
    half = dated("2026-10-08", without="55555,3,E")
    half["article_x_icd10_noncovered"] = ()
    with pytest.raises(RuleError, match="far fewer than the 6"):
        empty_store.import_file(snapshot(tmp_path, **half), NOW)
    assert pairs(empty_store, "55555/1", dt.date(2026, 10, 8)) == [("E119", "covered")]


def test_tables_without_their_article_say_what_to_choose(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    for name in HEADS:
        (tmp_path / f"{name}.csv").write_text(table(name, ROWS))
    with pytest.raises(RuleError, match=r"together with article\.csv"):
        empty_store.import_file(tmp_path / "article_x_icd10_covered.csv", NOW)
    with pytest.raises(RuleError, match=r"choose article_x_hcpc_code\.csv"):
        empty_store.import_file(tmp_path / "article.csv", NOW)
    assert empty_store.releases() == []
    (result,) = empty_store.import_files(sorted(tmp_path.glob("*.csv")), NOW)
    assert result.added == 6


def test_wrong_rows_are_told_by_number(empty_store: CodeStore, tmp_path: Path) -> None:
    rows = {
        "article": (*ROWS["article"], "5555x,1,x,A,2020-01-01,", "55558,1,x,A,soon,"),
        "article_x_icd10_covered": (*ROWS["article_x_icd10_covered"], "55555,3,9,1,1,N,", "55555"),
    }
    (result,) = empty_store.import_file(snapshot(tmp_path, **rows), NOW)
    assert [r.number for r in result.rejected] == [5, 6, 6, 7]


def test_semicolons_of_html_are_not_taken_for_the_ends_of_cells(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    text = "<p>" + "One&nbsp;two; " * 900 + "</p>"
    rows = {"article_x_icd10_covered_group": (f'"55555","3","1","{text}"',)}
    empty_store.import_file(snapshot(tmp_path, **rows), NOW)
    group = empty_store.lookup(LCD, "55555/1", ON)
    assert group is not None
    assert group.title.startswith("One two; One two;")


def test_a_cancelled_snapshot_keeps_nothing(empty_store: CodeStore, tmp_path: Path) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 90:
            raise Cancelled

    with pytest.raises(Cancelled):
        empty_store.import_file(snapshot(tmp_path), NOW, progress=stop)
    assert empty_store.releases() == []
    assert empty_store.import_file(snapshot(tmp_path), NOW)[0].added == 6


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>One</p><p>Two&nbsp;&amp; three</p>", "One Two & three"),
        ("a < 5 and b > 3", "a < 5 and b > 3"),
        ("<!-- note -->x<br/>y", "x y"),
    ],
)
def test_paragraphs_become_plain_text(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.fixture(scope="module")
def store_for_any(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    with CodeStore.create(tmp_path_factory.mktemp("any") / "codes.db") as store:
        yield store


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(HEADS)),
    data=st.one_of(st.binary(max_size=200), st.text(',\n"0123456789AEX.- <>', max_size=200)),
)
def test_any_bytes_in_any_table_give_a_result_or_a_sentence(
    store_for_any: CodeStore, name: str, data: bytes | str
) -> None:
    folder = store_for_any.path.parent
    for each in HEADS:
        (folder / f"{each}.csv").write_text(table(each, ROWS))
    with (folder / f"{name}.csv").open("ab") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    try:
        store_for_any.import_files([folder / f"{each}.csv" for each in HEADS], NOW)
    except AppError as e:
        assert "\n" not in str(e)  # noqa: PT017
