"""Shapes and check digits of the field's identifiers. Each check returns a sentence or None.

Sources: CMS NPI standard (Luhn over 80840 + number), SSA and IRS number ranges, CMS MBI
format, USPS state list, NUCC taxonomy.
"""

from __future__ import annotations

import re

STATES = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH "
    "NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY "
    "AS GU MP PR VI FM MH PW AA AE AP".split()
)

_MBI_LETTER = "ACDEFGHJKMNPQRTUVWXY"
_MBI = re.compile(
    rf"[1-9][{_MBI_LETTER}][{_MBI_LETTER}0-9]\d[{_MBI_LETTER}][{_MBI_LETTER}0-9]\d"
    rf"[{_MBI_LETTER}]{{2}}\d{{2}}"
)


def digits(text: str) -> str:
    """Only the ASCII digits of a text, so that ``(555) 010-0100`` and ``5550100100`` agree."""
    return re.sub(r"[^0-9]", "", text)


def luhn_ok(number: str) -> bool:
    """Whether the last digit of an all-digit text is its Luhn check digit."""
    kept = sum(int(c) for c in number[-1::-2])
    doubled = sum(d - 9 if d > 9 else d for d in (2 * int(c) for c in number[-2::-2]))
    return (kept + doubled) % 10 == 0


def npi_check_digit(first_nine: str) -> str:
    """The tenth digit that makes nine digits a valid NPI."""
    return next(d for d in "0123456789" if luhn_ok("80840" + first_nine + d))


def npi_problem(npi: str) -> str | None:
    """None for a valid National Provider Identifier, else one sentence."""
    if not re.fullmatch(r"[12][0-9]{9}", npi):
        return f"The NPI “{npi}” must be 10 digits and start with 1 or 2."
    if not luhn_ok("80840" + npi):
        return f"The NPI {npi} fails its check digit; one digit is wrong or two are swapped."
    return None


def ein_problem(ein: str) -> str | None:
    """None for nine digits of an Employer Identification Number, else one sentence."""
    if not re.fullmatch(r"[0-9]{9}", ein) or ein[:2] == "00":
        return f"The EIN “{ein}” must be 9 digits."
    return None


def ssn_problem(ssn: str) -> str | None:
    """None for a Social Security Number that SSA could have issued, else one sentence.

    The sentence never repeats the number.
    """
    if not re.fullmatch(r"[0-9]{9}", ssn):
        return "The Social Security number must be 9 digits."
    if ssn[:3] in {"000", "666"} or ssn[0] == "9" or ssn[3:5] == "00" or ssn[5:] == "0000":
        return "This Social Security number was never issued; check its digits."
    return None


def zip_problem(zip_code: str, *, nine: bool = False) -> str | None:
    """None for 5 or 9 digits (`nine`: 9 only, as 2010AA and 2310C want), else one sentence."""
    if nine and not re.fullmatch(r"[0-9]{9}", zip_code):
        return f"The ZIP code “{zip_code}” must have all 9 digits here."
    if not re.fullmatch(r"[0-9]{5}(?:[0-9]{4})?", zip_code):
        return f"The ZIP code “{zip_code}” must be 5 or 9 digits."
    return None


def state_problem(state: str) -> str | None:
    """None for a USPS state or territory code, else one sentence."""
    if state not in STATES:
        return f"“{state}” is not a US state; use its two-letter code, such as IL."
    return None


def taxonomy_problem(code: str) -> str | None:
    """None for the shape of a NUCC provider taxonomy code, else one sentence."""
    if not re.fullmatch(r"[0-9]{3}[0-9A-Z]{6}X", code):
        return f"The taxonomy code “{code}” must be 10 characters and end in X, like 207Q00000X."
    return None


def mbi_problem(mbi: str) -> str | None:
    """None for the shape of a Medicare Beneficiary Identifier, else one sentence."""
    if not _MBI.fullmatch(mbi):
        return (
            f"“{mbi}” is not a Medicare number; it has 11 characters like 1EG4TE5MK73 "
            "and never S, L, O, I, B or Z."
        )
    return None


def clia_problem(number: str) -> str | None:
    """None for the shape of a CLIA laboratory number, else one sentence."""
    if not re.fullmatch(r"[0-9]{2}D[0-9]{7}", number):
        return f"The CLIA number “{number}” must look like 14D0123456."
    return None


def ndc11(text: str) -> str | None:
    """The 11 digits (5-4-2) of a drug code written with dashes or without; None if it is none."""
    parts = text.strip().split("-")
    if len(parts) == 3 and all(re.fullmatch(r"[0-9]+", p) for p in parts):
        widths = (5, 4, 2)
        if all(len(p) <= w for p, w in zip(parts, widths, strict=True)):
            return "".join(p.zfill(w) for p, w in zip(parts, widths, strict=True))
        return None
    bare = text.strip()
    return bare if re.fullmatch(r"[0-9]{11}", bare) else None


def procedure_problem(code: str) -> str | None:
    """None for the shape of a CPT or HCPCS Level II code, else one sentence."""
    if not re.fullmatch(r"[0-9]{4}[0-9FTUMA]|[A-V][0-9]{4}", code):
        return (
            f"“{code}” is not a procedure code; CPT is 5 characters, HCPCS a letter and 4 digits."
        )
    return None


def modifier_problem(modifier: str) -> str | None:
    """None for the shape of a modifier, else one sentence."""
    if not re.fullmatch(r"[0-9A-Z]{2}", modifier):
        return f"The modifier “{modifier}” must be two letters or digits."
    return None


def diagnosis_shape_problem(code: str) -> str | None:
    """None for the shape of an ICD-10-CM code without its dot, else one sentence."""
    if not re.fullmatch(r"[A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}", code):
        return f"“{code}” is not an ICD-10-CM code."
    return None


def dotted(code: str) -> str:
    """An ICD-10-CM code as people read it: ``E119`` becomes ``E11.9``."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def undotted(code: str) -> str:
    """An ICD-10-CM code as files carry it: ``e11.9`` becomes ``E119``."""
    return code.replace(".", "").strip().upper()


def is_po_box(street: str) -> bool:
    """Whether a street line is a post-office box, which 2010AA N3 and item 33 refuse."""
    return bool(re.search(r"\bP\s*\.?\s*O\s*\.?\s*BOX\b|\bPOST OFFICE BOX\b", street.upper()))


def looks_like_card_number(text: str) -> bool:
    """Whether a text holds a payment-card number (13–19 digits that pass Luhn)."""
    for run in re.findall(r"(?:\d[ -]?){13,19}", text):
        number = digits(run)
        if 13 <= len(number) <= 19 and luhn_ok(number) and number[0] in "3456":
            return True
    return False
