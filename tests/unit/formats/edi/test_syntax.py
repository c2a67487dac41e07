"""Bytes to sets: what real files do to headers, delimiters, trailers and encodings."""

from __future__ import annotations

import pytest

from desktop.services.formats.edi.read import MAX_BYTES, EdiFile, read_file
from desktop.services.formats.edi.remittance import Remittance
from tests.helpers.shared import shared_dir

HEADER = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*260915*0900*^*00501*000000007*0*P*:~"
)
BODY = (
    "GS*HP*PAYER*CLINIC*20260915*0900*7*X*005010X221A1~ST*835*0001~"
    "BPR*I*60*C*CHK************20260915~TRN*1*T1*1234567890~N1*PR*PLAN~N1*PE*CLINIC*XX*1234567893~"
    "LX*1~CLP*C1*1*100*60*0*12*P1*11*1~NM1*QC*1*DOE*JO~SVC*HC:99213:25*100*60**1~DTM*472*20260901~"
    "CAS*CO*45*40~SE*12*0001~GE*1*7~IEA*1*000000007~"
)
PLAIN = HEADER + BODY


def payment(data: bytes) -> Remittance:
    (found,) = read_file(data).transactions
    assert isinstance(found, Remittance)
    return found


def texts(file: EdiFile) -> str:
    return "\n".join(p.text for p in file.problems)


def test_the_plain_file_has_no_problem_and_names_its_partners() -> None:
    file = read_file(PLAIN.encode())
    assert not file.problems
    (envelope,) = file.interchanges
    assert (envelope.control_number, envelope.sender, envelope.receiver, envelope.usage) == (
        "000000007",
        "PAYER",
        "CLINIC",
        "P",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("~", "~\r\n").encode(),
        PLAIN.replace("~", "\n").encode(),
        PLAIN.replace("~", "\r\n").encode(),
        PLAIN.replace("~", "~\n      ").encode(),
        PLAIN.replace("*", "|").replace(":", "!").encode(),
        PLAIN.replace("*", "\x1d").replace("~", "\x1c").replace(":", "\x1f").encode(),
        PLAIN.replace("~", "'").replace("*", "+").encode(),
    ],
    ids=["bom", "crlf", "newline", "crlf-only", "indented", "pipes", "control", "edifact-like"],
)
def test_the_same_payment_whatever_the_delimiters(data: bytes) -> None:
    first, other = payment(PLAIN.encode()), payment(data)
    assert other == first
    assert other.set_hash == first.set_hash


def test_narrative_before_the_header_is_said_and_skipped() -> None:
    file = read_file(b"Dear biller, here is your file.\n\n" + PLAIN.encode())
    assert len(file.transactions) == 1
    assert [p.severity for p in file.problems] == ["warning"]


def test_utf_16_is_reported_and_still_read() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        file = read_file(PLAIN.encode(encoding))
        assert "UTF-16" in texts(file)
        assert len(file.transactions) == 1


def test_torn_header_is_one_sentence_and_the_claims_stand_beside_it() -> None:
    torn = HEADER.replace("*00*          *00*", "*00*") + BODY
    file = read_file(torn.encode())
    assert "torn" in texts(file)
    assert file.problems[0].severity == "error"
    (found,) = file.transactions
    assert isinstance(found, Remittance)
    assert str(found.claims_paid) == "60.00"


def test_file_that_ends_in_its_header() -> None:
    file = read_file(HEADER[:60].encode())
    assert not file.transactions
    assert file.problems


def test_missing_header_is_reported_and_the_rest_is_read() -> None:
    file = read_file(BODY.encode())
    assert "no ISA header" in texts(file)
    assert not file.interchanges
    assert len(file.transactions) == 1


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("SE*12*0001~GE*1*7~IEA*1*000000007~", "The SE trailer is missing"),
        ("GE*1*7~IEA*1*000000007~", "The GE trailer is missing"),
        ("IEA*1*000000007~", "The IEA trailer is missing"),
    ],
)
def test_missing_trailers_are_errors(cut: str, said: str) -> None:
    file = read_file(PLAIN.replace(cut, "").encode())
    assert said in texts(file)
    assert len(file.transactions) == 1


def test_a_payment_cut_off_in_the_middle_is_never_called_whole() -> None:
    found = payment(PLAIN[: PLAIN.index("CAS*")].encode())
    assert not found.complete
    assert not found.fully_balanced


@pytest.mark.parametrize(
    ("right", "wrong", "said", "severity"),
    [
        ("SE*12*", "SE*13*", "SE01 says “13” segments; there are 12", "error"),
        ("GE*1*7", "GE*2*7", "GE01 says “2” sets; there are 1", "error"),
        ("IEA*1*", "IEA*3*", "IEA01 says “3” groups; there are 1", "error"),
        ("SE*12*0001", "SE*12*0002", "differs from ST02", "warning"),
        ("GE*1*7", "GE*1*8", "differs from GS06", "warning"),
        ("IEA*1*000000007", "IEA*1*000000008", "differs from ISA13", "warning"),
    ],
)
def test_counts_and_control_numbers(right: str, wrong: str, said: str, severity: str) -> None:
    file = read_file(PLAIN.replace(right, wrong).encode())
    (problem,) = file.problems
    assert said in problem.text
    assert problem.severity == severity


def test_two_interchanges_with_different_delimiters() -> None:
    other = PLAIN.replace("*", "|").replace("~", "\n").replace("000000007", "000000008")
    file = read_file((PLAIN + "\r\n" + other).encode())
    assert [i.control_number for i in file.interchanges] == ["000000007", "000000008"]
    assert len(file.transactions) == 2
    assert not file.problems


def test_unpadded_header_of_a_real_ta1() -> None:
    data = (shared_dir("edi-samples") / "TA1/uhin-rejected.ta1").read_bytes()
    file = read_file(data)
    assert file.interchanges[0].sender == "560891234"
    assert "77 characters instead of 106" in texts(file)


@pytest.mark.parametrize("data", [b"", b" \r\n", b"%PDF-1.7 binary", b"\x00" * 50, b"PK\x03\x04"])
def test_what_is_no_x12_file_is_said_in_one_sentence(data: bytes) -> None:
    file = read_file(data)
    assert not file.transactions
    assert len(file.problems) <= 2
    assert file.problems


def test_kinds_that_are_not_read_are_named() -> None:
    file = read_file(PLAIN.replace("ST*835", "ST*834").encode())
    assert "“834” are not read" in texts(file)


def test_a_file_too_large_is_refused_without_reading_it() -> None:
    file = read_file(b"\x00" * (MAX_BYTES + 1))
    assert not file.transactions
    assert "larger than" in texts(file)
