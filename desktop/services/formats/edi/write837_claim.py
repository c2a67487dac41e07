"""The claim part of an 837P: loops 2300 to 2430."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import FilingCode, Frequency, Relationship
from desktop.services.formats.edi.envelope import Folder, amount, composite, day, number, segment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from desktop.models.values.claim_record import (
        Address,
        ClaimRecord,
        CoverageRecord,
        LineRecord,
        Name,
        PriorAdjustment,
        PriorLine,
        ProviderRecord,
    )

RANKS = {1: "P", 2: "S", 3: "T"}

# Loop 2300 DTP in the order of the implementation guide.
_DATE_ORDER = ("431", "454", "304", "453", "439", "484", "455", "471")
_LATE_DATES = ("297", "296", "435", "096", "090", "091", "444")
_SUBSCRIBER_RELATION = {
    Relationship.SELF: "18",
    Relationship.SPOUSE: "01",
    Relationship.CHILD: "19",
    Relationship.OTHER: "G8",
}
_PROVIDER_REFERENCES = ("0B", "1G", "G2", "LU")
_HOME = "12"


def person_name(
    role: str, name: Name, text: Folder, *, is_person: bool, id_kind: str = "", id_: str = ""
) -> str:
    """An NM1 segment; the id pair is left out when there is no id."""
    identity = text(id_)
    if is_person:
        parts = (
            "1",
            text(name.last, 60),
            text(name.first, 35),
            text(name.middle, 25),
            "",
            text(name.suffix, 10),
        )
    else:
        parts = ("2", text(name.last, 60), "", "", "", "")
    return segment("NM1", role, *parts, *((id_kind, identity) if identity else ()))


def place_segments(address: Address | None, text: Folder) -> list[str]:
    """N3 and N4, as they were entered: a ZIP code is never padded."""
    if address is None:
        return []
    return [
        segment("N3", text(address.line1, 55), text(address.line2, 55)),
        segment("N4", text(address.city, 30), text(address.state, 2), text(address.zip_code, 15)),
    ]


def plan(coverage: CoverageRecord, text: Folder) -> str:
    """SBR04: the plan's name, only where there is no group number."""
    return "" if coverage.group_number else text(coverage.plan_name, 60)


def insurance_type(coverage: CoverageRecord) -> str:
    """SBR05: only where Medicare stands behind another payer."""
    if coverage.rank > 1 and coverage.payer.filing_code is FilingCode.MEDICARE_B:
        return coverage.insurance_type
    return ""


def claim_segments(claim: ClaimRecord, text: Folder) -> list[str]:
    """Loop 2300 with all that hangs below it."""
    others = sorted((c for c in claim.coverages if c.rank != claim.payer_rank), key=_rank)
    codes, positions = _diagnosis_positions(claim)
    out = [_clm(claim, text)]
    out.extend(_dates(claim))
    if claim.patient_paid.cents > 0:
        out.append(f"AMT*F5*{amount(claim.patient_paid)}")
    out.extend(_references(claim, text))
    if claim.note:
        out.append(segment("NTE", "ADD", text(claim.note, 80)))
    out.extend(_diagnoses(claim, codes, text))
    out.extend(_providers(claim, text))
    for coverage in others:
        out.extend(_other_coverage(claim, coverage, text))
    ordering = claim.referring if claim.referring_qualifier == "DK" else None
    for position, line in enumerate(claim.lines, 1):
        out.extend(_line(claim, line, position, positions, text))
        if ordering is not None or line.rendering is not None or line.ordering is not None:
            out.extend(_line_providers(line, ordering, text))
        if others:
            out.extend(_answers(line, others, text))
    return out


def _rank(coverage: CoverageRecord) -> int:
    return coverage.rank


def _clm(claim: ClaimRecord, text: Folder) -> str:
    coverage = claim.coverage
    causes = list(claim.related_causes[:2])
    state = claim.accident_state if "AA" in causes else ""
    related = composite(*[*causes, "", ""][:3], text(state, 2)) if causes else ""
    released = claim.release_of_information and claim.signature_on_file
    return segment(
        "CLM",
        text(claim.control_number, 38),
        amount(claim.charge),
        "",
        "",
        composite(text(claim.place, 2), "B", claim.frequency.value),
        "Y",
        "A" if claim.accept_assignment else "C",
        "Y" if coverage.benefits_assigned else "N",
        "Y" if released else "I",
        "",
        related,
        *[""] * 8,
        text(claim.delay_reason, 2),
    )


