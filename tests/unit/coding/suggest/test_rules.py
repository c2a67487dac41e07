# ruff: noqa: E501 (a table of notes)
"""One rule of coding a case: the note, the phrase, its status, its first code, its question."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.models.values.enums import Sex
from desktop.services.coding.base.values import PatientFacts
from desktop.services.coding.suggest.engine import suggest

if TYPE_CHECKING:
    from desktop.services.coding.library.store import CodeStore
    from desktop.services.coding.notes.values import Suggestion

IN_2026 = dt.date(2026, 9, 15)

# note | phrase | status | first code, "-" for none, "." for any | question
_CASES = """
Influenza A with fever, cough and sore throat. | Influenza A | present | J10.1 |
Rapid flu B positive, influenza. | influenza | present | J10.1 |
Influenza-like illness, no test done. | Influenza-like illness | present | J11.1 |
Type 2 diabetes with peripheral neuropathy. | diabetes | present | E11.42 |
T2DM. CKD stage 3a. | T2DM | present | E11.22 |
T2DM. CKD stage 3a. | CKD stage 3a | present | N18.31 |
Type 2 diabetes, poorly controlled, A1c 10.2. | Type 2 diabetes | present | E11.65 |
Type 1 DM with gastroparesis. | Type 1 DM | present | E10.43 |
DM2 with foot ulcer right. | DM2 | present | E11.621 |
Type 2 diabetes with moderate nonproliferative retinopathy both eyes. | diabetes | present | E11.3393 |
Diabetes. | Diabetes | present | E11.9 | Which type?
Type 2 diabetes on insulin. | insulin | present | Z79.4 |
Type 2 diabetes, takes metformin. | metformin | present | Z79.84 |
T2DM, on Ozempic weekly. | Ozempic | present | Z79.85 |
Hypertension with chronic systolic heart failure. | Hypertension | present | I11.0 |
Hypertension with chronic systolic heart failure. | heart failure | present | I50.22 |
HTN and CKD stage 4. | HTN | present | I12.9 |
HTN, ESRD on dialysis. | HTN | present | I12.0 |
HTN, CHF, CKD stage 3b. | HTN | present | I13.0 |
COPD with acute exacerbation. | COPD | present | J44.1 |
COPD with pneumonia. | COPD | present | J44.0 |
COPD, no exacerbation. | COPD | present | J44.9 |
Moderate persistent asthma with acute exacerbation. | asthma | present | J45.41 |
Asthma. | Asthma | present | J45.909 | How severe is it?
CKD. | CKD | present | N18.9 | Which stage?
Obesity, BMI 34.2. | BMI 34.2 | present | Z68.34 |
Left knee pain for a week. | knee pain | present | M25.562 |
Knee pain. | Knee pain | present | M25.569 | Which side?
Pain in the right shoulder. | Pain in the right shoulder | present | M25.511 |
Primary osteoarthritis of both knees. | osteoarthritis of both knees | present | M17.0 |
Acute otitis media, left ear. | otitis media | present | H66.92 |
Sprained left ankle yesterday. | Sprained left ankle | present | S93.402A |
Fever and cough x 2 days. Labs pending. | Fever | present | R50.9 |
Fever for 3 days. No rash. | Fever | present | R50.9 |
34 y/o, fever 2 d, 2 days. | fever | present | R50.9 |
Baby boy, 5 days. Fever. | Fever | present | P81.9 |
Fracture of left distal radius today. Right knee pain. | knee pain | present | M25.561 |
Ankle sprain, left, today. Back pain. | Back pain | present | M54.9 |
Rule out DVT. Left knee pain. | DVT | uncertain | M25.562 |
Follow-up for left ankle sprain. | ankle sprain | present | S93.402D |
Follow up for hypertension. | hypertension | present | I10 |
Return visit for hypertension. | hypertension | present | I10 |
ED follow up for asthma. | asthma | present | J45.909 | How severe is it?
Seen in the ER yesterday for chest pain. | chest pain | present | R07.9 |
Wound cleaned, tetanus given. | tetanus | present | Z23 |
Tetanus updated today. | Tetanus | present | Z23 |
Pregnant, gestational diabetes, diet controlled. | gestational diabetes | present | O24.410 |
Recheck left ankle sprain, healing well. | ankle sprain | present | S93.402D |
Right ankle sprain. | ankle sprain | present | S93.401A | Initial or subsequent visit?
Laceration of left index finger today. | Laceration of left index finger | present | S61.211A |
Finger laceration today. | Finger laceration | present | S61.219A | Which side?
Fell off a ladder today, right wrist sprain. | Fell off a ladder | present | W11.XXXA |
Dog bite to right forearm today. | forearm | present | S51.851A |
G2P1 at 32w4d with gestational diabetes, diet controlled. | 32w4d | present | Z3A.32 |
Pregnant, 24 weeks, with iron deficiency anemia. | anemia | present | O99.012 |
Pregnant, 30 weeks gestation, UTI. | UTI | present | O23.43 |
Prenatal visit, G1P0 at 12 weeks. | Prenatal visit | present | Z34.01 |
Prenatal visit. | Prenatal visit | present | Z34.90 | Which trimester?
Denies chest pain, palpitations or syncope. | syncope | negated | - |
No fever, chills, or cough. | cough | negated | - |
No evidence of pneumonia. | pneumonia | negated | - |
DVT was ruled out. | DVT | negated | - |
Strep test negative. No change in the headache. | headache | present | R51.9 |
Not only cough but also wheezing. | wheezing | present | R06.2 |
Negative for dysuria but has back pain. | back pain | present | M54.9 |
History of breast cancer. | breast cancer | history | Z85.3 |
s/p stroke in 2019, no deficits. | stroke | history | Z86.73 |
PMH: MI 2012, pneumonia. | MI | history | I25.2 |
PMH: HTN, type 2 diabetes. | HTN | present | I10 |
h/o kidney stones | kidney stones | history | Z87.442 |
Pneumonia resolved. | Pneumonia | history | Z87.01 |
Former smoker. | Former smoker | history | Z87.891 |
Mother had breast cancer. | breast cancer | family | Z80.3 |
FH: father with colon cancer and MI. | colon cancer | family | Z80.0 |
Family history of type 2 diabetes. | type 2 diabetes | family | Z83.3 |
No family history of melanoma. | melanoma | negated | - |
Mother reports fever since Monday. | fever | present | R50.9 |
FH: mother had a stroke. Patient presents with cough. | cough | present | R05.9 |
Possible appendicitis with RLQ pain. | appendicitis | uncertain | R10.31 |
R/o pneumonia. Cough and fever for 3 days. | pneumonia | uncertain | R05.9 |
Probable gastritis, epigastric pain. | gastritis | uncertain | R10.13 |
Chest pain, concern for PE. | PE | uncertain | R07.9 |
Cough: bronchitis vs pneumonia. | pneumonia | uncertain | R05.9 |
Flu shot given today. | Flu shot | present | Z23 |
Annual physical. | Annual physical | present | Z00.00 |
Screening colonoscopy for colon cancer. | Screening colonoscopy | present | Z12.11 |
Smokes 1 pack of cigarettes a day. | Smokes | present | F17.210 |
Acute on chronic diastolic heart failure. | heart failure | present | I50.33 |
Right hemiparesis after stroke. | hemiparesis | present | I69.351 |
Iron deficiency anemia due to heavy periods. | anemia | present | D50.0 |
Gout of the left big toe, idiopathic. | Gout | present | M10.072 |
Status post total knee replacement left. | knee replacement | history | Z96.652 |
"""


def _cases() -> list[tuple[str, str, str, str, str]]:
    out = []
    for line in _CASES.strip().splitlines():
        note, phrase, status, code, question = (part.strip() for part in line.split("|"))
        out.append((note, phrase, status, code, question))
    return out


def over(found: list[Suggestion], text: str, phrase: str) -> list[Suggestion]:
    start = text.index(phrase)
    return [s for s in found if s.start < start + len(phrase) and s.end > start]


@pytest.mark.parametrize(("note", "phrase", "status", "code", "question"), _cases())
def test_rule(
    packaged: CodeStore, note: str, phrase: str, status: str, code: str, question: str
) -> None:
    here = over(suggest(packaged, note, IN_2026), note, phrase)
    assert here, "not found"
    assert status in {s.status.value for s in here}
    firsts = {s.codes[0].dotted if s.codes else "-" for s in here}
    assert code in firsts
    assert question in {s.question for s in here}


@pytest.mark.parametrize(
    ("note", "absent"),
    [
        ("Influenza A with fever, cough and sore throat.", {"R50.9", "R05.9", "J02.9"}),
        ("Fever and cough x 2 days. Influenza A.", {"R50.9", "R05.9", "P81.9"}),
        ("Denies chest pain.", {"R07.9"}),
        ("Return if fever or vomiting develops.", {"R50.9", "R11.10"}),
        ("At risk for stroke.", {"I63.9"}),
        ("Left ankle sprain today with ankle pain and swelling.", {"M25.572", "M25.472"}),
        ("Fracture of left distal radius. Left wrist pain.", {"M25.532"}),
        ("Whiplash today with neck pain.", {"M54.2"}),
        ("Follow up in 2 weeks for chest pain.", {"R07.9"}),
        ("Follow up if fever.", {"R50.9"}),
        ("Go to the ED for chest pain.", {"R07.9"}),
        ("R/o pneumonia with cough.", {"J18.9"}),
        ("Mother with asthma.", {"J45.909"}),
        ("Knee pain.", {"M25.561", "M25.562"}),
        ("Sent to ED for evaluation.", {"N52.9"}),
        ("The patient was seen today and feels well.", set()),
    ],
)
def test_what_is_not_offered(packaged: CodeStore, note: str, absent: set[str]) -> None:
    found = suggest(packaged, note, IN_2026)
    offered = {c.dotted for s in found if s.kind == "diagnosis" for c in s.codes}
    assert not offered & absent
    if not absent:
        assert found == []


def test_the_records_sex_overrules_a_pregnancy_in_the_words(packaged: CodeStore) -> None:
    man = PatientFacts(40, Sex.MALE)
    found = suggest(packaged, "Wife pregnant. Hypertension.", IN_2026, patient=man)
    assert {c.dotted for s in found for c in s.codes} == {"I10"}


def test_answers_lead_to_codes_that_can_be_billed(packaged: CodeStore) -> None:
    for note in ("Knee pain", "Asthma", "Finger laceration", "Prenatal visit", "Diabetes"):
        (answers,) = (s.answers for s in suggest(packaged, note, IN_2026))
        assert len(answers) >= 2
        assert all((packaged.lookup("icd10cm", a.code, IN_2026) or 0) for a in answers)
