"""Procedure codes: in force on the day of the service, and what HCPCS says of their coverage."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.models.values.claim_record import ClaimRecord
from desktop.services.rules.coding.cases import Case, is_medicare
from desktop.services.rules.findings import CheckContext, Finding, error, shown, warning

_NAMES = {"hcpcs": "HCPCS Level II", "cpt": "CPT"}
_NOT_PAID = {
    "I": "is not payable by Medicare",
    "M": "is not covered by Medicare",
    "S": "is not covered by Medicare by law",
}
_STATUS = {
    "B": "is always part of other services for Medicare; leave it out",
    "I": "is not valid for Medicare, which has another code for it; use that one",
    "N": "is not covered by Medicare; bill it with GY, or leave it out",
    "P": "is always part of other services for Medicare; leave it out",
}
_LIABILITY = frozenset({"GA", "GX", "GY", "GZ"})


def check(record: ClaimRecord, found: list[Case], _context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; a set that is not loaded for the day says nothing."""
    for case in found:
        if case.known.system and case.known.info is None:
            yield _unknown(case)
        elif is_medicare(record):
            yield from _covered(case)
            yield from _status(case)


def _unknown(case: Case) -> Finding:
    name = _NAMES[case.known.system]
    past = case.known.past
    if past is not None and past.valid_to is not None:
        text = f"{case.name}: {case.code} ended on {shown(past.valid_to)}, before the service"
        text += (
            f"; {past.replaced_by} replaced it." if past.replaced_by else "; take its successor."
        )
    else:
        text = (
            f"{case.name}: {case.code} is no {name} code on {shown(case.line.from_on)}; check it."
        )
    # Category III and laboratory codes appear each quarter, between the yearly lists.
    make = warning if case.code[-1:] in {"T", "U"} and case.code[:1].isdigit() else error
    return make("procedure.not_valid", f"{case.where}.procedure", text, f"{name}, by date")


def _covered(case: Case) -> Iterator[Finding]:
    info = case.known.info
    said = _NOT_PAID.get(info.attributes.get("coverage", "")) if info else None
    if said and not case.modifiers & _LIABILITY:
        yield warning(
            "procedure.not_covered",
            f"{case.where}.procedure",
            f"{case.name}: {case.code} {said}; take Medicare's own code for it, or bill it with "
            "GY so that the patient or the next payer can be billed.",
            "HCPCS Level II, coverage code",
        )


def _status(case: Case) -> Iterator[Finding]:
    said = _STATUS.get(case.known.fees.get("status", "")) if case.known.fees else None
    if said and not case.modifiers & _LIABILITY:
        yield warning(
            "procedure.status",
            f"{case.where}.procedure",
            f"{case.name}: {case.code} {said}.",
            "Medicare physician fee schedule, status",
        )
