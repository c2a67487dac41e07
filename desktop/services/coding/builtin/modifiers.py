"""Modifiers that an office uses, in our own words; HCPCS ones and the numbers of CPT ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier of a charge line (item 24D, SV101-3 to -6).

    Attributes:
        changes_payment: payers price by it, so it goes before those that only inform.
    """

    code: str
    meaning: str
    changes_payment: bool


# code, $ = changes the payment or ., meaning
_LINES = """
22 $ Much more work than usual; send the notes
24 . Visit unrelated to the surgery whose follow-up period runs
25 . Separate visit on the day of a procedure
26 $ Only the physician's part (reading, report)
27 . Several outpatient hospital visits in one day
32 . Required by a third party
33 . Preventive: no share for the patient
50 $ Both sides
51 $ Further procedure on the same day
52 $ Less was done than the code says
53 $ Stopped for the patient's safety
54 $ Only the surgery itself
55 $ Only the care after surgery
56 $ Only the care before surgery
57 . Visit at which major surgery was decided
58 . Planned next stage within the follow-up period
59 . Distinct from another procedure of the day
62 $ Two surgeons
63 $ Procedure on an infant under 4 kg
66 $ Surgical team
73 $ Stopped before anesthesia (facility)
74 $ Stopped after anesthesia began (facility)
76 . Same procedure again, same provider
77 . Same procedure again, other provider
78 $ Unplanned return to the operating room
79 . Unrelated procedure within the follow-up period
80 $ Assistant at surgery
81 $ Assistant for a small part
82 $ Assistant because no resident was there
90 . Test done by an outside laboratory
91 . Test repeated for a further result
93 . Telehealth by sound only
95 . Telehealth by picture and sound
96 . Learning a new skill (habilitation)
97 . Regaining a skill (rehabilitation)
99 . More modifiers than fit
AI . Admitting physician of record
AS $ Physician assistant or nurse at surgery
AT . Active treatment by a chiropractor
CC . Procedure code was changed
CR . Disaster related
E1 . Left upper eyelid
E2 . Left lower eyelid
E3 . Right upper eyelid
E4 . Right lower eyelid
F1 . Left hand, second finger
F2 . Left hand, third finger
F3 . Left hand, fourth finger
F4 . Left hand, fifth finger
F5 . Right thumb
F6 . Right hand, second finger
F7 . Right hand, third finger
F8 . Right hand, fourth finger
F9 . Right hand, fifth finger
FA . Left thumb
FQ . Telehealth by sound only (Medicare)
FS $ Visit split between physician and other practitioner
FT . Unrelated critical care visit
G0 . Telehealth for acute stroke
GA . Signed advance notice on file
GC . Resident worked under a teaching physician
GE . Resident without the teaching physician (primary care exception)
GG . Screening and diagnostic mammogram on one day
GN . Speech therapy plan
GO . Occupational therapy plan
GP . Physical therapy plan
GQ . Telehealth, store and forward
GT . Telehealth by picture and sound (older)
GV . Attending physician not of the hospice
GW . Not related to the hospice condition
GX . Notice signed by choice, not covered by law
GY . Left out by law: expected denial
GZ . Expected denial, no signed notice
JW . Drug thrown away from a single-dose vial
JZ . Nothing thrown away from a single-dose vial
KX . Rules of the policy are met
LC . Left circumflex coronary artery
LD . Left anterior descending coronary artery
LM . Left main coronary artery
LT . Left side
P1 . Anesthesia: healthy patient
P2 . Anesthesia: mild disease
P3 . Anesthesia: severe disease
PT . Screening colonoscopy that became treatment
Q5 . Substitute physician, by exchange
Q6 . Substitute physician, paid by time
Q7 . Foot care: one class A finding
Q8 . Foot care: two class B findings
Q9 . Foot care: one class B and two class C findings
QW . Simple test under a waived certificate
RC . Right coronary artery
RI . Ramus intermedius coronary artery
RT . Right side
SA . Nurse practitioner with a physician
SL . Vaccine from the state
T1 . Left foot, second toe
T2 . Left foot, third toe
T3 . Left foot, fourth toe
T4 . Left foot, fifth toe
T5 . Right great toe
T6 . Right foot, second toe
T7 . Right foot, third toe
T8 . Right foot, fourth toe
T9 . Right foot, fifth toe
TA . Left great toe
TC $ Only the technical part (equipment, staff)
XE . Distinct: another encounter
XP . Distinct: another practitioner
XS . Distinct: another organ or site
XU . Distinct: does not overlap the main service
"""

MODIFIERS: dict[str, Modifier] = {
    line[:2]: Modifier(line[:2], line[5:], line[3] == "$") for line in _LINES.strip().splitlines()
}
"""All listed modifiers by code."""
