"""The code browser's answers, on the official list of 2026 and the changes of 2027."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.values import NoteKind, no_progress
from desktop.services.coding.library import browser
from desktop.services.coding.library.differences import What, changes
from desktop.services.coding.library.store import CodeStore
from desktop.services.coding.library.variants import Side, sevenths, sides
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node
from tests.helpers.shared import shared_dir
from tests.unit.coding.conftest import IN_2026, IN_2027, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.services.coding.library.browser import CodePage


@pytest.fixture(scope="module")
def both(packaged_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStore]:
    """Fiscal years 2026 and 2027."""
    addenda = shared_dir() / "code-samples" / "icd10cm_order_addenda_2027.txt"
    path = tmp_path_factory.mktemp("both") / "codes.db"
    shutil.copy(packaged_file, path)
    with CodeStore(path) as store:
        store.import_file(addenda, NOW)
        yield store


def shown(store: CodeStore, code: str, on: dt.date = IN_2026) -> CodePage:
    page = browser.page(store, code, on)
    assert page is not None
    return page


def test_a_code_says_its_place_and_that_it_is_billable(packaged: CodeStore) -> None:
    page = shown(packaged, "e11.9")
    assert page.is_good
    assert page.standing == "Billable on 09/15/2026."
    assert [code for code, _, _ in page.path] == ["4", "E08-E13", "E11"]
    assert page.children == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("E11.6", "it needs a 5th character, some codes also a 6th. 12 codes below."),
        ("D56", "it needs a 4th character. 8 codes below."),
        ("S52.50", "it needs a 6th and 7th character. 48 codes below."),
        ("S52.501", "it needs a 7th character. Choose it below."),
        ("W10.9", "it needs a 7th character after X in the empty places. Choose it below."),
    ],
)
def test_a_heading_says_which_characters_are_missing(
    packaged: CodeStore, code: str, words: str
) -> None:
    page = shown(packaged, code)
    assert not page.is_good
    assert page.standing == f"Not billable: {words}"


def test_notes_are_grouped_and_say_from_which_heading_they_come(packaged: CodeStore) -> None:
    page = shown(packaged, "E11.9")
    assert page.notes_release == "FY2026, April 2026 update"
    groups = {g.kind: g for g in page.groups}
    excludes = groups[NoteKind.EXCLUDES1]
    assert excludes.heading == "Excludes1: not together with"
    own, above, chapter = excludes.blocks
    assert (own.from_code, own.inherited) == ("E11.9", False)
    assert (above.from_code, above.from_title) == ("E11", "Type 2 diabetes mellitus")
    assert above.inherited
    assert chapter.from_code == "4"
    first = groups[NoteKind.USE_ADDITIONAL].blocks[0].lines
    assert [line.is_below for line in first] == [False, True, True, True, True]


def test_codes_in_notes_are_links_where_they_exist(packaged: CodeStore) -> None:
    lines = [
        line
        for group in shown(packaged, "E11").groups
        for block in group.blocks
        for line in block.lines
    ]
    (insulin,) = [line for line in lines if line.text == "insulin (Z79.4)"]
    assert [(insulin.text[a:b], code) for a, b, code in insulin.links] == [("Z79.4", "Z794")]


def test_a_chapter_and_a_section_list_what_is_below(packaged: CodeStore) -> None:
    chapter = shown(packaged, "4")
    assert chapter.standing == "A heading: choose a code below."
    assert "E08-E13" in [c.code for c in chapter.children]
    assert [c.code for c in shown(packaged, "E08-E13").children][:2] == ["E08", "E09"]


def test_7th_characters_give_the_whole_code_with_x_in_empty_places(packaged: CodeStore) -> None:
    found = sevenths(packaged, "W10.9", IN_2026)
    assert [(s.mark, s.dotted, s.meaning) for s in found] == [
        ("A", "W10.9XXA", "initial encounter"),
        ("D", "W10.9XXD", "subsequent encounter"),
        ("S", "W10.9XXS", "sequela"),
    ]
    assert all(s.is_padded for s in found)
    again = sevenths(packaged, "S52.501B", IN_2026)
    assert [s.mark for s in again if s.is_current] == ["B"]
    assert not any(s.is_padded for s in again)
    assert len(again) == 16


def test_a_category_offers_no_7th_character_that_makes_no_code(packaged: CodeStore) -> None:
    assert sevenths(packaged, "S52", IN_2026) == ()
    assert sevenths(packaged, "E11.9", IN_2026) == ()


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("M25.551", "M25.551 M25.552 - M25.559"),
        ("H66.90", "H66.91 H66.92 H66.93 H66.90"),
        ("H25.13", "H25.11 H25.12 H25.13 H25.10"),
        ("M17.11", "M17.11 M17.12 M17.0 M17.10"),
        ("M17.0", "M17.11 M17.12 M17.0 M17.10"),
        ("S52.501A", "S52.501A S52.502A - S52.509A"),
        ("S52.501", "S52.501 S52.502 - S52.509"),
        ("I83.011", "I83.011 I83.021 - I83.001"),
        ("E11.9", "- - - -"),
        ("I50.1", "- - - -"),
    ],
)
def test_the_sides_of_a_condition_stand_beside_each_other(
    packaged: CodeStore, code: str, row: str
) -> None:
    found = {s.side: s.dotted for s in sides(packaged, code, IN_2026)}
    assert " ".join(found.get(side, "-") for side in Side) == row


def test_what_notes_ask_for_beside_a_code_can_be_added(packaged: CodeStore) -> None:
    found = browser.additions(packaged, "E11.22", IN_2026)
    assert [(a.kind, a.dotted, a.billable) for a in found] == [
        (NoteKind.USE_ADDITIONAL, "N18", False),
        (NoteKind.USE_ADDITIONAL, "Z79.85", True),
        (NoteKind.USE_ADDITIONAL, "Z79.4", True),
        (NoteKind.USE_ADDITIONAL, "Z79.84", True),
    ]
    first = browser.additions(packaged, "G63", IN_2026)
    assert {a.kind for a in first} == {NoteKind.CODE_FIRST}
    assert "E40" in [a.code for a in first]


def test_an_unknown_code_has_no_page(packaged: CodeStore) -> None:
    assert browser.page(packaged, "E99.99", IN_2026) is None
    assert browser.additions(packaged, "E99.99", IN_2026) == ()


def test_a_date_without_a_release_shows_the_nearest_and_says_so(packaged: CodeStore) -> None:
    page = shown(packaged, "E11.9", dt.date(2030, 1, 1))
    assert not page.is_good
    assert page.standing.startswith("No loaded release covers 01/01/2030")
    assert page.groups


def test_a_code_that_ended_says_when_and_what_replaces_it(both: CodeStore) -> None:
    page = shown(both, "T52.8X", IN_2027)
    assert page.standing == "Ended on 09/30/2026; replaced by T52.89."
    assert page.replaced_by == "T52.89"
    assert not page.is_good
    assert shown(both, "T52.8X", IN_2026).in_force


def test_a_code_of_next_year_says_from_when_it_holds(both: CodeStore) -> None:
    page = shown(both, "C78.31")
    assert page.standing == "Not yet in force: it begins on 10/01/2026."
    assert shown(both, "C78.31", IN_2027).is_good


def test_the_changes_of_a_year_are_its_new_ended_and_retitled_codes(both: CodeStore) -> None:
    found = changes(both, "icd10cm", "FY2027")
    assert found is not None
    assert [found.count(what) for what in What] == [238, 21, 19]
    assert found.before is not None
    assert found.before.valid_to == dt.date(2026, 9, 30)
    rows = {r.dotted: r for r in found.rows}
    assert rows["Z29.14"].old_title == "Encounter for prophylactic rabies immune globin"
    assert rows["Z29.14"].title == "Encounter for prophylactic rabies immune globulin"
    assert rows["Z68.1"].detail == "no longer billable: it has codes below"
    assert rows["T52.8X"].replaced_by == "T52.89"


def test_the_first_release_has_nothing_to_be_compared_with(both: CodeStore) -> None:
    found = changes(both, "icd10cm", "FY2026, April 2026 update")
    assert found is not None
    assert (found.before, found.rows) == (None, ())
    assert changes(both, "icd10cm", "FY1999") is None


def test_built_in_sets_are_shown_in_our_own_words(empty_store: CodeStore) -> None:
    empty_store.load_built_in(NOW)
    modifier = browser.page(empty_store, "25", IN_2026, "modifier")
    place = browser.page(empty_store, "21", IN_2026, "pos")
    reason = browser.page(empty_store, "29", IN_2026, "carc")
    assert modifier is not None
    assert modifier.standing == "In the program's own words."
    assert ("Payment", "only informs") in modifier.facts
    assert place is not None
    assert ("Medicare rate", "facility") in place.facts
    assert reason is not None
    assert dict(reason.facts)["What to do"].startswith("Look for proof of timely filing")


def test_a_procedure_says_what_medicare_pays_and_limits(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    samples = shared_dir() / "code-samples"
    synthetic = samples / "synthetic"
    empty_store.import_file(samples / "hcpcs-2019-alpha-numeric.zip", NOW)
    for name in ("MCR_MUE_PractitionerServices_layout.csv", "PPRRVU_layout.csv"):
        empty_store.import_file(synthetic / name, NOW, dt.date(2019, 1, 1))
    page = browser.page(empty_store, "G0438", dt.date(2019, 3, 1), "hcpcs")
    assert page is not None
    assert dict(page.facts)["Most units"] == "1 a day, by policy: no appeal helps"
    old = browser.page(empty_store, "A4221", dt.date(2019, 3, 1), "hcpcs")
    assert old is not None
    assert dict(old.facts)["Medicare coverage"] == "Each Medicare contractor decides (C)"
    assert dict(old.facts)["Added"] == "01/01/1997"


def test_a_range_of_categories_is_offered_as_a_choice_not_as_its_first_code(
    packaged: CodeStore,
) -> None:
    found = {a.text: a for a in browser.additions(packaged, "T36.0X1A", IN_2026)}
    blood = found["blood disorders (D56-D76)"]
    assert (blood.code, blood.dotted, blood.title) == ("D56", "D56–D76", "choose one of these")
    assert not blood.billable
    assert found["nephropathy (N14.0-N14.2)"].dotted == "N14"


def test_a_further_system_with_headings_is_browsed_like_any_other(empty_store: CodeStore) -> None:
    start = dt.date(2026, 1, 1)
    nodes = [
        Node("code", "W1", "", "Transport", billable=False),
        Node("code", "W11", "W1", "Ride on a mule", billable=True, attributes='{"unit": "mile"}'),
    ]
    draft = Draft("zia", "Zia 2026", start, None, "rows", "zia.csv", "0" * 64)
    with transaction(empty_store._connection):
        save_release(empty_store._connection, draft, nodes, NOW, no_progress)
    head = browser.page(empty_store, "W1", IN_2026, "zia")
    assert head is not None
    assert head.standing == "A heading: choose a code below."
    assert [c.code for c in head.children] == ["W11"]
    code = browser.page(empty_store, "W11", IN_2026, "zia")
    assert code is not None
    assert code.path == (("W1", "W1", "Transport"),)
    assert code.facts == (("Unit", "mile"),)


def test_a_procedure_names_what_is_never_billed_with_it(
    empty_store: CodeStore, tmp_path: Path
) -> None:
    samples = shared_dir() / "code-samples"
    empty_store.import_file(samples / "hcpcs-2019-alpha-numeric.zip", NOW)
    file = tmp_path / "ccipra-2019q1.txt"
    head = "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale"
    rows = ["G0438\tG0439\t\t20190101\t*\t0\tMisuse", "G0438\tG0402\t\t20190101\t*\t1\tMisuse"]
    file.write_text("\n".join(["A notice", head, *rows, ""]))
    empty_store.import_file(file, NOW, dt.date(2019, 1, 1))
    page = browser.page(empty_store, "G0438", dt.date(2019, 2, 1), "hcpcs")
    assert page is not None
    assert dict(page.facts)["Never with it"] == "G0439 (NCCI)"
    assert dict(page.facts)["With it only by a modifier"] == "G0402 (NCCI)"
