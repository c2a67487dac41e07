"""Supplies, services and drugs as people call them, and as the HCPCS list does.

Both lists are our own, written from general knowledge: everyday names of supplies to the words
of the list, and trade names of drugs, most of them injected in a practice, to generic names.
"""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING

from desktop.services.coding.base.words import fold, raw_words, stem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SUPPLIES = """
knee brace | knee support | knee immobilizer = knee orthosis
back brace | lumbar brace | back support | lumbar support = lumbar orthosis; lumbar sacral orthosis
ankle brace | ankle support | afo = ankle foot orthosis; ankle orthosis
wrist brace | wrist splint | cock up splint = wrist hand orthosis
thumb spica | thumb splint | thumb brace = hand finger orthosis; wrist hand finger orthosis
elbow brace | tennis elbow strap = elbow orthosis
shoulder brace | shoulder immobilizer = shoulder orthosis
hip brace = hip orthosis
neck brace | neck collar | soft collar | c collar = cervical collar; cervical orthosis
finger splint = finger orthosis
walking boot | cam boot | cam walker | moon boot = walking boot
post op shoe | surgical shoe = surgical boot
shoe insert | arch support | insole = foot insert; foot arch support
diabetic shoe = diabetics only fitting shoe depth inlay
arm sling | sling = slings; shoulder sling
wheelchair | manual wheelchair = standard wheelchair; manual wheelchair
light wheelchair = lightweight wheelchair
electric wheelchair | motorized wheelchair | power chair | power wheelchair = power wheelchair
scooter | mobility scooter = power operated vehicle
transport chair = transport chair
wheelchair cushion | seat cushion = wheelchair seat cushion
rollator | wheeled walker | rolling walker = walker folding wheeled
walker = walker rigid; walker folding
quad cane = cane quad
walking stick | cane = cane
crutches | crutch = crutches underarm pair; crutches forearm pair
commode | bedside commode | potty chair = commode chair
shower chair | bath chair | tub seat = bath shower chair; tub stool
toilet riser | raised toilet seat = raised toilet seat
grab bar = toilet rail; bath tub rail
hospital bed = hospital bed
air mattress | pressure mattress = powered pressure reducing mattress
hoyer lift | patient lift | patient hoist = patient lift
nebulizer | neb machine | breathing machine = nebulizer with compressor
neb kit | nebulizer kit = administration set nebulizer
peak flow meter = peak expiratory flow rate meter
spacer | aerochamber = spacer bag reservoir metered dose inhaler
cpap | cpap machine = continuous positive airway pressure device
bipap | bipap machine = respiratory assist device bi-level pressure
cpap mask | nasal mask = nasal interface positive airway pressure; full face mask
cpap tubing = tubing positive airway pressure
oxygen concentrator | home oxygen | o2 concentrator = oxygen concentrator
oxygen tank | portable oxygen | oxygen cylinder = portable gaseous oxygen system
suction machine = respiratory suction pump
pulse ox | pulse oximeter = oximeter device
glucometer | glucose meter | sugar meter | blood sugar machine = home blood glucose monitor
test strips | glucose strips | sugar strips = blood glucose test strips
lancets = lancets
cgm | continuous glucose monitor | glucose sensor = continuous glucose monitoring system
insulin pump = external ambulatory infusion pump insulin
insulin syringe | syringes = syringe with needle
blood pressure cuff | bp cuff = blood pressure cuff
blood pressure monitor | bp machine = automatic blood pressure monitor
adult diaper | diaper | pull ups | briefs = incontinence product diaper; incontinence garment
bed pad | underpad | chux = underpad disposable
foley | foley catheter = indwelling catheter foley
straight cath | intermittent catheter = intermittent urinary catheter
leg bag = urinary leg bag
drainage bag | night bag = bedside drainage bag
ostomy bag | colostomy bag | ostomy pouch = ostomy pouch
compression stockings | ted hose | support hose = gradient compression stocking
lymphedema sleeve | compression sleeve = gradient compression sleeve
ace wrap | ace bandage | elastic bandage = light compression bandage elastic
gauze | gauze pad = gauze
tape | medical tape = tape
wound vac | negative pressure = negative pressure wound therapy electrical pump
tens unit | tens = transcutaneous electrical nerve stimulation
bone stimulator = osteogenesis stimulator
feeding tube | g tube | peg tube = gastrostomy tube
tube feeding | tube feeds = enteral formula
breast pump = breast pump electric; breast pump manual
breast prosthesis | breast form | fake breast = breast prosthesis
hearing aid = hearing aid monaural; hearing aid binaural
fake leg | prosthetic leg | leg prosthesis = below knee molded socket; prosthesis
fake eye | glass eye | artificial eye = prosthetic eye
glasses | eyeglasses = frames; lens
contacts | contact lens = contact lens
trach | trach tube = tracheostomy tube
fluoride varnish = topical fluoride varnish
flu shot | flu vaccine administration = administration influenza virus vaccine
pneumonia shot = administration pneumococcal vaccine
annual wellness visit | medicare wellness | awv = annual wellness visit
welcome to medicare = initial preventive physical examination
pap smear | pap = screening papanicolaou smear
prostate screening | psa screening = prostate cancer screening
colon screening | screening colonoscopy = colorectal cancer screening colonoscopy
mammogram = mammography
ambulance | ambulance ride = ambulance service
saline | normal saline | iv fluids = infusion normal saline solution
steroid shot | cortisone shot = injection triamcinolone acetonide; injection methylprednisolone
b12 shot | b12 injection = injection vitamin b-12 cyanocobalamin
birth control shot | depo shot = injection medroxyprogesterone acetate
iud | copper iud = intrauterine copper contraceptive; levonorgestrel intrauterine
gel shots | rooster shot | knee gel = hyaluronan derivative intra-articular injection
iron infusion = injection iron
tetanus shot = tetanus immune globulin
allergy shot epinephrine | epi pen | epipen = injection adrenalin epinephrine
"""
_BRANDS = """
abraxane=paclitaxel protein-bound; actemra=tocilizumab; acthar=corticotropin; adriamycin=doxorubicin
alimta=pemetrexed; aloxi=palonosetron; anzemet=dolasetron; aranesp=darbepoetin; aristada=aripiprazole lauroxil
ativan=lorazepam; avastin=bevacizumab; avonex=interferon beta-1a; azactam=aztreonam; benadryl=diphenhydramine
benlysta=belimumab; bicillin=penicillin g benzathine; boniva=ibandronate; botox=onabotulinumtoxina
byetta=exenatide; camptosar=irinotecan; celestone=betamethasone; cimzia=certolizumab; cinvanti=aprepitant
cleocin=clindamycin; compazine=prochlorperazine; cubicin=daptomycin; cytoxan=cyclophosphamide
decadron=dexamethasone; demerol=meperidine; depo-medrol=methylprednisolone acetate
depomedrol=methylprednisolone acetate; depo-provera=medroxyprogesterone; depo-testosterone=testosterone cypionate
dilaudid=hydromorphone; duopa=levodopa; dysport=abobotulinumtoxina; elelyso=taliglucerase; eligard=leuprolide
eloxatin=oxaliplatin; enbrel=etanercept; entyvio=vedolizumab; epogen=epoetin alfa; erbitux=cetuximab
euflexxa=hyaluronan; eylea=aflibercept; faslodex=fulvestrant; feraheme=ferumoxytol; feridex=ferumoxides
fragmin=dalteparin; gamunex=immune globulin; gemzar=gemcitabine; geodon=ziprasidone; haldol=haloperidol
herceptin=trastuzumab; humira=adalimumab; humalog=insulin; hyalgan=hyaluronan; imitrex=sumatriptan
infed=iron dextran; injectafer=ferric carboxymaltose; invanz=ertapenem; invega=paliperidone; kadcyla=ado-trastuzumab
kenalog=triamcinolone acetonide; keppra=levetiracetam; keytruda=pembrolizumab; kytril=granisetron; lantus=insulin
lasix=furosemide; leucovorin=leucovorin calcium; levaquin=levofloxacin; lovenox=enoxaparin; lucentis=ranibizumab
lupron=leuprolide; makena=hydroxyprogesterone caproate; maxipime=cefepime; merrem=meropenem; mirena=levonorgestrel
monovisc=hyaluronan; myobloc=rimabotulinumtoxinb; narcan=naloxone; neulasta=pegfilgrastim; neupogen=filgrastim
nexplanon=etonogestrel; nplate=romiplostim; nucala=mepolizumab; ocrevus=ocrelizumab; opdivo=nivolumab
orencia=abatacept; orthovisc=hyaluronan; ozurdex=dexamethasone intravitreal; paragard=intrauterine copper
phenergan=promethazine; procrit=epoetin alfa; prolastin=alpha 1 proteinase; prolia=denosumab; pulmicort=budesonide
reclast=zoledronic acid; reglan=metoclopramide; remicade=infliximab; risperdal=risperidone; rituxan=rituximab
robaxin=methocarbamol; rocephin=ceftriaxone; sandostatin=octreotide; simponi=golimumab; solumedrol=methylprednisolone sodium
solu-medrol=methylprednisolone sodium; solu-cortef=hydrocortisone; soliris=eculizumab; stelara=ustekinumab
supartz=hyaluronan; synagis=palivizumab; synvisc=hylan; taxol=paclitaxel; taxotere=docetaxel; toradol=ketorolac tromethamine
tysabri=natalizumab; unasyn=ampicillin sulbactam; valium=diazepam; vancocin=vancomycin; velcade=bortezomib
venofer=iron sucrose; versed=midazolam; vivitrol=naltrexone; xeomin=incobotulinumtoxina; xgeva=denosumab
xolair=omalizumab; yervoy=ipilimumab; zemplar=paricalcitol; zithromax=azithromycin; zofran=ondansetron
zoladex=goserelin; zometa=zoledronic acid; zosyn=piperacillin tazobactam; zyprexa=olanzapine; ventolin=albuterol
proventil=albuterol; atrovent=ipratropium; duoneb=albuterol ipratropium; xopenex=levalbuterol; adrenalin=epinephrine
"""  # noqa: E501
_LONGEST = 4


