"""The training payer: bytes of our 837P in, bytes of 999, 277CA and 835 out.

It reads the file as any payer would and knows nothing of the practice. The same file with the
same seed is always answered in the same way. It remembers nothing: a replacement (7) is taken
in but never paid, a void (8) is answered by the reversal of what its number remembers.

Its payments come in three rounds: the first answers; what is taken back or paid by a secondary
payer; and what is paid late with interest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.models.values.claim_record import Address
from desktop.models.values.money import ZERO, Money, total
from desktop.services.formats.edi.acknowledgments import (
    Acknowledgment,
    SegmentError,
    SetAcknowledgment,
)
from desktop.services.formats.edi.claim_status import (
    ClaimStatus,
    ClaimStatusSet,
    LevelStatus,
    Status,
)
from desktop.services.formats.edi.claims837 import SentClaim, SentClaims, SentParty
from desktop.services.formats.edi.envelope import Envelope
from desktop.services.formats.edi.read import EdiFile, read_file
from desktop.services.formats.edi.remittance import ProviderAdjustment, Remittance, RemittanceClaim
from desktop.services.formats.edi.training_id import TRAINING_ID, TRAINING_NAME, TRAINING_OFFICE
from desktop.services.formats.edi.write277ca import write_277ca
from desktop.services.formats.edi.write835 import write_835
from desktop.services.formats.edi.write999 import write_999
from desktop.services.sample.payer.adjudicate import (
    Scenario,
    Share,
    corrected,
    interest_on,
    payer_number,
    remittance_claim,
    reversed_claim,
    scenario_of,
    secondary,
    secondary_direct,
    shares,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VERSION = "005010X222A1"
_ADDRESS = Address("1 Practice Way", "Springfield", "IL", "627010000")
# How MIXED deals: the first eight stand in every file of eight claims with one payer each.
_DEAL = (
    Scenario.COINSURANCE,
    Scenario.PAID,
    Scenario.DEDUCTIBLE,
    Scenario.COPAY,
    Scenario.DENIED_LINE,
    Scenario.INTEREST,
    Scenario.TAKE_BACK,
    Scenario.DENIED_CLAIM,
    Scenario.COINSURANCE,
    Scenario.PAID,
    Scenario.COPAY,
    Scenario.COINSURANCE,
    Scenario.CLAIM_REJECTED,
    Scenario.PAID,
    Scenario.COPAY,
    Scenario.COINSURANCE,
)
_CROSSOVERS = (Scenario.CROSSOVER, Scenario.CROSSOVER_RESTATED)
_NINE_DIGITS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """One file of the payer's answers, under the name that it should have."""

    name: str
    data: bytes
    on: dt.date


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything the training payer says to one claim file.

    Attributes:
        ack277ca: None when the 999 rejected all.
        remittances: by round, in order of their dates.
        decided: per control number, what was done.
    """

    ack999: TrainingFile
    ack277ca: TrainingFile | None
    remittances: tuple[TrainingFile, ...]
    decided: Mapping[str, Scenario]


@dataclass(slots=True)
class _Payment:
    """One payment being gathered: a payer's money to one billing provider in one round."""

    payer: SentParty
    payee: SentParty
    claims: list[RemittanceClaim] = field(default_factory=list)
    adjustments: list[ProviderAdjustment] = field(default_factory=list)

    @property
    def amount(self) -> Money:
        """BPR02: claims less provider adjustments."""
        return total(c.paid for c in self.claims) - total(a.amount for a in self.adjustments)


_Round = dict[tuple[str, str], _Payment]


