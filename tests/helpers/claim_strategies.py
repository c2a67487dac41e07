"""Random but plausible claims: practices, people, coverages and earlier payers' answers.

Names carry what real ones carry: accents, apostrophes, hyphens, and what typing errors add:
delimiters, tabs, double spaces. Codes and dates keep the shape that the checks enforce.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import strategies as st

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
from desktop.models.values.enums import FilingCode, Frequency, Relationship, Sex, TaxIdKind
from desktop.models.values.money import ZERO, Money
from desktop.services.formats.edi.write837 import Batch837

SURNAMES = [
    "O'Brien",
    "Núñez",
    "Müller",
    "Smith-Jones",
    "Łukasz",
    "García  López",
    "De la Cruz*",
    "St. John~",
    "Lee",
    "D’Angelo",
    "Søren",
    "van der:Berg",
    "Straße",
    "Nguyễn",
    "Brown^",
    "AL-HASSAN\t",
]
GIVEN = ["Ann", "José", "Zoë", "Mary Ann", "J", "Øystein", "Renée*", "Bob", "Li"]
STREETS = ["12 Main St", "4 Elm Ave # 7", "RR 3 Box 12", "100 N. 5th Street", "1½ Oak~Lane"]
TOWNS = [("Springfield", "IL"), ("Añasco", "PR"), ("Coeur d'Alene", "ID"), ("New York", "NY")]
PROCEDURES = ["99213", "99214", "36415", "J1100", "G0439", "0001F", "90471", "97110", "00142"]
DIAGNOSES = ["E119", "I10", "Z0000", "J069", "M545", "S72001A", "N1830", "F329", "K219", "R51"]
PLACES = ["11", "22", "12", "02", "21", "20"]
MODIFIERS = ["25", "59", "GP", "LT", "RT", "QW", "95"]
REASONS = [
    ("CO", "45"),
    ("CO", "253"),
    ("CO", "97"),
    ("PR", "1"),
    ("PR", "2"),
    ("PR", "3"),
    ("OA", "23"),
]
EARLIEST, LATEST = dt.date(2025, 1, 1), dt.date(2026, 9, 15)


def npi_of(body: int) -> str:
    """A 10-digit NPI with its check digit for a 9-digit body that starts with 1 or 2."""
    digits = f"80840{body:09d}"
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body:09d}{-total % 10}"


npis = st.integers(100_000_000, 199_999_999).map(npi_of)
service_days = st.dates(EARLIEST, LATEST)
births = st.dates(dt.date(1930, 1, 1), dt.date(2024, 12, 31))
names = st.builds(
    Name,
    last=st.sampled_from(SURNAMES),
    first=st.sampled_from(GIVEN),
    middle=st.sampled_from(["", "", "Q", "María"]),
    suffix=st.sampled_from(["", "", "", "Jr", "III"]),
)
zips = st.sampled_from(["62701", "627011234", "10001", "006100000"])


@st.composite
def addresses(draw: st.DrawFn, *, nine: bool = False) -> Address:
    """A US address; `nine` wants all digits of the ZIP code."""
    city, state = draw(st.sampled_from(TOWNS))
    zip_code = draw(st.sampled_from(["627011234", "100011111"])) if nine else draw(zips)
    return Address(
        line1=draw(st.sampled_from(STREETS)),
        city=city,
        state=state,
        zip_code=zip_code,
        line2=draw(st.sampled_from(["", "", "Suite 4", "Apt~9"])),
    )


@st.composite
def people(draw: st.DrawFn) -> PersonRecord:
    """A patient or subscriber with everything a claim needs."""
    return PersonRecord(
        name=draw(names),
        birth_on=draw(births),
        sex=draw(st.sampled_from(list(Sex))),
        address=draw(addresses()),
        phone="",
    )


@st.composite
def providers(draw: st.DrawFn, *, person: bool | None = None) -> ProviderRecord:
    """A provider with NPI; an organization where `person` is False."""
    is_person = draw(st.booleans()) if person is None else person
    name = (
        draw(names) if is_person else Name(draw(st.sampled_from(["Clinic & Co.", "Café Health*"])))
    )
    return ProviderRecord(
        name=name,
        npi=draw(npis),
        is_person=is_person,
        taxonomy=draw(st.sampled_from(["", "207Q00000X", "363L00000X"])),
        address=draw(addresses(nine=True)),
        tax_id=draw(st.sampled_from(["371234567", "362223333"])),
        tax_id_kind=draw(st.sampled_from(list(TaxIdKind))),
        other_ids=draw(st.sampled_from([(), (("0B", "036-1234"),), (("G2", "A*12"),)])),
    )


@st.composite
def payers(draw: st.DrawFn, filing: FilingCode | None = None) -> PayerRecord:
    """A payer with its electronic id."""
    code = filing or draw(
        st.sampled_from([f for f in FilingCode if f is not FilingCode.MEDICARE_B])
    )
    return PayerRecord(
        name=draw(st.sampled_from(["Prairie Health Plan", "Médico:Mutual", "Blue Shield"])),
        electronic_id=draw(st.from_regex(r"[0-9A-Z]{5}", fullmatch=True)),
        filing_code=code,
        address=draw(st.none() | addresses()),
    )


@st.composite
def coverages(draw: st.DrawFn, rank: int, patient: PersonRecord) -> CoverageRecord:
    """A coverage of the patient, own or through another subscriber."""
    relationship = draw(st.sampled_from(list(Relationship)))
    own = relationship is Relationship.SELF
    medicare = draw(st.integers(0, 4)) == 0
    payer = draw(payers(FilingCode.MEDICARE_B if medicare else None))
    return CoverageRecord(
        rank=rank,
        payer=payer,
        member_id=draw(st.from_regex(r"[A-Z]{1,3}[0-9]{5,9}", fullmatch=True)),
        relationship=relationship,
        subscriber=patient if own else draw(people()),
        group_number=draw(st.sampled_from(["", "GRP-100", "0042*7"])),
        plan_name=draw(st.sampled_from(["", "Gold Plan"])),
        insurance_type=draw(st.sampled_from(["12", "13", "15", "43"])) if rank > 1 else "",
        benefits_assigned=draw(st.booleans()),
    )


@st.composite
def lines(draw: st.DrawFn, number: int, diagnoses: int, on: dt.date) -> LineRecord:
    """A charge line of that day."""
    days = draw(st.sampled_from([0, 0, 0, 2]))
    drug = None
    if draw(st.integers(0, 4)) == 0:
        drug = DrugRecord(
            ndc=draw(st.from_regex(r"[0-9]{11}", fullmatch=True)),
            quantity=draw(st.sampled_from([Decimal(1), Decimal("2.5"), Decimal("0.125")])),
            unit=draw(st.sampled_from(["F2", "GR", "ME", "ML", "UN"])),
            prescription_number=draw(st.sampled_from(["", "RX123"])),
        )
    pointers = draw(
        st.lists(st.integers(1, diagnoses), min_size=1, max_size=min(4, diagnoses), unique=True)
    )
    minutes = draw(st.integers(0, 9)) == 0
    return LineRecord(
        number=number,
        from_on=on,
        to_on=on + dt.timedelta(days=days),
        place=draw(st.sampled_from(PLACES)),
        procedure=draw(st.sampled_from(PROCEDURES)),
        charge=Money(draw(st.integers(1, 500_000))),
        modifiers=tuple(draw(st.lists(st.sampled_from(MODIFIERS), max_size=4, unique=True))),
        pointers=tuple(pointers),
        units=Decimal(draw(st.integers(15, 240))) if minutes else draw(st.sampled_from(_UNITS)),
        unit_kind="MJ" if minutes else "UN",
        emergency=draw(st.booleans()),
        epsdt=draw(st.booleans()),
        family_planning=draw(st.booleans()),
        description=draw(st.sampled_from(["", "", "Unlisted: see note"])),
        note=draw(st.sampled_from(["", "", "Left arm ~ by phone"])),
        drug=drug,
        clia=draw(st.sampled_from(["", "", "14D0123456"])),
        rendering=draw(st.none() | providers(person=True)) if draw(st.booleans()) else None,
        ordering=draw(st.none() | providers(person=True)) if draw(st.booleans()) else None,
    )


_UNITS = [Decimal(1), Decimal(2), Decimal("1.5"), Decimal("0.5"), Decimal(12)]


@st.composite
def answers(draw: st.DrawFn, of: tuple[LineRecord, ...]) -> PriorAnswer:
    """An earlier payer's answer whose every line balances."""
    on = draw(st.dates(EARLIEST, LATEST))
    answered = []
    for line in of:
        left = line.charge.cents
        reasons = draw(st.lists(st.sampled_from(REASONS), max_size=5, unique=True))
        adjustments = []
        for group, reason in reasons:
            cents = draw(st.integers(0, left))
            left -= cents
            quantity = draw(st.sampled_from([None, None, Decimal(1)]))
            adjustments.append(PriorAdjustment(group, reason, Money(cents), quantity))
        answered.append(PriorLine(line.number, Money(left), line.units, on, tuple(adjustments)))
    share = sum(a.amount.cents for line in answered for a in line.adjustments if a.group == "PR")
    return PriorAnswer(
        paid=Money(sum(line.paid.cents for line in answered)),
        adjudicated_on=on,
        payer_claim_number=draw(st.sampled_from(["", "PCN-77*1"])),
        remaining=draw(st.sampled_from([None, Money(share)])),
        lines=tuple(answered),
    )


