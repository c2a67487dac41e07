"""From a visit to claim records: one reading of the visit for paper, file and checks alike.

Building is lenient: what is missing stays empty on the record, and the checks find it. The
payer's settings are applied here, so that paper and file cannot disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.errors import NotFound
from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    CoverageRecord,
    DatedFact,
    DiagnosisRecord,
    DrugRecord,
    LineRecord,
    Name,
    PayerRecord,
    PersonRecord,
    PriorAnswer,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode
from desktop.models.values.money import ZERO, Money, total
from desktop.services.claims.record import sources
from desktop.services.claims.record.split import FILE_LINES, PAPER_LINES, Part, split
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from desktop.models.people import Person
    from desktop.models.practice import Location, Payer, Provider
    from desktop.models.visits import ChargeLine, Visit
    from desktop.services.claims.record.sources import RankedCoverage, Sources

_HOME = "12"
_ACCIDENT = "439"
# Services without a meaning of their own must be described (SV101-7).
_UNLISTED = re.compile(r"\d{3}99|[A-Z]\d{2}99|J3490|J3590|A9270|E1399")


@dataclass(frozen=True, slots=True)
class BuiltClaim:
    """A claim record with the rows it was made from.

    Attributes:
        part: from 1 where a visit gives several claims to one payer.
        payer_id, coverage_id: None where the visit has no coverage of this rank.
        line_ids: charge lines, in the claim's order.
    """

    visit_id: int
    patient_id: int
    rank: int
    part: int
    payer_id: int | None
    coverage_id: int | None
    line_ids: tuple[int, ...]
    record: ClaimRecord


@needs(Permission.VIEW)
def build_records(work: Work, visit_id: int, rank: int = 1) -> tuple[ClaimRecord, ...]:
    """The claim records that a visit gives for its payer of that rank, without numbers.

    A visit too long for one claim gives several: 6 lines on paper, 50 in a file, and 12
    diagnoses on either.

    Raises:
        NotFound: there is no such visit.
    """
    return tuple(b.record for b in build_claims(work, [visit_id], rank)[visit_id])


def build_claims(
    work: Work, visit_ids: Iterable[int], rank: int = 1
) -> dict[int, list[BuiltClaim]]:
    """The claims of many visits, read in a few queries; see `build_records`."""
    wanted = list(visit_ids)
    found = sources.load(work.session, wanted, rank=rank)
    missing = [v for v in wanted if v not in found.visits]
    if missing:
        raise NotFound(f"There is no visit {missing[0]} in this practice.")
    return {visit_id: _build(found, visit_id, rank) for visit_id in wanted}


def _build(found: Sources, visit_id: int, rank: int) -> list[BuiltClaim]:
    visit = found.visits[visit_id]
    ranked = found.coverages[visit_id]
    chosen = next((r for r in ranked if r.rank == rank), None)
    payer = found.payers[chosen.payer_id] if chosen else None
    lines = found.lines.get(visit_id, [])
    diagnoses = found.diagnoses.get(visit_id, [])
    parts = split(
        [_pointers(line) for line in lines],
        len(diagnoses),
        PAPER_LINES if payer is not None and payer.on_paper else FILE_LINES,
    )
    whole = _header(found, visit, ranked, rank, payer)
    names = tuple(DiagnosisRecord(d.code, d.title) for d in diagnoses)
    left = found.patient_paid.get(visit_id, ZERO) if payer and payer.send_patient_paid else ZERO
    built = []
    for number, part in enumerate(parts, 1):
        taken = [lines[i] for i in part.lines]
        record = _part(found, whole, visit, taken, part, names)
        record = replace(record, patient_paid=min(left, record.charge))
        left -= record.patient_paid
        built.append(
            BuiltClaim(
                visit_id=visit_id,
                patient_id=visit.patient_id,
                rank=rank,
                part=number,
                payer_id=payer.id if payer else None,
                coverage_id=chosen.coverage.id if chosen else None,
                line_ids=tuple(line.id for line in taken),
                record=record,
            )
        )
    return built


def _header(
    found: Sources, visit: Visit, ranked: list[RankedCoverage], rank: int, payer: Payer | None
) -> ClaimRecord:
    """Everything but diagnoses and lines: the same for each claim of the visit."""
    practice = found.practice
    patient = found.patients[visit.patient_id]
    person = _person(found.persons[patient.person_id])
    billing_row = found.providers.get(visit.billing_id or practice.billing_provider_id or 0)
    rendering_row = found.providers.get(visit.rendering_id or practice.default_rendering_id or 0)
    referring_row = found.providers.get(visit.referring_id or 0)
    location = found.locations.get(visit.location_id or practice.default_location_id or 0)
    billing = _provider(billing_row, tax=True) if billing_row else ProviderRecord(Name(""))
    return ClaimRecord(
        control_number="",
        payer_rank=rank,
        coverages=tuple(_coverage(found, visit.id, r, rank, person) for r in ranked),
        patient=person,
        billing=billing,
        diagnoses=(),
        lines=(),
        place=visit.place,
        rendering=_rendering(rendering_row, billing_row, payer),
        referring=_provider(referring_row) if referring_row else None,
        referring_qualifier=visit.referring_qualifier or "DN",
        facility=_facility(visit, location, billing, person, payer),
        pay_to=_pay_to(billing_row),
        accept_assignment=payer.accept_assignment if payer else True,
        signature_on_file=patient.signature_on is not None,
        signature_date=patient.signature_on,
        prior_authorization=visit.prior_authorization,
        referral_number=visit.referral_number,
        related_causes=tuple(c for c in re.split(r"[ ,;]+", visit.related_causes) if c),
        accident_state=visit.accident_state,
        dates=_dates(visit),
        hospital_from=visit.admitted_on,
        hospital_to=visit.discharged_on,
        property_casualty_number=visit.property_casualty_number,
        delay_reason=visit.delay_reason,
        note=visit.claim_note,
    )


def _part(
    found: Sources,
    whole: ClaimRecord,
    visit: Visit,
    taken: list[ChargeLine],
    part: Part,
    names: tuple[DiagnosisRecord, ...],
) -> ClaimRecord:
    """One claim of the visit: its lines, their diagnoses, and answers on those lines alone."""
    location = found.locations.get(visit.location_id or found.practice.default_location_id or 0)
    tested = any(line.procedure in found.clia_procedures for line in taken)
    ids = {line.id for line in taken}
    return replace(
        whole,
        diagnoses=tuple(names[i] for i in part.diagnoses),
        lines=tuple(
            _line(found, visit, line, pointers, whole)
            for line, pointers in zip(taken, part.pointers, strict=True)
        ),
        clia=location.clia if location is not None and tested else "",
        coverages=tuple(_answered_here(c, ids, first=0 in part.lines) for c in whole.coverages),
    )


def _answered_here(coverage: CoverageRecord, ids: set[int], *, first: bool) -> CoverageRecord:
    """The coverage with its answer cut to the claim's own lines."""
    answer = coverage.answer
    if answer is None or all(line.line_number in ids for line in answer.lines):
        return coverage
    lines = tuple(line for line in answer.lines if line.line_number in ids)
    shares = [a.amount for line in lines for a in line.adjustments if a.group == "PR"]
    if first and answer.adjustments:
        shares += [a.amount for a in answer.adjustments if a.group == "PR"]
    return replace(
        coverage,
        answer=PriorAnswer(
            paid=total(line.paid for line in lines),
            adjudicated_on=answer.adjudicated_on,
            payer_claim_number=answer.payer_claim_number,
            remaining=total(shares),
            adjustments=answer.adjustments if first else (),
            lines=lines,
        ),
    )


