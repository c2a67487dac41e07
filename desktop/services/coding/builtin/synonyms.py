"""Words that mean the same in a title, one group a line; our own general list."""

from __future__ import annotations

from desktop.services.coding.base.words import stem

_LINES = """
kidney renal
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
collarbone clavicle
tailbone coccyx
jaw mandible maxilla
cheekbone malar zygomatic
blood hemorrhage
bleeding hemorrhage
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
cyst cystic
abscess boil
infection infectious infected
infected infection
inflammation inflammatory
swelling edema swollen
swollen swelling edema
edema swelling
pain painful
ache pain
sore pain ulcer
itch pruritus
rash eruption dermatitis
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
numb anesthesia
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
recurrent repeated
recurring recurrent
inherited hereditary familial
hereditary familial
inborn congenital
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
menses menstruation menstrual
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
amputation absence
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
bike pedal cycle
bicycle pedal cycle
car vehicle
worm helminthiasis
fungus mycosis tinea fungal mycotic
fungal mycosis
yeast candidiasis
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
paralysis palsy
palsy paralysis
paralyzed paralysis
headache cephalgia
cephalalgia headache
forgetful memory amnesia
confusion disorientation
thin underweight
fat obesity lipid
skinny underweight
thirst polydipsia
fluid effusion
gland adenitis lymph
node lymph
scar cicatrix scarring
keloid hypertrophic
hair alopecia
lump mass nodule
mass lump
nodule nodular
spot lesion
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
injury trauma
trauma injury traumatic
bruise contusion
strain sprain
sprain strain
dislocation subluxation
twisted sprain
crooked deviated scoliosis
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
chemo chemotherapy antineoplastic
chemotherapy antineoplastic
radiation radiotherapy
secondary metastatic
metastasis secondary
spread secondary
nephric kidney renal
palpebral eyelid
glossal tongue lingual
cecal cecum
appendiceal appendix appendicular
cholecystic gallbladder
chondral cartilage
cartilaginous cartilage
clavicular clavicle
breastbone sternum sternal
costal rib
cubital elbow
coxal hip
malleolar ankle
navel umbilical
suprarenal adrenal
hypophyseal pituitary
ungual nail
youth juvenile
anemic anemia
cirrhotic cirrhosis
sclerotic sclerosis
stenotic stenosis stricture
pus purulent suppurative
trembling tremor
itching pruritus pruritic
dislocated dislocation
obese obesity
"""

_GROUPS = """
kidney renal
liver hepatic
heart cardiac
lung pulmonary
brain cerebral
skin cutaneous dermal
stomach gastric
bladder vesical
eye ocular
ear auricular aural otic
nose nasal
mouth oral
tooth dental
gum gingival
tongue lingual
throat pharyngeal
trachea tracheal
larynx laryngeal
esophagus esophageal
breast mammary
uterus uterine
ovary ovarian
vagina vaginal
vulva vulvar
testis testicular
prostate prostatic
penis penile
scrotum scrotal
urethra urethral
ureter ureteral ureteric
rectum rectal
anus anal
colon colonic
duodenum duodenal
jejunum jejunal
ileum ileal
appendix appendicular
pancreas pancreatic
spleen splenic
bile biliary
peritoneum peritoneal
pleura pleural
pericardium pericardial
diaphragm diaphragmatic
muscle muscular
joint articular
bone osseous
tendon tendinous
ligament ligamentous
spine spinal vertebral
vertebra vertebral
skull cranial
jaw mandible mandibular maxillary
malar zygomatic
sternum sternal
shoulder scapular
arm brachial
wrist carpal
thigh femoral
femur femoral
knee patellar
shin tibial
tibia tibial
fibula fibular peroneal
heel calcaneal
foot plantar
toe hallux
sole plantar
palm palmar
groin inguinal
buttock gluteal
abdomen abdominal
chest thoracic
neck cervical
loin lumbar
face facial
cheek buccal
lip labial
scalp cranial
retina retinal
cornea corneal
conjunctiva conjunctival
pupil pupillary
orbit orbital
artery arterial
vein venous
aorta aortic
nerve neural
lymph lymphatic
marrow myeloid
gland glandular
thymus thymic
hair pilar
saliva salivary
urine urinary
stool fecal
fetus fetal
placenta placental
newborn neonatal
infant infantile
child pediatric
senile senility
pregnancy gestational gestation
labor obstetric
virus viral
bacteria bacterial
fungal mycotic
worm helminth
syphilis syphilitic
tuberculosis tuberculous
rheumatism rheumatic
gout gouty
diabetes diabetic
epilepsy epileptic
asthma asthmatic
psychosis psychotic
neurosis neurotic
leukemia leukemic
arthritis arthritic
emphysema emphysematous
thrombosis thrombotic
embolism embolic embolus
stenosis stricture
ischemia ischemic
hemorrhage hemorrhagic
necrosis necrotic necrotizing
gangrene gangrenous
abscess suppurative
purulent suppurative
inflammation inflammatory
infection infective infectious
edema edematous
cyst cystic
tumor neoplasm
metastasis metastatic secondary
cancer malignant
benign nonmalignant
hypertrophy hypertrophic
atrophy atrophic
hyperplasia hyperplastic
dysplasia dysplastic
hernia herniation
prolapse prolapsed
rupture ruptured
perforation perforated
obstruction obstructed obstructive
paralysis paralytic palsy
spasm spastic
pruritus pruritic
rash eruption exanthem
ulcer ulcerative ulceration
scar cicatrix cicatricial
burn thermal
trauma traumatic
fracture broken
sprain sprained
allergy allergic
alcohol alcoholic
opioid opiate
cannabis marijuana
tobacco nicotine
suicide suicidal
sleep insomnia
deafness deaf
blindness blind
"""
"""Organs and states with their adjectives; every word of a line stands for the others."""


def _synonyms() -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    lines = [line.split() for line in _LINES.strip().splitlines()]
    for group in _GROUPS.strip().splitlines():
        words = group.split()
        lines += [[word, *words] for word in words]
    for line in lines:
        head, *others = dict.fromkeys(stem(word) for word in line)
        if others:
            out[head] = tuple(dict.fromkeys((*out.get(head, ()), *others)))
    return out


SYNONYMS = _synonyms()
