"""The rows that a note gives, and its marks, which no colour alone tells apart."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from desktop.services.coding.notes.values import (
    DIAGNOSIS,
    Answer,
    Status,
    SuggestedCode,
    Suggestion,
)
from desktop.ui.visits.note_marks import Units, look_of
from desktop.ui.visits.note_rows import NoteRow, groups_of, rows_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

GOUT = SuggestedCode("M109", "M10.9", "Gout, unspecified", 1.0)
KNEE = SuggestedCode("M25569", "M25.569", "Pain in unspecified knee", 0.5)
SIDES = (
    Answer("Right", "M25561", "M25.561", "Pain in right knee"),
    Answer("Left", "M25562", "M25.562", "Pain in left knee"),
)


def _said(
    phrase: str, *codes: SuggestedCode, status: Status = Status.PRESENT, sides: bool = False
) -> Suggestion:
    question, answers = ("Which side?", SIDES) if sides else ("", ())
    return Suggestion(phrase, 0, len(phrase), status, DIAGNOSIS, codes, question, answers)


def _rows(*found: Suggestion, have: tuple[str, ...] = ()) -> list[NoteRow]:
    return rows_of(found, groups_of(found), {(DIAGNOSIS, code) for code in have})


def test_no_two_marks_differ_by_colour_alone(qapp: QApplication) -> None:
    looks = {
        status: (look.underlineStyle(), look.fontStrikeOut(), look.fontOverline())
        for status in Status
        for look in [look_of(status, chosen=False)]
    }
    for one, other in itertools.combinations(Status, 2):
        assert looks[one] != looks[other], (one, other)


def test_answers_come_first_and_each_code_has_its_number() -> None:
    heading, *codes = _rows(_said("knee pain", KNEE, sides=True))
    assert (heading.question, heading.taken) == ("Which side?", None)
    assert [(r.number, r.says, r.dotted) for r in codes] == [
        (1, "Right", "M25.561"),
        (2, "Left", "M25.562"),
        (3, "", "M25.569"),
    ]


def test_what_is_said_twice_is_listed_once_and_a_denial_apart() -> None:
    rows = _rows(
        _said("Gout", GOUT),
        _said("gouty attack", GOUT),
        _said("gout", status=Status.NEGATED),
        _said("GOUT", GOUT),
        _said("gout", status=Status.NEGATED),
    )
    headings = [r for r in rows if r.taken is None]
    assert [h.says for h in headings] == [
        "also “gouty attack”",
        "denied: nothing to code;  2 times",
    ]
    assert [r.dotted for r in rows if r.taken] == ["M10.9"]


def test_a_code_of_the_visit_is_marked_in_words_too() -> None:
    (_heading, code) = _rows(_said("Gout", GOUT), have=("M109",))
    assert code.on_visit
    assert code.spoken.endswith("(on the visit)")


def test_places_behind_a_sign_of_two_units_are_counted_as_the_window_counts() -> None:
    text = "🙂 gout"
    units = Units(text)
    assert (units[0], units[1], units[2], units[6]) == (0, 2, 3, 7)
    plain = Units("gout")
    assert plain[3] == 3
