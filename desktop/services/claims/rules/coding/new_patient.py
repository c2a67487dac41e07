"""New patients: nobody of the group's same specialty saw the patient within three years."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.services.claims.rules.findings import CheckContext, Finding, shown, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.cases import Case
    from desktop.services.claims.rules.coding.facts import CodingFacts, Service

YEARS = 3
NEW = re.compile(r"9920[2-5]|9938[1-7]|92002|92004|9934[1-5]")
# Laboratory, pathology, imaging and supplies are no face-to-face service of a professional.
_NOT_SEEN = re.compile(r"[78][0-9]{4}|[ABEJKLPQRV][0-9]{4}|36415|904[67][0-9]|906[0-9]{2}")


def check(_record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """The one rule of this family."""
    for case in found:
        if not NEW.fullmatch(case.code):
            continue
        seen = [s for s in context.coding.others if _counts(s, case, context.coding)]
        if seen:
            last = max(seen, key=lambda s: s.on)
            yield warning(
                "patient.not_new",
                f"{case.where}.procedure",
                f"{case.name}: {case.code} is for a new patient, and the same specialty of this "
                f"group saw the patient on {shown(last.on)} ({last.name}); use the code for an "
                "established patient.",
                "Medicare manual 100-04 ch. 12 §30.6.7",
            )


def _counts(service: Service, case: Case, facts: CodingFacts) -> bool:
    on = case.service.on
    if not (service.same_group and service.posted and service.on < on):
        return False
    if _NOT_SEEN.fullmatch(service.procedure) or "TC" in service.modifiers:
        return False
    # 29 February goes back to 28 February.
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    if service.on <= on.replace(year=on.year - YEARS, day=day):
        return False
    mine = facts.services.get(case.service.number)
    if mine is None:
        return False
    same_person = mine.provider_id is not None and mine.provider_id == service.provider_id
    return same_person or bool(mine.taxonomy and mine.taxonomy == service.taxonomy)
