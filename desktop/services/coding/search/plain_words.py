"""What the flat code sets say of a code, in plain words."""

from __future__ import annotations

import re

from desktop.services.coding.base.values import CARC, HCPCS, MODIFIER, MUE, POS, RARC, CodeInfo
from desktop.services.coding.builtin.modifiers import MODIFIERS
from desktop.services.coding.builtin.reasons import reason_hint
from desktop.services.coding.builtin.remarks import REMARKS

COVERAGE = {
    "C": "each Medicare contractor decides",
    "D": "special Medicare instructions apply",
    "I": "not payable by Medicare",
    "M": "not covered by Medicare",
    "S": "not covered by Medicare, by statute",
}
ACTION = {
    "A": "added",
    "B": "title and other data changed",
    "C": "long title changed",
    "D": "ended",
    "F": "other data changed",
    "P": "payment data changed",
    "R": "in force again",
    "S": "short title changed",
    "T": "several changes",
}
STATUS = {
    "A": "paid separately where covered",
    "B": "always bundled, never paid by itself",
    "C": "priced by the contractor",
    "D": "deleted code",
    "E": "excluded by regulation",
    "F": "deleted, no grace period",
    "G": "not valid for Medicare: another code is used",
    "H": "deleted modifier",
    "I": "not valid for Medicare: another code is used",
    "J": "anesthesia, paid by time",
    "M": "for reporting only",
    "N": "not covered",
    "P": "bundled or excluded",
    "Q": "for therapy reporting only",
    "R": "restricted coverage",
    "T": "an injection, paid only when nothing else is paid that day",
    "X": "excluded by statute",
}
GLOBAL = {
    "000": "the day itself",
    "010": "10 days after",
    "090": "the day before and 90 days after",
    "MMM": "maternity",
    "XXX": "none",
    "YYY": "the contractor says",
    "ZZZ": "that of the main procedure",
}
BILATERAL = {
    "0": "not paid as done on both sides",
    "1": "paid at one and a half times",
    "2": "both sides are in the price",
    "3": "each side is paid in full",
    "9": "does not apply",
}
ASSISTANT = {
    "0": "paid only with notes that show the need",
    "1": "not paid",
    "2": "may be paid",
    "9": "does not apply",
}
LIMIT = {
    "1": "on one line",
    "2": "a day, by policy: no appeal helps",
    "3": "a day, by clinical sense: can be appealed with notes",
}
_LABELS = {
    "added": "Added",
    "action_date": "Last action on",
    "statute": "Statute",
    "xref": "See also",
    "cim": "Coverage manual",
    "mcm": "Carriers manual",
    "lab": "Laboratory certificate",
    "asc_from": "Surgery center group since",
    "anesthesia": "Anesthesia units",
    "consumer": "In plain words",
    "text": "Meaning",
    "definition": "Definition",
    "start": "Began",
    "stop": "Ended",
    "modified": "Last changed",
    "rationale": "Reason",
    "work": "Work value",
    "pe": "Practice expense, office",
    "pe_facility": "Practice expense, facility",
    "mp": "Malpractice value",
    "factor": "Conversion factor",
    "factor_apm": "Conversion factor (APM)",
    "pctc": "Professional and technical part",
    "multiple": "Several procedures",
    "bilateral": "Both sides",
    "assistant": "Assistant at surgery",
    "co_surgeon": "Two surgeons",
    "team": "Surgical team",
    "base": "Base code of the endoscopy",
    "supervision": "Supervision",
}
_MARKS = {
    "pricing": "price",
    "multiple": "several prices",
    "betos": "BETOS group",
    "tos": "type of service",
    "asc": "surgery center group",
    "processing_note": "processing note",
}
"""Marks of CMS that a payer's system reads, not a biller: kept together, at the end."""
OWNERS = {"hcpcs": "CMS (HCPCS)", "cpt": "AMA (CPT)"}


