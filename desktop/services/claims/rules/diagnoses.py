"""Diagnoses: at least one, in shape, billable on the date of service, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.services.claims.rules.coding.specificity import seventh_text
from desktop.services.claims.rules.findings import CheckContext, Finding, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord

MOST = 12
_SOURCE = "item 21, 2300 HI"


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    if not record.diagnoses:
        yield error("diagnosis.none", "diagnoses.1", "Enter at least one diagnosis.", _SOURCE)
    if len(record.diagnoses) > MOST:
        text = f"A claim holds {MOST} diagnoses; this one has {len(record.diagnoses)}."
        yield error("diagnosis.many", f"diagnoses.{MOST + 1}", text, _SOURCE)
    seen: set[str] = set()
    for position, diagnosis in enumerate(record.diagnoses, 1):
        code = diagnosis.code
        where = f"diagnoses.{context.diagnosis_positions.get(code, position)}"
        if code in seen:
            text = f"{ids.dotted(code)} stands twice; a claim names each diagnosis once."
            yield error("diagnosis.twice", f"diagnoses.{position}", text, _SOURCE)
            continue
        seen.add(code)
        yield from _one(code, where, context)
    yield from _cause_first(record, context)


def _one(code: str, where: str, context: CheckContext) -> Iterator[Finding]:
    if "." in code:
        text = f"{code} must be kept without its dot; enter it again."
        yield error("diagnosis.shape", where, text, _SOURCE)
        return
    problem = ids.diagnosis_shape_problem(code)
    if problem:
        yield error("diagnosis.shape", where, problem, _SOURCE)
        return
    verdict = context.diagnoses.get(code)
    if verdict is None or verdict.ok:
        return
    known = context.coding.diagnoses.get(code)
    if known is not None and (known.sevenths or known.padded):
        source = "ICD-10-CM guidelines I.A.4 and I.A.5"
        yield error("diagnosis.seventh", where, seventh_text(known), source)
    else:
        yield error(f"diagnosis.{verdict.standing.value}", where, verdict.text, _SOURCE)


def _cause_first(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """Chapter 20 tells how it came about, never what was treated."""
    if record.diagnoses and record.diagnoses[0].code[:1] in {"V", "W", "X", "Y"}:
        code = record.diagnoses[0].code
        where = f"diagnoses.{context.diagnosis_positions.get(code, 1)}"
        text = f"{ids.dotted(code)} is an external cause; the injury itself comes first."
        yield error("diagnosis.cause_first", where, text, "ICD-10-CM guideline I.C.20.a")
