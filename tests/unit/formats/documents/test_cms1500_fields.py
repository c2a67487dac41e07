"""What the CMS-1500 says: NUCC's fill rules, Medicare's own, and peers' mistakes."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.errors import RuleError
from desktop.models.values.claim_record import (
    ClaimRecord,
    DatedFact,
    DiagnosisRecord,
    DrugRecord,
    Name,
    PriorAnswer,
)
from desktop.models.values.enums import FilingCode, Frequency, Sex
from desktop.models.values.money import Money
from desktop.services.formats.documents import cms1500
from desktop.services.formats.documents.cms1500 import FormOptions, PrinterProfile, form_problems
from tests.unit.formats.documents.records import (
    BILLING,
    COVERAGE,
    DOCTOR,
    LAB,
    MEDICARE,
    OTHER,
    PATIENT,
    REFERRER,
    SPOUSE,
    claim,
    full_claim,
    line,
    shown_texts,
)


def said(record: ClaimRecord, options: FormOptions | None = None) -> dict[str, str]:
    placed = cms1500.fields(record, options or FormOptions())
    return {p.item: p.text for p in placed}


def fields_at_fault(record: ClaimRecord) -> list[str]:
    return [problem.field for problem in form_problems(record)]


# --- peers' mistakes ---------------------------------------------------------------------


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("assigned", [True, False])
def test_openemr_5699_assignment_on_paper_follows_the_claim(accepts: bool, assigned: bool) -> None:
    coverage = replace(COVERAGE, benefits_assigned=assigned)
    form = said(claim(coverages=(coverage,), accept_assignment=accepts))

    assert ("27.yes" in form, "27.no" in form) == (accepts, not accepts)
    assert ("13" in form) is assigned


def test_openemr_19_an_empty_diagnosis_does_not_shift_the_others() -> None:
    form = said(
        claim(
            diagnoses=(DiagnosisRecord("E119"), DiagnosisRecord(""), DiagnosisRecord("I10")),
            lines=(line(pointers=(3, 1)),),
        )
    )

    assert form["21A"] == "E119"
    assert "21B" not in form
    assert form["21C"] == "I10"
    assert form["24E.1"] == "CA"


def test_openemr_65_a_diagnosis_of_seven_characters_is_whole() -> None:
    assert said(claim(diagnoses=(DiagnosisRecord("S72.001A"),)))["21A"] == "S72001A"


def test_medplum_9595_24e_shows_the_letters_of_the_pointers() -> None:
    codes = tuple(DiagnosisRecord(c) for c in ("E119", "I10", "J449"))

    assert said(claim(diagnoses=codes, lines=(line(pointers=(2, 1, 3)),)))["24E.1"] == "BAC"


def test_medplum_9820_item_25_is_the_billing_providers_tax_id() -> None:
    form = said(claim())

    assert form["25"] == "361234567"
    assert "25.ein" in form
    assert COVERAGE.payer.electronic_id not in form.values()


def test_medplum_9820_24b_is_the_place_of_service_not_a_state() -> None:
    assert said(claim(lines=(line(place="22"),)))["24B.1"] == "22"
    assert said(claim(lines=(line(place=""),), place="11"))["24B.1"] == "11"


@pytest.mark.parametrize("sex", list(Sex))
def test_openemr_any_sex_but_male_printed_female(sex: Sex) -> None:
    record = claim(
        patient=replace(PATIENT, sex=sex),
        coverages=(replace(COVERAGE, subscriber=replace(SPOUSE, sex=sex)),),
    )
    form = said(record)

    for item in ("3", "11a"):
        assert (f"{item}.male" in form) is (sex is Sex.MALE)
        assert (f"{item}.female" in form) is (sex is Sex.FEMALE)


def test_medplum_the_seventh_line_takes_a_second_form() -> None:
    record = claim(lines=tuple(line(n, charge=Money(n * 100)) for n in range(1, 9)))
    record = replace(record, patient_paid=Money(1500))
    pages = shown_texts(cms1500.render([record]))

    assert len(pages) == 2
    first, second = cms1500.forms(record)
    assert [x.number for x in first.lines] == [1, 2, 3, 4, 5, 6]
    assert [x.number for x in second.lines] == [7, 8]
    assert (said(first)["28.dollars"], said(second)["28.dollars"]) == ("21", "15")
    assert (said(first)["29.dollars"], said(second)["29.dollars"]) == ("15", "0")
    assert said(first)["21A"] == said(second)["21A"]
    assert sum(1 for *_, text in pages[1] if text == "99213") == 2


def test_what_another_payer_paid_stands_on_the_first_form_alone() -> None:
    primary = replace(OTHER, rank=1, answer=PriorAnswer(Money(8000), dt.date(2026, 9, 5)))
    record = claim(
        payer_rank=2,
        coverages=(primary, replace(COVERAGE, rank=2)),
        lines=tuple(line(n) for n in range(1, 14)),
    )

    assert [said(form)["29.dollars"] for form in cms1500.forms(record)] == ["80", "0", "0"]


def test_openemr_13724_a_referring_provider_keeps_the_qualifier_given() -> None:
    form = said(claim(referring=REFERRER, referring_qualifier="DQ"))
    assert (form["17.qualifier"], form["17"]) == ("DQ", "PETER J STONE DO")

    form = said(claim(lines=(line(ordering=REFERRER),)))
    assert (form["17.qualifier"], form["17b"]) == ("DK", REFERRER.npi)


def test_ottehr_9560_a_drug_stands_on_its_own_line_alone() -> None:
    drug = DrugRecord("71-0155-23", Decimal(10), "UN")
    form = said(claim(lines=(line(1), line(2, drug=drug, note="second dose"), line(3))))

    assert form["24.2.shaded"] == "N400071015523 UN10   ZZSECOND DOSE"
    assert "24.1.shaded" not in form
    assert "24.3.shaded" not in form


# --- fill rules --------------------------------------------------------------------------


def test_no_text_has_small_letters_accents_or_punctuation_in_names_and_addresses() -> None:
    form = said(full_claim())

    for item, text in form.items():
        assert text.isascii(), item
        assert text == text.upper(), item
    names = ("2", "4", "9", "17", "32.name", "33.name")
    for item in names:
        assert not set(form[item]) & set(".'()"), item
    for item in ("5.street", "7.street", "32.street", "33.street", "33.city", "carrier.4"):
        assert form[item].replace(" ", "").isalnum(), item


def test_another_coverage_fills_item_9_and_without_one_it_stays_empty() -> None:
    alone = said(claim())
    assert "11d.no" in alone
    assert not {"9", "9a", "9d"} & set(alone)

    both = said(claim(coverages=(COVERAGE, OTHER)))
    assert "11d.yes" in both
    assert (both["9a"], both["9d"]) == ("LL9001", "LAKESIDE PLUS")


def test_medicare_primary_prints_none_and_leaves_the_insured_empty() -> None:
    codes = (DiagnosisRecord("E119"), DiagnosisRecord("I10"))
    form = said(claim(coverages=(MEDICARE,), diagnoses=codes, lines=(line(pointers=(2, 1)),)))

    assert form["11"] == "NONE"
    assert form["1a"] == "1EG4TE5MK73"
    empty = {"4", "7.street", "7.zip", "11a.month", "11a.male", "11c", "11d.yes", "11d.no", "9"}
    assert not empty & set(form)
    assert form["24E.1"] == "B"
    assert form["32.name"] == "ELM STREET FAMILY PRACTICE PC"[:26].rstrip()


def test_medigap_stands_in_item_9_and_an_ordinary_supplement_does_not() -> None:
    medigap = replace(OTHER, claim_office_number="55123")
    form = said(claim(coverages=(MEDICARE, medigap)))
    assert (form["9a"], form["9d"]) == ("MEDIGAP LL9001", "55123")
    assert "11d.yes" not in form

    assert "9" not in said(claim(coverages=(MEDICARE, OTHER)))


def test_medicare_secondary_describes_the_primary_in_items_4_to_11() -> None:
    primary = replace(COVERAGE, answer=PriorAnswer(Money(9000), dt.date(2026, 9, 5)))
    medicare = replace(MEDICARE, rank=2, insurance_type="12")
    form = said(claim(payer_rank=2, coverages=(primary, medicare), patient_paid=Money(500)))

    assert form["1a"] == "1EG4TE5MK73"
    assert form["4"] == "BRIEN, THOMAS, Q"
    assert (form["11"], form["11c"]) == ("GRP77", "PRAIRIE PPO")
    assert "6.spouse" in form
    assert not {"9", "9a", "9d", "11d.yes", "11d.no"} & set(form)
    assert form["29.dollars"] == "5", "Medicare wants the patient's money only"


def test_item_32_is_left_out_when_it_equals_item_33() -> None:
    assert "32.name" not in said(claim())
    assert "32.name" not in said(claim(facility=BILLING))
    assert said(claim(facility=LAB))["32a"] == LAB.npi
    assert "32.name" in said(claim(), FormOptions(facility_always=True))


def test_medicare_at_home_prints_the_home_without_an_npi() -> None:
    form = said(claim(coverages=(MEDICARE,), place="12"))

    assert form["32.street"] == "12 N ELM ST APT 4"
    assert "32a" not in form


def test_a_replacement_names_the_original_and_an_original_names_none() -> None:
    assert "22" not in said(claim(original_number="LEFT OVER"))
    form = said(claim(frequency=Frequency.VOID, original_number="ABC-1"))
    assert (form["22"], form["22.original"]) == ("8", "ABC1")


def test_a_solo_provider_without_rendering_prints_his_own_npi() -> None:
    solo = replace(DOCTOR, address=BILLING.address, tax_id="123456789")
    form = said(claim(billing=solo, rendering=None))

    assert form["24J.1"] == DOCTOR.npi
    assert "24J.1.shaded" not in form
    assert form["33.name"] == "RUTH E VANCE MD"
    assert "24J.1" not in said(claim(rendering=None)), "an organization renders nothing"


def test_a_line_with_its_own_rendering_provider_prints_him() -> None:
    other = replace(DOCTOR, npi="1588667638")
    form = said(claim(lines=(line(1), line(2, rendering=other))))

    assert (form["24J.1"], form["24J.2"]) == (DOCTOR.npi, other.npi)


def test_dates_are_written_one_way_throughout_the_claim() -> None:
    facts = (DatedFact("484", dt.date(2026, 8, 2)),)
    record = claim(dates=facts, signature_date=dt.date(2026, 8, 3))
    options = FormOptions(eight_digit_dates=False, signed_on=dt.date(2026, 9, 2))
    form = said(record, options)

    assert (form["14.year"], form["14.qualifier"], form["12.date"]) == ("26", "484", "08 03 26")
    assert form["31.date"] == "09 02 26"
    assert form["3.year"] == "1979", "a birth date always has eight digits"


def test_without_a_signature_nothing_claims_there_is_one() -> None:
    assert "12" not in said(claim(signature_on_file=False, signature_date=None))


def test_a_patient_without_birth_date_or_address_leaves_the_boxes_empty() -> None:
    bare = replace(PATIENT, birth_on=None, address=None, phone="")
    form = said(claim(patient=bare))

    assert not {"3.month", "5.street", "5.phone"} & set(form)


# --- what the form cannot say ------------------------------------------------------------


def test_a_value_longer_than_its_cells_is_cut_marked_and_reported() -> None:
    long = replace(PATIENT, name=Name("Wolfeschlegelsteinhausen", "Bartholomew", "Q"))
    record = claim(patient=long)
    placed = {p.item: p for p in cms1500.fields(record)}

    assert placed["2"].text == "WOLFESCHLEGELSTEINHAUSEN, BA"
    assert placed["2"].cut
    assert len([p for p in placed.values() if p.cut]) == 1
    [problem] = form_problems(record)
    assert problem.field == "patient.name"
    assert "28" in problem.text
    assert "WOLFE" not in problem.text.upper(), "a message names no patient"


def test_a_charge_too_wide_is_never_printed_as_a_smaller_one() -> None:
    record = claim(lines=(line(charge=Money(123456_00)),))
    form = said(record)

    assert form["24F.1.dollars"] == ""
    assert "24F.1.cents" not in form
    assert fields_at_fault(record) == ["lines.0.charge"]
    assert "123456" in said(record)["28.dollars"]


def test_two_numbers_for_item_23_are_held_and_asked() -> None:
    record = claim(prior_authorization="AUTH1", lines=(line(clia="14D0123456"),))

    assert fields_at_fault(record) == ["prior_authorization"]
    assert form_problems(claim(clia="14D0123456", lines=(line(clia="14D0123456"),))) == ()


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (claim(diagnoses=tuple(DiagnosisRecord(f"M54{n:02d}") for n in range(13))), "diagnoses"),
        (claim(lines=(line(pointers=(2,)),)), "lines.0.pointers"),
        (claim(lines=(line(modifiers=("25", "59", "RT", "GT", "XS")),)), "lines.0.modifiers"),
        (claim(note="n" * 72), "note"),
        (claim(referring=REFERRER, lines=(line(ordering=LAB),)), "referring"),
        (claim(outside_lab_charge=Money(-1)), "outside_lab_charge"),
        (claim(control_number="C12345678901234"), "control_number"),
        (claim(patient=replace(PATIENT, phone="555")), "patient.phone"),
        (
            claim(
                dates=(
                    DatedFact("439", dt.date(2026, 8, 1)),
                    DatedFact("304", dt.date(2026, 8, 2)),
                )
            ),
            "dates",
        ),
    ],
)
def test_what_does_not_fit_the_form_is_named(record: ClaimRecord, field: str) -> None:
    assert fields_at_fault(record) == [field]


def test_a_full_claim_fits_without_findings() -> None:
    assert form_problems(full_claim()) == ()


def test_lh_ehr_1023_a_claim_without_its_subscriber_is_refused_in_a_sentence() -> None:
    record = claim(coverages=())

    with pytest.raises(RuleError, match="no coverage of rank 1"):
        cms1500.render([record])
    assert fields_at_fault(record) == ["coverages"]


@pytest.mark.parametrize("changes", [{"x_offset": 101}, {"y_offset": -101}, {"scale": 500}])
def test_a_profile_that_would_print_off_the_sheet_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(RuleError):
        PrinterProfile(**changes)


def test_the_same_claims_give_the_same_bytes() -> None:
    assert cms1500.render([full_claim()]) == cms1500.render([full_claim()])


def test_no_text_runs_into_the_next_item_whatever_is_entered() -> None:
    """Every value far too long: each text still ends before the next one on its line starts."""
    long = "WWWW " * 20
    name = Name(long, long, long, long)
    address = replace(PATIENT.address, line1=long, city=long)  # type: ignore[type-var]
    person = replace(PATIENT, name=name, address=address)
    provider = replace(DOCTOR, name=name, address=address, npi="1" * 30, tax_id="1" * 30)
    payer = replace(COVERAGE.payer, name=long, address=address, filing_code=FilingCode.OTHER)
    coverage = replace(COVERAGE, subscriber=person, member_id="9" * 60, payer=payer, plan_name=long)
    wide = line(description=long, charge=Money(9_999_999_99), procedure="99999999")
    record = claim(
        patient=person,
        billing=provider,
        rendering=provider,
        referring=provider,
        facility=replace(provider, npi="2" * 30),
        coverages=(coverage, replace(coverage, rank=2)),
        lines=(wide,) * 6,
        note=long,
        control_number="C" * 40,
        prior_authorization="A" * 90,
        condition_codes=("AB",) * 9,
        outside_lab_charge=Money(999_999_99),
    )
    lines: dict[int, list[tuple[int, str]]] = {}
    for placed in cms1500.fields(record):
        lines.setdefault(placed.line, []).append((placed.column, placed.text))
    for texts in lines.values():
        texts.sort()
        for (column, text), (following, _) in itertools.pairwise(texts):
            assert column + len(text) <= following
        column, text = texts[-1]
        assert column + len(text) - 1 <= 78


def test_each_claim_of_a_batch_may_have_its_payers_own_settings() -> None:
    options = [FormOptions(carrier=False), FormOptions(facility_always=True)]
    pdf = cms1500.render([claim(), claim()], options=options)
    first, second = ([text for *_, text in page] for page in shown_texts(pdf))

    assert "PRAIRIE MUTUAL HEALTH" not in first
    assert "PRAIRIE MUTUAL HEALTH" in second
    assert len([text for text in second if text == "500 OAK AVENUE SUITE 200"]) == 2
    with pytest.raises(ValueError, match="shorter"):
        cms1500.render([claim(), claim()], options=options[:1])
