"""The 277CA writer (005010X214), for the training payer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.money import Money, total
from desktop.services.formats.edi.claim_status import (
    ClaimStatus,
    ClaimStatusSet,
    LevelStatus,
    LineStatus,
    Status,
)
from desktop.services.formats.edi.envelope import (
    Envelope,
    Folder,
    WrittenSet,
    amount,
    composite,
    day,
    segment,
    set_control,
    wrap,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

VERSION = "005010X214"
_NO_STATUS = (Status("A1", "19", "PR"),)


def write_277ca(
    envelope: Envelope, answers: Sequence[ClaimStatusSet], first_set_control: int = 1
) -> bytes:
    """One file with one 277CA set for each batch that is answered.

    The receiver level's totals are counted from the claims; a provider level is written for
    each `provider_id` of the claims, with the name and statuses that `levels` gives it.
    """
    text = Folder()
    sets = [
        WrittenSet(
            "277", set_control(first_set_control, index), list(_set(answer, envelope.at, text))
        )
        for index, answer in enumerate(answers)
    ]
    return wrap(envelope, "HN", VERSION, sets)


def _set(answer: ClaimStatusSet, at: dt.datetime, text: Folder) -> Iterable[str]:
    on = answer.on or at.date()
    yield segment("BHT", "0085", "08", text(answer.reference, 50), day(on), f"{at:%H%M}", "TH")
    yield "HL*1**20*1"
    yield _name("PR", answer.payer_name, "PI", answer.payer_id, text)
    yield segment("TRN", "1", text(answer.reference, 50))
    yield f"DTP*050*D8*{day(on)}"
    yield f"DTP*009*D8*{day(on)}"
    by_provider: dict[str, list[ClaimStatus]] = {}
    for claim in answer.claims:
        by_provider.setdefault(claim.provider_id, []).append(claim)
    yield f"HL*2*1*21*{1 if by_provider else 0}"
    yield _name("41", answer.receiver_name, "46", answer.receiver_id, text)
    yield segment("TRN", "2", text(answer.batch_reference, 50))
    receiver = next((v for v in answer.levels if v.level == "receiver"), None)
    statuses = receiver.statuses if receiver and receiver.statuses else _NO_STATUS
    sent = total(c.amount or Money(0) for c in answer.claims)
    yield from _statuses(statuses, on, sent, text)
    yield from _totals(answer.claims, ("90", "AA"))
    levels = 2
    for provider, claims in by_provider.items():
        levels += 1
        parent = levels
        level = next((v for v in answer.levels if v.level == "provider" and v.id == provider), None)
        yield f"HL*{levels}*2*19*1"
        yield from _provider(level, provider, claims, text)
        for claim in claims:
            levels += 1
            yield f"HL*{levels}*{parent}*PT"
            yield from _claim(claim, on, text)


def _name(role: str, name: str, id_kind: str, id_: str, text: Folder) -> str:
    return segment("NM1", role, "2", text(name, 60), "", "", "", "", id_kind, text(id_))


def _provider(
    level: LevelStatus | None,
    provider: str,
    claims: Sequence[ClaimStatus],
    text: Folder,
) -> Iterable[str]:
    yield _name("85", level.name if level else "", "XX", provider, text)
    yield segment("TRN", "1", (text(level.trace, 50) if level else "") or "0")
    statuses = level.statuses if level and level.statuses else _NO_STATUS
    sent = total(c.amount or Money(0) for c in claims)
    yield from _statuses(statuses, None, sent, text)
    yield from _totals(claims, ("QA", "QC"))


def _totals(claims: Sequence[ClaimStatus], kinds: tuple[str, str]) -> Iterable[str]:
    """How many claims and how much money were taken in, and how much was not."""
    taken = [c for c in claims if c.accepted]
    refused = [c for c in claims if not c.accepted]
    for kind, group in zip(kinds, (taken, refused), strict=True):
        if group:
            yield f"QTY*{kind}*{len(group)}"
    for kind, group in zip(("YU", "YY"), (taken, refused), strict=True):
        if group:
            yield f"AMT*{kind}*{amount(total(c.amount or Money(0) for c in group))}"


def _statuses(
    statuses: Sequence[Status], on: dt.date | None, sent: Money | None, text: Folder
) -> Iterable[str]:
    """STC segments with up to three statuses each; the provider level has no date."""
    for start in range(0, len(statuses), 3):
        group = statuses[start : start + 3]
        codes = [composite(text(s.category), text(s.status), text(s.entity)) for s in group]
        action = group[0].action or ("U" if group[0].rejects else "WQ")
        codes += [""] * (3 - len(codes))
        yield segment(
            "STC",
            codes[0],
            "" if on is None else day(group[0].on or on),
            action,
            "" if sent is None else amount(sent),
            *[""] * 5,
            codes[1],
            codes[2],
        )


def _claim(claim: ClaimStatus, on: dt.date, text: Folder) -> Iterable[str]:
    name = claim.patient_name
    yield segment(
        "NM1",
        "QC",
        "1",
        text(name.last, 60),
        text(name.first, 35),
        text(name.middle, 25),
        "",
        text(name.suffix, 10),
        "MI" if claim.patient_id else "",
        text(claim.patient_id),
    )
    yield segment("TRN", "2", text(claim.control_number, 50))
    yield from _statuses(claim.statuses, on, claim.amount or Money(0), text)
    if claim.payer_claim_number:
        yield segment("REF", "1K", text(claim.payer_claim_number, 50))
    if claim.clearinghouse_number:
        yield segment("REF", "D9", text(claim.clearinghouse_number, 50))
    if claim.from_on is not None:
        if claim.to_on in (None, claim.from_on):
            yield f"DTP*472*D8*{day(claim.from_on)}"
        elif claim.to_on is not None:
            yield f"DTP*472*RD8*{day(claim.from_on)}-{day(claim.to_on)}"
    for line in claim.lines:
        yield from _line(line, on, text)


def _line(line: LineStatus, on: dt.date, text: Folder) -> Iterable[str]:
    modifiers = (text(m, 2) for m in line.modifiers)
    yield segment(
        "SVC",
        composite("HC", text(line.code), *modifiers),
        amount(line.charge or Money(0)),
    )
    yield from _statuses(line.statuses, on, None, text)
    if line.line_number:
        yield segment("REF", "FJ", text(line.line_number, 50))
