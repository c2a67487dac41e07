"""The 837P writer (005010X222A1): claim records in, one file out.

Claims are grouped as the standard wants them: billing provider (HL 20), subscriber with the
destination payer (HL 22), dependent patient (HL 23). A set holds at most 5,000 claims of one
tax id. The claim itself is written by `write837_claim`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import Problem, raise_if_any
from desktop.models.values.claim_record import (
    ClaimRecord,
    CoverageRecord,
    Name,
    PersonRecord,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Relationship
from desktop.services.formats.edi.collector import without_collector
from desktop.services.formats.edi.envelope import (
    Envelope,
    Folder,
    WrittenSet,
    day,
    fold,
    segment,
    set_control,
    wrap,
)
from desktop.services.formats.edi.write837_claim import (
    RANKS,
    claim_segments,
    insurance_type,
    person_name,
    place_segments,
    plan,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

VERSION = "005010X222A1"
CLAIMS_IN_A_SET = 5000
MAX_LINES = 50
MAX_DIAGNOSES = 12

_PATIENT_RELATION = {
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "G8",
    Relationship.SELF: "18",
}


@dataclass(frozen=True, slots=True)
class Batch837:
    """The envelope of a claim file; all numbers come from the practice's counters.

    Attributes:
        submitter_id: NM1*41, as the clearinghouse gave it.
        receiver_id: ISA08, GS03 and NM1*40.
        contact_phone: 10 digits.
        first_set_control: ST02 of the first set; the following count up.
        batch_reference: BHT03, unique for ever; a second set adds ``-2`` to it.
        usage: "T" test or "P" production.
    """

    sender_id: str
    sender_qualifier: str
    receiver_id: str
    receiver_qualifier: str
    receiver_name: str
    submitter_name: str
    submitter_id: str
    contact_name: str
    contact_phone: str
    interchange_control: int
    group_control: int
    first_set_control: int
    batch_reference: str
    at: dt.datetime
    usage: str = "T"
    newline: bool = False

    @property
    def envelope(self) -> Envelope:
        """The part that all kinds of files share."""
        return Envelope(
            sender_id=self.sender_id,
            receiver_id=self.receiver_id,
            interchange_control=self.interchange_control,
            group_control=self.group_control,
            at=self.at,
            sender_qualifier=self.sender_qualifier,
            receiver_qualifier=self.receiver_qualifier,
            usage=self.usage,
            newline=self.newline,
        )


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """Which claims go into which set; a 999 answers by `control`, a 277CA by `reference`."""

    control: str
    reference: str
    claims: tuple[ClaimRecord, ...]


def plan_sets(batch: Batch837, claims: Sequence[ClaimRecord]) -> tuple[PlannedSet, ...]:
    """Spread claims over sets: one tax id a set, at most 5,000 claims, order kept."""
    by_tax: dict[str, list[ClaimRecord]] = {}
    for claim in claims:
        by_tax.setdefault(claim.billing.tax_id, []).append(claim)
    parts = [
        group[start : start + CLAIMS_IN_A_SET]
        for group in by_tax.values()
        for start in range(0, len(group), CLAIMS_IN_A_SET)
    ]
    return tuple(
        PlannedSet(
            control=set_control(batch.first_set_control, index),
            reference=batch.batch_reference + (f"-{index + 1}" if index else ""),
            claims=tuple(part),
        )
        for index, part in enumerate(parts)
    )


def write_837p(batch: Batch837, claims: Sequence[ClaimRecord]) -> bytes:
    """Write one file for all claims.

    Raises:
        RuleError: a claim that no 837P can carry; nothing is written. Each problem's field is
            the claim's control number and the name of what is missing.
    """
    problems = [p for claim in claims for p in unwritable(claim)]
    numbers = [claim.control_number for claim in claims]
    if len(set(numbers)) != len(numbers):
        problems.append(Problem("control_number", "Two claims of the file have the same number."))
    if not claims:
        problems.append(Problem("claims", "There is no claim to send."))
    raise_if_any(problems)
    text = Folder()
    with without_collector():
        sets = [
            WrittenSet("837", planned.control, _set(batch, planned, text))
            for planned in plan_sets(batch, claims)
        ]
        return wrap(batch.envelope, "HC", VERSION, sets)


def unwritable(claim: ClaimRecord) -> list[Problem]:
    """What makes it impossible to write this claim at all; the checks find far more."""
    number = claim.control_number
    coverage = next((c for c in claim.coverages if c.rank == claim.payer_rank), None)
    if coverage is None:
        return [Problem(f"{number}.payer_rank", f"Claim {number} has no coverage to bill.")]
    person = claim.patient
    subscriber = person if coverage.relationship is Relationship.SELF else coverage.subscriber
    facility = claim.facility
    rules = (
        ("control_number", bool(fold(number)), "has no number"),
        ("lines", 1 <= len(claim.lines) <= MAX_LINES, f"must have 1 to {MAX_LINES} lines"),
        ("diagnoses", bool(claim.diagnoses), "has no diagnosis"),
        ("diagnoses", len(claim.diagnoses) <= MAX_DIAGNOSES, "has more than 12 diagnoses"),
        ("billing.address", claim.billing.address is not None, "has no billing address"),
        ("billing.name", bool(fold(claim.billing.name.last)), "has no billing provider's name"),
        ("billing.tax_id", bool(claim.billing.tax_id), "has no tax id of the billing provider"),
        ("patient.name", bool(fold(person.name.last)), "has no patient's name"),
        ("patient.address", person.address is not None, "has no patient's address"),
        ("patient.birth_on", person.birth_on is not None, "has no birth date of the patient"),
        ("subscriber.name", bool(fold(subscriber.name.last)), "has no subscriber's name"),
        ("coverage.member_id", bool(fold(coverage.member_id)), "has no member id"),
        ("payer.name", bool(fold(coverage.payer.name)), "has no payer's name"),
        (
            "payer.electronic_id",
            all(fold(c.payer.electronic_id) for c in claim.coverages),
            "has a payer without electronic id",
        ),
        (
            "facility.address",
            facility is None or facility.address is not None,
            "has a service location without address",
        ),
        (
            "original_number",
            claim.frequency.value == "1" or bool(fold(claim.original_number)),
            "replaces or voids another and lacks that one's payer number",
        ),
        (
            "coverage.insurance_type",
            all(c.insurance_type or not _medicare_behind(c) for c in claim.coverages),
            "has Medicare behind another payer without the reason (SBR05)",
        ),
    )
    return [Problem(f"{number}.{f}", f"Claim {number} {t}.") for f, fine, t in rules if not fine]


def _medicare_behind(coverage: CoverageRecord) -> bool:
    return coverage.rank > 1 and coverage.payer.filing_code is FilingCode.MEDICARE_B


_ProviderKey = tuple[ProviderRecord, ProviderRecord | None]
_SubscriberKey = tuple[CoverageRecord, PersonRecord, str]
_PatientKey = tuple[PersonRecord, Relationship, str]


def _set(batch: Batch837, planned: PlannedSet, text: Folder) -> list[str]:
    """The segments of one set, in hierarchical order."""
    out = [
        segment(
            "BHT",
            "0019",
            "00",
            text(planned.reference, 50),
            f"{batch.at:%Y%m%d}",
            f"{batch.at:%H%M}",
            "CH",
        ),
        segment("NM1", "41", "2", text(batch.submitter_name, 60), *[""] * 4, "46")
        + f"*{text(batch.submitter_id)}",
        segment("PER", "IC", text(batch.contact_name, 60), "TE", text(batch.contact_phone)),
        segment("NM1", "40", "2", text(batch.receiver_name, 60), *[""] * 4, "46")
        + f"*{text(batch.receiver_id)}",
    ]
    levels = 0
    for provider, subscribers in _grouped(planned.claims).items():
        levels += 1
        provider_level = levels
        out.append(f"HL*{levels}**20*1")
        out.extend(_provider_segments(provider, text))
        for subscriber, patients in subscribers.items():
            levels += 1
            subscriber_level = levels
            direct = patients.pop(None, None)
            out.append(f"HL*{levels}*{provider_level}*22*{0 if direct else 1}")
            out.extend(_subscriber_segments(subscriber, provider[0], text, direct=bool(direct)))
            for claim in direct or ():
                out.extend(claim_segments(claim, text))
            for patient, claims in patients.items():
                levels += 1
                out.append(f"HL*{levels}*{subscriber_level}*23*0")
                if patient is not None:
                    out.extend(_patient_segments(patient, text))
                for claim in claims:
                    out.extend(claim_segments(claim, text))
    return out


_Patients = dict[_PatientKey | None, list[ClaimRecord]]


def _grouped(claims: Sequence[ClaimRecord]) -> dict[_ProviderKey, dict[_SubscriberKey, _Patients]]:
    """Claims by provider, by subscriber and payer, by patient; None stands for the subscriber.

    A subscriber's own claims and those of the dependents come under two HL 22, because SBR02
    says for all of one HL 22 whether the patient is the subscriber.
    """
    tree: dict[_ProviderKey, dict[_SubscriberKey, _Patients]] = {}
    for claim in claims:
        coverage = claim.coverage
        own = coverage.relationship is Relationship.SELF
        casualty = claim.property_casualty_number
        # The answer of this payer, if any, belongs to the claim, not to the subscriber.
        subscriber: _SubscriberKey = (
            _without_answer(coverage),
            claim.patient if own else coverage.subscriber,
            casualty if own else "",
        )
        patient = None if own else (claim.patient, coverage.relationship, casualty)
        level = tree.setdefault((claim.billing, claim.pay_to), {})
        level.setdefault(subscriber, {}).setdefault(patient, []).append(claim)
    return tree


def _without_answer(coverage: CoverageRecord) -> CoverageRecord:
    if coverage.answer is None:
        return coverage
    return CoverageRecord(
        rank=coverage.rank,
        payer=coverage.payer,
        member_id=coverage.member_id,
        relationship=coverage.relationship,
        subscriber=coverage.subscriber,
        group_number=coverage.group_number,
        plan_name=coverage.plan_name,
        insurance_type=coverage.insurance_type,
        benefits_assigned=coverage.benefits_assigned,
        claim_office_number=coverage.claim_office_number,
    )


def _provider_segments(key: _ProviderKey, text: Folder) -> list[str]:
    """PRV, 2010AA and 2010AB."""
    billing, pay_to = key
    out = []
    if billing.taxonomy:
        out.append(segment("PRV", "BI", "PXC", text(billing.taxonomy)))
    out.append(provider_name("85", billing, text))
    out.extend(place_segments(billing.address, text))
    out.append(segment("REF", billing.tax_id_kind.value, text(billing.tax_id, 50)))
    out.extend(
        segment("REF", kind, text(value, 50))
        for kind, value in billing.other_ids
        if kind in ("0B", "1G")
    )
    if pay_to is not None and pay_to.address is not None and pay_to.address != billing.address:
        out.append(segment("NM1", "87", "1" if billing.is_person else "2"))
        out.extend(place_segments(pay_to.address, text))
    return out


def provider_name(role: str, provider: ProviderRecord, text: Folder) -> str:
    """NM1 of a provider with its NPI."""
    return person_name(
        role, provider.name, text, is_person=provider.is_person, id_kind="XX", id_=provider.npi
    )


def _subscriber_segments(
    key: _SubscriberKey, billing: ProviderRecord, text: Folder, *, direct: bool
) -> list[str]:
    """SBR, 2010BA and 2010BB."""
    coverage, person, casualty = key
    payer = coverage.payer
    out = [
        segment(
            "SBR",
            RANKS[coverage.rank],
            "18" if direct else "",
            text(coverage.group_number, 50),
            plan(coverage, text),
            insurance_type(coverage),
            "",
            "",
            "",
            payer.filing_code.value,
        ),
        _member("IL", person.name, coverage.member_id, text),
        *_person_segments(person, text),
    ]
    if casualty:
        out.append(segment("REF", "Y4", text(casualty, 50)))
    out.append(segment("NM1", "PR", "2", text(payer.name, 60), *[""] * 4, "PI"))
    out[-1] += "*" + text(payer.electronic_id)
    out.extend(place_segments(payer.address, text))
    out.extend(
        segment("REF", kind, text(value, 50))
        for kind, value in billing.other_ids
        if kind in ("G2", "LU")
    )
    return out


def _member(role: str, name: Name, member_id: str, text: Folder) -> str:
    return person_name(role, name, text, is_person=True, id_kind="MI", id_=member_id)


def _person_segments(person: PersonRecord, text: Folder) -> list[str]:
    """N3, N4 and DMG, as far as they are known."""
    out = place_segments(person.address, text)
    if person.birth_on is not None:
        out.append(f"DMG*D8*{day(person.birth_on)}*{person.sex.value}")
    return out


def _patient_segments(key: _PatientKey, text: Folder) -> list[str]:
    """PAT and 2010CA."""
    person, relationship, casualty = key
    out = [
        segment("PAT", _PATIENT_RELATION[relationship]),
        person_name("QC", person.name, text, is_person=True),
        *_person_segments(person, text),
    ]
    if casualty:
        out.append(segment("REF", "Y4", text(casualty, 50)))
    return out
