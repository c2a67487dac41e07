"""Words as the search index knows them: one spelling, one number, no accents."""

from __future__ import annotations

import functools
import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_HYPHENED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_PARENTHESIS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WITHIN = re.compile(r"([a-z]+)\(([a-z]+)\)([a-z]+)")
"""A part of a word that may be absent: endo(myo)metritis."""
_NOTHING_MORE = re.compile(
    r"\bunspecified( (site|type|organism|part|cause))?\b|\b(site|type|organism)? ?not specified\b|"
    r"\bwithout (mention of )?[\w-]+( (?!or\b|and\b|with\b)[\w-]+)?( or [\w-]+)*|"
    r"\bnot elsewhere classified\b|\bnec\b|\buncomplicated\b|"
    r"\b(per|up to) [\d.,]* ?\w+|, (each|any type|any size|pair)\b"
)
_APOSTROPHE_S = re.compile(r"['’`]s\b")

STOP_WORDS = frozenset(
    "an and are as at be by for from his her in into is it its my of on or other the their "
    "this to was with w nos".split()
)
"""Words that tell no code from another; “without”, “not” and “no” do and stay."""

_IRREGULAR = {
    "vertebrae": "vertebra",
    "bronchi": "bronchus",
    "feet": "foot",
    "teeth": "tooth",
    "calculi": "calculus",
    "ova": "ovum",
    "metastases": "metastasis",
    "diagnoses": "diagnosis",
    "prostheses": "prosthesis",
    "children": "child",
    "women": "woman",
    "men": "man",
}
_NO_PLURAL = ("ss", "us", "is", "as", "os", "ies")


def fold(text: str) -> str:
    """Lower case without accents or possessives, British spelling made American."""
    text = text.lower()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _APOSTROPHE_S.sub("", text)


@functools.lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The singular in one spelling; light on purpose, since prefixes match as well."""
    if len(word) > 3 and not word.isdigit():
        word = _IRREGULAR.get(word, word)
        if word.endswith("ies") and len(word) > 4:
            word = word[:-3] + "y"
        elif word.endswith(("sses", "xes", "ches", "shes")):
            word = word[:-2]
        elif word.endswith("s") and not word.endswith(_NO_PLURAL):
            word = word[:-1]
    return respell(word)


def respell(word: str) -> str:
    """British to American: haem-, oesoph-, tumour, paralyse, anaesthet-."""
    if len(word) < 4:
        return word
    word = word.replace("ae", "e").replace("oe", "e")
    if word.endswith(("our", "ours")) and len(word) > 5:
        word = word.replace("our", "or")
    return word.replace("paralys", "paralyz") if "paralyse" in word else word


def tokens(text: str) -> list[str]:
    """Stemmed words of a text in order, stop words left out."""
    return [stem(w) for w in _WORD.findall(fold(text)) if w not in STOP_WORDS]


def index_tokens(text: str) -> tuple[list[str], int]:
    """What a title is found by, and how many telling words it has.

    Hyphened words count in one as well (gastroesophageal). What stands in brackets may be
    absent, and “unspecified”, “site not specified” or “without complications” say that
    nothing more is known: none of it makes a title longer.
    """
    folded = fold(text)
    words = [stem(w) for w in _WORD.findall(folded) if w not in STOP_WORDS]
    core = _NOTHING_MORE.sub(" ", folded)
    if "(" in core or "[" in core:
        core = _PARENTHESIS.sub(" ", core)
    length = len(words)
    if core != folded:
        length = sum(w not in STOP_WORDS for w in _WORD.findall(core)) or length
    for inner in _WITHIN.finditer(folded):
        words += [stem(inner[1] + inner[3]), stem(inner[1] + inner[2] + inner[3])]
    if "-" in folded:
        words += [stem(w.replace("-", "")) for w in _HYPHENED.findall(folded)]
    return list(dict.fromkeys(words)), length


_SUFFIX = re.compile(
    r"(ations?|ition|tion|sion|ities|ity|ically|ical|ically|ic|ally|al|ing|ed|ous|ive|ary|ies|ion|"
    r"ant|ent|ancy|ency|ance|ence|y|e|a|is|us|um|or|er|ism|ist|osis|es)$"
)


@functools.lru_cache(maxsize=1 << 15)
def root_of(word: str) -> str:
    """What is left of a long word without its ending; empty when too little would be."""
    root = _SUFFIX.sub("", word)
    return root if len(root) >= 5 and root != word else ""


_TURNS = (
    ("itic", "itis"), ("otic", "osis"), ("atic", "asis"), ("emic", "emia"), ("uric", "uria"),
    ("plegic", "plegia"), ("pathic", "pathy"), ("trophic", "trophy"), ("algic", "algia"),
    ("lytic", "lysis"), ("tic", "sis"), ("ptic", "psy"), ("iac", "ia"), ("phrenic", "phrenia"),
    ("ular", "ule"), ("ectasis", "ectatic"), ("oma", "omatous"), ("omata", "oma"), ("sis", "ses"),
    ("our", "or"), ("gram", "graphy"), ("ness", ""), ("ly", ""), ("ment", ""), ("ful", ""),
    ("ise", "ize"), ("y", "ic"), ("y", "ia"),
)  # fmt: skip
"""Endings that turn into each other: arthritic, arthritis; epileptic, epilepsy."""


@functools.lru_cache(maxsize=1 << 14)
def turned(word: str) -> tuple[str, ...]:
    """Forms that a word may take with another ending, whether or not there are such words."""
    out: dict[str, None] = {}
    for one, other in _TURNS:
        for end, new in ((one, other), (other, one)):
            if end and word.endswith(end) and len(word) - len(end) >= 3:
                out[word[: len(word) - len(end)] + new] = None
    return tuple(out)


def grams(word: str) -> set[str]:
    """Three-letter pieces of a word with its edges marked, to find misspelled ones."""
    padded = f"^{word}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def raw_words(folded: str) -> list[str]:
    """All words of a folded text, as typed."""
    return _WORD.findall(folded)