def _dates(claim: ClaimRecord) -> list[str]:
    """DTP of loop 2300, each qualifier once."""
    facts: dict[str, dt.date] = {}
    for fact in claim.dates:
        facts.setdefault(fact.qualifier, fact.on)
    if claim.hospital_from is not None:
        facts.setdefault("435", claim.hospital_from)
    if claim.hospital_to is not None:
        facts.setdefault("096", claim.hospital_to)
    out = [_dtp(kind, facts[kind]) for kind in _DATE_ORDER if kind in facts]
    first, last = claim.unable_to_work_from, claim.unable_to_work_to
    if first is not None and last is not None:
        out.append(f"DTP*314*RD8*{day(first)}-{day(last)}")
    elif first is not None:
        out.append(_dtp("360", first))
    elif last is not None:
        out.append(_dtp("361", last))
    out.extend(_dtp(kind, facts[kind]) for kind in _LATE_DATES if kind in facts)
    return out


def _dtp(kind: str, on: dt.date) -> str:
    return f"DTP*{kind}*D8*{day(on)}"


def _references(claim: ClaimRecord, text: Folder) -> Iterable[str]:
    original = "" if claim.frequency is Frequency.ORIGINAL else claim.original_number
    for kind, value in (
        ("9F", claim.referral_number),
        ("G1", claim.prior_authorization),
        ("F8", original),
        ("X4", claim.clia),
    ):
        if value:
            yield segment("REF", kind, text(value, 50))


def _diagnosis_positions(claim: ClaimRecord) -> tuple[list[str], list[int]]:
    """The codes of HI, each once, and for each diagnosis of the claim its position there."""
    found: dict[str, int] = {}
    positions = [
        found.setdefault(d.code.replace(".", "").upper(), len(found) + 1) for d in claim.diagnoses
    ]
    return list(found), positions


def _diagnoses(claim: ClaimRecord, codes: list[str], text: Folder) -> Iterable[str]:
    yield "HI*ABK:" + "*ABF:".join(text(code) for code in codes)
    if claim.condition_codes:
        yield "HI*" + "*".join(f"BG:{text(code)}" for code in claim.condition_codes[:12])


def _providers(claim: ClaimRecord, text: Folder) -> list[str]:
    """Loops 2310A to 2310D; an ordering provider (DK) exists on lines only."""
    out: list[str] = []
    referring = claim.referring
    if referring is not None and claim.referring_qualifier in ("DN", "P3"):
        out.extend(_provider(claim.referring_qualifier, referring, text))
    rendering = claim.rendering
    if rendering is not None and not _is_billing_person(rendering, claim.billing):
        out.extend(_provider("82", rendering, text, taxonomy=True))
    out.extend(_facility(claim, text))
    if referring is not None and claim.referring_qualifier == "DQ":
        out.extend(_provider("DQ", referring, text))
    return out


def _is_billing_person(provider: ProviderRecord, billing: ProviderRecord) -> bool:
    return billing.is_person and provider.npi == billing.npi


def _facility(claim: ClaimRecord, text: Folder) -> list[str]:
    """Loop 2310C, left out where it is the billing address; the home has no NPI."""
    facility, billing = claim.facility, claim.billing
    if facility is None or facility.address is None:
        return []
    if facility.npi in ("", billing.npi) and facility.address == billing.address:
        return []
    npi = "" if claim.place == _HOME else facility.npi
    name = person_name("77", facility.name, text, is_person=False, id_kind="XX", id_=npi)
    references = () if claim.place == _HOME else facility.other_ids
    return [
        name,
        *place_segments(facility.address, text),
        *(segment("REF", k, text(v, 50)) for k, v in references if k in ("0B", "G2", "LU")),
    ]


def _provider(
    role: str, provider: ProviderRecord, text: Folder, *, taxonomy: bool = False
) -> list[str]:
    """NM1, PRV (rendering only) and secondary ids."""
    out = [
        person_name(
            role, provider.name, text, is_person=provider.is_person, id_kind="XX", id_=provider.npi
        )
    ]
    if taxonomy and provider.taxonomy:
        out.append(segment("PRV", "PE", "PXC", text(provider.taxonomy)))
    out.extend(
        segment("REF", kind, text(value, 50))
        for kind, value in provider.other_ids
        if kind in _PROVIDER_REFERENCES and (kind != "LU" or role == "82")
    )
    return out


def _other_coverage(claim: ClaimRecord, coverage: CoverageRecord, text: Folder) -> list[str]:
    """Loops 2320, 2330A and 2330B."""
    payer, answer = coverage.payer, coverage.answer
    own = coverage.relationship is Relationship.SELF
    subscriber = claim.patient if own else coverage.subscriber
    out = [
        segment(
            "SBR",
            RANKS[coverage.rank],
            _SUBSCRIBER_RELATION[coverage.relationship],
            text(coverage.group_number, 50),
            plan(coverage, text),
            insurance_type(coverage),
            "",
            "",
            "",
            payer.filing_code.value,
        )
    ]
    if answer is not None:
        out.extend(_cas(answer.adjustments, text))
        out.append(f"AMT*D*{amount(answer.paid)}")
        if answer.remaining is not None:
            out.append(f"AMT*EAF*{amount(answer.remaining)}")
    released = claim.release_of_information and claim.signature_on_file
    out.append(f"OI***{'Y' if coverage.benefits_assigned else 'N'}***{'Y' if released else 'I'}")
    out.append(
        person_name(
            "IL",
            subscriber.name,
            text,
            is_person=True,
            id_kind="MI",
            id_=coverage.member_id,
        )
    )
    out.extend(place_segments(subscriber.address, text))
    out.append(
        f"NM1*PR*2*{text(payer.name, 60)}*****PI*{text(payer.electronic_id)}",
    )
    out.extend(place_segments(payer.address, text))
    if answer is not None:
        if not answer.lines:
            out.append(_dtp("573", answer.adjudicated_on))
        if answer.payer_claim_number:
            out.append(segment("REF", "F8", text(answer.payer_claim_number, 50)))
    return out


