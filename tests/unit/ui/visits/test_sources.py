"""What the diagnosis line proposes, and what Enter takes first."""

from __future__ import annotations

from desktop.services.coding.base.values import CodeHit
from desktop.services.visits.choices import DiagnosisChoice
from desktop.ui.visits.sources import diagnosis_suggestions


def _hit(
    code: str, shown: str, score: float, why: str = "code", *, favourite: bool = False
) -> DiagnosisChoice:
    hit = CodeHit(code, shown, "A diabetes", billable=True, why=why, score=score)
    return DiagnosisChoice(hit, favourite)


COMA = _hit("E1100", "E11.00", 1000.0)
PLAIN = _hit("E119", "E11.9", 999.0)


def test_part_of_a_code_is_never_taken_for_the_first_code_below_it() -> None:
    first, *others = diagnosis_suggestions("e11", [COMA, PLAIN])
    assert first.value == ("E11", "")
    assert [s.value[0] for s in others] == ["E1100", "E119"]


def test_a_whole_code_words_or_the_only_code_below_are_taken_at_once() -> None:
    assert diagnosis_suggestions("E11.9", [PLAIN, COMA])[0].value[0] == "E119"
    assert diagnosis_suggestions("diabetes", [PLAIN, COMA])[0].value[0] == "E119"
    assert diagnosis_suggestions("E11", [PLAIN])[0].value[0] == "E119"


def test_the_list_says_why_a_code_stands_there_unless_code_or_title_says_it() -> None:
    found = [
        _hit("E119", "E11.9", 9.0, "title"),
        _hit("E1165", "E11.65", 8.0, "sugar"),
        _hit("E118", "E11.8", 7.0, "a diabetes", favourite=True),
    ]
    assert [s.right for s in diagnosis_suggestions("sugar", found)] == ["", "sugar", "★"]
