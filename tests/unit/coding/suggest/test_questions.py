"""What a note leaves open is asked, and the answers lead to codes that can be billed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.notes.values import Status
from desktop.services.coding.suggest.engine import suggest

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

IN_2026 = dt.date(2026, 9, 15)


@pytest.mark.parametrize(
    ("note", "question", "first", "answers"),
    [
        ("Shoulder pain.", "Which side?", "M25.519", {"M25.511", "M25.512"}),
        ("Cataract.", "", "H26.9", set()),
        ("Otitis media.", "Which side?", "H66.90", {"H66.91", "H66.92", "H66.93"}),
        ("Breast lump.", "Which side?", "N63.0", {"N63.10", "N63.20"}),
        ("Carpal tunnel syndrome.", "Which side?", "G56.00", {"G56.01", "G56.02", "G56.03"}),
        ("Hydronephrosis with right kidney stone.", "", "N13.2", set()),
        ("Ankle sprain.", "Which side?", "S93.409A", {"S93.401A", "S93.402A"}),
        (
            "Left hip fracture.", "Initial or subsequent visit?", "S72.002A",
            {"S72.002A", "S72.002D", "S72.002S"},
        ),
        ("Left ankle sprain today.", "", "S93.402A", set()),
        ("Left ankle sprain, recheck.", "", "S93.402D", set()),
        ("Type 2 diabetes.", "", "E11.9", set()),
        ("Diabetes.", "Which type?", "E11.9", {"E10.9", "E11.9"}),
        ("Asthma.", "How severe is it?", "J45.909", {"J45.20", "J45.40"}),
        ("CKD.", "Which stage?", "N18.9", {"N18.2", "N18.31"}),
        ("Prenatal visit.", "Which trimester?", "Z34.90", {"Z34.91", "Z34.92", "Z34.93"}),
    ],
)  # fmt: skip
def test_question(
    packaged: CodeStore, note: str, question: str, first: str, answers: set[str]
) -> None:
    found = [s for s in suggest(packaged, note, IN_2026) if s.codes]
    assert found[0].codes[0].dotted == first
    assert found[0].question == question
    given = {a.dotted for a in found[0].answers}
    assert given >= answers
    assert len(given) == len(found[0].answers)


def test_a_bare_suspicion_asks_for_the_symptom_instead_of_guessing_it(packaged: CodeStore) -> None:
    (found,) = suggest(packaged, "Possible pneumonia.", IN_2026)
    assert found.question == "Which sign or symptom?"
    assert {"R05.9", "R50.9"} <= {a.dotted for a in found.answers}
    assert not any(a.dotted.startswith("J") for a in found.answers)


def test_a_stated_symptom_is_offered_without_a_question(packaged: CodeStore) -> None:
    found = suggest(packaged, "Has a cough. Possible pneumonia.", IN_2026)
    doubt = next(s for s in found if s.status is Status.UNCERTAIN)
    assert (doubt.codes[0].dotted, doubt.question) == ("R05.9", "")
