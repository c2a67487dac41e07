"""What goes with a diagnosis, from the packaged tabular list."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.models.people import Patient, Person
from desktop.models.values.enums import Sex
from desktop.services.coding.base.values import ICD10CM
from desktop.services.visits import choices
from desktop.services.visits.companions import Companions, How, companions
from tests.unit.visits.scenes import make_scene

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

ON = dt.date(2026, 9, 1)


def _of(database: Database, code: str) -> Companions:
    found = database.read(lambda work: companions(work, code, ON))
    assert found is not None
    return found


def test_a_complication_of_diabetes_asks_for_its_stage_until_the_visit_has_it(
    database: Database,
) -> None:
    found = _of(database, "E11.22")
    stage = found.groups[0]
    assert (stage.how, stage.heading) == (
        How.AFTER,
        "Use an additional code: stage of chronic kidney disease",
    )
    assert [c.dotted for c in stage.choices[:3]] == ["N18.1", "N18.2", "N18.30"]
    assert "N18.9" not in [c.dotted for c in stage.choices], "the note names N18.1 to N18.6"
    assert found.summary(["E1122"]).startswith("E11.22   use an additional code: stage of chronic")
    assert "stage" not in found.summary(["E1122", "N1832"])
    assert found.summary(["E1122", "N1832", "Z794"]) == ""


def test_a_fracture_without_its_seventh_character_offers_them_with_their_meaning(
    database: Database,
) -> None:
    first = _of(database, "S52.501").groups[0]
    assert (first.how, first.question) == (How.INSTEAD, "Which 7th character?")
    assert first.is_needed
    assert first.choices[0].code == "S52501A"
    assert first.choices[0].mark == "A"
    assert first.choices[0].text.startswith("initial encounter")


def test_an_unspecified_side_is_asked_for_and_a_given_one_is_left_alone(
    database: Database,
) -> None:
    asked = _of(database, "M25.569")
    assert [c.dotted for c in asked.groups[0].choices] == ["M25.561", "M25.562"]
    assert asked.groups[0].question == "Which side?"
    assert _of(database, "M25.561").summary(["M25561"]) == ""


def test_a_manifestation_is_put_behind_its_cause(database: Database) -> None:
    found = _of(database, "F02.80")
    assert found.groups[0].how is How.BEFORE
    assert {"G30.9", "A81.00"} <= {c.dotted for c in found.groups[0].choices}
    assert found.summary(["G309", "F0280"]) == ""


def test_notes_of_a_whole_chapter_are_offered_but_not_pressed_upon_anybody(
    database: Database,
) -> None:
    found = _of(database, "I10")
    assert [g.is_near for g in found.groups] == [False]
    assert found.summary(["I10"]) == ""


def test_a_code_that_is_no_code_has_no_companions(database: Database) -> None:
    assert database.read(lambda work: companions(work, "Q00.99Z", ON)) is None


def test_type_ahead_minds_sex_and_favourites(database: Database) -> None:
    def prepare(work: Work) -> int:
        scene = make_scene(work)
        patient = work.session.get_one(Patient, scene.patient_id)
        person = work.session.get_one(Person, patient.person_id)
        person.sex, person.birth_on = Sex.MALE, dt.date(1960, 1, 1)
        return scene.patient_id

    patient_id = database.write(prepare)

    def find(text: str, patient: int | None = None) -> list[str]:
        found = database.read(lambda work: choices.find_diagnoses(work, text, ON, 12, patient))
        return [c.hit.code for c in found]

    women = ("N", "O", "C51", "C52", "C53", "C54", "C55", "C56", "D2")
    assert find("pelvic inflammatory disease")[0].startswith(women)
    anyone, man = find("breast pain pregnancy"), find("breast pain pregnancy", patient_id)
    assert sum(c.startswith("O") for c in man[:5]) <= sum(c.startswith("O") for c in anyone[:5])

    assert database.write(lambda work: choices.toggle_favourite(work, ICD10CM, "M54.50"))
    found = database.read(lambda work: choices.find_diagnoses(work, "back pain", ON))
    assert any(c.is_favourite and c.hit.code == "M5450" for c in found)
    assert find("")[:1] == ["M5450"], "favourites stand first where nothing is typed yet"
    assert not database.write(lambda work: choices.toggle_favourite(work, ICD10CM, "M5450"))
