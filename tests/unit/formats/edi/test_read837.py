"""837P reading: levels, people and earlier payers in files that others wrote."""

from __future__ import annotations

import datetime as dt

from desktop.models.values.money import Money
from desktop.services.formats.edi.claims837 import SentClaim, SentClaims
from desktop.services.formats.edi.read import read_file
from tests.helpers.shared import shared_dir


def sample(name: str) -> bytes:
    return (shared_dir("edi-samples") / "837P" / name).read_bytes()


def claims(data: bytes) -> list[SentClaim]:
    return [c for t in read_file(data).transactions if isinstance(t, SentClaims) for c in t.claims]


def test_a_secondary_claim_with_the_primarys_answer() -> None:
    (claim,) = claims(sample("tr3-cob-to-payer-b.837"))
    assert claim.sequence == "S"
    (other,) = claim.coverages
    assert other.payer is not None
    assert (other.sequence, other.filing_code, other.paid) == ("P", "CI", Money(3_915))
    assert [(a.group, a.reason, a.amount) for a in other.adjustments] == [
        ("PR", "1", Money(2_189)),
        ("PR", "2", Money(1_500)),
    ]
    assert (other.remaining, other.benefits_assigned) == (Money(3_689), "Y")
    by_line = sum(p.paid.cents for line in claim.lines for p in line.prior)
    assert by_line - sum(a.amount.cents for a in other.adjustments) == 3_915
    for line in claim.lines:
        (prior,) = line.prior
        assert prior.payer_id == other.payer.id
        reduced = sum(a.amount.cents for a in prior.adjustments)
        assert prior.paid.cents + reduced == line.charge.cents
        assert prior.adjudicated_on is not None


def test_a_dependent_is_not_the_subscriber() -> None:
    (claim,) = claims(sample("auto-accident.837"))
    assert (claim.patient.name.last, claim.subscriber.name.last) == ("DIMPSON", "HOWLING")
    assert claim.patient.reference("Y4") == "32323232"
    assert (claim.related_causes, claim.accident_state) == (("AA",), "CA")
    assert ("439", dt.date(2005, 10, 31), dt.date(2005, 10, 31)) in claim.dates
    facility = claim.party("77")
    assert facility is not None
    assert facility.address is not None
    assert facility.address.city == "LOMA LINDA"


def test_drugs_and_minutes() -> None:
    drugs = [line.drug for c in claims(sample("tr3-drug-in-office.837")) for line in c.lines]
    assert [d.ndc for d in drugs if d] == ["00026063512"]
    (anesthesia,) = claims(sample("tr3-anesthesia.837"))
    line = anesthesia.lines[0]
    assert (line.unit_kind, str(line.units), line.modifiers) == ("MJ", "61", ("QK", "QS", "P1"))


def test_a_subscriber_that_is_missing_is_not_taken_from_the_claim_before() -> None:
    data = sample("generated-three-claims.837")
    start = data.index(b"NM1*IL*1*OKAFOR")
    torn = data[:start] + data[data.index(b"NM1*PR*2", start) :]
    file = read_file(torn)
    last = claims(torn)[2]
    assert last.subscriber.name.last == ""
    assert any("has no subscriber" in p.text and "CLM 3" in p.where for p in file.problems)


def test_diagnoses_split_by_the_wrong_separator_are_still_listed() -> None:
    first = claims(sample("imsweb-valid.837"))[0]
    assert first.diagnoses == ("8901", "87200", "5559")


def test_charges_and_pointers_that_do_not_fit_are_said() -> None:
    data = sample("generated-three-claims.837").replace(b"UN*1***1:2", b"UN*1***1:7")
    file = read_file(data.replace(b"CLM*CLM-P-0002*450.5", b"CLM*CLM-P-0002*450.6"))
    texts = [p.text for p in file.problems]
    assert any("points to a diagnosis that is not there" in t for t in texts)
    assert any("its lines add up to 450.50" in t for t in texts)
