"""`edi read`: the JSON shape that scripts rely on, and the lines that a biller reads."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from desktop.services.formats.edi.plain import plain_file
from desktop.services.formats.edi.read import read_file
from desktop.services.formats.edi.text import text_file
from tests.helpers.shared import shared_dir


def plain(name: str) -> dict[str, Any]:
    data = (shared_dir("edi-samples") / name).read_bytes()
    shown: dict[str, Any] = json.loads(json.dumps(plain_file(read_file(data))))
    assert shown["sha256"] == hashlib.sha256(data).hexdigest()
    return shown


def text(name: str) -> str:
    data = (shared_dir("edi-samples") / name).read_bytes()
    return "\n".join(text_file(read_file(data)))


def test_a_remittance_as_json() -> None:
    shown = plain("835/generated-two-payees.835")
    assert shown["problems"] == []
    assert shown["interchanges"] == [
        {
            "control_number": "000000001",
            "sender": "SYNTHSENDER",
            "receiver": "SYNTHRECEIVER",
            "usage": "T",
        }
    ]
    first = shown["transactions"][0]
    assert first["kind"] == "835"
    assert first["version"] == "005010X221A1"
    assert first["payer"]["name"] == "EXAMPLE HEALTH PLAN"
    assert first["payer"]["id"] == "1900000099"
    assert first["payee"] == {
        "name": "EXAMPLE MEDICAL GROUP",
        "npi": "9000000015",
        "tax_id": "900000001",
    }
    assert (first["method"], first["trace"], first["date"]) == ("ACH", "0000000001", "2024-05-20")
    assert (first["amount"], first["balanced"], first["difference"]) == ("990.00", True, "0.00")
    claim = first["claims"][1]
    assert claim["control_number"] == "CLM-P-0002"
    assert (claim["charge"], claim["paid"]) == ("450.50", "120.00")
    assert claim["patient_responsibility"] == "30.00"
    assert claim["balanced"] is True
    line = claim["lines"][0]
    assert (line["code"], line["modifiers"], line["units"]) == ("SP-02", ["S0"], "1")
    assert (line["from"], line["to"], line["line_number"]) == ("2024-03-14", "2024-03-14", "1")
    assert line["adjustments"][0] == {
        "group": "CO",
        "reason": "45",
        "amount": "100.50",
        "quantity": None,
    }
    assert claim["lines"][1]["remarks"] == ["N115"]


def test_provider_adjustments_as_json() -> None:
    shown = plain("835/tr3-dollars-together.835")["transactions"][0]
    assert shown["provider_adjustments"] == [{"code": "CV", "reference": "CP", "amount": "-1.27"}]
    assert shown["balanced"] is True


def test_an_unbalanced_payment_shows_its_difference_as_json() -> None:
    shown = plain("835/deidentified-3-interchanges.835")
    assert len(shown["interchanges"]) == len(shown["transactions"]) == 3
    first = shown["transactions"][0]
    assert (first["balanced"], first["difference"]) == (False, "223.93")
    assert {"severity", "where", "text"} == set(shown["problems"][0])


def test_a_claim_with_a_line_out_of_balance_is_not_balanced_as_json() -> None:
    data = (shared_dir("edi-samples") / "835/generated-two-payees.835").read_bytes()
    data = data.replace(b"SVC*HC:SP-01*200*110", b"SVC*HC:SP-01*200*111")
    first = plain_file(read_file(data))["transactions"][0]
    assert first["balanced"] is True
    assert [c["balanced"] for c in first["claims"]] == [False, True, True]
    assert first["claims"][0]["lines"][0]["balanced"] is False


def test_claims_as_json() -> None:
    shown = plain("837P/generated-three-claims.837")["transactions"][0]
    assert shown["kind"] == "837P"
    claim = shown["claims"][2]
    assert (claim["control_number"], claim["charge"], claim["frequency"], claim["place"]) == (
        "CLM-P-0003",
        "1200.00",
        "7",
        "22",
    )
    assert claim["diagnoses"] == ["J189", "N1830"]
    assert claim["patient"]["name"] == claim["subscriber"]["name"] == "OKAFOR, CASEY"
    assert claim["subscriber"]["id"] == "SYN200001"
    assert claim["payer"] == {"name": "EXAMPLE HEALTH PLAN", "id": "SYNPAYER01"}
    assert claim["lines"][0]["pointers"] == [1, 2]
    assert shown["claims"][1]["lines"][1] == {
        "code": "SP-50",
        "modifiers": ["GP"],
        "charge": "200.00",
        "units": "2",
        "from": "2024-03-14",
        "to": "2024-03-14",
        "pointers": [1],
        "line_number": "2",
    }


def test_acknowledgments_as_json() -> None:
    sets = plain("999/staedi-partial.999")["transactions"][0]["sets"]
    assert [(s["control_number"], s["result"]) for s in sets] == [
        ("0001", "A"),
        ("0002", "R"),
        ("0003", "R"),
    ]
    (error,) = sets[1]["errors"]
    assert (error["segment"], error["position"], error["element"], error["code"]) == (
        "CLM",
        22,
        "2",
        "1",
    )
    claims = plain("277CA/imsweb-rejected.277ca")["transactions"][0]["claims"]
    assert claims[0]["accepted"] is False
    assert claims[0]["amount"] == "199.14"
    assert claims[0]["payer_claim_number"] == "1107000000001120"
    assert claims[0]["statuses"] == [{"category": "A7", "status": "562", "entity": "85"}]


def test_eligibility_as_json() -> None:
    shown = plain("271/copay.271")["transactions"][0]
    assert shown["subscriber"]["name"] == "DOE, BENEFITS"
    copay = shown["benefits"][1]
    assert (copay["kind"], copay["amount"], copay["period"]) == ("B", "5.00", "23")
    rejected = plain("271/aaa-72.271")["transactions"][0]
    assert rejected["rejections"] == [{"code": "72", "action": "C", "where": "subscriber"}]


def test_an_unreadable_file_is_still_json() -> None:
    shown = plain_file(read_file(b"\xff\xfe\x00garbage"))
    assert shown["transactions"] == []
    assert shown["problems"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("835/generated-one-reversed.835", "reversal of an earlier payment"),
        ("835/generated-one-reversed.835", "CO 45 -60.00, PR 3 -30.00"),
        ("835/deidentified-3-interchanges.835", "DOES NOT BALANCE, difference 223.93"),
        ("837P/generated-three-claims.837", "replaces CLM-P-0003-ORIG"),
        ("999/staedi-partial.999", "1 of 3 sets accepted"),
        ("TA1/uhin-rejected.ta1", "Interchange 000000100 was rejected, code 024."),
        ("277CA/imsweb-rejected.277ca", "REJECTED"),
        ("277/tr3-claim-level.277", "paid 7,599.00"),
        ("271/copay.271", "copay"),
        ("271/aaa-72.271", "reason 72: correct it and ask again"),
        ("270/tr3-subscriber.270", "asks about 30"),
        ("837P/unicode.837", "UTF-16"),
    ],
)
def test_lines_for_a_biller(name: str, said: str) -> None:
    assert said in text(name)


def test_figures_of_a_table_are_aligned() -> None:
    lines = [s for s in text("835/generated-one-reversed.835").splitlines() if "SP-" in s]
    ends = {line.index("0.00", line.index("-2")) for line in lines[:1]}
    assert ends
    first, second = lines[0], lines[1]
    assert first.index("-200.00") + 7 == second.index("-100.00") + 7


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    data = (shared_dir("edi-samples") / "835/generated-two-payees.835").read_bytes()
    shown = text_file(read_file(data.replace(b"RIVERA", b"\x1b[2JX")))
    assert all(line.isprintable() for line in shown)
