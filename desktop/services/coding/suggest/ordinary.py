# ruff: noqa: E501 (a list of words)
"""Words that are also a title but say too little in a note to be a finding by themselves."""

from __future__ import annotations

ORDINARY = frozenset(
    "abrasion accident acute adult age allergy anemias angle atlas attack axis baby back bite blood "
    "body burn caffeine calme cancer canity care case child chronic cloaca closed clot cluttering "
    "cocaine colic complication condition contact contusion corrosion day death debility "
    "deficiency degenerative dependence disability discharge disease dislocation disorder drug "
    "ecstasy elevated enlarged evaluation event exacerbation exam exposure failure fall falling "
    "ffa ffi finding fit fitting flushing follow-up foreign formation fracture freckle general "
    "growth hanging head health high history home hostility hypertrophy illness immersion immunity "
    "increased infection infestation injury insertion ischemia ist laceration lesion level light "
    "limb long loneliness loss low lying malignant mass mechanical medical medication mild "
    "moderate multiple neoplasm nervousness new normal nursing obstruction old open other overactivity "
    "pain patient person personal physical pian pim pin place poisoning pre present prior "
    "problem procedure pump rale rar reaction regular repair replacement risk rupture school "
    "screaming screening section sepsi severe shock shot sighing skin sprain state status sting "
    "stone strain stress surgery swelling symptom syndrome tear tenderness test therapy transplant "
    "trauma treatment tumor ulcer unhappiness use visit weight work worm worry wound year malleus "
    "cervix chest vaccination bleeding malignant neoplasm birth growth counseling removal type "
    "vaccine vitamin water week right left function joint ear eye foot hand knee throat heart "
    "lung liver bone muscle nerve artery vein degeneration hemorrhage abnormal aspiration "
    "impairment movement reading result study tobacco alcohol smoking control".split()
)