def facts(info: CodeInfo) -> tuple[tuple[str, str], ...]:
    """What a set says of a code beside its title: (name, value), in reading order."""
    given = dict(info.attributes)
    out = list(_own(info, given))
    marks = ""
    if info.system in (HCPCS, MODIFIER):
        found = ((name, given.pop(key, "")) for key, name in _MARKS.items())
        marks = ", ".join(f"{name} {value}" for name, value in found if value)
    for key, value in given.items():
        text = _value(value)
        if text:
            name = _LABELS.get(key) or key.replace("_", " ").capitalize()
            out.append((name, text))
    if marks:
        out.append(("Marks for pricing", marks))
    return tuple(out)


def medicare(fees: CodeInfo | None, units: CodeInfo | None) -> tuple[tuple[str, str], ...]:
    """What Medicare's fee schedule and unit limits say of a procedure, for its own page."""
    out: list[tuple[str, str]] = []
    if fees is not None:
        given = dict(fees.attributes)
        _say(out, given, "status", "Medicare status", STATUS)
        _say(out, given, "global", "Follow-up period", GLOBAL)
        _say(out, given, "bilateral", "Both sides (modifier 50)", BILATERAL)
        _say(out, given, "assistant", "Assistant at surgery", ASSISTANT)
    if units is not None:
        out += _own(units, dict(units.attributes))
    return tuple(out)


def _own(info: CodeInfo, given: dict[str, str]) -> list[tuple[str, str]]:
    """What is said in words; it is taken out of `given`."""
    out: list[tuple[str, str]] = []
    if info.system in (HCPCS, MODIFIER):
        _say(out, given, "coverage", "Medicare coverage", COVERAGE)
        _say(out, given, "action", "Last action", ACTION, silent="N")
        ended = _value(given.pop("terminated", ""))
        if ended:
            out.append(("Last day", ended))
        source = given.pop("source", "")
        if source in OWNERS:
            out.append(("Owner", OWNERS[source]))
    if info.system == MODIFIER and info.code in MODIFIERS:
        own = MODIFIERS[info.code]
        out += _unless_title(info, "In our words", own.meaning)
        out.append(("Payment", "changes it" if own.changes_payment else "only informs"))
    elif info.system in (CARC, RARC):
        out += _reason(info)
    elif info.system == POS and "facility" in given:
        is_facility = given.pop("facility") == "yes"
        out.append(("Medicare rate", "facility" if is_facility else "office (non-facility)"))
    elif info.system == MUE:
        value, how = given.pop("value", ""), LIMIT.get(given.pop("indicator", "")[:1], "")
        out.append(("Most units", f"{value} {how}".strip()))
    return out


def _reason(info: CodeInfo) -> list[tuple[str, str]]:
    """What an adjustment or remark means to a biller, and what to do next."""
    if info.system == RARC:
        return _unless_title(info, "What it means", REMARKS.get(info.code, ""))
    hint = reason_hint("", info.code)
    if not hint.known:
        return []
    return [
        *_unless_title(info, "What it means", hint.meaning),
        ("What to do", hint.next_step),
        ("To the patient", f"because of {hint.patient_words}"),
    ]


def _unless_title(info: CodeInfo, name: str, words: str) -> list[tuple[str, str]]:
    """Our words, where the code's title does not say just them."""
    return [(name, words)] if words and words != info.title else []


def _say(
    out: list[tuple[str, str]],
    given: dict[str, str],
    key: str,
    name: str,
    words: dict[str, str],
    silent: str = "",
) -> None:
    value = given.pop(key, "").strip()
    if value and value != silent:
        said = words.get(value)
        out.append((name, f"{said[:1].upper()}{said[1:]} ({value})" if said else value))


def _value(text: str) -> str:
    bare = str(text).strip()
    found = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", bare)
    if found:
        year, month, day = found.groups()
        return "" if year == "0000" else f"{month}/{day}/{year}"
    return bare