@functools.cache
def supplies() -> Mapping[str, tuple[str, ...]]:
    """Everyday and trade names, as stemmed words with a blank between them, and what they mean."""
    out: dict[str, tuple[str, ...]] = {}
    for line in _SUPPLIES.strip().splitlines():
        names, _, words = line.partition(" = ")
        for name in names.split(" | "):
            out[_key(name)] = tuple(words.split("; "))
    for pair in _BRANDS.replace("\n", ";").split(";"):
        brand, _, generic = pair.strip().partition("=")
        if generic:
            out[_key(brand)] = (generic,)
    return MappingProxyType(out)


def _key(name: str) -> str:
    return " ".join(stem(word) for word in raw_words(fold(name)))


def as_listed(text: str) -> Sequence[str]:
    """A text with the names in it turned into the words of the list; none when it has no name.

    Returns:
        one text for each meaning of the first name, likeliest first.
    """
    words = raw_words(fold(text))
    known = supplies()
    i = 0
    while i < len(words):
        for length in range(min(_LONGEST, len(words) - i), 0, -1):
            found = known.get(" ".join(stem(w) for w in words[i : i + length]))
            if found is not None:
                rest = as_listed(" ".join(words[i + length :]))
                after = rest[0] if rest else " ".join(words[i + length :])
                return [" ".join((*words[:i], meaning, after)).strip() for meaning in found]
        i += 1
    return []
