"""Charge lines: codes, modifiers, pointers, units, charges, drugs, places."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.models.values.money import ZERO
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    numbered_lines,
    warning,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord, LineRecord

MOST_LINES, MOST_ON_PAPER = 50, 6
MOST_MODIFIERS = MOST_POINTERS = 4
NOTE_LENGTH = 80
PLACES = frozenset(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34 "
    "41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99".split()
)
DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})
_MEASURE = re.compile(r"[0-9]{4}F")
# Codes for services without a code of their own; the payer wants to read what was done.
_UNLISTED = re.compile(r"[0-9]{3}99|J3490|J3590|A9270|E1399")


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    if not record.lines:
        yield error("line.none", "lines", "Enter at least one procedure.", "item 24, 2400")
    most = MOST_ON_PAPER if context.on_paper else MOST_LINES
    if len(record.lines) > most:
        text = f"A claim holds {most} lines; this one has {len(record.lines)}."
        yield error("line.many", "lines", text, "item 24, 2400")
    if record.place not in PLACES:
        text = f"“{record.place}” is no place of service; 11 is the office."
        yield error("place.invalid", "place", text, "item 24B, CLM05-1")
    for where, name, line in numbered_lines(record, context):
        yield from _procedure(where, name, line, context)
        yield from _modifiers(where, name, line)
        yield from _pointers(where, name, line, len(record.diagnoses))
        yield from _amounts(where, name, line)
        yield from _drug(where, name, line)
        if line.place not in PLACES:
            text = f"{name}: “{line.place}” is no place of service; 11 is the office."
            yield error("place.invalid", f"{where}.place", text, "item 24B, SV105")
        if len(line.note) > NOTE_LENGTH:
            text = f"{name}: a note holds {NOTE_LENGTH} characters and this has {len(line.note)}."
            yield error("line.note", f"{where}.note", text, "2400 NTE02")
    yield from _twice(record, context)


def _procedure(where: str, name: str, line: LineRecord, context: CheckContext) -> Iterator[Finding]:
    field, source = f"{where}.procedure", "item 24D, SV101-2"
    if not line.procedure:
        yield error("procedure.missing", field, f"{name} has no procedure code.", source)
        return
    problem = ids.procedure_problem(line.procedure)
    if problem:
        yield error("procedure.shape", field, f"{name}: {problem}", source)
        return
    own = context.own_procedures
    if own is not None and line.procedure not in own:
        text = f"{name}: {line.procedure} is not on the practice's list; check the code."
        yield warning("procedure.unknown", field, text, source)
    if _UNLISTED.fullmatch(line.procedure) and not (line.description or line.note):
        text = f"{name}: {line.procedure} is an unlisted service; describe it in the line's note."
        yield warning("procedure.unlisted", f"{where}.note", text, "SV101-7")


def _modifiers(where: str, name: str, line: LineRecord) -> Iterator[Finding]:
    field, source = f"{where}.modifiers", "item 24D, SV101-3 to 6"
    if len(line.modifiers) > MOST_MODIFIERS:
        text = f"{name} has {len(line.modifiers)} modifiers; a line takes {MOST_MODIFIERS}."
        yield error("modifier.many", field, text, source)
    for modifier, count in Counter(line.modifiers).items():
        problem = ids.modifier_problem(modifier)
        if problem:
            yield error("modifier.shape", field, f"{name}: {problem}", source)
        if count > 1:
            text = f"{name}: the modifier {modifier} stands twice."
            yield error("modifier.twice", field, text, source)


def _pointers(where: str, name: str, line: LineRecord, diagnoses: int) -> Iterator[Finding]:
    field, source = f"{where}.pointers", "item 24E, SV107"
    if not line.pointers:
        text = f"{name} points to no diagnosis; say which it is for, primary first."
        yield error("pointer.none", field, text, source)
    if len(line.pointers) > MOST_POINTERS:
        text = f"{name} points to {len(line.pointers)} diagnoses; a line takes {MOST_POINTERS}."
        yield error("pointer.many", field, text, source)
    for pointer in sorted({p for p in line.pointers if not 1 <= p <= diagnoses}):
        letter = chr(64 + pointer) if 1 <= pointer <= 26 else str(pointer)
        text = f"{name} points to diagnosis {letter}, which is not on the claim."
        yield error("pointer.past", field, text, source)
    if len(set(line.pointers)) != len(line.pointers):
        text = f"{name} points twice to the same diagnosis."
        yield error("pointer.twice", field, text, source)


def _amounts(where: str, name: str, line: LineRecord) -> Iterator[Finding]:
    if line.units <= 0:
        text = f"{name} needs units above zero."
        yield error("units.zero", f"{where}.units", text, "item 24G, SV104")
    elif line.unit_kind not in {"UN", "MJ"}:
        text = f"{name}: units are UN, or MJ for minutes of anesthesia."
        yield error("units.kind", f"{where}.units", text, "SV103")
    source = "item 24F, SV102"
    if line.charge < ZERO:
        text = f"{name} has a charge below zero; a claim takes none."
        yield error("charge.negative", f"{where}.charge", text, source)
    elif not line.charge:
        text = f"{name} has no charge; enter it, or add {line.procedure} to the fee schedule."
        # A performance measure may be reported for nothing.
        make = warning if _MEASURE.fullmatch(line.procedure) else error
        yield make("charge.zero", f"{where}.charge", text, source)


def _drug(where: str, name: str, line: LineRecord) -> Iterator[Finding]:
    drug = line.drug
    if drug is None:
        return
    field, source = f"{where}.ndc", "item 24 shaded, LIN03 and CTP"
    if ids.ndc11(drug.ndc) is None:
        text = f"{name}: the drug code “{drug.ndc}” must have 11 digits, 5-4-2."
        yield error("ndc.shape", field, text, source)
    if drug.unit not in DRUG_UNITS:
        text = f"{name}: the drug's unit must be F2, GR, ME, ML or UN."
        yield error("ndc.unit", f"{where}.ndc_unit", text, source)
    if drug.quantity <= 0:
        text = f"{name}: the drug needs a quantity above zero."
        yield error("ndc.quantity", f"{where}.ndc_quantity", text, source)


def _twice(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """The same service twice on one claim, and on an earlier visit."""
    seen: dict[tuple[object, ...], str] = {}
    for where, name, line in numbered_lines(record, context):
        rendering = line.rendering.npi if line.rendering else ""
        key = (line.from_on, line.procedure, frozenset(line.modifiers), rendering)
        if line.procedure and key in seen:
            text = f"{name} is the same service as {seen[key].lower()}; a payer pays it once."
            yield warning("line.repeated", f"{where}.procedure", text, "item 24")
        seen.setdefault(key, name)
        other = context.duplicates.get(line.number)
        if other is not None:
            text = f"{name}: visit {other} of this patient has the same service on the same day."
            yield warning("line.duplicate", f"{where}.procedure", text, "item 24")