def _line(
    found: Sources, visit: Visit, line: ChargeLine, pointers: tuple[int, ...], whole: ClaimRecord
) -> LineRecord:
    own = found.providers.get(line.rendering_id or 0)
    usual = visit.rendering_id or found.practice.default_rendering_id
    differs = own is not None and own.id != usual
    drug = None
    if line.ndc:
        drug = DrugRecord(line.ndc, line.ndc_quantity or line.units, line.ndc_unit or "UN")
    keeps_taxonomy = whole.rendering is None or bool(whole.rendering.taxonomy)
    return LineRecord(
        number=line.id,
        from_on=line.service_on,
        to_on=line.to_on,
        place=line.place or visit.place,
        procedure=line.procedure,
        charge=line.charge,
        modifiers=tuple(line.modifiers.split()),
        pointers=pointers,
        units=line.units,
        unit_kind=line.unit_kind,
        emergency=line.emergency,
        description=line.title if _UNLISTED.fullmatch(line.procedure) else "",
        note=line.note,
        drug=drug,
        rendering=_provider(own, taxonomy=keeps_taxonomy) if own and differs else None,
    )


def _pointers(line: ChargeLine) -> tuple[int, ...]:
    return tuple(int(p) for p in re.findall(r"\d+", line.pointers))


def _dates(visit: Visit) -> tuple[DatedFact, ...]:
    facts = []
    if visit.onset_on is not None:
        facts.append(DatedFact(visit.onset_qualifier or "431", visit.onset_on))
    if visit.accident_on is not None:
        facts.append(DatedFact(_ACCIDENT, visit.accident_on))
    return tuple(facts)