def answer(
    data: bytes,
    scenario: Scenario | Mapping[str, Scenario] = Scenario.MIXED,
    on: dt.date | None = None,
    *,
    seed: int = 0,
    days: tuple[int, int, int] = (0, 0, 0),
) -> Answers:
    """Answer a claim file.

    Args:
        data: our 837P, addressed to the training payer.
        scenario: for all claims, or per control number (others are mixed).
        on: date of the acknowledgments; the file's own when None.
        seed: deals MIXED differently.
        days: when the three rounds of payments come, counted from `on`.

    Raises:
        RuleError: no claim file, or one that is addressed to a real receiver.
    """
    file = read_file(data)
    sets = [t for t in file.transactions if isinstance(t, SentClaims)]
    if not sets or not file.interchanges:
        raise RuleError("The training payer reads claim files (837P) only.")
    if file.interchanges[0].receiver != TRAINING_ID:
        raise RuleError(
            "This claim file is addressed to a real receiver; the training payer leaves it alone."
        )
    first_day = on or _file_date(file)
    claims = [c for s in sets for c in s.claims]
    decided = _deal(claims, scenario, seed)
    control = file.interchanges[0].control_number
    if not control.isdecimal() or len(control) > 9:
        raise RuleError("The claim file's control number (ISA13) is none; nothing was answered.")
    context = _Context(int(control), first_day, days)
    if Scenario.SET_REJECTED in decided.values():
        return Answers(_ack999(context, sets, decided), None, (), decided)
    return Answers(
        ack999=_ack999(context, sets, decided),
        ack277ca=_ack277ca(context, sets, decided),
        remittances=_payments(context, claims, decided),
        decided=decided,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """Whose file is answered, and when."""

    control: int
    on: dt.date
    days: tuple[int, int, int]

    def envelope(self, number: int, on: dt.date) -> Envelope:
        """From the training payer, always a test."""
        control = (self.control * 10 + number) % _NINE_DIGITS or 1
        at = dt.datetime.combine(on, dt.time(7, 0))
        return Envelope(TRAINING_ID, TRAINING_OFFICE, control, control, at, usage="T")

    def name(self, kind: str) -> str:
        """A file name that says what it is and that it is not real."""
        ending = kind.partition("-")[0].lower()
        return f"training-{kind.lower()}-{self.control:09d}.{ending}"


def _file_date(file: EdiFile) -> dt.date:
    text = file.interchanges[0].date
    if len(text) == 6 and text.isdecimal():
        try:
            return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
        except ValueError:
            pass
    raise RuleError("The claim file's date cannot be read.")


def _deal(
    claims: Sequence[SentClaim], wanted: Scenario | Mapping[str, Scenario], seed: int
) -> dict[str, Scenario]:
    """What is done with each claim; MIXED deals the same hand to the same claims."""
    decided: dict[str, Scenario] = {}
    single, several = 0, 0
    ordered = sorted(claims, key=lambda c: hashlib.sha256(
        f"{seed}|{c.control_number}|{c.subscriber.id}|{c.charge}".encode()).digest())  # fmt: skip
    for claim in ordered:
        number = claim.control_number
        chosen = wanted if isinstance(wanted, Scenario) else wanted.get(number, Scenario.MIXED)
        if chosen is Scenario.MIXED:
            if _next_payer(claim) is not None:
                chosen, several = _CROSSOVERS[several % 2], several + 1
            else:
                chosen, single = _DEAL[single % len(_DEAL)], single + 1
        decided[number] = chosen
    return {c.control_number: decided[c.control_number] for c in claims}


def _next_payer(claim: SentClaim) -> SentParty | None:
    """The secondary payer of a claim that was sent to the first."""
    if claim.sequence != "P":
        return None
    return next((c.payer for c in claim.coverages if c.sequence == "S" and c.payer), None)


# -- acknowledgments ------------------------------------------------------------------------


def _ack999(
    context: _Context, sets: Sequence[SentClaims], decided: Mapping[str, Scenario]
) -> TrainingFile:
    answers = tuple(_set_answer(s, decided) for s in sets)
    passed = sum(1 for a in answers if a.accepted)
    result = "A" if passed == len(answers) else "P" if passed else "R"
    whole = Acknowledgment(
        group_kind="HC",
        group_control=sets[0].group_control,
        group_version=_VERSION,
        result=result,
        included=len(answers),
        received=len(answers),
        passed=passed,
        sets=answers,
    )
    data = write_999(context.envelope(1, context.on), [whole])
    return TrainingFile(context.name("999"), data, context.on)


def _set_answer(one: SentClaims, decided: Mapping[str, Scenario]) -> SetAcknowledgment:
    refused = [c for c in one.claims if decided[c.control_number] is Scenario.SET_REJECTED]
    errors = tuple(
        SegmentError("CLM", 10 + n, "8", "2300", (f"CLM01:{c.control_number}",))
        for n, c in enumerate(refused[:3])
    )
    result, codes = ("R", ("5",)) if refused else ("A", ())
    return SetAcknowledgment("837", one.set_control, result, _VERSION, codes, errors)


def _ack277ca(
    context: _Context, sets: Sequence[SentClaims], decided: Mapping[str, Scenario]
) -> TrainingFile:
    answers = [_status_set(context, s, decided) for s in sets]
    data = write_277ca(context.envelope(2, context.on), answers)
    return TrainingFile(context.name("277CA"), data, context.on)


def _status_set(
    context: _Context, one: SentClaims, decided: Mapping[str, Scenario]
) -> ClaimStatusSet:
    sender = one.submitter
    billing = {c.billing.npi: c.billing.name.last for c in one.claims}
    return ClaimStatusSet(
        kind="277CA",
        payer_name=TRAINING_NAME,
        payer_id=TRAINING_ID,
        receiver_name=sender.name.last if sender else TRAINING_OFFICE,
        receiver_id=sender.id if sender else TRAINING_OFFICE,
        reference=f"A{context.control:09d}{one.set_control}",
        batch_reference=one.batch_reference,
        on=context.on,
        levels=tuple(LevelStatus("provider", name, npi) for npi, name in billing.items()),
        claims=tuple(
            _claim_status(c, n, context.on, decided[c.control_number])
            for n, c in enumerate(one.claims, 1)
        ),
    )


def _claim_status(claim: SentClaim, position: int, on: dt.date, scenario: Scenario) -> ClaimStatus:
    rejected = scenario is Scenario.CLAIM_REJECTED
    status = (
        Status("A7", "164", "IL", "U", on, claim.charge)
        if rejected
        else Status("A2", "20", "PR", "WQ", on, claim.charge)
    )
    days = [d for x in claim.lines for d in (x.from_on, x.to_on) if d is not None]
    return ClaimStatus(
        position=position,
        control_number=claim.control_number,
        patient_name=claim.patient.name,
        patient_id=claim.patient.id or claim.subscriber.id,
        payer_claim_number="" if rejected else payer_number(claim, scenario),
        accepted=not rejected,
        amount=claim.charge,
        statuses=(status,),
        from_on=min(days, default=None),
        to_on=max(days, default=None),
        provider_id=claim.billing.npi,
    )


# -- payments -------------------------------------------------------------------------------


def _payments(
    context: _Context, claims: Sequence[SentClaim], decided: Mapping[str, Scenario]
) -> tuple[TrainingFile, ...]:
    rounds: tuple[_Round, _Round, _Round] = ({}, {}, {})
    for claim in claims:
        _decide(claim, decided[claim.control_number], rounds)
    _recover(rounds)
    files = []
    for number, payments in enumerate(rounds):
        on = context.on + dt.timedelta(days=context.days[number])
        if payments:
            files.append(_payment_file(context, number, on, list(payments.values())))
    return tuple(files)


def _decide(claim: SentClaim, scenario: Scenario, rounds: tuple[_Round, _Round, _Round]) -> None:
    """Put the claim's payments into their rounds."""
    if scenario is Scenario.CLAIM_REJECTED or claim.frequency == "7":
        return
    number = payer_number(claim, scenario)
    if claim.frequency == "8":
        _take_back_void(claim, rounds[0])
        return
    if claim.sequence != "P":
        decided = secondary_direct(claim)
        status = {"S": "2", "T": "3"}.get(claim.sequence, "2")
        _pay(rounds[0], claim, decided, status=status, number=number)
        return
    first = shares(claim, scenario)
    if scenario is Scenario.INTEREST:
        _pay_late(rounds[2], claim, first, number)
    elif scenario in _CROSSOVERS:
        _cross_over(claim, first, number, rounds, restated=scenario is Scenario.CROSSOVER_RESTATED)
    elif scenario is Scenario.TAKE_BACK:
        paid = _pay(rounds[0], claim, first, status="1", number=number)
        payment = _payment(rounds[1], claim.payer, claim.billing)
        payment.claims.append(reversed_claim(paid))
        _pay(rounds[1], claim, corrected(first), status="1", number=f"{number}C")
    elif scenario is Scenario.DENIED_CLAIM:
        _pay(rounds[0], claim, first, status="4", number=number, remarks=("MA130",))
    else:
        _pay(rounds[0], claim, first, status="1", number=number)


def _take_back_void(claim: SentClaim, payments: _Round) -> None:
    """A void is answered by the reversal of what its number remembers."""
    scenario = scenario_of(claim.original_number)
    if scenario is None:
        return
    decided = shares(claim, scenario)
    if scenario is Scenario.TAKE_BACK:
        decided = corrected(decided)
    paid = remittance_claim(claim, decided, status="1", number=claim.original_number)
    _payment(payments, claim.payer, claim.billing).claims.append(reversed_claim(paid))


def _pay(
    payments: _Round,
    claim: SentClaim,
    decided: Sequence[Share],
    *,
    status: str,
    number: str,
    remarks: tuple[str, ...] = (),
) -> RemittanceClaim:
    paid = remittance_claim(claim, decided, status=status, number=number, remarks=remarks)
    _payment(payments, claim.payer, claim.billing).claims.append(paid)
    return paid


def _pay_late(payments: _Round, claim: SentClaim, decided: Sequence[Share], number: str) -> None:
    """With interest: told on the claim (AMT*I), paid by the PLB (L6)."""
    paid = remittance_claim(claim, decided, status="1", number=number)
    interest = interest_on(paid.paid)
    payment = _payment(payments, claim.payer, claim.billing)
    if interest:
        paid = remittance_claim(claim, decided, status="1", number=number, interest=interest)
        payment.adjustments.append(ProviderAdjustment("L6", claim.control_number, -interest))
    payment.claims.append(paid)


def _cross_over(
    claim: SentClaim,
    first: Sequence[Share],
    number: str,
    rounds: tuple[_Round, _Round, _Round],
    *,
    restated: bool,
) -> None:
    """The first payer pays and forwards; the second echoes our number of the first claim."""
    other = _next_payer(claim)
    if other is None:
        _pay(rounds[0], claim, first, status="1", number=number)
        return
    paid = remittance_claim(
        claim, first, status="19", number=number, crossover=(other.name.last, other.id)
    )
    _payment(rounds[0], claim.payer, claim.billing).claims.append(paid)
    after = remittance_claim(
        claim, secondary(first, restated=restated), status="2", number=f"{number}S"
    )
    _payment(rounds[1], other, claim.billing).claims.append(after)


def _payment(payments: _Round, payer: SentParty, payee: SentParty) -> _Payment:
    return payments.setdefault((payer.id, payee.npi), _Payment(payer, payee))


def _recover(rounds: tuple[_Round, _Round, _Round]) -> None:
    """A payment cannot fall below zero: what is short is taken later (WO), where there is more."""
    for now, later in ((rounds[0], rounds[2]), (rounds[1], rounds[2])):
        for key, payment in now.items():
            short = payment.amount
            if short >= ZERO:
                continue
            reference = next((c.payer_claim_number for c in payment.claims if c.is_reversal), "")
            payment.adjustments.append(ProviderAdjustment("WO", reference, short))
            after = later.get(key)
            if after is not None and after.amount >= -short:
                after.adjustments.append(ProviderAdjustment("WO", reference, -short))


def _payment_file(
    context: _Context, number: int, on: dt.date, payments: Sequence[_Payment]
) -> TrainingFile:
    sets = [
        _remittance(p, on, f"TRN{context.control:09d}{number + 1}{n:03d}")
        for n, p in enumerate(payments, 1)
    ]
    data = write_835(context.envelope(3 + number, on), sets)
    return TrainingFile(context.name(f"835-{number + 1}"), data, on)


def _remittance(payment: _Payment, on: dt.date, trace: str) -> Remittance:
    amount = payment.amount
    digest = int(hashlib.sha256(payment.payer.id.encode()).hexdigest(), 16) % _NINE_DIGITS
    return Remittance(
        payer_name=payment.payer.name.last,
        payer_id=f"1{digest:09d}",
        trace=trace,
        on=on,
        amount=amount,
        claims=tuple(payment.claims),
        provider_adjustments=tuple(payment.adjustments),
        payer_ids=(payment.payer.id,),
        payer_address=payment.payer.address or _ADDRESS,
        payee_name=payment.payee.name.last,
        payee_npi=payment.payee.npi,
        payee_tax_id=payment.payee.tax_id,
        handling="I" if amount else "H",
        method="ACH" if amount else "NON",
        produced_on=on,
    )
