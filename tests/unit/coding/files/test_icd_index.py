"""The index files of ICD-10-CM: their phrases find codes, and outlive the next code list."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import AppError, Cancelled, RuleError
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.library.store import CodeStore
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, IN_2027, NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def layout(kind: str) -> Path:
    return shared_dir("code-samples") / "synthetic" / f"icd10cm_{kind}_layout.xml"


def index_of(*terms: str, title: str = "INDEX TO DISEASES", version: str = "2026") -> str:
    return (
        f"<?xml version='1.0' encoding='utf-8'?>\n<ICD10CM.index>\n<version>{version}</version>\n"
        f"<title>{title}</title>\n<letter><title>A</title>\n" + "\n".join(terms) + "\n"
        "</letter></ICD10CM.index>\n"
    )


def term(title: str, code: str = "", inner: str = "", tag: str = "mainTerm") -> str:
    found = f"<code>{code}</code>" if code else ""
    return f"<{tag}><title>{title}</title>{found}{inner}</{tag}>"


def file(folder: Path, text: str, name: str = "icd10cm_index_2026.xml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def phrases(store: CodeStore, kind: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for text, code in store._connection.execute(
        "SELECT text, code FROM search_term WHERE kind = ? AND valid_to IS NULL ORDER BY id",
        (kind,),
    ):
        out.setdefault(text, []).append(code)
    return out


@pytest.fixture(scope="module")
def indexed(packaged_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    """With the three layout samples and one of external causes, out of one zip."""
    folder = tmp_path_factory.mktemp("index")
    path = folder / "codes.db"
    shutil.copy(packaged_file, path)
    causes = file(
        folder,
        index_of(
            term("Tumble", "W19", term("from hammock", "W17.89", tag="term")),
            title="EXTERNAL CAUSE INDEX",
        ),
        "third.xml",
    )
    with zipfile.ZipFile(folder / "index.zip", "w") as archive:
        for one in (*map(layout, ("index", "neoplasm", "drug")), causes):
            archive.write(one, f"folder/{one.name}")
    with CodeStore(path) as store:
        results = store.import_file(folder / "index.zip", NOW)
        assert sorted(r.kind for r in results) == ["drug", "eindex", "index", "neoplasm"]
        assert [r.rejected for r in results] == [()] * 4
        yield store


def test_the_index_gives_phrases_with_all_they_stand_below(indexed: CodeStore) -> None:
    found = phrases(indexed, "index")
    assert found["Cold (head) (common)"] == ["J00"]
    assert found["Dementia (degenerative)"] == ["F0390"]
    assert found["Dementia (degenerative), in, Example disease"] == ["G309", "F0280"]
    assert found["Dementia (degenerative), of the wrist, incomplete code"] == ["S525"]
    assert not any("see by site" in text or "on lung" in text for text in found)
    assert phrases(indexed, "eindex")["Tumble, from hammock"] == ["W1789"]


def test_the_tables_give_a_phrase_for_each_column(indexed: CodeStore) -> None:
    drugs = phrases(indexed, "drug")
    assert drugs["Acetaminophen, poisoning, intentional self-harm"] == ["T391X2"]
    assert drugs["Acetaminophen, underdosing"] == ["T391X6"]
    assert len(drugs) == 6
    sites = phrases(indexed, "neoplasm")
    assert sites["Neoplasm, prostate (gland), malignant (primary)"] == ["C61"]
    assert sites["Neoplasm, prostate (gland), utricle, benign"] == ["D304"]
    assert len(sites) == 11


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("acetaminophen poisoning self-harm", "T39.1X2A", "Acetaminophen, poisoning"),
        ("acetaminophen underdosing", "T39.1X6A", "Acetaminophen, underdosing"),
        ("tumble hammock", "W17.89XA", "Tumble, from hammock"),
        ("prostate utricle benign", "D30.4", "utricle, benign"),
    ],
)
def test_the_search_finds_them_and_says_why(
    indexed: CodeStore, text: str, code: str, why: str
) -> None:
    hits = indexed.search(text, IN_2026, 5)
    assert code in [h.dotted for h in hits]
    assert any(why in h.why for h in hits)


def test_a_phrase_that_says_see_leads_where_the_other_leads(
    own_store: CodeStore, tmp_path: Path
) -> None:
    see = "<see>Catarrh, nasal</see>"
    text = index_of(
        term("Catarrh <nemod>(acute)</nemod>", inner=term("nasal", "J00", tag="term")),
        term("Zorpwort", inner=see),
        term("Blickhusk", inner="<see>Nothing known</see>"),
        term("Snorts", "R06.5", "<seeAlso>Catarrh, nasal</seeAlso>"),
    )
    own_store.import_file(file(tmp_path, text), NOW)
    found = phrases(own_store, "index")
    assert found["Zorpwort"] == ["J00"]
    assert "Blickhusk" not in found
    assert found["Snorts"] == ["R065"]


def test_the_terms_outlive_the_next_code_list_and_the_other_way_round(
    own_store: CodeStore, tmp_path: Path
) -> None:
    own_store.import_file(layout("drug"), NOW)
    titles = own_store._connection.execute(
        "SELECT count(*) FROM search_term WHERE kind <> 'drug' AND valid_to IS NULL"
    ).fetchone()
    own_store.import_file(file(tmp_path, index_of(term("Zorpwort", "J00"))), NOW)
    assert (
        titles
        == own_store._connection.execute(
            "SELECT count(*) FROM search_term WHERE kind NOT IN ('drug', 'index')"
            " AND valid_to IS NULL"
        ).fetchone()
    )
    own_store.import_file(shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt", NOW)
    assert len(phrases(own_store, "drug")) == 6
    for on in (IN_2026, IN_2027):
        assert own_store.search("zorpwort", on, 1)[0].dotted == "J00"


def test_the_next_index_replaces_its_own_kind_alone(own_store: CodeStore, tmp_path: Path) -> None:
    own_store.import_file(layout("drug"), NOW)
    own_store.import_file(file(tmp_path, index_of(term("Zorpwort", "J00"))), NOW)
    own_store.import_file(shared_dir("code-samples") / "icd10cm_order_addenda_2027.txt", NOW)
    (result,) = own_store.import_file(
        file(tmp_path, index_of(term("Blickhusk", "J00"), version="2027")), NOW
    )
    assert result.release.name == "FY2027"
    assert result.release.records == 98_403
    assert own_store.search("zorpwort", IN_2026, 1)[0].why == "Zorpwort"
    assert own_store.search("blickhusk", IN_2027, 1)[0].why == "Blickhusk"
    assert "Zorpwort" not in [h.why for h in own_store.search("zorpwort", IN_2027, 3)]
    assert len(phrases(own_store, "drug")) == 6


@pytest.mark.parametrize(
    ("title", "code", "kind"),
    [
        ("INDEX TO DISEASES", "J00", "index"),
        ("EXTERNAL CAUSE INDEX", "W19", "eindex"),
        ("", "W17.89", "eindex"),
    ],
)
def test_which_index_it_is_is_told_by_title_or_codes(
    own_store: CodeStore, tmp_path: Path, title: str, code: str, kind: str
) -> None:
    text = index_of(term("Zorpwort from an external cause", code), title=title)
    (result,) = own_store.import_file(file(tmp_path, text, "renamed 2026.xml"), NOW)
    assert result.kind == kind


def test_the_same_index_again_is_a_no_op(indexed: CodeStore) -> None:
    before = phrases(indexed, "drug")
    (again,) = indexed.import_file(layout("drug"), NOW)
    assert again.already_loaded
    assert phrases(indexed, "drug") == before


def test_codes_of_another_year_are_reported_by_line(own_store: CodeStore, tmp_path: Path) -> None:
    text = index_of(term("Zorpwort", "J00"), term("Odd", "J00.99"), term("Odder", "hello"))
    (result,) = own_store.import_file(file(tmp_path, text), NOW)
    assert [r.number for r in result.rejected] == [7, 8]


def test_cancelling_keeps_nothing(own_store: CodeStore, tmp_path: Path) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 90:
            raise Cancelled

    with pytest.raises(Cancelled):
        own_store.import_file(layout("index"), NOW, progress=stop)
    assert phrases(own_store, "index") == {}
    assert len(own_store.source_files(ICD10CM)) == 1


def _no_codes_loaded(folder: Path) -> Path:
    return file(folder, index_of(term("Zorpwort", "J00"), version="2031"))


def _torn(folder: Path) -> Path:
    return file(folder, index_of(term("Zorpwort", "J00"))[:-30])


def _entities(folder: Path) -> Path:
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]>'
    return file(folder, index_of(term("Zorpwort", "J00")).replace("\n", f"\n{bomb}\n", 1))


def _no_terms(folder: Path) -> Path:
    return file(folder, index_of())


def _all_wrong(folder: Path) -> Path:
    return file(folder, index_of(*(term(f"Odd {n}", f"J00.{n}") for n in range(10, 60))))


def _too_deep(folder: Path) -> Path:
    return file(folder, index_of("<term><title>x</title>" * 30 + "</term>" * 30))


def _no_year(folder: Path) -> Path:
    return file(folder, index_of(term("Zorpwort", "J00"), version=""), "index.xml")


@pytest.mark.parametrize(
    "make", [_no_codes_loaded, _torn, _entities, _no_terms, _all_wrong, _too_deep, _no_year]
)
def test_a_wrong_index_is_refused_in_one_sentence(
    packaged_file: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = tmp_path / "codes.db"
    shutil.copy(packaged_file, path)
    with CodeStore(path) as store:
        with pytest.raises(RuleError, match=r"^[^\n]+\.$"):
            store.import_file(make(tmp_path), NOW)
        assert len(store.source_files(ICD10CM)) == 1


def test_half_an_index_is_refused(own_store: CodeStore, tmp_path: Path) -> None:
    terms = [term(f"Zorpwort of kind {n}", "J00") for n in range(40)]
    own_store.import_file(file(tmp_path, index_of(*terms)), NOW)
    with pytest.raises(RuleError, match="far fewer"):
        own_store.import_file(file(tmp_path, index_of(*terms[:20])), NOW)


_HEADS = [
    b"<ICD10CM.index>",
    b"<ICD10CM.index><version>2026</version><mainTerm><title>",
    b'<?xml version="1.0" encoding="utf-16"?><ICD10CM.index>',
    b'<?xml version="1.0" encoding="cp037"?><ICD10CM.index>',
    b"<ICD10CM.tabular>",
    b'<?xml version="1.0" encoding="shift-jis"?><ICD10CM.tabular>',
]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(_HEADS))
def test_any_bytes_behind_the_right_head_are_refused_in_one_sentence(
    empty_file: Path, data: bytes, head: bytes
) -> None:
    path = empty_file.parent / "index.xml"
    path.write_bytes(head + data)
    with CodeStore(empty_file) as store, pytest.raises(AppError, match=r"^[^\n]+\.$"):
        store.import_file(path, NOW, dt.date(2025, 10, 1))


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("none") / "codes.db"
    CodeStore.create(path).close()
    return path