def _coverage(
    found: Sources, visit_id: int, ranked: RankedCoverage, rank: int, patient: PersonRecord
) -> CoverageRecord:
    coverage, payer = ranked.coverage, found.payers[ranked.payer_id]
    subscriber = found.persons[coverage.subscriber_id]
    own = subscriber.id == found.patients[found.visits[visit_id].patient_id].person_id
    behind = ranked.rank > 1 and payer.filing_code is FilingCode.MEDICARE_B
    return CoverageRecord(
        rank=ranked.rank,
        payer=PayerRecord(payer.name, payer.electronic_id, payer.filing_code, _address(payer)),
        member_id=coverage.member_id,
        relationship=coverage.relationship_,
        subscriber=patient if own else _person(subscriber),
        group_number=coverage.group_number,
        plan_name=coverage.plan_name,
        insurance_type=coverage.insurance_type if behind else "",
        benefits_assigned=coverage.benefits_assigned,
        answer=found.answers.get((visit_id, ranked.rank)) if ranked.rank < rank else None,
    )


def _rendering(
    row: Provider | None, billing: Provider | None, payer: Payer | None
) -> ProviderRecord | None:
    """Left out where a person bills for himself."""
    if row is None or (billing is not None and billing.is_person and row.id == billing.id):
        return None
    return _provider(row, taxonomy=payer is None or payer.send_rendering_taxonomy)


def _facility(
    visit: Visit,
    location: Location | None,
    billing: ProviderRecord,
    patient: PersonRecord,
    payer: Payer | None,
) -> ProviderRecord | None:
    """Where it was done, left out where that is the billing address and the payer allows it."""
    if visit.place == _HOME:
        return ProviderRecord(Name("Patient Home"), is_person=False, address=patient.address)
    if location is None:
        return None
    address = _address(location)
    always = payer is not None and payer.send_facility_always
    if not always and address == billing.address:
        return None
    return ProviderRecord(Name(location.name), location.npi, is_person=False, address=address)


def _pay_to(row: Provider | None) -> ProviderRecord | None:
    if row is None or not row.pay_to_line1:
        return None
    address = Address(row.pay_to_line1, row.pay_to_city, row.pay_to_state, row.pay_to_zip,
                      row.pay_to_line2)  # fmt: skip
    return replace(_provider(row), address=address)


def _provider(row: Provider, *, taxonomy: bool = True, tax: bool = False) -> ProviderRecord:
    return ProviderRecord(
        name=Name(row.last, row.first, row.middle, row.suffix),
        npi=row.npi,
        is_person=row.is_person,
        credential=row.credential,
        taxonomy=row.taxonomy if taxonomy else "",
        address=_address(row),
        tax_id=row.tax_id if tax else "",
        tax_id_kind=row.tax_id_kind,
        phone=row.phone,
    )


def _person(row: Person) -> PersonRecord:
    return PersonRecord(
        name=Name(row.last, row.first, row.middle, row.suffix),
        birth_on=row.birth_on,
        sex=row.sex,
        address=_address(row),
        phone=row.phone,
    )


def _address(row: Person | Provider | Location | Payer) -> Address | None:
    """None where nothing of an address is known."""
    if not (row.line1 or row.city or row.zip_code):
        return None
    return Address(row.line1, row.city, row.state, row.zip_code, row.line2)


def first_service(record: ClaimRecord) -> dt.date | None:
    """The earliest day of a claim: from it the payer counts its filing limit."""
    return min((line.from_on for line in record.lines), default=None)


def charge_of(records: Iterable[ClaimRecord]) -> Money:
    """What several claims charge together."""
    return total(record.charge for record in records)
