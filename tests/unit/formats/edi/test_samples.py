"""Every file of the shared samples, with the totals a biller would check by hand.

The figures were counted in the files themselves (CLM, CLP, SVC, EB, AAA segments) and compared
with what `MANIFEST.md` says of each; errors and warnings are counted, so that neither a lost
problem nor a false alarm goes unseen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.services.formats.edi.acknowledgments import Acknowledgment, InterchangeAcknowledgment
from desktop.services.formats.edi.claim_status import ClaimStatusSet
from desktop.services.formats.edi.claims837 import SentClaims
from desktop.services.formats.edi.eligibility import EligibilitySet
from desktop.services.formats.edi.read import EdiFile, read_file
from desktop.services.formats.edi.remittance import Remittance
from tests.helpers.shared import shared_dir

# file, per set: claims, lines, sum of CLM02; then errors and warnings
CLAIMS: list[tuple[str, list[tuple[int, int, str]], int, int]] = [
    ("837P/auto-accident.837", [(1, 2, "185.00")], 0, 0),
    ("837P/generated-three-claims.837", [(3, 5, "1950.50")], 0, 0),
    ("837P/imsweb-different-separators.837", [(2, 2, "1000.00")], 3, 3),
    ("837P/imsweb-missing-loops.837", [(1, 1, "500.00")], 3, 1),
    (
        "837P/imsweb-multiple-gs.837",
        [(2, 2, "1000.00"), (2, 2, "1000.00"), (2, 2, "1000.00")],
        10,
        9,
    ),
    ("837P/imsweb-multiple-isa.837", [(2, 2, "1000.00"), (2, 2, "1000.00")], 6, 6),
    ("837P/imsweb-no-isa.837", [(2, 2, "1000.00")], 4, 3),
    ("837P/imsweb-segments-out-of-order.837", [(2, 2, "1000.00")], 3, 3),
    ("837P/imsweb-valid.837", [(2, 2, "1000.00")], 3, 3),
    ("837P/missing-entity-code.837", [(5, 10, "499.95")], 1, 5),
    ("837P/st1309.837", [(1, 2, "360.00")], 0, 0),
    ("837P/stupidedi-case1.txt", [(1, 4, "100.00")], 0, 2),
    ("837P/three-sets-combined.837", [(2, 7, "179.04"), (1, 4, "100.00")], 0, 0),
    ("837P/tr3-ambulance.837", [(1, 4, "766.50")], 0, 0),
    ("837P/tr3-anesthesia.837", [(1, 1, "827.00")], 0, 0),
    ("837P/tr3-chiropractic.837", [(1, 1, "145.50")], 0, 0),
    ("837P/tr3-cob-to-payer-a.837", [(1, 3, "79.04")], 0, 0),
    ("837P/tr3-cob-to-payer-b.837", [(1, 3, "79.04")], 0, 0),
    ("837P/tr3-commercial-dependent.837", [(1, 4, "100.00")], 0, 0),
    ("837P/tr3-drug-in-office.837", [(1, 2, "103.37")], 0, 0),
    ("837P/tr3-encounter.837", [(1, 4, "100.00")], 0, 0),
    ("837P/tr3-out-of-network-repriced.837", [(1, 1, "252.71")], 0, 0),
    ("837P/tr3-oxygen.837", [(1, 2, "520.24")], 0, 0),
    ("837P/unicode.837", [(0, 0, "0.00")], 4, 0),
]

# file, per set: claims, lines, sum of CLP04, BPR02, payment balanced; errors, warnings
REMITTANCES: list[tuple[str, list[tuple[int, int, str, str, bool]], int, int]] = [
    ("835/cob-contractual.835", [(1, 1, "34.00", "34.00", True)], 0, 2),
    (
        "835/deidentified-3-interchanges.835",
        [
            (19, 38, "776.06", "999.99", False),
            (23, 24, "3111.09", "9999.99", False),
            (14, 29, "3439.89", "482.13", False),
        ],
        104,
        19,
    ),
    ("835/deidentified-4010-96-claims.835", [(96, 365, "66417.62", "99999.99", False)], 272, 34),
    ("835/denied-lq.835", [(1, 3, "0.00", "0.00", True)], 0, 0),
    (
        "835/generated-one-reversed.835",
        [(3, 5, "650.00", "650.00", True), (1, 3, "17000.00", "17000.00", True)],
        0,
        0,
    ),
    (
        "835/generated-two-payees.835",
        [(3, 5, "990.00", "990.00", True), (1, 3, "17000.00", "17000.00", True)],
        0,
        0,
    ),
    ("835/managed-care-bad-date.835", [(2, 2, "945.00", "945.00", True)], 0, 1),
    ("835/medicare-part-a-plb-cv.835", [(2, 0, "149998.73", "150000.00", True)], 0, 0),
    ("835/nysdoh-newline-terminated.835", [(3, 10, "45.75", "45.75", True)], 0, 0),
    ("835/nysdoh-profee-multiline.835", [(3, 10, "45.75", "45.75", True)], 0, 0),
    ("835/nysdoh-profee-one-line.835", [(3, 10, "45.75", "45.75", True)], 0, 0),
    ("835/pseudonymous-3.835", [(2, 2, "57.44", "57.44", True)], 0, 0),
    ("835/pseudonymous-lq-2.835", [(2, 6, "100.00", "100.00", True)], 0, 0),
    ("835/stupidedi-case2.txt", [(2, 2, "945.00", "945.00", True)], 0, 3),
    ("835/tr3-dollars-separate.835", [(2, 2, "945.00", "945.00", True)], 0, 0),
    ("835/tr3-dollars-together.835", [(2, 0, "149998.73", "150000.00", True)], 0, 0),
    ("835/tr3-era-sample.835", [(1, 5, "132.00", "132.00", True)], 0, 0),
    ("835/tr3-secondary-higher-fee.835", [(1, 1, "34.00", "34.00", True)], 0, 0),
    ("835/tr3-secondary-payments.835", [(2, 2, "1222.00", "1222.00", True)], 0, 0),
    ("835/tr3-tertiary.835", [(1, 1, "187.50", "187.50", True)], 0, 0),
]

# file, per set: AK901, IK501 of each set, segment errors; errors, warnings
ACKNOWLEDGMENTS: list[tuple[str, list[tuple[str, str, int]], int, int]] = [
    ("999/834-ack.999", [("A", "A", 0), ("A", "A", 0), ("A", "A", 0), ("A", "A", 0)], 0, 0),
    ("999/imsweb-accepted.999", [("A", "A", 0)], 0, 1),
    ("999/staedi-partial.999", [("P", "ARR", 2)], 0, 0),
    ("999/tr3-three-sets.999", [("P", "ARR", 2)], 0, 0),
]

# file, per TA1: interchange, result, code; errors, warnings
INTERCHANGES: list[tuple[str, list[tuple[str, str, str]], int, int]] = [
    ("TA1/two-accepted.ta1", [("0659", "A", ""), ("0660", "A", "")], 0, 0),
    ("TA1/uhin-rejected.ta1", [("000000100", "R", "024")], 1, 1),
]

# file, per set and claim: number, accepted, amount, paid; errors, warnings
STATUSES: list[tuple[str, list[list[tuple[str, bool | None, str, str]]], int, int]] = [
    (
        "277CA/generated-1.277ca",
        [
            [
                ("CLM-P-0001", True, "300.00", "None"),
                ("CLM-P-0002", True, "450.50", "None"),
                ("CLM-P-0003", False, "1200.00", "None"),
            ]
        ],
        0,
        0,
    ),
    ("277CA/imsweb-accepted.277ca", [[("5781", True, "125.00", "None")]], 0, 0),
    ("277CA/imsweb-rejected.277ca", [[("3920394930203", False, "199.14", "None")]], 0, 0),
    (
        "277/tr3-claim-level.277",
        [
            [
                ("ABCXYZ1", None, "8513.88", "None"),
                ("ABCXYZ2", None, "7599.00", "7599.00"),
                ("ABCXYC3", None, "150.00", "0.00"),
            ]
        ],
        0,
        0,
    ),
    ("277/tr3-provider-level.277", [[("ABCXYZ1", None, "8513.88", "None")]], 0, 0),
    ("277/tr3-receiver-level.277", [[]], 0, 0),
    (
        "276/ig-example1.276",
        [
            [
                ("ABCXYZ1", None, "8513.88", "None"),
                ("ABCXYZ2", None, "7599.00", "None"),
                ("ABCXYZ3", None, "None", "None"),
            ]
        ],
        0,
        1,
    ),
    (
        "276/tr3-claim-level.276",
        [
            [
                ("ABCXYZ1", None, "8513.88", "None"),
                ("ABCXYZ2", None, "7599.00", "None"),
                ("ABCXYZ3", None, "None", "None"),
            ]
        ],
        0,
        0,
    ),
    (
        "276/tr3-provider-level.276",
        [[("ABCXYZ1", None, "8513.88", "None"), ("ABCXYZ3", None, "None", "None")]],
        0,
        0,
    ),
]

# file, per set: members, EB, AAA; errors, warnings
ELIGIBILITY: list[tuple[str, list[tuple[int, int, int]], int, int]] = [
    ("270/batch-two.270", [(1, 0, 0), (1, 0, 0)], 0, 0),
    ("270/custom-delimiters.270", [(1, 0, 0)], 0, 0),
    ("270/realtime-single.270", [(1, 0, 0)], 0, 0),
    ("270/tr3-dependent.270", [(2, 0, 0)], 0, 0),
    ("270/tr3-subscriber.270", [(1, 0, 0)], 0, 0),
    ("271/aaa-72.271", [(1, 0, 1)], 0, 0),
    ("271/active.271", [(1, 1, 0)], 0, 0),
    ("271/cms-4010-preventive.271", [(1, 40, 0)], 0, 0),
    ("271/cms-hets-4010.271", [(1, 26, 0)], 0, 0),
    ("271/copay.271", [(1, 2, 0)], 0, 0),
    ("271/error-without-benefit.271", [(1, 0, 7)], 0, 1),
    ("271/ls-le.271", [(1, 1, 0)], 0, 0),
    ("271/related-entity-4010.271", [(2, 14, 0)], 1, 0),
    ("271/tr3-error-not-eligible.271", [(0, 0, 1)], 0, 0),
    ("271/tr3-subscriber.271", [(1, 5, 0)], 0, 0),
]


def read(name: str) -> EdiFile:
    return read_file((shared_dir("edi-samples") / name).read_bytes())


def check_problems(file: EdiFile, errors: int, warnings: int) -> None:
    found = [p.severity for p in file.problems]
    assert (found.count("error"), found.count("warning")) == (errors, warnings), file.problems


def ids(rows: list[tuple[str, list, int, int]]) -> list[str]:  # type: ignore[type-arg]
    return [row[0] for row in rows]


@pytest.mark.parametrize(("name", "sets", "errors", "warnings"), CLAIMS, ids=ids(CLAIMS))
def test_claims(name: str, sets: list[tuple[int, int, str]], errors: int, warnings: int) -> None:
    file = read(name)
    found = []
    for claims in file.transactions:
        assert isinstance(claims, SentClaims)
        lines = sum(len(c.lines) for c in claims.claims)
        found.append((len(claims.claims), lines, str(claims.charge)))
    assert found == sets
    check_problems(file, errors, warnings)


@pytest.mark.parametrize(("name", "sets", "errors", "warnings"), REMITTANCES, ids=ids(REMITTANCES))
def test_remittances(
    name: str, sets: list[tuple[int, int, str, str, bool]], errors: int, warnings: int
) -> None:
    file = read(name)
    found = []
    for payment in file.transactions:
        assert isinstance(payment, Remittance)
        lines = sum(len(c.lines) for c in payment.claims)
        figures = (str(payment.claims_paid), str(payment.amount), payment.balanced)
        found.append((len(payment.claims), lines, *figures))
        if not errors:
            assert payment.fully_balanced
    assert found == sets
    check_problems(file, errors, warnings)


@pytest.mark.parametrize(
    ("name", "sets", "errors", "warnings"), ACKNOWLEDGMENTS, ids=ids(ACKNOWLEDGMENTS)
)
def test_acknowledgments(
    name: str, sets: list[tuple[str, str, int]], errors: int, warnings: int
) -> None:
    file = read(name)
    found = []
    for answer in file.transactions:
        assert isinstance(answer, Acknowledgment)
        results = "".join(s.result for s in answer.sets)
        found.append((answer.result, results, sum(len(s.errors) for s in answer.sets)))
    assert found == sets
    check_problems(file, errors, warnings)


@pytest.mark.parametrize(("name", "sets", "errors", "warnings"), INTERCHANGES)
def test_interchange_acknowledgments(
    name: str, sets: list[tuple[str, str, str]], errors: int, warnings: int
) -> None:
    file = read(name)
    found = []
    for answer in file.transactions:
        assert isinstance(answer, InterchangeAcknowledgment)
        found.append((answer.control_number, answer.result, answer.code))
    assert found == sets
    check_problems(file, errors, warnings)


@pytest.mark.parametrize(("name", "sets", "errors", "warnings"), STATUSES, ids=ids(STATUSES))
def test_claim_status(
    name: str,
    sets: list[list[tuple[str, bool | None, str, str]]],
    errors: int,
    warnings: int,
) -> None:
    file = read(name)
    found = []
    for answer in file.transactions:
        assert isinstance(answer, ClaimStatusSet)
        assert answer.kind == name.split("/", maxsplit=1)[0]
        found.append(
            [(c.control_number, c.accepted, str(c.amount), str(c.paid)) for c in answer.claims]
        )
    assert found == sets
    check_problems(file, errors, warnings)


@pytest.mark.parametrize(("name", "sets", "errors", "warnings"), ELIGIBILITY, ids=ids(ELIGIBILITY))
def test_eligibility(
    name: str, sets: list[tuple[int, int, int]], errors: int, warnings: int
) -> None:
    file = read(name)
    found = []
    for answer in file.transactions:
        assert isinstance(answer, EligibilitySet)
        assert answer.kind == name.split("/", maxsplit=1)[0]
        found.append((len(answer.members), len(answer.benefits), len(answer.rejections)))
    assert found == sets
    check_problems(file, errors, warnings)


def test_no_sample_is_left_out() -> None:
    folder = shared_dir("edi-samples")
    known = {
        row[0]
        for table in (CLAIMS, REMITTANCES, ACKNOWLEDGMENTS, INTERCHANGES, STATUSES, ELIGIBILITY)
        for row in table
    }
    present = {
        f"{kind.name}/{file.name}"
        for kind in folder.iterdir()
        if kind.is_dir() and kind.name not in ("spec-tables", "LICENSES")
        for file in sorted(Path(kind).iterdir())
    }
    assert present == known
