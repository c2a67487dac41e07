# ruff: noqa: E501 (a table of drug names)
"""Long-term drug use (Z79) from the names of drugs; our own short list of generic and brand names."""

from __future__ import annotations

import re

_LINES = """
Z79.4 diabetes = insulin; lantus; basaglar; toujeo; levemir; tresiba; humalog; novolog; glargine; lispro; aspart; degludec; detemir; humulin; novolin; nph; admelog
Z79.84 diabetes = metformin; glucophage; glipizide; glyburide; glimepiride; sitagliptin; januvia; empagliflozin; jardiance; dapagliflozin; farxiga; canagliflozin; invokana; linagliptin; tradjenta; pioglitazone; actos; repaglinide; rybelsus; saxagliptin; janumet; synjardy
Z79.85 diabetes = semaglutide; ozempic; liraglutide; victoza; dulaglutide; trulicity; exenatide; byetta; bydureon; tirzepatide; mounjaro
Z79.01 always = warfarin; coumadin; apixaban; eliquis; rivaroxaban; xarelto; dabigatran; pradaxa; edoxaban; enoxaparin; lovenox
Z79.02 always = clopidogrel; plavix; ticagrelor; brilinta; prasugrel; effient
Z79.82 use = aspirin; asa 81; asa
Z79.52 use = prednisone; prednisolone; methylprednisolone; dexamethasone; hydrocortisone
Z79.51 use = inhaled steroid; inhaled corticosteroid
Z79.1 use = ibuprofen; naproxen; meloxicam; diclofenac; celecoxib; celebrex; nsaid; nsaids
Z79.891 use = oxycodone; hydrocodone; morphine; methadone; tramadol; fentanyl patch; buprenorphine; suboxone; opioid; opioids; oxycontin; percocet; norco
Z79.810 always = tamoxifen; raloxifene
Z79.811 always = anastrozole; letrozole; exemestane; arimidex; femara
Z79.630 always = cyclophosphamide
Z79.60 use = immunosuppressant; immunosuppressants
Z79.620 always = adalimumab; humira; infliximab; remicade; etanercept; enbrel; rituximab; ustekinumab; stelara; tocilizumab
Z79.83 always = alendronate; fosamax; risedronate; ibandronate; zoledronic acid
Z79.890 use = hormone replacement; hormone replacement therapy; hrt; estradiol patch
Z79.2 use = suppressive antibiotic; antibiotic prophylaxis; prophylactic antibiotic
Z79.3 use = oral contraceptive; birth control pills; birth control pill; ocps
Z79.899 use = lithium; amiodarone; hydroxychloroquine; plaquenil; stimulant; adderall; methylphenidate; ritalin; vyvanse; concerta; levetiracetam; valproate; clozapine; digoxin
Z79.631 always = methotrexate
Z79.624 always = mycophenolate; cellcept; azathioprine; imuran
Z79.621 always = tacrolimus; cyclosporine; prograf
Z96.41 always = insulin pump
"""
_LONG_TERM = re.compile(
    r"\b(?:on|takes?|taking|uses?|using|continu\w*|long[- ]?term|chronic\w*|daily|maintenance|current(?:ly)? on|"
    r"managed with|controlled with|monitor\w*|refill\w*|for years)\b"
)
_NOT_YET = re.compile(
    r"\b(?:start(?:ed|ing)?|begin|prescrib\w*|trial of|initiat\w*|burst|taper|stop(?:ped)?|discontinu\w*|"
    r"hold|held|allerg\w*|avoid|no|not|den\w+|declin\w*|consider\w*|refus\w*|prn|as needed|switch(?:ed)? to|"
    r"add(?:ed|ing)?|give|given|failed|intoleran\w*|side effects?|overdose|was on|previously|off|never|discuss\w*|rx|after)\b"
)


def _table() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    out = []
    for line in _LINES.strip().splitlines():
        head, names = line.split(" = ", 1)
        code, when = head.split()
        words = "|".join(re.escape(n.strip()) for n in names.split(";"))
        out.append((code.replace(".", ""), when, re.compile(rf"\b(?:{words})\b")))
    return tuple(out)


_DRUGS = _table()


def long_term(text: str, *, diabetic: bool, insulin_coded: bool) -> list[tuple[int, int, str]]:
    """Long-term drug use in a note in small letters: start, end, code; once a code.

    Args:
        text: the note.
        diabetic: diabetes is present, so its drugs are coded.
        insulin_coded: False for type 1, whose code says insulin already.
    """
    out: list[tuple[int, int, str]] = []
    pump = any(code == "Z9641" and p.search(text) for code, _, p in _DRUGS)
    for code, when, pattern in _DRUGS:
        if (when == "diabetes" and not diabetic) or (
            code == "Z794" and not insulin_coded and not pump
        ):
            continue
        for match in pattern.finditer(text):
            if code == "Z794" and re.match(
                r" (?:pump|resist|dependent|level)", text[match.end() :]
            ):
                continue
            start = max(text.rfind(mark, 0, match.start()) for mark in (".", ";", "\n")) + 1
            before = text[max(start, match.start() - 45) : match.start()]
            after = text[match.end() : match.end() + 25].split(".", maxsplit=1)[0]
            if _NOT_YET.search(before[-28:]) or re.match(r" (?:allergy|burst|taper)", after):
                continue
            if when == "use" and not _LONG_TERM.search(before + " " + after):
                continue
            out.append((match.start(), match.end(), code))
            break
    return out
