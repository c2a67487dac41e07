# ruff: noqa: E501 (a table of sentences)
"""Common conditions of all chapters in every way that a note denies, doubts or dates them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.services.coding.notes.values import Status, Suggestion
from desktop.services.coding.suggest.engine import suggest
from desktop.services.coding.suggest.past import lasting

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore

IN_2026 = dt.date(2026, 9, 15)
_CONDITIONS = Path(__file__).parents[3] / "data" / "coding" / "conditions.txt"
_TEMPLATES = {
    "negated": "Patient denies {x}.|No {x}.|No evidence of {x}.|Without {x}.|{X} was ruled out."
    "|Negative for {x}.|No nausea, {x} or vomiting.|No {x}, edema or bruising.|Never had {x}."
    "|{X}: denied.|Absence of {x}.|{X} not present.|There is no {x}.|Does not have {x}."
    "|Has no history of {x}.|Denies any {x} or recent travel.|{X} is unlikely."
    "|Screen for {x} negative.|Ruled out {x}.|Not consistent with {x}.|{X} has been excluded.",
    "history": "h/o {x}.|History of {x}.|Past medical history of {x}, resolved.|Had {x} in 2015."
    "|s/p {x}.|Previous {x}.|{X}, resolved.|Status post {x}.|{X} in 2012.|{X} 10 years ago."
    "|Hx {x}.|Prior {x}, now resolved.|Personal history of {x}.",
    "family": "Mother had {x}.|Family history of {x}.|FHx: {x}.|Father died of {x}."
    "|Sister with {x}.|Family history: {x} in father.|Brother has {x}."
    "|Positive family history for {x}.|{X} in maternal grandmother.|FH: {x}.|Both parents had {x}.",
    "uncertain": "r/o {x}.|Possible {x}.|Probable {x}.|Suspected {x}.|{X} vs lymphangitis.|?{x}."
    "|Concern for {x}.|Cannot exclude {x}.|{X} is suspected.|Likely {x}.|Rule out {x}.|{X}?"
    "|Working diagnosis: {x}.|May have {x}.|{X} not ruled out.",
    "present": "{X}.|Patient has {x}.|Presents with {x}.|Assessment: {x}.|Here for {x}.|1. {X}",
}
_OWN_CODES = {
    "history": ("Z8", "Z90", "Z91", "Z92", "Z96", "Z98", "I252"),
    "family": ("Z80", "Z81", "Z82", "Z83", "Z84"),
}


def _conditions() -> list[tuple[tuple[str, ...], str]]:
    lines = [line for line in _CONDITIONS.read_text("utf-8").splitlines() if line[0] != "#"]
    pairs = (line.split(" = ") for line in lines)
    return [(tuple(left.split()), right.strip()) for left, right in pairs]


def _fault(kind: str, active: tuple[str, ...], found: list[Suggestion], at: int, end: int) -> str:
    """What is wrong with the suggestions; empty when nothing is."""
    here = [s for s in found if s.start < end and s.end > at]
    firsts = [s.codes[0].code for s in here if s.codes]
    of_note = [s.codes[0].code for s in found if s.codes]
    if not here:
        return "not found"
    if kind == "present":
        return "" if firsts and firsts[0].startswith(active) else "another family first"
    if kind == "uncertain":
        offered = [c.code for s in found for c in s.codes]
        symptom = active[0].startswith("R")
        return "" if symptom or not any(c.startswith(active) for c in offered) else "offered"
    if kind == "negated":
        return "coded" if firsts or any(c.startswith(active) for c in of_note) else ""
    if kind == "history" and firsts and lasting(firsts[0], said=True):
        return ""  # a disease that never ends is still treated, whatever the words
    if any(c.startswith(active) for c in of_note):
        return "active disease first"
    return "" if firsts and firsts[0].startswith(_OWN_CODES[kind]) else "no such code"


@pytest.mark.parametrize(
    ("kind", "least"),
    [("negated", 1.0), ("history", 1.0), ("family", 1.0), ("uncertain", 0.999), ("present", 0.97)],
)
def test_what_is_said_of_common_conditions(packaged: CodeStore, kind: str, least: float) -> None:
    conditions = _conditions()
    assert len(conditions) >= 150
    faults, tried = [], 0
    for active, name in conditions:
        for template in _TEMPLATES[kind].split("|"):
            text = template.format(x=name, X=name[0].upper() + name[1:])
            at = text.lower().index(name.lower())
            found = suggest(packaged, text, IN_2026)
            fault = _fault(kind, active, found, at, at + len(name))
            faults += [(text, fault)] if fault else []
            tried += 1
    assert len(faults) <= (1 - least) * tried, faults


# note | phrase = status first code; “none”: nothing is offered for it
_MIXED = """
No fever but cough present. | fever = negated | cough = present R05
Denies chest pain, reports dyspnea. | chest pain = negated | dyspnea = present R06
Mother had breast cancer; patient has hypertension. | breast cancer = family Z80.3 | hypertension = present I10
Mother had breast cancer, patient has hypertension. | breast cancer = family Z80.3 | hypertension = present I10
Mother had breast cancer and the patient has hypertension. | breast cancer = family Z80.3 | hypertension = present I10
He no longer smokes. | smokes = history Z87.891
No longer smokes, quit 5 years ago. | smokes = history Z87.891
She no longer drinks alcohol. | alcohol = none
Not only fever but also chills. | fever = present R50.9 | chills = present R68.83
No improvement in knee pain. | knee pain = present M25.56
Hypertension not controlled. | Hypertension = present I10
Hypertension is not well controlled. | Hypertension = present I10
Asthma, not well controlled. | Asthma = present J45
Diabetes not at goal. | Diabetes = present E11
No change in cough. | cough = present R05
No relief of back pain with ibuprofen. | back pain = present M54
Back pain without relief from ibuprofen. | Back pain = present M54
Migraine not responding to sumatriptan. | Migraine = present G43
Rash has not improved. | Rash = present R21
Cough is not getting better. | Cough = present R05
Headache never went away. | Headache = present R51
Pain in the knee does not go away. | Pain in the knee = present M25.56
Abdominal pain that won't go away. | Abdominal pain = present R10
Not sleeping because of restless legs syndrome. | restless legs syndrome = present G25
Patient cannot walk due to low back pain. | low back pain = present M54.5
Unable to bear weight after ankle sprain. | ankle sprain = present S93
No doubt this is shingles. | shingles = present B02
No question this is gout. | gout = present M10
Gout without tophi. | Gout = present M10
COPD without exacerbation. | COPD = present J44.9
Migraine without aura. | Migraine = present G43.0
Type 2 diabetes without complications. | diabetes = present E11.9
Urinary tract infection without hematuria. | Urinary tract infection = present N39.0 | hematuria = negated
Cough without fever. | Cough = present R05 | fever = negated
Fever without cough or rash. | Fever = present R50 | cough = negated | rash = negated
Cough, no fever. | Cough = present R05 | fever = negated
Cough; no fever; rash. | Cough = present | fever = negated | rash = present
No cough. Has fever. | cough = negated | fever = present
No fever, no cough, but severe headache. | fever = negated | cough = negated | headache = present
Denies fever, cough, chest pain, and abdominal pain. Complains of headache. | fever = negated | abdominal pain = negated | headache = present
Denies fever but has had cough for a week. | fever = negated | cough = present
Patient denies chest pain and shortness of breath but complains of palpitations. | shortness of breath = negated | palpitations = present
Complains of cough and denies fever. | cough = present | fever = negated
Positive for cough, negative for fever. | cough = present | fever = negated
Negative for fever, positive for cough. | fever = negated | cough = present
(+) cough, (-) fever. | cough = present | fever = negated
+cough, -fever. | cough = present | fever = negated
Fever (-), cough (+). | Fever = negated | cough = present
Fever: no. Cough: yes. | Fever = negated | Cough = present
Fever - denied, cough - present. | Fever = negated | cough = present
Fever: yes; cough: no. | Fever = present | cough = negated
Cough present, fever absent. | Cough = present | fever = negated
Neither fever nor cough. | fever = negated | cough = negated
No history of diabetes. | diabetes = negated
No personal or family history of breast cancer. | breast cancer = negated
Family history negative for breast cancer. | breast cancer = negated
Family history: negative for diabetes, positive for hypertension. | diabetes = negated | hypertension = family
Mother denies fever in the child. | fever = negated
Mother reports cough. | cough = present
Per mother, child has cough. | cough = present
Father is here with patient, who has asthma. | asthma = present
Mother with diabetes brought child in for cough. | diabetes = family | cough = present
Her father has hypertension, and she has migraine. | hypertension = family | migraine = present
Father has gout; he has gout too. | gout = family
Patient has gout. Father had gout too. | gout = present
Sister has asthma. Today wheezing. | asthma = family | wheezing = present
No family history of colon cancer; patient has hemorrhoids. | colon cancer = negated | hemorrhoids = present
History of asthma, now with wheezing. | wheezing = present R06.2
History of breast cancer, presents with cough. | breast cancer = history Z85.3 | cough = present
Breast cancer in 2010, now back pain. | Breast cancer = history Z85.3 | back pain = present
History of pneumonia last year, cough today. | pneumonia = history Z87.01 | cough = present
Pneumonia resolved, but cough persists. | Pneumonia = history | cough = present
Cough resolved, fever persists. | Cough = history | fever = present
Possible pneumonia, has cough and fever. | pneumonia = uncertain | cough = present | fever = present
Cough, possible pneumonia. | Cough = present | pneumonia = uncertain R05
Fever and cough, r/o influenza. | Fever = present | cough = present | influenza = uncertain
Chest pain: PE vs pneumonia. | Chest pain = present | PE = uncertain | pneumonia = uncertain
Pneumonia vs. bronchitis; also has gout. | Pneumonia = uncertain | bronchitis = uncertain | gout = present
PE not ruled out. | PE = uncertain
Pneumonia cannot be ruled out. | Pneumonia = uncertain
DVT ruled out by ultrasound. Leg swelling. | DVT = negated | Leg swelling = present
Ruled out for myocardial infarction. | myocardial infarction = negated
Rule out DVT. | DVT = uncertain
Unlikely pneumonia, likely bronchitis. | pneumonia = negated | bronchitis = uncertain
Doubt pneumonia. | pneumonia = negated
I doubt appendicitis. | appendicitis = negated
No suspicion of PE. | PE = negated
Not pneumonia. | pneumonia = negated
This is not shingles. | shingles = negated
Does not have diabetes. | diabetes = negated
Patient has no cough. | cough = negated
He has never had a stroke. | stroke = negated
Never smoker. | smoker = negated
Nonsmoker. | Nonsmoker = none
Lungs clear without wheezing. | wheezing = negated
Afebrile. | Afebrile = none
No acute distress. Hypertension stable. | Hypertension = present
Hypertension, no complaints. | Hypertension = present
Hypertension. No chest pain. Denies dyspnea. | Hypertension = present | chest pain = negated | dyspnea = negated
No known allergies. Asthma. | Asthma = present
Asthma with no exacerbation. | Asthma = present J45.909
Gram negative pneumonia. | pneumonia = present J15
Seronegative rheumatoid arthritis. | rheumatoid arthritis = present M06.0
Patient was ruled out for PE but has pneumonia. | PE = negated | pneumonia = present
Cough, fever, and rash all denied. | Cough = negated | fever = negated | rash = negated
Denies: fever, cough, rash. | fever = negated | cough = negated | rash = negated
ROS: no fever, cough, or rash; positive for headache. | fever = negated | rash = negated | headache = present
ROS negative for fever, cough. | fever = negated | cough = negated
Depression, denies suicidal ideation. | Depression = present | suicidal ideation = negated
Anxiety but no depression. | Anxiety = present | depression = negated
Hyperlipidemia not on statin. | Hyperlipidemia = present
Hypothyroidism, not taking levothyroxine. | Hypothyroidism = present
Obesity, no diabetes. | Obesity = present | diabetes = negated
Diabetes, no retinopathy, no neuropathy. | Diabetes = present E11.9 | retinopathy = negated | neuropathy = negated
If fever develops, return. | fever = none
Counseled on risk of stroke. | stroke = none
Worried about lung cancer because father had lung cancer. | father had lung cancer = family
Ankle sprain, no fracture. | Ankle sprain = present | fracture = negated
X-ray negative for fracture; ankle sprain. | fracture = negated | ankle sprain = present
Patient reports cough but not fever. | cough = present | fever = negated
Cough but not productive. | Cough = present
Was treated for pneumonia in 2019. | pneumonia = history
COVID-19 two years ago. | COVID-19 = history Z86.16
Hx: asthma, GERD. | asthma = present
The patient's mother, who has diabetes, died of stroke. | diabetes = family | stroke = family
Gout, no longer on allopurinol. | Gout = present
Cancer free for 5 years after breast cancer. | breast cancer = history Z85.3
Breast cancer, currently on chemotherapy. | Breast cancer = present C50
History of breast cancer, currently on chemotherapy. | breast cancer = present C50
History of prostate cancer on active treatment with leuprolide. | prostate cancer = present C61
Breast cancer s/p mastectomy 2015, no evidence of disease. | Breast cancer = history Z85.3
Pneumonia? | Pneumonia = uncertain
No thyroid nodule. | thyroid nodule = negated
Does not have shortness of breath. | shortness of breath = negated
Hypertension, resolved after weight loss. | Hypertension = history Z86.79
"""


@pytest.mark.parametrize("line", _MIXED.strip().splitlines())
def test_mixed_sentences(packaged: CodeStore, line: str) -> None:
    text, *expected = (part.strip() for part in line.split("|"))
    found = suggest(packaged, text, IN_2026)
    for each in expected:
        phrase, said = (part.strip() for part in each.split("="))
        status, _, code = said.partition(" ")
        at = text.index(phrase)
        here = [s for s in found if s.start < at + len(phrase) and s.end > at]
        if status == "none":
            assert not here
            continue
        right = [s for s in here if s.status.value == status]
        assert right, [(s.phrase, s.status.value) for s in here]
        assert not code or any(s.codes and s.codes[0].dotted.startswith(code) for s in right)
        assert status == "present" or all(s.status is not Status.PRESENT for s in here)
