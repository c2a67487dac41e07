"""999, TA1, 277CA, 277 and 271 in detail: what was refused, where, and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from desktop.models.values.money import Money
from desktop.services.formats.edi.acknowledgments import Acknowledgment, InterchangeAcknowledgment
from desktop.services.formats.edi.claim_status import ClaimStatusSet
from desktop.services.formats.edi.eligibility import EligibilitySet
from desktop.services.formats.edi.read import read_file
from tests.helpers.shared import shared_dir

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*260915*0900*^*00501*000000007*0*P*:~GS*{group}*PAYER*CLINIC*20260915*0900*7*X*{version}~"
)


def sample(name: str) -> bytes:
    return (shared_dir("edi-samples") / name).read_bytes()


def status(body: str, version: str = "005010X214") -> ClaimStatusSet:
    segments = f"ST*277*0001*{version}~BHT*0085*08*R1*20260915*0900*TH~{body}"
    count = segments.count("~") + 1
    data = (
        ISA.format(group="HN", version=version)
        + segments
        + f"SE*{count}*0001~GE*1*7~IEA*1*000000007~"
    )
    (found,) = read_file(data.encode()).transactions
    assert isinstance(found, ClaimStatusSet)
    return found


def eligibility(body: str) -> EligibilitySet:
    segments = (
        "ST*271*0001*005010X279A1~BHT*0022*11*R1*20260915*0900~HL*1**20*1~"
        "NM1*PR*2*PLAN*****PI*60054~HL*2*1*21*1~NM1*1P*2*CLINIC*****XX*1234567893~"
        f"HL*3*2*22*0~TRN*2*T1*9~NM1*IL*1*DOE*JANE****MI*M1~DMG*D8*19800229*F~{body}"
    )
    count = segments.count("~") + 1
    data = (
        ISA.format(group="HB", version="005010X279A1")
        + segments
        + f"SE*{count}*0001~GE*1*7~IEA*1*000000007~"
    )
    (found,) = read_file(data.encode()).transactions
    assert isinstance(found, EligibilitySet)
    return found


def test_a_999_names_set_segment_element_and_claim() -> None:
    (answer,) = read_file(sample("999/staedi-partial.999")).transactions
    assert isinstance(answer, Acknowledgment)
    assert (answer.group_control, answer.result) == ("17456", "P")
    assert (answer.included, answer.received, answer.passed) == (3, 3, 1)
    assert not answer.accepted
    first, second, third = answer.sets
    assert (first.control_number, first.accepted) == ("0001", True)
    assert (second.control_number, second.result, second.codes) == ("0002", "R", ("5",))
    (error,) = second.errors
    assert (error.segment, error.position, error.code) == ("CLM", 22, "8")
    assert error.claim_number == "123456789"
    (element,) = error.elements
    assert (element.position, element.reference, element.code) == ("2", "782", "1")
    assert third.errors[0].claim_number == "987654321"


def test_a_999_cut_off_before_its_result_is_not_taken_for_accepted() -> None:
    data = sample("999/imsweb-accepted.999")
    (answer,) = read_file(data[: data.index(b"IK5")]).transactions
    assert isinstance(answer, Acknowledgment)
    assert not answer.accepted
    assert not answer.sets[0].accepted
    assert any("no IK5" in p.text for p in answer.problems)


def test_every_segment_error_of_one_set_is_kept() -> None:
    data = sample("999/staedi-partial.999").replace(b"IK3*REF*57**3", b"IK3*NM1*9**8~IK3*REF*57**3")
    (answer,) = read_file(data).transactions
    assert isinstance(answer, Acknowledgment)
    assert [(e.segment, e.position) for e in answer.sets[2].errors] == [("NM1", 9), ("REF", 57)]


def test_a_ta1_that_rejects() -> None:
    (answer,) = read_file(sample("TA1/uhin-rejected.ta1")).transactions
    assert isinstance(answer, InterchangeAcknowledgment)
    assert not answer.accepted
    assert (answer.control_number, answer.code) == ("000000100", "024")
    assert answer.on == dt.date(2003, 8, 9)


def test_a_277ca_tells_accepted_from_rejected_claims_and_keeps_the_payers_number() -> None:
    (answer,) = read_file(sample("277CA/generated-1.277ca")).transactions
    assert isinstance(answer, ClaimStatusSet)
    assert answer.batch_reference == "BATCH-20240321"
    assert not answer.rejected_whole
    first, second, third = answer.claims
    assert (first.control_number, first.accepted, first.payer_claim_number) == (
        "CLM-P-0001",
        True,
        "PCN-0001",
    )
    assert first.from_on == dt.date(2024, 2, 5)
    assert first.provider_id == "9000000015"
    (line,) = second.lines
    assert (line.code, line.modifiers, line.line_number) == ("SP-50", ("GP",), "2")
    assert (line.statuses[0].category, line.statuses[0].rejects) == ("A7", True)
    assert second.accepted
    assert third.accepted is False


def test_a_rejecting_category_beats_a_wrong_action_code() -> None:
    (answer,) = read_file(sample("277CA/imsweb-rejected.277ca")).transactions
    assert isinstance(answer, ClaimStatusSet)
    (claim,) = answer.claims
    assert claim.statuses[0].action == "WQ"
    assert claim.accepted is False
    one = claim.statuses[0]
    assert (one.category, one.status, one.entity) == ("A7", "562", "85")


TREE = (
    "HL*1**20*1~NM1*PR*2*PLAN*****PI*60054~HL*2*1*21*1~NM1*41*2*CLINIC*****46*SUB~TRN*2*B1~"
    "{receiver}HL*3*2*19*1~NM1*85*2*CLINIC*****XX*1234567893~TRN*1*0~{provider}"
    "HL*4*3*PT~NM1*QC*1*DOE*JANE~TRN*2*C1~STC*A2:20*20260915*WQ*100~"
)


@pytest.mark.parametrize(
    ("receiver", "provider", "accepted", "whole"),
    [
        ("STC*A1:19*20260915*WQ*100~", "STC*A1:19**WQ*100~", True, False),
        ("STC*A3:24*20260915*U*100~", "", False, True),
        ("", "STC*A8:496:85**U*100~", False, False),
    ],
)
def test_a_rejected_level_rejects_all_below_it(
    receiver: str, provider: str, accepted: bool, whole: bool
) -> None:
    answer = status(TREE.format(receiver=receiver, provider=provider))
    assert answer.claims[0].accepted is accepted
    assert answer.rejected_whole is whole


def test_further_statuses_of_one_stc_are_kept() -> None:
    body = TREE.format(receiver="", provider="").replace(
        "STC*A2:20*20260915*WQ*100~", "STC*A7:562:85*20260915*U*100******A7:153:82*A6:88:40~"
    )
    (claim,) = status(body).claims
    assert [(s.category, s.status) for s in claim.statuses] == [
        ("A7", "562"),
        ("A7", "153"),
        ("A6", "88"),
    ]
    assert claim.statuses[2].entity == "40"
    assert claim.amount == Money(10_000)


def test_a_277_answer_says_what_was_paid() -> None:
    (answer,) = read_file(sample("277/tr3-claim-level.277")).transactions
    assert isinstance(answer, ClaimStatusSet)
    assert answer.kind == "277"
    paid = answer.claims[1]
    assert (paid.statuses[0].category, paid.paid, paid.accepted) == ("F0", Money(759_900), None)
    assert paid.payer_claim_number == "0529675341"


def test_benefits_stand_one_row_each_with_repeated_services() -> None:
    (answer,) = read_file(sample("271/tr3-subscriber.271")).transactions
    assert isinstance(answer, EligibilitySet)
    assert answer.subscriber is not None
    assert (answer.subscriber.name.last, answer.subscriber.id) == ("SMITH", "123456789")
    assert answer.subscriber.trace == "93175-012547"
    inside, outside = [b for b in answer.benefits if b.kind == "B"]
    assert (inside.amount, inside.in_network) == (Money(1000), "Y")
    assert (outside.amount, outside.in_network) == (Money(3000), "N")
    assert inside.service_types == ("1", "33", "35", "47", "86", "88", "98", "AL", "MH", "UC")
    assert inside.plan == "GOLD 123 PLAN"
    assert outside.entities == ("MARCUS JONES",)


def test_a_share_is_given_in_percent_and_a_note_stays_with_its_row() -> None:
    answer = eligibility(
        "EB*A*IND*98^UC***27**.2***Y*Y~MSG*AFTER DEDUCTIBLE~DTP*291*RD8*20260101-20261231~"
        "EB*C*FAM*30***29*250.5~"
    )
    share, left = answer.benefits
    assert (share.percent, share.authorization, share.in_network) == (Decimal(20), "Y", "Y")
    assert share.text == ("AFTER DEDUCTIBLE",)
    assert share.dates == (("291", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),)
    assert (left.level, left.period, left.amount) == ("FAM", "29", Money(25_050))
    assert left.text == ()


def test_rejections_say_at_which_level() -> None:
    (answer,) = read_file(sample("271/error-without-benefit.271")).transactions
    assert isinstance(answer, EligibilitySet)
    found = [(r.where, r.code, r.action) for r in answer.rejections]
    assert found.count(("payer", "79", "N")) == 2
    assert ("provider", "41", "C") in found
    assert ("subscriber", "42", "Y") in found
    assert answer.benefits == ()


def test_a_dependent_follows_its_subscriber() -> None:
    (answer,) = read_file(sample("271/related-entity-4010.271")).transactions
    assert isinstance(answer, EligibilitySet)
    assert [(m.level, m.name.first) for m in answer.members] == [
        ("subscriber", "JOHN"),
        ("dependent", "JANE"),
    ]
    assert answer.benefits[0].member == 1
    assert answer.benefits[0].plan == "HMO CEDARS SINAI ONLY"


def test_an_inquiry_lists_what_is_asked_about_whom() -> None:
    (question,) = read_file(sample("270/tr3-dependent.270")).transactions
    assert isinstance(question, EligibilitySet)
    assert question.kind == "270"
    assert [m.level for m in question.members] == ["subscriber", "dependent"]
    assert question.members[1].service_types == ("30",)
