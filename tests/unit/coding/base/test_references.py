"""References of the tabular list's notes: read as printed, resolved in tabular order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.base import references as refs
from desktop.services.coding.base.references import CodeRange, references
from desktop.services.coding.base.values import NoteKind
from tests.unit.coding.conftest import IN_2026

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type 1 diabetes mellitus (E10.-)", [("E10", "E10", "")]),
        ("stage of kidney disease (N18.1-N18.6)", [("N181", "N186", "")]),
        ("injury, poisoning (S00-T88)", [("S00", "T88", "")]),
        ("rheumatic fever (I01.0 -I01.9)", [("I010", "I019", "")]),
        ("apnea of newborn (P28.3- - P28.4-)", [("P283", "P284", "")]),
        ("extremities (I70.2--I70.7-)", [("I702", "I707", "")]),
        ("arthritis (M05.00 to M05.8A)", [("M0500", "M058A", "")]),
        (
            "skin of genital organs (C51-C52, C60.-, C63.2)",
            [("C51", "C52", ""), ("C60", "C60", ""), ("C632", "C632", "")],
        ),
        ("adverse effects (A00-R94 and T80-T88.6, T88.8)",
         [("A00", "R94", ""), ("T80", "T886", ""), ("T888", "T888", "")]),
        ("code (B95.61-B95.8) to identify bacterial agent", [("B9561", "B958", "")]),
        ("diabetic mononeuropathy (E08-E13 with .41)", [("E08", "E13", ".{3}41.*")]),
        ("fluency disorder (I69. with final characters -23)", [("I69", "I69", ".*23")]),
        ("open skull fracture (S02.- with 7th character B)", [("S02", "S02", ".{6}B.*")]),
        (
            "drug (T36-T50 with fifth or sixth character 5)",
            [("T36", "T50", ".{4}5.*|.{5}5.*")],
        ),
        ("deficiency (G6PD) without anemia (D75.A)", [("D75A", "D75A", "")]),
        ("localized (primary) (secondary) hyperhidrosis", []),
        ("open fracture (S52.- with open fracture 7th character)", []),
        ("heart disease, such as:", []),
    ],
)  # fmt: skip
def test_brackets_are_read_as_printed(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(r.first, r.last, r.shape) for r in references(text)] == expected


def covered(store: CodeStore, text: str, code: str) -> bool:
    ranges = references(text)
    order = store.order_keys({code, *refs.ends(ranges)}, IN_2026)
    return any(r.covers(code, order) for r in ranges)


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("(E10.-)", "E1022", True),
        ("(E10.-)", "E1122", False),
        ("(N18.1-N18.6)", "N1830", True),
        ("(N18.1-N18.6)", "N186", True),
        ("(N18.1-N18.6)", "N189", False),
        ("(S00-T88)", "T8809XA", True),
        ("(S00-T88)", "V0001XA", False),
        # M1A is printed after M09, C91.Z before C91.9: the alphabet would say otherwise.
        ("(M05-M14)", "M1A0720", True),
        ("(M10-M14)", "M1A0720", False),
        ("(C91.0-C91.9)", "C91Z0", True),
        ("(E08-E13 with .41)", "E1141", True),
        ("(E08-E13 with .41)", "E1142", False),
        ("(T36-T50 with fifth or sixth character 5)", "T360X5A", True),
        ("(T36-T50 with fifth or sixth character 5)", "T360X1A", False),
    ],
)
def test_ranges_follow_the_tabular_order(
    packaged: CodeStore, text: str, code: str, expected: bool
) -> None:
    assert covered(packaged, text, code) is expected


def test_a_range_whose_end_is_not_printed_covers_nothing_but_its_ends() -> None:
    unknown = CodeRange("Q00", "Q99")
    assert not unknown.covers("Q12", {"Q12": 5})
    assert unknown.covers("Q001", {})


def test_nearly_every_excludes1_note_gives_codes_that_exist(packaged: CodeStore) -> None:
    # The list's own count: 96 % of these notes carry a reference.
    notes = {
        (note.from_code, note.text)
        for chapter in packaged.children("", IN_2026)
        for section in packaged.children(chapter.code, IN_2026)
        for code in packaged.children(section.code, IN_2026)
        if (described := packaged.describe(code.code, IN_2026)) is not None
        for note in described.of(NoteKind.EXCLUDES1)
        if not note.text.endswith(":")
    }
    with_codes = [text for _, text in notes if references(text)]
    assert len(with_codes) / len(notes) > 0.93
    named = {r.first for text in with_codes for r in references(text)}
    known = packaged.order_keys(named, IN_2026)
    assert len(known) / len(named) > 0.99
