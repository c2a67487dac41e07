"""Each defect that a syntax check of the file lets through is found, at the right field."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from desktop.models.values.claim_record import (
    Address,
    ClaimRecord,
    DatedFact,
    DiagnosisRecord,
    DrugRecord,
    Name,
    PriorAdjustment,
    ProviderRecord,
)
from desktop.models.values.enums import (
    FilingCode,
    Frequency,
    Relationship,
    Severity,
    Sex,
    TaxIdKind,
)
from desktop.models.values.money import Money
from desktop.services.claims.rules.check import check_record
from desktop.services.claims.rules.findings import CheckContext
from desktop.services.coding.base.values import DiagnosisCheck, Standing
from tests.helpers import claim_strategies
from tests.unit.claims.rules.samples import (
    ANSWER,
    DOCTOR,
    FIRST,
    GROUP,
    HOME,
    MEDICARE,
    OFFICE,
    ON,
    PATIENT,
    SPOUSE,
    TODAY,
    claim,
    line,
    second_claim,
)

if TYPE_CHECKING:
    from collections.abc import Callable

E, W = Severity.ERROR, Severity.WARNING
CONTEXT = CheckContext(TODAY)


def one_line(**changes: Any) -> ClaimRecord:
    return claim(lines=(line(11, **changes),))


def billing(**changes: Any) -> ClaimRecord:
    return claim(billing=replace(GROUP, **changes))


def patient(**changes: Any) -> ClaimRecord:
    person = replace(PATIENT, **changes)
    return claim(patient=person, coverages=(replace(FIRST, subscriber=person),))


def first(**changes: Any) -> ClaimRecord:
    return claim(coverages=(replace(FIRST, **changes),))


def medicare_second(kind: str) -> ClaimRecord:
    behind = replace(MEDICARE, rank=2, insurance_type=kind)
    return claim(coverages=(FIRST, behind))


def answered(**changes: Any) -> ClaimRecord:
    return second_claim(replace(ANSWER, **changes))


def adjusted(group: str, reason: str) -> ClaimRecord:
    lines = (
        replace(
            ANSWER.lines[0],
            adjustments=(PriorAdjustment(group, reason, Money(4000)),),
        ),
        ANSWER.lines[1],
    )
    return answered(lines=lines)


BAD_CHECK_DIGIT = "1234567890"
BILL, LINE1 = "provider.billing", "lines.1"

DEFECTS: list[tuple[str, ClaimRecord, str, str, Severity]] = [
    ("no billing NPI", billing(npi=""), "npi.missing", f"{BILL}.npi", E),
    ("billing check digit", billing(npi=BAD_CHECK_DIGIT), "npi.invalid", f"{BILL}.npi", E),
    (
        "no rendering NPI",
        claim(rendering=replace(DOCTOR, npi="")),
        "npi.missing",
        "provider.rendering.npi",
        E,
    ),
    (
        "rendering check digit",
        claim(rendering=replace(DOCTOR, npi=BAD_CHECK_DIGIT)),
        "npi.invalid",
        "provider.rendering.npi",
        E,
    ),
    ("nobody rendered", claim(rendering=None), "rendering.missing", "rendering_id", E),
    (
        "referring NPI",
        claim(referring=ProviderRecord(Name("Stone"), "12345")),
        "npi.invalid",
        "provider.referring.npi",
        E,
    ),
    (
        "referring qualifier",
        claim(referring=DOCTOR, referring_qualifier="XX"),
        "referring.qualifier",
        "referring_qualifier",
        E,
    ),
    (
        "facility NPI",
        claim(facility=ProviderRecord(Name("Lab"), "1", is_person=False, address=OFFICE)),
        "npi.invalid",
        "location.npi",
        E,
    ),
    (
        "facility ZIP of five digits",
        claim(
            facility=ProviderRecord(
                Name("Lab"), is_person=False, address=replace(OFFICE, zip_code="62701")
            )
        ),
        "address.zip",
        "location.zip_code",
        E,
    ),
    (
        "line's rendering NPI",
        one_line(rendering=replace(DOCTOR, npi="")),
        "npi.missing",
        "lines.1.rendering",
        E,
    ),
    ("no tax id", billing(tax_id=""), "tax_id.missing", f"{BILL}.tax_id", E),
    ("short EIN", billing(tax_id="12345"), "tax_id.invalid", f"{BILL}.tax_id", E),
    (
        "SSN never issued",
        billing(tax_id="000123456", tax_id_kind=TaxIdKind.SSN),
        "tax_id.invalid",
        f"{BILL}.tax_id",
        E,
    ),
    (
        "billing taxonomy",
        billing(taxonomy="207Q00000"),
        "taxonomy.invalid",
        f"{BILL}.taxonomy",
        E,
    ),
    (
        "rendering taxonomy",
        claim(rendering=replace(DOCTOR, taxonomy="FAMILY")),
        "taxonomy.invalid",
        "provider.rendering.taxonomy",
        E,
    ),
    (
        "billing ZIP of five digits",
        billing(address=replace(OFFICE, zip_code="62701")),
        "address.zip",
        f"{BILL}.zip_code",
        E,
    ),
    (
        "billing state",
        billing(address=replace(OFFICE, state="XX")),
        "address.state",
        f"{BILL}.state",
        E,
    ),
    (
        "PO box",
        billing(address=replace(OFFICE, line1="P.O. Box 12")),
        "billing.po_box",
        f"{BILL}.line1",
        E,
    ),
    ("no billing address", billing(address=None), "billing.address", f"{BILL}.line1", E),
    ("bad CLIA", claim(clia="14X0123456"), "clia.invalid", "location.clia", E),
    ("QW without CLIA", one_line(modifiers=("QW",)), "clia.missing", "lines.1.modifiers", W),
    ("no patient's name", patient(name=Name("", "Dora")), "patient.name", "patient.last", E),
    ("a name no file can carry", patient(name=Name("王")), "patient.name", "patient.last", E),
    ("no birth date", patient(birth_on=None), "person.birth", "patient.birth_on", E),
    (
        "birth in the future",
        patient(birth_on=dt.date(2027, 1, 1)),
        "person.birth",
        "patient.birth_on",
        E,
    ),
    ("sex unknown", patient(sex=Sex.UNKNOWN), "patient.sex", "patient.sex", W),
    ("no address", patient(address=None), "person.address", "patient.line1", E),
    (
        "patient's state",
        patient(address=replace(HOME, state="Illinois")),
        "address.state",
        "patient.state",
        E,
    ),
    (
        "patient's ZIP",
        patient(address=replace(HOME, zip_code="6270")),
        "address.zip",
        "patient.zip_code",
        E,
    ),
    (
        "no signature",
        claim(signature_on_file=False),
        "patient.signature",
        "patient.signature_on",
        W,
    ),
    (
        "no subscriber",
        first(relationship=Relationship.SPOUSE, subscriber=replace(SPOUSE, name=Name(""))),
        "subscriber.missing",
        "coverage.1.subscriber",
        E,
    ),
    (
        "self, but another person",
        first(subscriber=SPOUSE),
        "subscriber.relationship",
        "coverage.1.relationship",
        E,
    ),
    (
        "the patient, but not self",
        first(relationship=Relationship.CHILD),
        "subscriber.relationship",
        "coverage.1.relationship",
        E,
    ),
    (
        "Medicare through a spouse",
        claim(
            coverages=(replace(MEDICARE, relationship=Relationship.SPOUSE, subscriber=SPOUSE),)
        ),
        "subscriber.medicare",
        "coverage.1.relationship",
        E,
    ),
    (
        "a service in the future",
        one_line(from_on=dt.date(2026, 9, 16), to_on=dt.date(2026, 9, 16)),
        "dates.future",
        "lines.1.from_on",
        E,
    ),
    (
        "ends before it begins",
        one_line(to_on=dt.date(2026, 8, 31)),
        "dates.order",
        "lines.1.to_on",
        E,
    ),
    ("before birth", patient(birth_on=dt.date(2026, 9, 2)), "dates.before_birth", "service_on", E),
    (
        "before ICD-10",
        one_line(from_on=dt.date(2015, 9, 30), to_on=dt.date(2015, 9, 30)),
        "dates.icd9",
        "lines.1.from_on",
        E,
    ),
    (
        "accident without date",
        claim(related_causes=("OA",)),
        "accident.date",
        "accident_on",
        E,
    ),
    (
        "auto accident without state",
        claim(related_causes=("AA",), dates=(DatedFact("439", ON),)),
        "accident.state",
        "accident_state",
        E,
    ),
    (
        "auto accident in no state",
        claim(related_causes=("AA",), accident_state="ZZ", dates=(DatedFact("439", ON),)),
        "accident.state",
        "accident_state",
        E,
    ),
    (
        "accident after the service",
        claim(related_causes=("OA",), dates=(DatedFact("439", dt.date(2026, 9, 2)),)),
        "accident.after_service",
        "accident_on",
        E,
    ),
    (
        "accident date without cause",
        claim(dates=(DatedFact("439", ON),)),
        "accident.no_cause",
        "related_causes",
        W,
    ),
    ("unknown cause", claim(related_causes=("ZZ",)), "accident.cause", "related_causes", E),
    (
        "onset after the service",
        claim(dates=(DatedFact("431", dt.date(2026, 9, 2)),)),
        "onset.after_service",
        "onset_on",
        E,
    ),
    ("inpatient, no admission", claim(place="21"), "admission.missing", "admitted_on", E),
    (
        "discharge before admission",
        claim(hospital_from=ON, hospital_to=dt.date(2026, 8, 31)),
        "admission.order",
        "discharged_on",
        E,
    ),
    ("no coverage", claim(coverages=()), "coverage.missing", "coverage", E),
    ("no member id", first(member_id=" "), "member.missing", "coverage.1.member_id", E),
    (
        "Medicare number",
        claim(coverages=(replace(MEDICARE, member_id="123456789A"),)),
        "member.mbi",
        "coverage.1.member_id",
        E,
    ),
    (
        # openemr 11869: a blank SBR05 for Medicare behind another payer.
        "Medicare second without reason",
        medicare_second(""),
        "coverage.medicare_second",
        "coverage.2.insurance_type",
        E,
    ),
    (
        "Medicare second, wrong reason",
        medicare_second("99"),
        "coverage.medicare_second",
        "coverage.2.insurance_type",
        E,
    ),
    (
        "no payer id",
        first(payer=replace(FIRST.payer, electronic_id="")),
        "payer.electronic_id",
        "coverage.1.payer",
        E,
    ),
    (
        "workers' compensation without claim number",
        first(payer=replace(FIRST.payer, filing_code=FilingCode.WORKERS_COMPENSATION)),
        "payer.casualty_number",
        "property_casualty_number",
        W,
    ),
    ("two first payers", claim(coverages=(FIRST, FIRST)), "coverage.order", "coverage", E),
    ("no diagnosis", claim(diagnoses=()), "diagnosis.none", "diagnoses.1", E),
    (
        "a dot in a diagnosis",
        claim(diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord("I10.0"))),
        "diagnosis.shape",
        "diagnoses.2",
        E,
    ),
    (
        # openemr 65: ICD-10 codes have up to seven characters, never eight.
        "eight characters",
        claim(diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord("S72001AX"))),
        "diagnosis.shape",
        "diagnoses.2",
        E,
    ),
    (
        "ICD-9 shape",
        claim(diagnoses=(DiagnosisRecord("25000"), DiagnosisRecord("I10"))),
        "diagnosis.shape",
        "diagnoses.1",
        E,
    ),
    (
        "the same diagnosis twice",
        claim(diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord("E119"))),
        "diagnosis.twice",
        "diagnoses.2",
        E,
    ),
    (
        "thirteen diagnoses",
        claim(diagnoses=tuple(DiagnosisRecord(f"A0{n:02d}") for n in range(13))),
        "diagnosis.many",
        "diagnoses.13",
        E,
    ),
    (
        "external cause first",
        claim(diagnoses=(DiagnosisRecord("W19XXXA"), DiagnosisRecord("S72001A"))),
        "diagnosis.cause_first",
        "diagnoses.1",
        E,
    ),
    ("no line", claim(lines=()), "line.none", "lines", E),
    ("no procedure", one_line(procedure=""), "procedure.missing", f"{LINE1}.procedure", E),
    ("HCPCS shape", one_line(procedure="W1234"), "procedure.shape", f"{LINE1}.procedure", E),
    ("CPT shape", one_line(procedure="9921"), "procedure.shape", f"{LINE1}.procedure", E),
    ("unlisted", one_line(procedure="27599"), "procedure.unlisted", f"{LINE1}.note", W),
    (
        "five modifiers",
        one_line(modifiers=("25", "59", "RT", "LT", "GP")),
        "modifier.many",
        f"{LINE1}.modifiers",
        E,
    ),
    (
        "modifier shape",
        one_line(modifiers=("5",)),
        "modifier.shape",
        f"{LINE1}.modifiers",
        E,
    ),
    (
        "modifier twice",
        one_line(modifiers=("59", "59")),
        "modifier.twice",
        f"{LINE1}.modifiers",
        E,
    ),
    ("pointer past the last", one_line(pointers=(3,)), "pointer.past", f"{LINE1}.pointers", E),
    ("pointer zero", one_line(pointers=(0,)), "pointer.past", f"{LINE1}.pointers", E),
    ("no pointer", one_line(pointers=()), "pointer.none", f"{LINE1}.pointers", E),
    (
        "five pointers",
        one_line(pointers=(1, 2, 1, 2, 1)),
        "pointer.many",
        f"{LINE1}.pointers",
        E,
    ),
    ("units zero", one_line(units=Decimal(0)), "units.zero", f"{LINE1}.units", E),
    ("charge zero", one_line(charge=Money(0)), "charge.zero", f"{LINE1}.charge", E),
    (
        "a measure for nothing",
        one_line(procedure="3074F", charge=Money(0)),
        "charge.zero",
        f"{LINE1}.charge",
        W,
    ),
    (
        "drug code",
        one_line(drug=DrugRecord("1234", Decimal(1), "ML")),
        "ndc.shape",
        f"{LINE1}.ndc",
        E,
    ),
    (
        "drug unit",
        one_line(drug=DrugRecord("00071015523", Decimal(1), "MG")),
        "ndc.unit",
        f"{LINE1}.ndc_unit",
        E,
    ),
    ("fifty-one lines", claim(lines=tuple(line(n) for n in range(51))), "line.many", "lines", E),
    # medplum 9820: a state was printed as place of service.
    ("place of service", claim(place="IL"), "place.invalid", "place", E),
    ("line's place", one_line(place="98"), "place.invalid", f"{LINE1}.place", E),
    ("long line note", one_line(note="x" * 81), "line.note", f"{LINE1}.note", E),
    ("long claim note", claim(note="x" * 81), "claim.note", "claim_note", E),
    (
        "the same service twice",
        claim(lines=(line(11), line(12))),
        "line.repeated",
        "lines.2.procedure",
        W,
    ),
    (
        "replacement without the payer's number",
        claim(frequency=Frequency.REPLACEMENT),
        "frequency.original_number",
        "original_number",
        E,
    ),
    (
        "original with a number",
        claim(original_number="P1"),
        "frequency.not_original",
        "original_number",
        E,
    ),
    (
        "the patient paid too much",
        claim(patient_paid=Money(99999)),
        "claim.patient_paid",
        "patient_paid",
        W,
    ),
    ("delay reason", claim(delay_reason="12"), "claim.delay_reason", "delay_reason", E),
    ("long number", claim(control_number="C" * 15), "claim.control_number", "control_number", E),
    (
        "second payer without the first one's answer",
        second_claim(None),
        "cob.missing",
        "coverage.1.answer",
        E,
    ),
    (
        "line unbalanced",
        answered(lines=(replace(ANSWER.lines[0], paid=Money(7999)), ANSWER.lines[1])),
        "cob.unbalanced",
        "coverage.1.answer",
        E,
    ),
    ("claim unbalanced", answered(paid=Money(7999)), "cob.unbalanced", "coverage.1.answer", E),
    ("a line of another claim", answered(
        lines=(replace(ANSWER.lines[0], line_number=99), ANSWER.lines[1])
    ), "cob.line", "coverage.1.answer", E),
    ("unknown group", adjusted("XX", "45"), "cob.group", "coverage.1.answer", E),
    ("reason no code", adjusted("CO", "4X5"), "cob.reason", "coverage.1.answer", E),
    ("reason unknown", adjusted("CO", "999"), "cob.reason_unknown", "coverage.1.answer", W),
    (
        "answer in the future",
        answered(adjudicated_on=dt.date(2026, 9, 16)),
        "cob.date",
        "coverage.1.answer",
        E,
    ),
    (
        "a delimiter in a name",
        patient(name=Name("Quill*", "Dora")),
        "characters.lost",
        "patient.last",
        W,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "rule", "field", "severity"),
    [pytest.param(*case, id=name) for name, *case in DEFECTS],
)
def test_a_defect_is_found_at_its_field(
    record: ClaimRecord, rule: str, field: str, severity: Severity
) -> None:
    found = check_record(record, CONTEXT)
    matching = [f for f in found if (f.rule, f.field) == (rule, field)]
    assert [f.severity for f in matching[:1]] == [severity], found
    assert matching[0].text.endswith(".")
    assert matching[0].source
    others = {f.field for f in found if f.is_error} - {field}
    # One defect leads to its own field, not to a wall of errors elsewhere.
    assert len(others) <= 3, found


def test_the_whole_claims_have_no_finding() -> None:
    assert check_record(claim(), CONTEXT) == ()
    assert check_record(second_claim(), CONTEXT) == ()
    assert check_record(claim(coverages=(MEDICARE,)), CONTEXT) == ()
    assert check_record(medicare_second("12"), CONTEXT) == ()


IN_CONTEXT: list[tuple[str, CheckContext, Callable[[], ClaimRecord], str, str, Severity]] = [
    (
        "diagnosis not billable",
        CheckContext(
            TODAY,
            diagnoses={
                "I10": DiagnosisCheck(Standing.NOT_BILLABLE, "I10", "I10 needs more characters.")
            },
        ),
        claim,
        "diagnosis.not_billable",
        "diagnoses.2",
        E,
    ),
    (
        "no code set for this date",
        CheckContext(
            TODAY, diagnoses={"E119": DiagnosisCheck(Standing.NO_CODE_SET, "E119", "No code set.")}
        ),
        claim,
        "diagnosis.no_code_set",
        "diagnoses.1",
        E,
    ),
    (
        "coverage ended",
        CheckContext(TODAY, coverage_dates={1: (dt.date(2020, 1, 1), dt.date(2026, 8, 31))}),
        claim,
        "coverage.not_in_force",
        "coverage.1.valid_to",
        E,
    ),
    (
        "coverage not begun",
        CheckContext(TODAY, coverage_dates={1: (dt.date(2026, 9, 2), None)}),
        claim,
        "coverage.not_in_force",
        "coverage.1.valid_from",
        E,
    ),
    (
        "second coverage ended",
        CheckContext(TODAY, coverage_dates={2: (dt.date(2020, 1, 1), dt.date(2026, 8, 31))}),
        claim,
        "coverage.not_in_force",
        "coverage.2.valid_to",
        W,
    ),
    (
        "filing limit passed",
        CheckContext(TODAY, file_by=dt.date(2026, 9, 14)),
        claim,
        "filing.passed",
        "delay_reason",
        E,
    ),
    (
        "filing limit passed for a reason",
        CheckContext(TODAY, file_by=dt.date(2026, 9, 14)),
        lambda: claim(delay_reason="7"),
        "filing.passed",
        "delay_reason",
        W,
    ),
    (
        "filing limit near",
        CheckContext(TODAY, file_by=dt.date(2026, 9, 20)),
        claim,
        "filing.near",
        "service_on",
        W,
    ),
    (
        "earlier visit",
        CheckContext(TODAY, duplicates={12: 7}),
        claim,
        "line.duplicate",
        "lines.2.procedure",
        W,
    ),
    (
        "laboratory without CLIA",
        CheckContext(TODAY, clia_procedures=frozenset({"85025"})),
        claim,
        "clia.missing",
        "location.clia",
        E,
    ),
    (
        "procedure not on the list",
        CheckContext(TODAY, own_procedures=frozenset({"99213"})),
        claim,
        "procedure.unknown",
        "lines.2.procedure",
        W,
    ),
    (
        # clearhealth: total rules could be saved and were never evaluated.
        "total differs",
        CheckContext(TODAY, expected_charge=Money(15001)),
        claim,
        "claim.total",
        "lines",
        E,
    ),
    (
        "two numbers for item 23",
        CheckContext(TODAY, on_paper=True),
        lambda: claim(prior_authorization="A1", referral_number="R1"),
        "paper.item23",
        "prior_authorization",
        E,
    ),
    (
        # medplum: a seventh line printed over box 25.
        "seventh line on paper",
        CheckContext(TODAY, on_paper=True),
        lambda: claim(lines=tuple(line(n, procedure=f"9921{n}") for n in range(7))),
        "line.many",
        "lines",
        E,
    ),
    (
        "a note that the form cuts",
        CheckContext(TODAY, on_paper=True),
        lambda: claim(note="n" * 75),
        "paper.cut",
        "claim_note",
        W,
    ),
]


@pytest.mark.parametrize(
    ("context", "make", "rule", "field", "severity"),
    [pytest.param(*case, id=name) for name, *case in IN_CONTEXT],
)
def test_what_the_context_tells_is_found(
    context: CheckContext,
    make: Callable[[], ClaimRecord],
    rule: str,
    field: str,
    severity: Severity,
) -> None:
    found = {(f.rule, f.field): f for f in check_record(make(), context)}
    assert found[rule, field].severity is severity


def test_paper_takes_a_po_box_and_a_short_zip() -> None:
    record = billing(address=Address("PO Box 5", "Springfield", "IL", "62701"))
    context = dataclasses.replace(CONTEXT, on_paper=True)
    assert not [f for f in check_record(record, context) if f.is_error]


def test_fields_follow_the_visit_when_it_gives_several_claims() -> None:
    record = claim(lines=(line(11), line(13, charge=Money(0))))
    context = dataclasses.replace(CONTEXT, line_positions={11: 1, 13: 9})
    fields = {f.field for f in check_record(record, context)}
    assert "lines.9.charge" in fields
    assert "lines.2.charge" not in fields


def whole(record: ClaimRecord) -> ClaimRecord:
    """A random claim of the file's own tests, made good where only a person would notice."""
    coverages = tuple(
        replace(
            c,
            member_id="1EG4TE5MK73",
            relationship=Relationship.SELF,
            subscriber=record.patient,
            insurance_type=c.insurance_type if c.rank > 1 else "",
        )
        if c.payer.filing_code is FilingCode.MEDICARE_B
        else replace(c, subscriber=replace(c.subscriber, name=Name("Quill", "Egon")))
        if c.relationship is not Relationship.SELF
        else c
        for c in record.coverages
    )
    answers = tuple(
        replace(c, answer=replace(c.answer, adjudicated_on=min(c.answer.adjudicated_on, TODAY)))
        if c.answer
        else c
        for c in coverages
    )
    shift = max(0, (max(x.to_on for x in record.lines) - TODAY).days)
    lines = tuple(
        replace(
            x,
            from_on=x.from_on - dt.timedelta(days=shift),
            to_on=x.to_on - dt.timedelta(days=shift),
            # Which modifiers fit which services is tested by its own table.
            modifiers=("GP",),
        )
        for x in record.lines
    )
    start = lines[0].from_on
    return replace(
        record,
        coverages=answers,
        lines=lines,
        billing=replace(record.billing, tax_id_kind=TaxIdKind.EIN),
        rendering=record.rendering or DOCTOR,
        dates=tuple(replace(d, on=min(d.on, start)) for d in record.dates),
        hospital_from=record.hospital_from or start,
        hospital_to=None,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claim_strategies.claims())
def test_random_claims_without_fault_have_no_error(record: ClaimRecord) -> None:
    found = [f for f in check_record(whole(record), CONTEXT) if f.is_error]
    assert found == []


def test_no_billing_provider_is_one_finding_not_four() -> None:
    record = claim(billing=ProviderRecord(Name(""), npi=""))
    found = check_record(record, CONTEXT)
    assert [f.text for f in found if f.field.startswith("provider.billing")] == [
        "No billing provider is chosen; choose one in Setup, under Practice."
    ]
