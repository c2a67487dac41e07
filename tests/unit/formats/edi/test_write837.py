"""837P writing: the rules of the guide, and the tickets of others as tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from desktop.errors import RuleError
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
    PriorAdjustment,
    PriorAnswer,
    PriorLine,
    ProviderRecord,
)
from desktop.models.values.enums import FilingCode, Frequency, Relationship, Sex
from desktop.models.values.money import Money
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.envelope import fold
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.write837 import plan_sets, write_837p
from tests.helpers.claim_strategies import batch
from tests.helpers.pyx12_gate import assert_837p_clean

DAY = dt.date(2026, 9, 1)
HOME = Address("12 Main St", "Springfield", "IL", "62701")
OFFICE = Address("1 Clinic Plaza", "Springfield", "IL", "627019999")
PATIENT = PersonRecord(Name("Doe", "Jane", "Q"), dt.date(1980, 2, 29), Sex.FEMALE, HOME)
HUSBAND = PersonRecord(Name("Doe", "John"), dt.date(1979, 1, 1), Sex.MALE, HOME)
CLINIC = ProviderRecord(
    Name("Prairie Clinic"),
    npi="1234567893",
    is_person=False,
    taxonomy="207Q00000X",
    address=OFFICE,
    tax_id="371234567",
)
DOCTOR = ProviderRecord(Name("Nguyen", "Taylor"), npi="1000000004", taxonomy="363L00000X")
PLAN = PayerRecord("Prairie Health Plan", "60054", FilingCode.COMMERCIAL)
MEDICARE = PayerRecord("Medicare B", "06102", FilingCode.MEDICARE_B)
OWN = CoverageRecord(1, PLAN, "MEM001", Relationship.SELF, PATIENT, group_number="G1")
LINE = LineRecord(17, DAY, DAY, "11", "99213", Money(12_550))
CLAIM = ClaimRecord(
    control_number="C1",
    payer_rank=1,
    coverages=(OWN,),
    patient=PATIENT,
    billing=CLINIC,
    diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord("I10")),
    lines=(LINE,),
    place="11",
    rendering=DOCTOR,
)


def changed(**changes: object) -> ClaimRecord:
    return dataclasses.replace(CLAIM, **changes)  # type: ignore[arg-type]


def segments(*claims: ClaimRecord, **envelope: object) -> list[str]:
    data = write_837p(batch(**envelope), claims or (CLAIM,))
    assert_837p_clean(data)
    return data.decode("ascii").rstrip("~").split("~")


def starting(found: list[str], prefix: str) -> list[str]:
    return [s for s in found if s.startswith(prefix)]


def test_header_is_exact_and_a_newline_may_follow_each_segment() -> None:
    data = write_837p(batch(interchange_control=42, newline=True, usage="P"), (CLAIM,))
    assert data[:106].endswith(b"*^*00501*000000042*0*P*:~")
    assert data[106:109] == b"\nGS"
    assert data.endswith(b"IEA*1*000000042~\n")
    assert_837p_clean(data)


def test_professional_claim_says_what_the_record_says() -> None:
    found = segments()
    assert "CLM*C1*125.5***11:B:1*Y*A*Y*Y" in found
    assert "HI*ABK:E119*ABF:I10" in found
    assert "SV1*HC:99213*125.5*UN*1***1" in found
    assert "DTP*472*D8*20260901" in found
    assert "REF*6R*17" in found
    assert "SBR*P*18*G1******CI" in found
    assert "NM1*IL*1*DOE*JANE*Q***MI*MEM001" in found
    assert "DMG*D8*19800229*F" in found
    assert "PRV*BI*PXC*207Q00000X" in found
    assert "PRV*PE*PXC*363L00000X" in found


def test_no_segment_ends_in_an_empty_element_or_component() -> None:
    for segment in segments():
        assert not segment.endswith(("*", ":")) or segment.startswith("ISA")


def test_names_with_accents_and_delimiters_become_plain_capitals() -> None:
    patient = dataclasses.replace(PATIENT, name=Name("Nuñez*~Łoś", "  José:\tMaría ", "", "Jr."))
    found = segments(changed(patient=patient))
    assert "NM1*IL*1*NUNEZ LOS*JOSE MARIA***JR.*MI*MEM001" in found


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "STRASSE"),
        ("D’Angelo", "D'ANGELO"),
        ("Ærø", "AERO"),
        ("a^b|c", "A B C"),
        ("ﬁne ½", "FINE 1 2"),
        ("王", ""),
        ("a\x00b\x1fc\r\nd", "A B C D"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_dependent_gets_a_level_of_its_own() -> None:
    coverage = CoverageRecord(1, PLAN, "MEM001", Relationship.SPOUSE, HUSBAND)
    found = segments(changed(coverages=(coverage,)))
    assert starting(found, "HL*") == ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0"]
    assert "SBR*P********CI" in found
    assert "PAT*01" in found
    assert "NM1*QC*1*DOE*JANE*Q" in found
    assert "NM1*IL*1*DOE*JOHN****MI*MEM001" in found


def test_claims_of_one_family_share_their_levels_and_keep_their_numbers() -> None:
    spouse = CoverageRecord(1, PLAN, "MEM001", Relationship.SPOUSE, HUSBAND)
    own = CoverageRecord(1, PLAN, "MEM001", Relationship.SELF, HUSBAND)
    claims = (
        changed(coverages=(spouse,)),
        changed(control_number="C2", patient=HUSBAND, coverages=(own,)),
        changed(control_number="C3", coverages=(spouse,)),
    )
    found = segments(*claims)
    assert len(starting(found, "HL*")) == 4
    order = [s.split("*")[1] for s in starting(found, "CLM*")]
    assert order == ["C1", "C3", "C2"]


def test_openemr_7921_counts_and_levels_stay_right_with_an_ordering_providers_address() -> None:
    ordering = dataclasses.replace(DOCTOR, address=OFFICE)
    claims = [
        changed(control_number=f"C{n}", referring=ordering, referring_qualifier="DK")
        for n in range(3)
    ]
    found = segments(*claims)
    (end,) = starting(found, "SE*")
    inside = found[found.index("ST*837*0001*005010X222A1") : found.index(end) + 1]
    assert end == f"SE*{len(inside)}*0001"
    assert [s.split("*")[1] for s in starting(found, "HL*")] == ["1", "2"]
    assert found[-2] == "GE*1*1"


def test_openemr_6900_each_file_carries_the_number_it_was_given() -> None:
    first, second = segments(interchange_control=7), segments(interchange_control=8)
    assert first[0].split("*")[13] == "000000007"
    assert second[0].split("*")[13] == "000000008"
    assert second[-1] == "IEA*1*000000008"


def test_lh_ehr_1022_a_file_holds_one_interchange() -> None:
    data = write_837p(batch(), (CLAIM,))
    assert data.count(b"ISA*") == data.count(b"IEA*") == 1


def test_openemr_6174_zip_codes_are_sent_as_entered() -> None:
    place = ProviderRecord(Name("Hall"), npi="1000000012", is_person=False, address=HOME)
    found = segments(changed(facility=place))
    at = found.index("NM1*77*2*HALL*****XX*1000000012")
    assert found[at + 2] == "N4*SPRINGFIELD*IL*62701"
    assert "N4*SPRINGFIELD*IL*627019999" in found


@pytest.mark.parametrize(
    ("qualifier", "on_claim", "on_line"),
    [("DN", "DN", None), ("DQ", "DQ", None), ("DK", None, "DK")],
)
def test_openemr_13724_the_box_17_provider_is_sent_once_in_its_role(
    qualifier: str, on_claim: str | None, on_line: str | None
) -> None:
    claim = changed(referring=DOCTOR, referring_qualifier=qualifier, rendering=None)
    (group,) = read_file(write_837p(batch(), (claim,))).transactions
    assert isinstance(group, SentClaims)
    sent = group.claims[0]
    assert [p.role for p in sent.parties] == ([on_claim] if on_claim else [])
    assert [p.role for p in sent.lines[0].parties] == ([on_line] if on_line else [])


def test_ottehr_9560_a_drug_stands_on_its_own_line_only() -> None:
    drug = DrugRecord("00409123401", Decimal("2.5"), "ML", "RX1")
    other = dataclasses.replace(LINE, number=18, procedure="J1100", drug=drug)
    found = segments(changed(lines=(LINE, other)))
    assert len(starting(found, "LIN*")) == 1
    assert found[found.index("LIN**N4*00409123401") - 1] == "REF*6R*18"
    assert "CTP****2.5*ML" in found
    assert "REF*XZ*RX1" in found


def test_ottehr_3222_the_date_of_service_is_the_lines_whatever_the_files_instant() -> None:
    late = dt.datetime(2026, 9, 1, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=-11)))
    assert "DTP*472*D8*20260901" in segments(at=late)


def test_identical_lines_are_not_merged() -> None:
    twin = dataclasses.replace(LINE, number=18)
    found = segments(changed(lines=(LINE, twin)))
    assert len(starting(found, "SV1*")) == 2
    assert "CLM*C1*251***11:B:1*Y*A*Y*Y" in found
    assert starting(found, "REF*6R*") == ["REF*6R*17", "REF*6R*18"]


def test_unknown_sex_is_not_sent_as_female() -> None:
    patient = dataclasses.replace(PATIENT, sex=Sex.UNKNOWN)
    assert "DMG*D8*19800229*U" in segments(changed(patient=patient))


ANSWER = PriorAnswer(
    paid=Money(8_000),
    adjudicated_on=dt.date(2026, 9, 10),
    payer_claim_number="PCN77",
    remaining=Money(2_550),
    lines=(
        PriorLine(
            17,
            Money(8_000),
            Decimal(1),
            dt.date(2026, 9, 10),
            (
                PriorAdjustment("CO", "45", Money(1_500)),
                PriorAdjustment("PR", "1", Money(1_050)),
                PriorAdjustment("CO", "253", Money(500)),
                PriorAdjustment("PR", "2", Money(1_500), Decimal(1)),
            ),
        ),
    ),
)
SECOND = CoverageRecord(2, PLAN, "MEM2", Relationship.SELF, PATIENT)


def secondary() -> ClaimRecord:
    first = CoverageRecord(1, MEDICARE, "1EG4TE5MK73", Relationship.SELF, PATIENT, answer=ANSWER)
    return changed(payer_rank=2, coverages=(first, SECOND))


def test_openemr_6268_one_cas_a_group_with_all_its_reasons() -> None:
    found = segments(secondary())
    assert starting(found, "CAS*") == ["CAS*CO*45*15**253*5", "CAS*PR*1*10.5**2*15*1"]


def test_more_than_six_reasons_of_a_group_go_on_in_a_further_cas() -> None:
    many = tuple(PriorAdjustment("CO", str(n), Money(100)) for n in range(40, 47))
    line = dataclasses.replace(ANSWER.lines[0], paid=Money(11_850), adjustments=many)
    answer = dataclasses.replace(ANSWER, lines=(line,))
    first = CoverageRecord(1, MEDICARE, "1EG4", Relationship.SELF, PATIENT, answer=answer)
    found = segments(changed(payer_rank=2, coverages=(first, SECOND)))
    assert [s.count("*") for s in starting(found, "CAS*")] == [18, 3]


def test_openemr_11099_the_primarys_claim_number_goes_to_the_secondary() -> None:
    found = segments(secondary())
    payer = found.index("NM1*PR*2*MEDICARE B*****PI*06102")
    assert found[payer + 1] == "REF*F8*PCN77"


def test_secondary_claim_repeats_the_primarys_answer() -> None:
    found = segments(secondary())
    assert "SBR*S*18*******CI" in found
    assert "SBR*P*18*******MB" in found
    assert "AMT*D*80" in found
    assert "AMT*EAF*25.5" in found
    assert "OI***Y***Y" in found
    assert "SVD*06102*80*HC:99213**1" in found
    assert "DTP*573*D8*20260910" in found


def test_an_answer_without_lines_carries_its_date_and_reasons_on_the_claim() -> None:
    answer = dataclasses.replace(
        ANSWER, lines=(), adjustments=(PriorAdjustment("CO", "45", Money(4_550)),)
    )
    first = CoverageRecord(1, MEDICARE, "1EG4", Relationship.SELF, PATIENT, answer=answer)
    found = segments(changed(payer_rank=2, coverages=(first, SECOND)))
    assert "CAS*CO*45*45.5" in found
    assert "DTP*573*D8*20260910" in found
    assert not starting(found, "SVD*")


def test_openemr_11869_medicare_behind_another_payer_says_why() -> None:
    medicare = CoverageRecord(
        2, MEDICARE, "1EG4TE5MK73", Relationship.SELF, PATIENT, insurance_type="12"
    )
    first = dataclasses.replace(OWN, answer=ANSWER)
    found = segments(changed(payer_rank=2, coverages=(first, medicare)))
    assert "SBR*S*18***12****MB" in found
    bare = dataclasses.replace(medicare, insurance_type="")
    with pytest.raises(RuleError, match="without the reason"):
        write_837p(batch(), (changed(payer_rank=2, coverages=(first, bare)),))


def test_medicare_as_primary_has_no_insurance_type() -> None:
    medicare = CoverageRecord(
        1, MEDICARE, "1EG4TE5MK73", Relationship.SELF, PATIENT, insurance_type="12"
    )
    assert "SBR*P*18*******MB" in segments(changed(coverages=(medicare,)))


def test_replacement_names_the_original_and_an_original_never_does() -> None:
    again = changed(frequency=Frequency.REPLACEMENT, original_number="PCN77")
    assert "REF*F8*PCN77" in segments(again)
    assert "REF*F8*PCN77" not in segments(changed(original_number="PCN77"))
    with pytest.raises(RuleError, match="replaces or voids"):
        write_837p(batch(), (changed(frequency=Frequency.VOID),))


def test_accident_with_state_and_date() -> None:
    claim = changed(
        related_causes=("AA", "EM"), accident_state="IL", dates=(DatedFact("439", DAY),)
    )
    found = segments(claim)
    assert "CLM*C1*125.5***11:B:1*Y*A*Y*Y**AA:EM::IL" in found
    assert "DTP*439*D8*20260901" in found


def test_rendering_is_left_out_where_it_is_the_billing_person() -> None:
    person = dataclasses.replace(DOCTOR, address=OFFICE, tax_id="371234567")
    assert not starting(segments(changed(billing=person)), "NM1*82")
    assert starting(segments(changed(rendering=DOCTOR)), "NM1*82")


def test_service_location_is_left_out_where_it_is_the_office() -> None:
    assert not starting(segments(changed(facility=CLINIC)), "NM1*77")


def test_a_visit_at_home_has_the_address_without_a_number() -> None:
    home = ProviderRecord(Name("Home"), npi="1000000012", is_person=False, address=HOME)
    found = segments(changed(place="12", facility=home))
    assert "NM1*77*2*HOME" in found


def test_pay_to_address_only_where_it_differs() -> None:
    box = dataclasses.replace(CLINIC, address=Address("PO Box 9", "Springfield", "IL", "627059999"))
    found = segments(changed(pay_to=box))
    assert found[found.index("NM1*87*2") + 1] == "N3*PO BOX 9"
    assert not starting(segments(changed(pay_to=CLINIC)), "NM1*87")


def test_a_diagnosis_given_twice_is_sent_once_and_pointers_follow() -> None:
    twice = (DiagnosisRecord("E11.9"), DiagnosisRecord("E119"), DiagnosisRecord("I10"))
    line = dataclasses.replace(LINE, pointers=(3, 2))
    found = segments(changed(diagnoses=twice, lines=(line,)))
    assert "HI*ABK:E119*ABF:I10" in found
    assert "SV1*HC:99213*125.5*UN*1***2:1" in found


def test_sets_hold_one_tax_id_and_at_most_5000_claims() -> None:
    other = dataclasses.replace(CLINIC, tax_id="362223333")
    claims = [changed(control_number=f"A{n}") for n in range(5001)]
    claims.append(changed(control_number="B", billing=other))
    planned = plan_sets(batch(first_set_control=9), claims)
    assert [(p.control, p.reference, len(p.claims)) for p in planned] == [
        ("0009", "B0001", 5000),
        ("0010", "B0001-2", 1),
        ("0011", "B0001-3", 1),
    ]
    file = read_file(write_837p(batch(first_set_control=9), claims))
    assert not file.problems
    found = [t for t in file.transactions if isinstance(t, SentClaims)]
    assert [(t.set_control, len(t.claims)) for t in found] == [
        ("0009", 5000),
        ("0010", 1),
        ("0011", 1),
    ]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (changed(lines=()), "1 to 50 lines"),
        (changed(diagnoses=()), "has no diagnosis"),
        (changed(payer_rank=2), "no coverage"),
        (changed(patient=dataclasses.replace(PATIENT, birth_on=None)), "no birth date"),
        (changed(patient=dataclasses.replace(PATIENT, address=None)), "no patient's address"),
        (changed(patient=dataclasses.replace(PATIENT, name=Name("王"))), "no patient's name"),
        (changed(billing=dataclasses.replace(CLINIC, address=None)), "no billing address"),
        (changed(coverages=(dataclasses.replace(OWN, member_id=""),)), "no member id"),
    ],
)
def test_what_no_file_can_carry_is_refused_in_one_sentence(claim: ClaimRecord, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        write_837p(batch(), (CLAIM, dataclasses.replace(claim, control_number="C2")))


def test_two_claims_with_one_number_and_an_empty_file_are_refused() -> None:
    with pytest.raises(RuleError, match="same number"):
        write_837p(batch(), (CLAIM, CLAIM))
    with pytest.raises(RuleError, match="no claim to send"):
        write_837p(batch(), ())


def test_the_payers_own_number_of_the_practice_stands_beside_the_payer() -> None:
    billing = dataclasses.replace(CLINIC, other_ids=(("G2", "KA6663"), ("0B", "036-1")))
    found = segments(changed(billing=billing))
    assert found[found.index("NM1*PR*2*PRAIRIE HEALTH PLAN*****PI*60054") + 1] == "REF*G2*KA6663"
    assert found[found.index("REF*EI*371234567") + 1] == "REF*0B*036-1"


def test_the_same_claims_give_the_same_bytes() -> None:
    assert write_837p(batch(), (secondary(),)) == write_837p(batch(), (secondary(),))
