"""The 835 writer (005010X221A1), for the training payer: from the records that reading gives."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from desktop.services.formats.edi.envelope import (
    Envelope,
    Folder,
    WrittenSet,
    amount,
    composite,
    day,
    number,
    segment,
    set_control,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.models.values.claim_record import Name
    from desktop.services.formats.edi.remittance import (
        Adjustment,
        ProviderAdjustment,
        Remittance,
        RemittanceClaim,
        RemittanceLine,
    )

VERSION = "005010X221A1"

# CLP06 knows fewer kinds of plan than SBR09; the others go out as mutually defined.
_FILING_CODES = frozenset("12 13 14 15 16 17 AM CH DS HM LM MA MB MC OF TV VA WC ZZ".split())

# An electronic transfer names banks; a training payer has none.
_NO_BANK = ("01", "000000000", "DA", "0")


def write_835(
    envelope: Envelope, remittances: Sequence[Remittance], first_set_control: int = 1
) -> bytes:
    """One file with one set for each payment."""
    text = Folder()
    sets = [
        WrittenSet(
            "835", set_control(first_set_control, index), list(_set(payment, envelope.at, text))
        )
        for index, payment in enumerate(remittances)
    ]
    return wrap(envelope, "HP", VERSION, sets)


def _set(payment: Remittance, at: dt.datetime, text: Folder) -> Iterable[str]:
    on = payment.on or at.date()
    yield _bpr(payment, on, text)
    yield segment("TRN", "1", text(payment.trace, 50), text(payment.payer_id, 10))
    yield f"DTM*405*{day(payment.produced_on or on)}"
    yield from _parties(payment, text)
    if payment.claims:
        yield "LX*1"
    for claim in payment.claims:
        yield from _claim(claim, text)
    yield from _provider_adjustments(payment, on, text)


def _bpr(payment: Remittance, on: dt.date, text: Folder) -> str:
    head = ("BPR", payment.handling, amount(payment.amount), "C", payment.method or "NON")
    if payment.method in ("ACH", "BOP", "FWT"):
        company = text(payment.payer_id, 10)
        return segment(*head, "CCP", *_NO_BANK, company, "", *_NO_BANK, day(on))
    return segment(*head, *[""] * 11, day(on))


def _parties(payment: Remittance, text: Folder) -> Iterable[str]:
    """Loops 1000A and 1000B."""
    yield segment("N1", "PR", text(payment.payer_name, 60))
    address = payment.payer_address
    if address is not None:
        yield segment("N3", text(address.line1, 55), text(address.line2, 55))
        yield segment("N4", text(address.city, 30), text(address.state, 2), text(address.zip_code))
    for reference in payment.payer_ids[:4]:
        yield segment("REF", "2U", text(reference, 50))
    yield segment("PER", "BL", text(payment.payer_name, 60))
    if payment.payee_npi:
        yield segment("N1", "PE", text(payment.payee_name, 60), "XX", text(payment.payee_npi))
        if payment.payee_tax_id:
            yield segment("REF", "TJ", text(payment.payee_tax_id, 50))
    else:
        yield segment("N1", "PE", text(payment.payee_name, 60), "FI", text(payment.payee_tax_id))


def _claim(claim: RemittanceClaim, text: Folder) -> Iterable[str]:
    """Loop 2100 with its lines."""
    share = claim.patient_responsibility
    yield segment(
        "CLP",
        text(claim.control_number, 38),
        claim.status,
        amount(claim.charge),
        amount(claim.paid),
        "" if share is None else amount(share),
        claim.filing_code if claim.filing_code in _FILING_CODES else "ZZ",
        text(claim.payer_claim_number, 50),
        text(claim.place, 2),
        text(claim.frequency, 1),
    )
    yield from _cas(claim.adjustments, text)
    yield from _names(claim, text)
    if claim.remarks:
        yield segment("MOA", "", "", *(text(r, 50) for r in claim.remarks[:5]))
    if claim.other_claim_number:
        yield segment("REF", "F8", text(claim.other_claim_number, 50))
    if claim.from_on is not None:
        yield f"DTM*232*{day(claim.from_on)}"
        yield f"DTM*233*{day(claim.to_on or claim.from_on)}"
    if claim.received_on is not None:
        yield f"DTM*050*{day(claim.received_on)}"
    if claim.allowed is not None:
        yield f"AMT*AU*{amount(claim.allowed)}"
    if claim.interest is not None:
        yield f"AMT*I*{amount(claim.interest)}"
    for line in claim.lines:
        yield from _line(line, text)


def _names(claim: RemittanceClaim, text: Folder) -> Iterable[str]:
    yield _person("QC", claim.patient_name, "MI", claim.patient_id, text)
    if claim.subscriber_name is not None:
        yield _person("IL", claim.subscriber_name, "MI", claim.subscriber_id, text)
    if claim.corrected_name is not None:
        yield _person("74", claim.corrected_name, "C", claim.corrected_id, text)
    if claim.rendering_id:
        yield segment("NM1", "82", "1", *[""] * 5, "XX", text(claim.rendering_id))
    if claim.crossover_to:
        yield segment(
            "NM1",
            "TT",
            "2",
            text(claim.crossover_to, 60),
            *[""] * 4,
            "PI",
            text(claim.crossover_id),
        )


def _person(role: str, name: Name, id_kind: str, id_: str, text: Folder) -> str:
    return segment(
        "NM1",
        role,
        "1",
        text(name.last, 60),
        text(name.first, 35),
        text(name.middle, 25),
        "",
        text(name.suffix, 10),
        *((id_kind, text(id_)) if id_ else ()),
    )


def _line(line: RemittanceLine, text: Folder) -> Iterable[str]:
    """Loop 2110."""
    procedure = composite(line.qualifier, text(line.code), *(text(m, 2) for m in line.modifiers))
    submitted = ""
    if line.submitted_code:
        modifiers = (text(m, 2) for m in line.submitted_modifiers)
        submitted = composite(line.qualifier, text(line.submitted_code), *modifiers)
    yield segment(
        "SVC",
        procedure,
        amount(line.charge),
        amount(line.paid),
        "",
        number(line.units),
        submitted,
        "" if line.original_units is None else number(line.original_units),
    )
    if line.from_on is not None:
        if line.to_on in (None, line.from_on):
            yield f"DTM*472*{day(line.from_on)}"
        elif line.to_on is not None:
            yield f"DTM*150*{day(line.from_on)}"
            yield f"DTM*151*{day(line.to_on)}"
    yield from _cas(line.adjustments, text)
    if line.line_number:
        yield segment("REF", "6R", text(line.line_number, 50))
    if line.allowed is not None:
        yield f"AMT*B6*{amount(line.allowed)}"
    for remark in line.remarks:
        yield segment("LQ", "HE", text(remark, 30))


def _cas(adjustments: Sequence[Adjustment], text: Folder) -> Iterable[str]:
    """One CAS a group with up to six reasons."""
    groups: dict[str, list[Adjustment]] = {}
    for adjustment in adjustments:
        groups.setdefault(adjustment.group, []).append(adjustment)
    for group, members in groups.items():
        for start in range(0, len(members), 6):
            parts = ["CAS", group]
            for a in members[start : start + 6]:
                quantity = "" if a.quantity is None else number(a.quantity)
                parts += [text(a.reason, 5), amount(a.amount), quantity]
            yield segment(*parts)


def _provider_adjustments(payment: Remittance, on: dt.date, text: Folder) -> Iterable[str]:
    """PLB: up to six pairs a segment, for one provider and fiscal year."""
    groups: dict[tuple[str, dt.date], list[ProviderAdjustment]] = {}
    for one in payment.provider_adjustments:
        provider = one.provider_id or payment.payee_npi or payment.payee_tax_id
        fiscal = one.fiscal_on or dt.date(on.year, 12, 31)
        groups.setdefault((provider, fiscal), []).append(one)
    for (provider, fiscal), members in groups.items():
        for start in range(0, len(members), 6):
            parts = ["PLB", text(provider), day(fiscal)]
            for one in members[start : start + 6]:
                parts += [composite(one.code, text(one.reference, 50)), amount(one.amount)]
            yield segment(*parts)
