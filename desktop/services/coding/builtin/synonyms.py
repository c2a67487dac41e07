"""Words that mean the same in a title, one group a line; our own general list."""

from __future__ import annotations

from desktop.services.coding.words import stem

_LINES = """
kidney renal nephric
liver hepatic
heart cardiac
lung pulmonary
brain cerebral intracranial
skin cutaneous dermal
stomach gastric
bowel intestine intestinal
gut intestine bowel
colon colonic
bladder vesical
eye ocular ophthalmic
eyelid palpebral
ear aural
nose nasal
mouth oral
tooth dental
gum gingival gingiva
tongue lingual
throat pharynx pharyngeal
windpipe trachea tracheal
voicebox larynx laryngeal
gullet esophagus esophageal
breast mammary
womb uterus uterine
ovary ovarian
cervix cervical
penis penile
testicle testis testicular
prostate prostatic
bone osseous
muscle muscular
joint articular
tendon tendinous tendinitis
tendonitis tendinitis
spine spinal vertebral
back dorsal
neck cervical
chest thoracic thorax
belly abdomen abdominal
abdomen abdominal
pelvis pelvic
buttock gluteal
groin inguinal
armpit axilla axillary
arm limb extremity
leg limb extremity
extremity limb
limb extremity
forearm ulna radius
wrist carpal
hand manual
finger digit
toe digit
shin leg tibia
calf leg
knee patella
kneecap patella
thigh femur
ankle malleolus
heel calcaneus calcaneal
foot pedal
collarbone clavicle
tailbone coccyx
jaw mandible maxilla
cheekbone malar
blood hemorrhage
bleeding hemorrhage bleed
bleed hemorrhage bleeding
hemorrhage bleeding
clot thrombosis embolism
vein venous
artery arterial
vessel vascular
nerve neural neuropathy
cancer malignant carcinoma neoplasm
tumor neoplasm
growth neoplasm
benign noncancerous
cyst cystic
abscess boil
infection infectious infected
infected infection
inflammation inflammatory
swelling edema swollen
swollen swelling edema
edema swelling
pain ache painful
ache pain
sore pain ulcer
itch pruritus
rash eruption dermatitis
burn scald
wound laceration open
cut laceration
tear laceration rupture
torn tear rupture
rupture tear
broken fracture
stone calculus
stones calculus
blockage obstruction
blocked obstruction
narrowing stenosis stricture
stenosis narrowing stricture
stricture stenosis
enlarged hypertrophy enlargement hyperplasia
enlargement hypertrophy enlarged
weak weakness
stiff stiffness
numb numbness anesthesia
failure insufficiency
insufficiency failure
leak leakage regurgitation
regurgitation insufficiency
irregular arrhythmia
fast tachycardia
slow bradycardia
high elevated hyper
elevated raised high abnormal
raised elevated
low decreased deficiency hypo
decreased low
lack deficiency
deficient deficiency
loss deficiency
chronic persistent
sudden acute
repeated recurrent
recurrent recurring repeated
recurring recurrent
inherited hereditary familial
hereditary familial
inborn congenital
congenital
baby newborn infant
newborn neonatal
child childhood pediatric juvenile
childhood child juvenile
teen adolescent
elderly senile age
old elderly
pregnant pregnancy gravid
birth delivery childbirth
labor delivery childbirth
miscarriage abortion
period menstruation menstrual
menses menstruation
sex sexual
mental psychiatric
mood affective
worry anxiety
sad depressive depression
drunk alcohol intoxication
alcoholic alcohol
smoking tobacco nicotine
smoker tobacco nicotine
drug substance medication
opiate opioid
heroin opioid
marijuana cannabis
weed cannabis
pot cannabis
meth stimulant amphetamine
overdose poisoning
poison poisoning toxic
allergic allergy
allergy allergic
reaction allergy adverse
shot immunization vaccination
vaccine immunization vaccination
checkup examination
exam examination
test examination
visit encounter
followup follow
removal acquired absence
removed absence acquired
amputation absence amputated
missing absence
replacement artificial presence prosthesis
prosthetic artificial
implant presence
transplant transplanted
history personal
bite bitten
sting venom
fall falling
crash collision accident
accident
bike pedal cycle
bicycle pedal cycle
car vehicle
worm helminthiasis
fungus mycosis tinea
fungal mycosis
yeast candidiasis candida
virus viral
bacteria bacterial
germ infection
lice pediculosis
tick arthropod
flu influenza
cold nasopharyngitis
dizzy dizziness giddiness
faint syncope
tired fatigue malaise
sleepy somnolence hypersomnia
sleepiness hypersomnia somnolence
sleep insomnia
vomit vomiting
throw vomiting
puke vomiting
poop feces fecal stool
stool feces fecal
pee urine urination micturition
urine urinary
urination micturition
urinating micturition urination
sight visual vision
vision visual
blindness visual loss
deafness hearing loss
speech language
walking gait mobility
gait walking
shaking tremor
seizure convulsion epilepsy
convulsion seizure
stroke infarction cerebrovascular
paralysis plegia palsy
palsy paralysis
paralyzed paralysis
headache cephalgia
cephalalgia headache
forgetful memory amnesia
confusion disorientation
thin underweight
fat obesity lipid
skinny underweight
hungry hunger
thirst polydipsia
fluid effusion
gland adenitis lymph
node lymph
scar cicatrix scarring
keloid hypertrophic
hair alopecia
nail onych ungual
lump mass nodule
mass lump
nodule nodular
spot macule lesion
lesion disorder
disorder disease
disease disorder
condition disorder
problem disorder
syndrome disorder
abnormal abnormality
defect malformation anomaly
malformation anomaly
anomaly malformation
deformity
injury trauma
trauma injury traumatic
bruise contusion
strain sprain
sprain strain
dislocation subluxation
twisted sprain
crooked deviated scoliosis
deviated
herniated displacement hernia
slipped displacement
bulging displacement
degenerative degeneration arthrosis
degeneration degenerative
arthritis arthropathy osteoarthritis
arthritic arthritis
arthrosis osteoarthritis
osteoarthritis arthrosis
gouty gout
worn degeneration
screening
immunotherapy
chemo chemotherapy antineoplastic
chemotherapy antineoplastic
radiation radiotherapy
secondary metastatic
metastasis secondary
spread secondary
stage
"""

SYNONYMS: dict[str, tuple[str, ...]] = {}
for _line in _LINES.strip().splitlines():
    _head, *_others = dict.fromkeys(stem(w) for w in _line.split())
    if _others:
        SYNONYMS[_head] = tuple(_others)
