"""A visit note's line as a query: what it denies, tells of the past or of a relative."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.models.values.enums import Sex
from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.spelling import allowed, letters_apart, likeness
from desktop.services.coding.base.values import PatientFacts, no_progress
from desktop.services.coding.notes.lines import read_line
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft
from desktop.services.coding.releases.writer import Node
from desktop.services.coding.search.aspects import aspects, polarity, spell_out
from tests.unit.coding.conftest import IN_2026, NOW

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore


def codes(store: CodeStore, text: str, limit: int = 5) -> list[str]:
    return [hit.code for hit in store.search(text, IN_2026, limit)]


@pytest.mark.parametrize(
    "text", ["type 2 diabetes without complications", "chest pain", "hernia, umbilical", "no"]
)
def test_a_typed_title_stays_one_question(text: str) -> None:
    line = read_line(text, IN_2026)
    assert len(line.asked) <= 1
    assert line.past == line.family == ()


def test_the_parts_of_a_line_are_told_apart() -> None:
    line = read_line("Denies fever, chills or rash. Mother had gout. Here for ankle pain", IN_2026)
    assert [text for text, _ in line.asked] == ["ankle pain"]
    assert [text.strip() for text in line.ruled_out] == ["fever", "chills or rash", "gout"]
    assert [text.strip() for text in line.family] == ["gout"]


@pytest.mark.parametrize(
    ("text", "asked", "ruled_out"),
    [
        ("no gout, knee pain left", ["knee pain left"], ["gout"]),
        ("neg strep, viral pharyngitis", ["viral pharyngitis"], ["strep"]),
        ("no fever, chills, cough; sore throat", ["sore throat"], ["fever", "chills", "cough"]),
        ("negative for strep, flu. cough", ["cough"], ["strep", "flu"]),
        ("knee pain - no swelling", ["knee pain"], ["swelling"]),
        ("here for f/u of resolved pneumonia", [], ["pneumonia"]),
        ("old MI, stable angina today", ["stable angina"], ["MI"]),
        ("no fracture of the left wrist", [], ["fracture of the left wrist"]),
        ("possible pneumonia", ["pneumonia"], []),
    ],
)
def test_a_denial_ends_where_a_finding_begins(
    text: str, asked: list[str], ruled_out: list[str]
) -> None:
    line = read_line(text, IN_2026)
    assert [piece for piece, _ in line.asked] == asked
    assert [piece.strip() for piece in line.ruled_out] == ruled_out


def test_what_is_said_to_be_there_is_not_ruled_out() -> None:
    line = read_line("worried about scabies, burrows seen, scabies confirmed", IN_2026)
    assert not line.ruled_out


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("sore throat, no tonsillitis", "J0390"),
        ("cough for a week, denies asthma", "J45909"),
        ("father with prostate cancer, here for annual physical", "C61"),
        ("headache; r/o meningitis", "G039"),
        ("hx of pneumonia 2019, here for hypertension", "J189"),
        ("no evidence of gout; knee pain left", "M109"),
        ("low back pain without sciatica", "M5430"),
        ("stroke ruled out, now dizziness", "I639"),
        ("inguinal hernia right, not obstructed", "K4030"),
        ("whooping cough, no pneumonia", "J189"),
        ("parkinsons w/o dyskinesia", "G20B1"),
    ],
)
def test_what_a_line_rules_out_is_not_among_the_first(
    packaged: CodeStore, line: str, never: str
) -> None:
    assert never not in codes(packaged, line)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("sore throat, no tonsillitis", "J029"),
        ("denies chest pain; here for hypertension", "I10"),
        ("mother had gout, pt with knee pain left", "M25562"),
        ("family history of breast cancer", "Z803"),
        ("no evidence of gout; knee pain left", "M25562"),
        ("hypertenson and hedache", "I10"),
    ],
)
def test_what_a_line_asks_for_is_found(packaged: CodeStore, line: str, code: str) -> None:
    assert code in codes(packaged, line)


def test_the_side_of_a_line_is_kept(packaged: CodeStore) -> None:
    assert codes(packaged, "cataract OD")[0] != codes(packaged, "cataract OS")[0]
    assert codes(packaged, "knee pain R")[0] == "M25561"
    assert codes(packaged, "pain in both knees")[:1] != codes(packaged, "pain in left knee")[:1]
    assert spell_out("glaucoma OU, first visit") == "glaucoma bilateral eye, initial encounter"
    assert spell_out("GDM at 30 weeks pregnant").endswith("third trimester")
    assert spell_out("30 weeks pregnant") == "30 weeks pregnant"
    assert spell_out("L4 fracture") == "L4 fracture"


def test_titles_that_deny_what_is_said_agree_less() -> None:
    said = aspects("hernia with obstruction")
    assert said.factor("Hernia with obstruction") > said.factor("Hernia without obstruction")
    denied = aspects("asthma", ["wheezing"])
    assert denied.factor("Asthma with wheezing") < 0.7
    assert polarity("hernia, without obstruction or gangrene")[1] == {"obstruction", "gangrene"}
    assert not polarity("knee, site not specified")[1]


@pytest.mark.parametrize(
    ("typed", "meant", "other"),
    [
        ("diabetis", "diabetes", "diabetic foot"),
        ("siatica", "sciatica", "stigmata"),
        ("newmonia", "pneumonia", "neurotmesis"),
        ("arthritus", "arthritis", "arteritis"),
        ("hemmoroid", "hemorrhoid", "hemorrhage"),
    ],
)
def test_a_slip_of_the_ear_is_nearer_than_another_word(typed: str, meant: str, other: str) -> None:
    assert likeness(typed, meant) <= allowed(typed)
    assert likeness(typed, meant) < likeness(typed, other)
    assert letters_apart(meant, meant) == 0
    assert likeness(meant, meant) == 0


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("heart burn", "R12"),
        ("pancreatic canser", "C259"),
        ("kneepain left", "M25562"),
        ("hipertension", "I10"),
        ("sinusitus acute", "J0190"),
    ],
)
def test_misspelled_split_and_joined_words_are_set_right(
    packaged: CodeStore, typed: str, code: str
) -> None:
    assert code in codes(packaged, typed)


def test_a_patient_s_age_and_sex_lower_what_cannot_be(packaged: CodeStore) -> None:
    man, woman = PatientFacts(40, Sex.MALE), PatientFacts(40, Sex.FEMALE)

    def first(text: str, patient: PatientFacts | None) -> list[str]:
        return [h.code for h in packaged.search(text, IN_2026, 8, patient=patient)]

    assert not [c for c in first("diabetes", man)[:5] if c[0] == "O"]
    assert first("enlarged prostate", woman) != first("enlarged prostate", man)
    baby, grown = PatientFacts(0, None), PatientFacts(50, None)
    assert [c for c in first("jaundice of newborn", baby)[:3] if c[0] == "P"]
    assert not [c for c in first("jaundice", grown)[:3] if c[0] == "P"]
    assert first("sepsis", None) == first("sepsis", PatientFacts(None, None))


def test_use_decides_among_near_equals_only(packaged: CodeStore) -> None:
    often = {"J449": 5000}
    assert packaged.search("asthma", IN_2026, weights=often)[0].code != "J449"
    near = packaged.search("asthma", IN_2026, weights={"J45901": 400})[:2]
    assert "J45901" in {hit.code for hit in near}


def test_a_title_of_a_supply_ranks_by_what_it_begins_with(empty_store: CodeStore) -> None:
    nodes = [
        Node("code", "A1", "", "Attachment, walker, each", billable=True),
        Node("code", "A2", "", "Walker, rigid, adjustable", billable=True),
        Node("code", "J1", "", "Injection, ketorolac tromethamine, per 15 mg", billable=True),
        Node("code", "J2", "", "Injection, phenylephrine and ketorolac, vial", billable=True),
    ]
    start = dt.date(2026, 1, 1)
    draft = Draft("hcpcs", "HCPCS 2026", start, None, "rows", "a.txt", "x")
    with transaction(empty_store._connection):
        save_release(empty_store._connection, draft, nodes, NOW, no_progress, notes=[])
    found = empty_store.search("walker", IN_2026, 2, "hcpcs")
    assert [hit.code for hit in found] == ["A2", "A1"]
    assert empty_store.search("ketorolac injection", IN_2026, 1, "hcpcs")[0].code == "J1"
