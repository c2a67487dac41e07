"""Cues of every kind around many diseases: what is not there now is not among the first codes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.unit.coding.conftest import IN_2026

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

DISEASES = {
    "asthma": "J45", "pneumonia": "J18", "gout": "M10", "psoriasis": "L40", "lupus": "M32",
    "epilepsy": "G40", "migraine": "G43", "stroke": "I63", "hypertension": "I10", "anemia": "D6",
    "diabetes": "E11", "hypothyroidism": "E03", "osteoporosis": "M81", "appendicitis": "K3",
    "diverticulitis": "K57", "pancreatitis": "K85", "cholecystitis": "K81", "cirrhosis": "K74",
    "viral hepatitis": "B1", "HIV": "B20", "tuberculosis": "A15", "shingles": "B02", "mumps": "B26",
    "sinusitis": "J3", "bronchitis": "J4", "COPD": "J44", "emphysema": "J43", "DVT": "I82",
    "pulmonary embolism": "I26", "atrial fibrillation": "I48", "heart failure": "I50",
    "pericarditis": "I3", "endocarditis": "I3", "glaucoma": "H40", "cataract": "H2",
    "conjunctivitis": "H10", "vertigo": "R42", "tinnitus": "H93", "depression": "F3",
    "schizophrenia": "F20", "dementia": "F0", "alcohol dependence": "F10",
    "anorexia nervosa": "F50",
    "melanoma": "C43", "breast cancer": "C50", "colon cancer": "C18", "lung cancer": "C34",
    "prostate cancer": "C61", "lymphoma": "C8", "leukemia": "C9", "multiple sclerosis": "G35",
    "parkinson disease": "G20", "cystitis": "N30", "pyelonephritis": "N1", "kidney stones": "N20",
    "prostatitis": "N41", "endometriosis": "N80", "cellulitis": "L03", "eczema": "L30",
    "urticaria": "L50", "rheumatoid arthritis": "M0", "osteoarthritis": "M1", "sciatica": "M54",
    "fibromyalgia": "M79", "celiac disease": "K90", "crohn's disease": "K50", "gastritis": "K29",
    "hemorrhoids": "K64", "inguinal hernia": "K40", "gallstones": "K80", "syphilis": "A5",
    "gonorrhea": "A54", "malaria": "B5", "meningitis": "G03", "encephalitis": "G0",
    "carpal tunnel syndrome": "G56", "sleep apnea": "G47", "hyperlipidemia": "E78",
    "vitamin D deficiency": "E55", "celulitis": "L03",
}  # fmt: skip
GONE = (
    "sprained left ankle, no {}",
    "sprained left ankle; denies {}",
    "No evidence of {}. Sprained left ankle.",
    "{} ruled out; sprained left ankle",
    "sprained left ankle, negative for {}",
    "never had {}, here for sprained left ankle",
    "h/o {}, here for sprained left ankle",
    "sprained left ankle. PMH: {}",
    "history of {} as a child, sprained left ankle today",
    "{} resolved, now sprained left ankle",
    "mother had {}; sprained left ankle",
    "father with {}, pt here for sprained left ankle",
    "fhx of {}. sprained left ankle",
    "{} in his brother; pt has sprained left ankle",
    "sprained left ankle, r/o {}",
    "possible {}; sprained left ankle",
    "suspect {}, sprained left ankle",
    "sprained left ankle without {}",
    "wife has {}, he has a sprained left ankle",
    "{} in 2011. Sprained left ankle.",
)
ALONE = ("denies {}", "no {}", "{} ruled out", "negative for {}", "no history of {}")
TOLD = (("h/o {}", "Z8"), ("mother had {}", "Z8"))


def first(store: CodeStore, text: str) -> list[str]:
    return [hit.code for hit in store.search(text, IN_2026, 5)]


@pytest.mark.parametrize("template", GONE)
def test_what_is_not_there_now_is_behind_what_is(packaged: CodeStore, template: str) -> None:
    wrong, lost = [], []
    for disease, active in DISEASES.items():
        found = first(packaged, template.format(disease))
        if any(code.startswith(active) for code in found):
            wrong.append(disease)
        if not any(code.startswith(("S93402", "S9340")) for code in found):
            lost.append(disease)
    assert not wrong
    assert not lost


@pytest.mark.parametrize("template", ALONE)
def test_what_is_only_denied_brings_no_code_of_it(packaged: CodeStore, template: str) -> None:
    assert [
        disease
        for disease, active in DISEASES.items()
        if any(code.startswith(active) for code in first(packaged, template.format(disease)))
    ] == []


@pytest.mark.parametrize(("template", "start"), TOLD)
def test_what_is_told_brings_codes_of_history(
    packaged: CodeStore, template: str, start: str
) -> None:
    for disease in itertools.islice(DISEASES, 0, None, 9):
        assert first(packaged, template.format(disease))[0].startswith(start), disease