_numbers = itertools.count(1)


@st.composite
def stacks(
    draw: st.DrawFn, patient: PersonRecord, of: tuple[LineRecord, ...]
) -> tuple[int, tuple[CoverageRecord, ...]]:
    """One to three coverages and the rank that is billed: each payer before it has answered."""
    ranks = draw(st.integers(1, 3))
    own = [draw(coverages(rank, patient)) for rank in range(1, ranks + 1)]
    target = draw(st.integers(1, ranks))
    answered = tuple(
        dataclasses.replace(c, answer=draw(answers(of))) if c.rank < target else c for c in own
    )
    return target, answered


@st.composite
def happened(draw: st.DrawFn, claim: ClaimRecord, on: dt.date) -> ClaimRecord:
    """A claim with what led to it: an onset, an accident, a stay, days off work."""
    accident = draw(st.sampled_from([(), (), ("EM",), ("AA",), ("OA",), ("AA", "EM")]))
    inpatient = draw(st.booleans())
    dates = [DatedFact("431", on)] if draw(st.booleans()) else []
    if "AA" in accident or "OA" in accident:
        dates.append(DatedFact("439", on))
    return dataclasses.replace(
        claim,
        related_causes=accident,
        accident_state="IL" if "AA" in accident else "",
        dates=tuple(dates),
        hospital_from=on if inpatient else None,
        hospital_to=on if inpatient and draw(st.booleans()) else None,
        unable_to_work_from=on if draw(st.booleans()) else None,
        unable_to_work_to=on if draw(st.booleans()) else None,
        condition_codes=draw(st.sampled_from([(), ("AB",)])),
        property_casualty_number=draw(st.sampled_from(["", "", "PC-1"])),
    )


