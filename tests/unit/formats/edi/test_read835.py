"""835: what the payer paid, the three balances, and what peers got wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from desktop.models.values.money import Money
from desktop.services.formats.edi.read import EdiFile, read_file
from desktop.services.formats.edi.remittance import Remittance
from tests.helpers.shared import shared_dir

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*260915*0900*^*00501*000000007*0*P*:~GS*HP*PAYER*CLINIC*20260915*0900*7*X*005010X221A1~"
)
HEAD = "BPR*I*{amount}*C*CHK************20260915~TRN*1*T1*1234567890~N1*PR*PLAN~N1*PE*CLINIC~LX*1~"


def read(body: str, amount: str = "60") -> EdiFile:
    segments = "ST*835*0001~" + HEAD.format(amount=amount) + body
    count = segments.count("~") + 1
    return read_file(f"{ISA}{segments}SE*{count}*0001~GE*1*7~IEA*1*000000007~".encode())


def payment(body: str, amount: str = "60") -> Remittance:
    (found,) = read(body, amount).transactions
    assert isinstance(found, Remittance)
    return found


CLAIM = "CLP*C1*1*100*60*0*12*P1*11*1~NM1*QC*1*DOE*JO~"
LINE = "SVC*HC:99213:25*100*60**1~DTM*472*20260901~CAS*CO*45*40~REF*6R*17~AMT*B6*60~"


def test_a_line_says_code_date_units_number_and_reasons() -> None:
    claim = payment(CLAIM + LINE).claims[0]
    line = claim.lines[0]
    assert (line.code, line.modifiers, line.qualifier) == ("99213", ("25",), "HC")
    assert (line.from_on, line.to_on) == (dt.date(2026, 9, 1), dt.date(2026, 9, 1))
    assert (line.units, line.line_number, line.allowed) == (Decimal(1), "17", Money(6000))
    (adjustment,) = line.adjustments
    assert (adjustment.group, adjustment.reason, adjustment.amount) == ("CO", "45", Money(4000))
    assert claim.balanced
    assert line.balanced


def test_all_six_reasons_of_one_cas_are_read_with_quantities() -> None:
    reasons = "".join(f"*{n}*1*{n}" for n in range(1, 7))
    body = f"CLP*C1*1*66*60*0~SVC*HC:99213*66*60**1~CAS*PR{reasons}~"
    (line,) = payment(body).claims[0].lines
    assert [a.reason for a in line.adjustments] == ["1", "2", "3", "4", "5", "6"]
    assert line.adjustments[5].quantity == Decimal(6)
    assert line.balanced


def test_claim_level_reasons_count_in_the_claims_balance() -> None:
    claim = payment("CLP*C1*1*100*60*0~CAS*CO*A2*15~SVC*HC:1*100*75~CAS*PR*1*25~").claims[0]
    assert claim.balanced
    assert claim.lines[0].balanced


def test_claim_without_lines_balances_on_its_own_reasons() -> None:
    claim = payment("CLP*C1*1*100*60*0~CAS*CO*45*40~").claims[0]
    assert claim.balanced
    assert claim.lines == ()


def test_unbalanced_line_claim_and_payment_show_their_difference() -> None:
    found = payment(CLAIM + LINE.replace("45*40", "45*30"), amount="55.5")
    claim = found.claims[0]
    assert (claim.lines[0].difference, claim.difference) == (Money(1000), Money(1000))
    assert found.difference == Money(-450)
    assert not found.balanced
    texts = "\n".join(p.where + p.text for p in found.problems)
    assert "CLP 1, line 1" in texts
    assert "the difference is -4.50" in texts


def test_provider_adjustments_lower_or_raise_the_payment() -> None:
    plb = "PLB*1234567893*20261231*WO:P9*10*L6*-1.25~PLB*1234567893*20261231*FB*-3~"
    found = payment(CLAIM + LINE + plb, amount="54.25")
    assert [(a.code, a.reference, str(a.amount)) for a in found.provider_adjustments] == [
        ("WO", "P9", "10.00"),
        ("L6", "", "-1.25"),
        ("FB", "", "-3.00"),
    ]
    assert found.balanced


def test_a_payment_of_provider_adjustments_alone_is_legal() -> None:
    found = payment("PLB*1234567893*20261231*L6*-60~")
    assert found.claims == ()
    assert found.balanced
    assert not found.problems


@pytest.mark.parametrize(
    "odd", ["NaN", "1E+30", "1_000", "ABC", "1,000", "--5", "٣", "1.005", "9" * 30, "0x1F"]
)
def test_amounts_that_are_no_numbers_are_problems_and_never_balance(odd: str) -> None:
    for body in (
        CLAIM + LINE.replace("*60**1", f"*{odd}**1"),
        CLAIM + LINE.replace("45*40", f"45*{odd}"),
        CLAIM.replace("*100*60*", f"*100*{odd}*") + LINE,
        CLAIM.replace("*100*60*", f"*{odd}*60*") + LINE,
    ):
        found = payment(body)
        assert not found.claims[0].balanced
        assert not found.fully_balanced
        assert any("is not an amount" in p.text for p in found.problems)
        assert any(p.where.startswith("ST 0001, CLP 1") for p in found.problems)


def test_payment_amount_that_is_no_number_is_never_balanced() -> None:
    found = payment("", amount="Infinity")
    assert not found.balanced
    assert found.amount == Money(0)


@pytest.mark.parametrize("text", ["60.", "060.00", "60.000", "60"])
def test_numbers_as_payers_write_them(text: str) -> None:
    assert payment(CLAIM + LINE, amount=text).balanced


def test_openemr_6838_no_rest_of_a_cent_from_many_dimes() -> None:
    lines = "SVC*HC:1*.1*.1~" * 30
    found = payment(f"CLP*C1*1*3*3*0~{lines}", amount="3")
    assert found.fully_balanced
    assert found.difference == Money(0)


def test_openemr_7293_missing_modifier_is_read_as_sent_with_the_line_number() -> None:
    line = payment(CLAIM + LINE.replace(":25", "")).claims[0].lines[0]
    assert line.modifiers == ()
    assert line.line_number == "17"


def test_openemr_35_negative_incentive_reason_keeps_its_sign() -> None:
    claim = payment("CLP*C1*1*100*60*0~SVC*HC:1*100*60~CAS*CO*45*45~CAS*CO*144*-5~").claims[0]
    assert claim.lines[0].adjustments[1].amount == Money(-500)
    assert claim.balanced


def test_openemr_10681_one_payment_in_two_files_is_the_same_by_key_and_hash() -> None:
    first = payment(CLAIM + LINE)
    data = "ST*835*0099~" + HEAD.format(amount="60") + CLAIM + LINE
    renamed = (ISA + data + f"SE*{data.count('~') + 1}*0099~GE*1*7~IEA*1*000000007~").replace(
        "000000007", "000000123"
    )
    (second,) = read_file(renamed.replace("~", "~\r\n").encode()).transactions
    assert isinstance(second, Remittance)
    key = (first.payer_id, first.trace, first.on, first.amount)
    assert key == (second.payer_id, second.trace, second.on, second.amount)
    assert first.set_hash == second.set_hash
    assert first.set_hash != payment(CLAIM + LINE.replace("6R*17", "6R*18")).set_hash


def test_procedure_of_another_kind_does_not_abort_the_file() -> None:
    body = "CLP*C1*1*100*60*0~SVC*NU:0120*40*20~CAS*CO*45*20~SVC*N4:12345678901*60*40~CAS*PR*2*20~"
    claim = payment(body).claims[0]
    assert [(n.qualifier, n.code) for n in claim.lines] == [("NU", "0120"), ("N4", "12345678901")]
    assert claim.fully_balanced


def test_every_remark_is_kept() -> None:
    claim = payment(CLAIM + "MOA***MA01*MA130~" + LINE + "LQ*HE*N115~LQ*HE*M15~").claims[0]
    assert claim.remarks == ("MA01", "MA130")
    assert claim.lines[0].remarks == ("N115", "M15")


def test_changed_code_keeps_the_submitted_one() -> None:
    line = payment(CLAIM + "SVC*HC:99212*100*60**1*HC:99213:25*2~CAS*CO*45*40~").claims[0].lines[0]
    assert (line.code, line.submitted_code, line.submitted_modifiers) == ("99212", "99213", ("25",))
    assert line.original_units == Decimal(2)


def test_openemr_crossover_names_the_next_payer() -> None:
    body = CLAIM.replace("*1*100", "*19*100") + "NM1*TT*2*MEDIGAP PLAN*****PI*M77~" + LINE
    claim = payment(body).claims[0]
    assert (claim.status, claim.crossover_to, claim.crossover_id) == ("19", "MEDIGAP PLAN", "M77")


def test_reversal_keeps_negated_amounts_and_names_the_claim_it_corrects() -> None:
    body = (
        "CLP*C1*22*-100*-60*0*12*P1~REF*F8*P0~SVC*HC:1*-100*-60~CAS*CO*45*-40~"
        "CLP*C1*1*100*80*0*12*P2~SVC*HC:1*100*80~CAS*CO*45*20~"
    )
    found = payment(body, amount="20")
    reversal, again = found.claims
    assert reversal.is_reversal
    assert (reversal.other_claim_number, str(reversal.paid)) == ("P0", "-60.00")
    assert not again.is_reversal
    assert found.fully_balanced


def test_patients_share_that_is_not_the_sum_of_pr_is_a_warning_only() -> None:
    found = payment(CLAIM.replace("*60*0*", "*60*5*") + LINE)
    assert found.fully_balanced
    assert [p.severity for p in found.problems] == ["warning"]


def test_lines_that_do_not_add_up_to_the_claim_are_a_warning() -> None:
    found = payment(CLAIM.replace("*100*60*", "*130*90*") + LINE, amount="90")
    assert found.fully_balanced
    assert "its lines add up to 100.00" in found.problems[0].text


def test_two_identical_claims_in_one_payment_stay_two() -> None:
    found = payment((CLAIM + LINE) * 2, amount="120")
    assert len(found.claims) == 2
    assert found.balanced


def test_dates_of_a_range_and_of_the_claim() -> None:
    body = (
        CLAIM
        + "DTM*232*20260901~DTM*233*20260903~"
        + LINE.replace("DTM*472*20260901", "DTM*150*20260901~DTM*151*20260903")
    )
    claim = payment(body).claims[0]
    assert (claim.from_on, claim.to_on) == (dt.date(2026, 9, 1), dt.date(2026, 9, 3))
    assert (claim.lines[0].from_on, claim.lines[0].to_on) == (claim.from_on, claim.to_on)


def test_a_date_that_is_none_is_reported_and_the_payment_is_listed() -> None:
    data = (shared_dir("edi-samples") / "835/managed-care-bad-date.835").read_bytes()
    file = read_file(data)
    (found,) = file.transactions
    assert isinstance(found, Remittance)
    assert found.on is None
    assert "20002316" in file.problems[0].text


def test_every_cas_of_the_4010_file_is_read() -> None:
    data = (shared_dir("edi-samples") / "835/deidentified-4010-96-claims.835").read_bytes()
    (found,) = read_file(data).transactions
    assert isinstance(found, Remittance)
    reasons = [a for c in found.claims for n in c.lines for a in n.adjustments]
    reasons += [a for c in found.claims for a in c.adjustments]
    assert len(reasons) == data.count(b"CAS*") + 1
    assert {c.status for c in found.claims} >= {"1", "2", "22"}
    assert "CR" in {a.group for a in reasons}


def test_segments_outside_any_claim_are_reported() -> None:
    found = payment("CAS*CO*45*1~SVC*HC:1*1*1~", amount="0")
    assert len(found.problems) == 2
    assert not found.claims


def test_a_claim_without_amounts_is_never_balanced() -> None:
    found = payment("CLP*C1*1~NM1*QC*1*DOE*JO~", amount="0")
    assert not found.claims[0].balanced
    assert not found.balanced
    assert "no charge or no paid amount" in found.problems[0].text
