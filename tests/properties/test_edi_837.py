"""Random practices: every 837P passes the independent judge and reads back to the same claims."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    CoverageRecord,
    LineRecord,
    Name,
    PersonRecord,
    PriorAdjustment,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Frequency, Relationship
from desktop.services.formats.edi.claims837 import (
    SentClaim,
    SentClaims,
    SentCoverage,
    SentLine,
    SentParty,
)
from desktop.services.formats.edi.envelope import fold
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.remittance import Adjustment
from desktop.services.formats.edi.write837 import write_837p
from tests.helpers.claim_strategies import batch, claim_files
from tests.helpers.pyx12_gate import assert_837p_clean

EXAMPLES = 500 if os.environ.get("CLAIMSTEAD_LONG") == "1" else 60
RANK = {1: "P", 2: "S", 3: "T"}
RELATION = {
    Relationship.SELF: "18",
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "G8",
}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(claim_files())
def test_files_of_random_practices_pass_pyx12_and_read_back_the_same(
    claims: list[ClaimRecord],
) -> None:
    data = write_837p(batch(), claims)
    assert_837p_clean(data)
    file = read_file(data)
    assert not file.problems
    sent = {}
    for group in file.transactions:
        assert isinstance(group, SentClaims)
        sent.update({c.control_number: c for c in group.claims})
    assert sorted(sent) == sorted(c.control_number for c in claims)
    for claim in claims:
        same_claim(claim, sent[claim.control_number])


def same_claim(claim: ClaimRecord, sent: SentClaim) -> None:
    coverage = claim.coverage
    own = coverage.relationship is Relationship.SELF
    assert sent.charge == claim.charge == sent.lines_charge
    assert (sent.place, sent.frequency) == (claim.place, claim.frequency.value)
    assert sent.sequence == RANK[claim.payer_rank]
    assert sent.relationship == RELATION[coverage.relationship]
    assert sent.diagnoses == tuple(d.code for d in claim.diagnoses)
    assert set(sent.diagnosis_kinds[1:]) <= {"ABF"}
    assert sent.diagnosis_kinds[0] == "ABK"
    assert sent.condition_codes == claim.condition_codes
    assert sent.accept_assignment == ("A" if claim.accept_assignment else "C")
    assert sent.benefits_assigned == ("Y" if coverage.benefits_assigned else "N")
    assert sent.related_causes == claim.related_causes
    assert sent.accident_state == claim.accident_state
    assert sent.delay_reason == claim.delay_reason
    assert sent.patient_paid == claim.patient_paid
    assert sent.note == fold(claim.note)
    original = "" if claim.frequency is Frequency.ORIGINAL else fold(claim.original_number)
    assert sent.original_number == original
    for kind, value in (
        ("G1", claim.prior_authorization),
        ("9F", claim.referral_number),
        ("X4", claim.clia),
    ):
        assert sent.reference(kind) == fold(value)
    for fact in claim.dates:
        assert (fact.qualifier, fact.on, fact.on) in sent.dates
    same_person(claim.patient, sent.patient)
    same_person(claim.patient if own else coverage.subscriber, sent.subscriber)
    casualty = (sent.subscriber if own else sent.patient).reference("Y4")
    assert casualty == claim.property_casualty_number
    same_coverage_head(coverage, sent)
    same_providers(claim, sent)
    others = sorted(
        (c for c in claim.coverages if c.rank != claim.payer_rank), key=lambda c: c.rank
    )
    assert len(sent.coverages) == len(others)
    for other, sent_other in zip(others, sent.coverages, strict=True):
        same_other(other, sent_other)
    assert len(sent.lines) == len(claim.lines)
    for line, sent_line in zip(claim.lines, sent.lines, strict=True):
        same_line(claim, line, sent_line)


def same_name(name: Name, sent: Name) -> None:
    parts = (name.last, name.first, name.middle, name.suffix)
    assert (sent.last, sent.first, sent.middle, sent.suffix) == tuple(fold(p) for p in parts)


def same_address(address: Address | None, sent: Address | None) -> None:
    if address is None:
        assert sent is None
        return
    assert sent == Address(
        fold(address.line1),
        fold(address.city),
        address.state,
        address.zip_code,
        fold(address.line2),
    )


def same_person(person: PersonRecord, sent: SentParty) -> None:
    same_name(person.name, sent.name)
    same_address(person.address, sent.address)
    assert (sent.birth_on, sent.sex) == (person.birth_on, person.sex.value)


def same_coverage_head(coverage: CoverageRecord, sent: SentClaim) -> None:
    assert sent.subscriber.id == coverage.member_id
    assert sent.group_number == fold(coverage.group_number)
    assert sent.filing_code == coverage.payer.filing_code.value
    medicare = coverage.payer.filing_code is FilingCode.MEDICARE_B and coverage.rank > 1
    assert sent.insurance_type == (coverage.insurance_type if medicare else "")
    assert sent.payer.name.last == fold(coverage.payer.name)
    assert (sent.payer.id_kind, sent.payer.id) == ("PI", coverage.payer.electronic_id)
    same_address(coverage.payer.address, sent.payer.address)


def same_provider(provider: ProviderRecord, sent: SentParty | None) -> None:
    assert sent is not None
    assert sent.npi == provider.npi
    assert sent.name.last == fold(provider.name.last)
    assert sent.is_person == provider.is_person


def same_providers(claim: ClaimRecord, sent: SentClaim) -> None:
    same_provider(claim.billing, sent.billing)
    same_address(claim.billing.address, sent.billing.address)
    assert sent.billing.tax_id == claim.billing.tax_id
    assert sent.billing.taxonomy == claim.billing.taxonomy
    rendering = claim.rendering
    if rendering and not (claim.billing.is_person and rendering.npi == claim.billing.npi):
        same_provider(rendering, sent.party("82"))
        found = sent.party("82")
        assert found is not None
        assert found.taxonomy == rendering.taxonomy
    else:
        assert sent.party("82") is None
    for role in ("DN", "DQ"):
        if claim.referring and claim.referring_qualifier == role:
            same_provider(claim.referring, sent.party(role))
        else:
            assert sent.party(role) is None
    assert sent.party("DK") is None
    if claim.facility and claim.facility.npi != claim.billing.npi:
        found = sent.party("77")
        assert found is not None
        assert found.npi == ("" if claim.place == "12" else claim.facility.npi)
        same_address(claim.facility.address, found.address)


def adjustments(prior: tuple[PriorAdjustment, ...]) -> dict[str, list[Adjustment]]:
    """By group, as one CAS a group reads back."""
    groups: dict[str, list[Adjustment]] = {}
    for a in prior:
        groups.setdefault(a.group, []).append(Adjustment(a.group, a.reason, a.amount, a.quantity))
    return groups


def same_other(coverage: CoverageRecord, sent: SentCoverage) -> None:
    assert sent.sequence == RANK[coverage.rank]
    assert sent.relationship == RELATION[coverage.relationship]
    assert sent.filing_code == coverage.payer.filing_code.value
    assert sent.payer is not None
    assert sent.payer.id == coverage.payer.electronic_id
    assert sent.subscriber is not None
    assert sent.subscriber.id == coverage.member_id
    if coverage.answer is None:
        assert sent.paid is None
        return
    answer = coverage.answer
    assert (sent.paid, sent.remaining) == (answer.paid, answer.remaining)
    assert sent.payer.reference("F8") == fold(answer.payer_claim_number)


def same_line(claim: ClaimRecord, line: LineRecord, sent: SentLine) -> None:
    assert (sent.code, sent.modifiers, sent.charge) == (
        line.procedure,
        line.modifiers,
        line.charge,
    )
    assert (sent.units, sent.unit_kind) == (line.units, line.unit_kind)
    assert (sent.from_on, sent.to_on) == (line.from_on, line.to_on)
    assert sent.pointers == line.pointers
    assert sent.place == line.place
    assert sent.line_number == str(line.number)
    assert (sent.emergency, sent.epsdt, sent.family_planning) == (
        line.emergency,
        line.epsdt,
        line.family_planning,
    )
    assert sent.description == fold(line.description)
    assert sent.note == fold(line.note)
    same_drug(line, sent)
    if line.rendering:
        same_provider(line.rendering, sent.party("82"))
    ordering = line.ordering or (claim.referring if claim.referring_qualifier == "DK" else None)
    if ordering:
        same_provider(ordering, sent.party("DK"))
    else:
        assert sent.party("DK") is None
    same_prior(claim, line, sent)


def same_drug(line: LineRecord, sent: SentLine) -> None:
    if line.drug is None:
        assert sent.drug is None
    else:
        assert sent.drug is not None
        assert (sent.drug.ndc, sent.drug.quantity, sent.drug.unit) == (
            line.drug.ndc,
            line.drug.quantity,
            line.drug.unit,
        )
        assert sent.drug.prescription_number == line.drug.prescription_number


def same_prior(claim: ClaimRecord, line: LineRecord, sent: SentLine) -> None:
    """What each other payer said of the line, in the order of the payers."""
    answered = [
        (c.payer.electronic_id, prior)
        for c in sorted(claim.coverages, key=lambda c: c.rank)
        if c.answer and c.rank != claim.payer_rank
        for prior in c.answer.lines
        if prior.line_number == line.number
    ]
    assert len(sent.prior) == len(answered)
    for (payer_id, prior), found in zip(answered, sent.prior, strict=True):
        assert (found.payer_id, found.paid, found.units) == (payer_id, prior.paid, prior.units)
        assert found.adjudicated_on == prior.adjudicated_on
        assert (found.code, found.modifiers) == (line.procedure, line.modifiers)
        groups = adjustments(prior.adjustments)
        assert list(found.adjustments) == [a for group in groups.values() for a in group]
        total = found.paid.cents + sum(a.amount.cents for a in found.adjustments)
        assert total == line.charge.cents
