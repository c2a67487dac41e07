# ruff: noqa: E501 (a table of substances)
"""What a list of allergies says: the status codes of the substances (Z88, Z91.0)."""

from __future__ import annotations

import re

_LINES = """
Z88.0 = penicillins?|pcn|amoxicillin|augmentin|ampicillin
Z88.1 = azithromycin|erythromycin|doxycycline|vancomycin|cephalexin|keflex|cephalosporins?|ceftriaxone|cipro|ciprofloxacin|levofloxacin|clindamycin|tetracycline|nitrofurantoin
Z88.2 = sulfas?|bactrim|sulfonamides?|septra|sulfamethoxazole
Z88.4 = lidocaine|novocaine|anesthetics?
Z88.5 = codeine|morphine|opioids?|hydrocodone|oxycodone|tramadol|narcotics?
Z88.6 = aspirin|asa|nsaids?|ibuprofen|naproxen|toradol|acetaminophen
Z88.8 = lisinopril|ace inhibitors?|statins?
Z91.010 = peanuts?
Z91.011 = milk|dairy
Z91.012 = eggs?
Z91.013 = shellfish|shrimp|seafood|fish
Z91.018 = tree nuts?|nuts?|strawberr(?:y|ies)|soy|wheat
Z91.030 = bees?|bee stings?|wasps?
Z91.040 = latex
Z91.041 = contrast|iodine|iv dye
Z91.048 = adhesives?|tape|nickel
"""
_NONE = re.compile(r"\b(?:nkda|nka|nkfa|none|no known|denies|no (?:drug|food|medication))\b")


def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    out = []
    for line in _LINES.strip().splitlines():
        code, words = line.split(" = ", 1)
        out.append((code.replace(".", ""), re.compile(rf"\b(?:{words})\b")))
    return tuple(out)


_ALLERGENS = _table()


def allergens(lower: str) -> list[tuple[int, int, str]]:
    """Places and status codes of the substances in a line of allergies in small letters."""
    if _NONE.match(lower.strip()):
        return []
    return sorted(
        (m.start(), m.end(), code) for code, pattern in _ALLERGENS for m in pattern.finditer(lower)
    )
