from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.notes.values import (
    NamedProcedure,
    Status,
    Suggestion,
    plain_suggestions,
)
from desktop.services.coding.suggest.engine import suggest

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

IN_2026 = dt.date(2026, 9, 15)


def find(store: CodeStore, text: str, phrase: str) -> Suggestion:
    """The suggestion that lies over a phrase of the text."""
    start = text.index(phrase)
    end = start + len(phrase)
    found = [s for s in suggest(store, text, IN_2026) if s.start < end and s.end > start]
    assert found, f"nothing over {phrase!r}"
    return found[0]


def test_phrases_are_exactly_the_notes_own_words_in_reading_order(packaged: CodeStore) -> None:
    text = (
        "Assessment:\n1. Left knee pain\n2. HTN – on lisinopril\n3. Café-au-lait, type 2 diabetes"
    )
    found = suggest(packaged, text, IN_2026)
    assert [s.phrase for s in found if s.codes][:2] == ["Left knee pain", "HTN"]
    assert all(text[s.start : s.end] == s.phrase for s in found)
    assert [s.start for s in found] == sorted(s.start for s in found)


def test_a_date_without_code_set_suggests_nothing(packaged: CodeStore) -> None:
    assert suggest(packaged, "type 2 diabetes", dt.date(1999, 1, 1)) == []
    assert suggest(packaged, " \n ", IN_2026) == []


def test_plain_suggestions_have_the_documented_keys(packaged: CodeStore) -> None:
    (only,) = plain_suggestions(suggest(packaged, "knee pain", IN_2026))
    assert list(only) == [
        "phrase", "start", "end", "status", "kind", "codes", "question", "answers",
    ]  # fmt: skip
    assert only["question"] == "Which side?"
    assert {a["code"] for a in only["answers"]} >= {"M25.561", "M25.562"}
    assert only["codes"][0].keys() == {"code", "title", "score"}


@pytest.mark.parametrize(
    ("text", "phrase", "status"),
    [
        ("Denies chest pain, SOB or fever.", "fever", Status.NEGATED),
        ("No fever, chills, or cough but has headache.", "cough", Status.NEGATED),
        ("No fever, chills, or cough but has headache.", "headache", Status.PRESENT),
        ("Mother had breast cancer.", "breast cancer", Status.FAMILY),
        ("h/o stroke", "stroke", Status.HISTORY),
        ("Possible pneumonia.", "pneumonia", Status.UNCERTAIN),
    ],
)
def test_status(packaged: CodeStore, text: str, phrase: str, status: Status) -> None:
    assert find(packaged, text, phrase).status is status


def test_procedures_of_the_own_list_are_found_by_their_words(packaged: CodeStore) -> None:
    own = [NamedProcedure("93000", "EKG with report"), NamedProcedure("69210", "Ear wax removal")]
    text = "ECG with report done today. Removed wax from the ear. Will order EKG with report."
    found = [s for s in suggest(packaged, text, IN_2026, procedures=own) if s.kind == "procedure"]
    assert [(s.phrase, s.codes[0].code) for s in found] == [
        ("ECG with report", "93000"),
        ("Removed wax from the ear", "69210"),
    ]
