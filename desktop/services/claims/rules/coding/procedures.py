"""Procedure codes: in force on the day of the service, and what HCPCS says of their coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.claims.rules.coding.cases import Case, is_medicare
from desktop.services.claims.rules.findings import CheckContext, Finding, error, shown, warning
from desktop.services.coding.releases.systems import SYSTEMS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from desktop.models.values.claim_record import ClaimRecord

RAN_OUT = "set.ran_out"
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


def check(record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; a set that was never loaded says nothing."""
    if found and context.coding.ran_out:
        yield _not_checked(context.coding.ran_out)
    for case in found:
        if case.known.system and case.known.info is None:
            yield _unknown(case)
        elif is_medicare(record):
            yield from _covered(case)
            yield from _status(case)


def _not_checked(ran_out: Mapping[str, dt.date]) -> Finding:
    ended = "; ".join(
        f"{SYSTEMS[name].title} (ended {shown(last)})" for name, last in sorted(ran_out.items())
    )
    text = f"Not checked, because what is loaded ended before the service: {ended}. Load the newer "
    text += "files under Codes and fees."
    return warning(RAN_OUT, "lines", text, "code sets by date of service")


def _unknown(case: Case) -> Finding:
    name = _NAMES[case.known.system]
    past = case.known.past
    if past is not None and past.valid_to is not None:
        text = f"{case.name}: {case.code} ended on {shown(past.valid_to)}, before the service"
        text += (
            f"; {past.replaced_by} replaced it." if past.replaced_by else "; take its successor."
        )
    elif case.known.is_partial:
        text = f"{case.name}: {case.code} is not in the loaded {name} list, which is only a part; "
        text += "check it, and load the whole list."
    else:
        text = (
            f"{case.name}: {case.code} is no {name} code on {shown(case.line.from_on)}; check it."
        )
    # Category III and laboratory codes appear each quarter, between the yearly lists.
    quarterly = case.code[-1:] in {"T", "U"} and case.code[:1].isdigit()
    make = warning if quarterly or (case.known.is_partial and past is None) else error
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