@st.composite
def claims(
    draw: st.DrawFn, billing: st.SearchStrategy[ProviderRecord] | None = None
) -> ClaimRecord:
    """A claim that the checks would pass."""
    patient = draw(people())
    on = draw(service_days)
    codes = draw(st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=10, unique=True))
    own_lines = tuple(
        draw(lines(number, len(codes), on)) for number in range(1, draw(st.integers(1, 5)) + 1)
    )
    target, answered = draw(stacks(patient, own_lines))
    frequency = draw(st.sampled_from([Frequency.ORIGINAL, Frequency.ORIGINAL, *Frequency]))
    claim = ClaimRecord(
        control_number=f"C{next(_numbers):09d}",
        payer_rank=target,
        coverages=answered,
        patient=patient,
        billing=draw(billing if billing is not None else providers()),
        diagnoses=tuple(DiagnosisRecord(code) for code in codes),
        lines=own_lines,
        place=draw(st.sampled_from(PLACES)),
        frequency=frequency,
        original_number="" if frequency is Frequency.ORIGINAL else "ORIG:1",
        rendering=draw(st.none() | providers(person=True)),
        referring=draw(st.none() | providers(person=True)),
        referring_qualifier=draw(st.sampled_from(["DN", "DK", "DQ"])),
        facility=draw(st.none() | providers(person=False)),
        pay_to=draw(st.none() | providers(person=False)),
        accept_assignment=draw(st.booleans()),
        signature_on_file=draw(st.booleans()),
        prior_authorization=draw(st.sampled_from(["", "AUTH~1"])),
        referral_number=draw(st.sampled_from(["", "REF9"])),
        clia=draw(st.sampled_from(["", "14D0123456"])),
        delay_reason=draw(st.sampled_from(["", "", "11"])),
        note=draw(st.sampled_from(["", "", "See attached: naïve patient"])),
        patient_paid=draw(st.sampled_from([ZERO, Money(2500), Money(1)])),
    )
    return draw(happened(claim, on))


@st.composite
def claim_files(draw: st.DrawFn) -> list[ClaimRecord]:
    """The claims of a random practice: one or two billing providers, families, repeats."""
    practice = st.sampled_from([draw(providers()) for _ in range(draw(st.integers(1, 2)))])
    found = [draw(claims(practice)) for _ in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        again = dataclasses.replace(found[0], control_number=f"C{next(_numbers):09d}")
        found.append(again)
    return found


def batch(**changes: object) -> Batch837:
    """An envelope for tests."""
    base = Batch837(
        sender_id="CLAIMSTEAD1",
        sender_qualifier="ZZ",
        receiver_id="TRAINING",
        receiver_qualifier="ZZ",
        receiver_name="Training House",
        submitter_name="Prairie Family Médicine",
        submitter_id="SUB001",
        contact_name="Front Desk",
        contact_phone="2175550100",
        interchange_control=1,
        group_control=1,
        first_set_control=1,
        batch_reference="B0001",
        at=dt.datetime(2026, 9, 15, 9, 0, tzinfo=dt.UTC),
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]
