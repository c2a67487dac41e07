# ruff: noqa: E501 (a list of words)
"""Words that are also a title but say too little in a note to be a finding by themselves."""

from __future__ import annotations

ORDINARY = frozenset(
    "check follow recheck up followup abrasion accident acute adult age allergy anemias angle atlas attack axis baby back bite blood "
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

SITES = frozenset(
    "abdominal wall ankle anus aorta arm axilla back bladder bone breast buttock calf cervical cheek "
    "chest chin clavicle coccyx colon cornea duodenum ear elbow end esophagus external eye eyelid face "
    "femoral femur fibula finger flank foot forearm forehead gallbladder globe great groin hand head "
    "heart heel hip humerus ileum index jaw joint kidney knee labia leg lesser limb lip little liver "
    "low lower lumbar lung middle mouth multiple nail neck nose ovary palm pancreas patella pelvic "
    "pelvis penis perineum pharynx prostate radius rectum rib ring sacral scalp scrotum shoulder sites "
    "skin sole spine spinal spleen stomach sternum temple testis thigh thoracic throat thumb thyroid "
    "tibia toe tongue tonsil tooth torso trachea trunk ulna upper ureter urethra uterus vagina "
    "vertebra vulva wrist site part region other unspecified genital organ organs intestine body "
    "cavity tissue soft muscle tendon ligament nerve artery vein brain optic oral nasal ocular".split()
)
"""Places of the body: no finding by themselves."""

NOT_ALONE = frozenset(
    "borderline ppd lmp nonunion malunion steroid break bright brill broke charge checkup chemo cesarean coat cold collapse coronary crab "
    "crest crazy cried cutting dish down dexa eval exac faint fell followup frail ectopic endo coumadin "
    "drunk dwarf felon flasher warfarin cpap bipap fobt cabg amnio acei rare anca bleeder belly eardrum "
    "breastbone collarbone etoh bilat cong postop preop premature preterm prenatal positive negative "
    "pump screaming sugar swallow tired trauma virus vision voice walker wart weaning wheelchair "
    "colposcopy biopsy mammogram colonoscopy nexplanon mirena insulin metformin statin steroid opioid "
    "nurse stable alert normal smoke smoker drink drinker married single sober clean tube sleep tummy "
    "chubby clammy clumsy bald edgy fatness drooling burnout intact regular stiff tender deep dense lump "
    "dead alive birth newborn infant toddler child adult elderly pregnant labor contraction delivery "
    "a1c cxr tsh cbc bmp cmp lft inr psa ekg ecg mri ct xray pap hcg gravid twin triplet bacteria fungus fungal viral bacterial infection parasite".split()
)
"""Single words of everyday lists that need another word beside them."""