def _cas(adjustments: Sequence[PriorAdjustment], text: Folder) -> Iterable[str]:
    """One CAS a group, with up to six reasons; amounts and codes as the payer sent them."""
    groups: dict[str, list[PriorAdjustment]] = {}
    for adjustment in adjustments:
        groups.setdefault(adjustment.group, []).append(adjustment)
    for group, members in groups.items():
        for start in range(0, len(members), 6):
            parts = ["CAS", text(group, 2)]
            for a in members[start : start + 6]:
                quantity = "" if a.quantity is None else number(a.quantity)
                parts += [text(a.reason, 5), amount(a.amount), quantity]
            yield segment(*parts)


def _procedure(line: LineRecord, text: Folder, description: str = "") -> str:
    if not line.modifiers and not description:
        return f"HC:{text(line.procedure, 48)}"
    modifiers = [text(m, 2) for m in line.modifiers[:4]]
    if description:
        modifiers += [""] * (4 - len(modifiers))
    return composite("HC", text(line.procedure, 48), *modifiers, description)


def _line(
    claim: ClaimRecord, line: LineRecord, position: int, positions: list[int], text: Folder
) -> list[str]:
    """Loops 2400 and 2410."""
    pointers = dict.fromkeys(positions[p - 1] for p in line.pointers if 1 <= p <= len(positions))
    place = text(line.place, 2) if line.place != claim.place else ""
    service = (
        f"SV1*{_procedure(line, text, text(line.description, 80))}*{amount(line.charge)}"
        f"*{line.unit_kind}*{number(line.units)}*{place}**{':'.join(map(str, list(pointers)[:4]))}"
    )
    if line.emergency or line.epsdt or line.family_planning:
        service = segment(
            service,
            "",
            "Y" if line.emergency else "",
            "",
            "Y" if line.epsdt else "",
            "Y" if line.family_planning else "",
        )
    out = [f"LX*{position}", service.rstrip("*"), _service_date(line), f"REF*6R*{line.number}"]
    if line.clia and line.clia != claim.clia:
        out.append(segment("REF", "X4", text(line.clia, 50)))
    if line.note:
        out.append(segment("NTE", "ADD", text(line.note, 80)))
    drug = line.drug
    if drug is not None:
        out.append(segment("LIN", "", "N4", text(drug.ndc, 48)))
        out.append(segment("CTP", "", "", "", number(drug.quantity), text(drug.unit, 2)))
        if drug.prescription_number:
            out.append(segment("REF", "XZ", text(drug.prescription_number, 50)))
    return out


def _service_date(line: LineRecord) -> str:
    if line.from_on == line.to_on:
        return _dtp("472", line.from_on)
    return f"DTP*472*RD8*{day(line.from_on)}-{day(line.to_on)}"


def _line_providers(
    line: LineRecord, claim_ordering: ProviderRecord | None, text: Folder
) -> list[str]:
    """Loops 2420A and 2420E."""
    out: list[str] = []
    if line.rendering is not None:
        out.extend(_provider("82", line.rendering, text, taxonomy=True))
    ordering = line.ordering or claim_ordering
    if ordering is not None:
        name, *references = _provider("DK", ordering, text)
        out.extend((name, *place_segments(ordering.address, text), *references))
    return out


def _answers(line: LineRecord, others: Sequence[CoverageRecord], text: Folder) -> Iterable[str]:
    """Loop 2430, once for each earlier payer that answered this line."""
    for coverage in others:
        answer = coverage.answer
        if answer is None:
            continue
        for prior in answer.lines:
            if prior.line_number == line.number:
                yield from _answer(coverage, line, prior, text)


def _answer(
    coverage: CoverageRecord, line: LineRecord, prior: PriorLine, text: Folder
) -> Iterable[str]:
    yield segment(
        "SVD",
        text(coverage.payer.electronic_id),
        amount(prior.paid),
        _procedure(line, text),
        "",
        number(prior.units),
    )
    yield from _cas(prior.adjustments, text)
    yield _dtp("573", prior.adjudicated_on)
