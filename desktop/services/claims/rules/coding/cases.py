"""A line with what stands beside it on the same day: what most procedure rules look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.values.enums import FilingCode
from desktop.services.claims.rules.coding.facts import CodingFacts, ProcedureFacts, Service
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    numbered_lines,
    target,
    warning,
)

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.claim_record import ClaimRecord, LineRecord

# Payers that apply the Correct Coding Initiative by law; elsewhere it is a likely denial.
_FOLLOW_NCCI = frozenset(
    {
        FilingCode.MEDICARE_B,
        FilingCode.MEDICARE_ADVANTAGE,
        FilingCode.MEDICAID,
        FilingCode.TRICARE,
        FilingCode.CHAMPVA,
    }
)
_VISIT = re.compile(r"99[234][0-9]{2}|920[01][24]|G0402|G043[89]|G0463")


@dataclass(frozen=True, slots=True)
class Case:
    """One line under judgement.

    Attributes:
        where: its field, ``lines.2``.
        name: “Line 2”.
        company: the patient's other lines of the same day, billed by the same group.
    """

    where: str
    name: str
    line: LineRecord
    service: Service
    known: ProcedureFacts
    company: tuple[Service, ...]

    @property
    def code(self) -> str:
        """Its procedure."""
        return self.line.procedure

    @property
    def modifiers(self) -> frozenset[str]:
        """Its modifiers."""
        return self.service.modifiers


def cases(record: ClaimRecord, context: CheckContext) -> list[Case]:
    """The lines that have a procedure, each with its company."""
    facts = context.coding
    numbered = [n for n in numbered_lines(record, context) if n[2].procedure]
    mine = [_service(line, name, facts) for _, name, line in numbered]
    here = {s.number for s in mine}
    elsewhere = [s for s in facts.services.values() if s.number not in here]
    elsewhere += [s for s in facts.others if s.same_group and s.number not in here]
    by_day: dict[dt.date, list[Service]] = {}
    for service in (*mine, *elsewhere):
        by_day.setdefault(service.on, []).append(service)
    return [
        Case(
            where,
            name,
            line,
            service,
            facts.procedure(line.procedure, line.from_on),
            tuple(s for s in by_day[service.on] if s is not service),
        )
        for (where, name, line), service in zip(numbered, mine, strict=True)
    ]


def _service(line: LineRecord, name: str, facts: CodingFacts) -> Service:
    """The line as the claim has it; who rendered it is known from the visit."""
    read = facts.services.get(line.number)
    return Service(
        number=line.number,
        visit_id=read.visit_id if read else 0,
        on=line.from_on,
        to_on=line.to_on,
        procedure=line.procedure,
        modifiers=frozenset(line.modifiers),
        units=line.units,
        provider_id=read.provider_id if read else None,
        taxonomy=read.taxonomy if read else "",
        place=line.place,
        name=name,
    )


def is_visit(code: str) -> bool:
    """Whether a code is evaluation and management: office, hospital, preventive, eye."""
    return _VISIT.fullmatch(code) is not None


def follows_ncci(record: ClaimRecord) -> bool:
    """Whether the claim's payer applies the Correct Coding Initiative by law."""
    chosen = target(record)
    return chosen is not None and chosen.payer.filing_code in _FOLLOW_NCCI


def is_medicare(record: ClaimRecord) -> bool:
    """Whether the claim goes to Medicare part B itself."""
    chosen = target(record)
    return chosen is not None and chosen.payer.filing_code is FilingCode.MEDICARE_B


def binding(record: ClaimRecord, rule: str, where: str, text: str, source: str) -> Finding:
    """An error where the payer applies the rule by law, else a warning."""
    return (error if follows_ncci(record) else warning)(rule, where, text, source)


def listed(words: list[str], last: str = "and") -> str:
    """“a, b and c”."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
