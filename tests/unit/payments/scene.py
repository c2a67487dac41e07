"""A small practice with a claim or two, and 835 bytes that answer them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.models.claims import Claim
from desktop.models.values.enums import ClaimState, FilingCode
from desktop.models.values.money import Money
from desktop.services.claims.life import create
from desktop.services.claims.record import build
from tests.factories import (
    LineSpec,
    make_coverage,
    make_patient,
    make_payer,
    make_person,
    make_visit,
    set_up_practice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop.models.people import Coverage, Patient
    from desktop.models.practice import Payer
    from desktop.models.visits import Visit
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

PAYER_ID = "1990000001"


@dataclass
class Scene:
    """Ids of what was made."""

    database: Database
    payer: int = 0
    secondary: int = 0
    patient: int = 0
    visit: int = 0
    claim: int = 0
    control: str = ""
    lines: list[int] = field(default_factory=list)
    member: str = ""


def make_scene(
    database: Database,
    lines: tuple[LineSpec, ...] = (LineSpec(charge=Money(10000)),),
    *,
    secondary: bool = False,
    secondary_code: FilingCode = FilingCode.MEDICAID,
) -> Scene:
    """One posted visit with a claim that was sent."""
    scene = Scene(database)

    def build_it(work: Work) -> None:
        set_up_practice(work)
        payer: Payer = make_payer(work, name="Prairie Health", electronic_id=PAYER_ID)
        person = make_person(work, last="Quill", first="Dora")
        patient: Patient = make_patient(work, person)
        coverages: list[Coverage] = [make_coverage(work, patient, payer)]
        if secondary:
            second = make_payer(
                work, name="Valley Aid", electronic_id="1880000002", filing_code=secondary_code
            )
            coverages.append(make_coverage(work, patient, second, rank=2))
            scene.secondary = second.id
        visit: Visit = make_visit(work, patient, tuple(coverages), lines)
        (claim_id,) = create.insert_claims(
            work, build.build_claims(work, [visit.id], 1)[visit.id], state=ClaimState.SENT
        )
        claim = work.session.get_one(Claim, claim_id)
        scene.payer, scene.patient, scene.visit = payer.id, patient.id, visit.id
        scene.claim, scene.control = claim_id, claim.control_number
        scene.lines = [line.id for line in visit.lines]
        scene.member = coverages[0].member_id

    database.write(build_it)
    return scene


@dataclass(frozen=True)
class Svc:
    """A service payment: cas as (group, reason, cents)."""

    charge: int
    paid: int
    cas: Sequence[tuple[str, str, int]] = ()
    line: int | None = None
    code: str = "99213"
    remark: str = ""


@dataclass(frozen=True)
class Clp:
    """A claim payment."""

    control: str
    lines: Sequence[Svc]
    status: str = "1"
    number: str = "PCN1"
    name: str = "QUILL"
    member: str = ""
    cas: Sequence[tuple[str, str, int]] = ()
    charge: int | None = None
    paid: int | None = None
    crossover: str = ""


def money(cents: int) -> str:
    return str(Money(cents)).removesuffix("00").removesuffix(".")


def era(
    claims: Sequence[Clp],
    *,
    trace: str = "T100",
    plb: Sequence[tuple[str, str, int]] = (),
    amount: int | None = None,
    payer_id: str = PAYER_ID,
    payer: str = "PRAIRIE HEALTH",
    on: dt.date = dt.date(2026, 9, 14),
    sender: str = "PRAIRIE",
) -> bytes:
    """An 835 with one payment; `amount` defaults to what balances."""
    body = [segment for n, c in enumerate(claims, 1) for segment in _claim(n, c)]
    deducted = sum(a for _, _, a in plb)
    if plb:
        body.append("PLB*1234567893*20261231*" + "*".join(f"{c}:{r}*{money(a)}" for c, r, a in plb))
    value = amount if amount is not None else sum(_paid(c) for c in claims) - deducted
    head = [
        "ST*835*0001",
        f"BPR*I*{money(value)}*C*CHK************{on:%Y%m%d}",
        f"TRN*1*{trace}*{payer_id}",
        f"N1*PR*{payer}",
        "N1*PE*MILLBROOK FAMILY CARE*FI*371234567",
    ]
    segments = [*head, *body]
    segments.append(f"SE*{len(segments) + 1}*0001")
    return _enveloped(segments, sender)


def _paid(c: Clp) -> int:
    return c.paid if c.paid is not None else sum(s.paid for s in c.lines)


def _claim(n: int, c: Clp) -> Iterator[str]:
    charge = c.charge if c.charge is not None else sum(s.charge for s in c.lines)
    responsible = sum(a for s in c.lines for g, _, a in s.cas if g == "PR")
    yield f"LX*{n}"
    yield (
        f"CLP*{c.control}*{c.status}*{money(charge)}*{money(_paid(c))}*{money(responsible)}"
        f"*12*{c.number}*11*1"
    )
    yield from (f"CAS*{g}*{r}*{money(a)}" for g, r, a in c.cas)
    yield f"NM1*QC*1*{c.name}*DORA****MI*{c.member or 'NONE'}"
    if c.crossover:
        yield f"NM1*TT*2*{c.crossover}*****PI*X"
    yield "DTM*232*20260901"
    for s in c.lines:
        yield f"SVC*HC:{s.code}*{money(s.charge)}*{money(s.paid)}**1"
        yield "DTM*472*20260901"
        yield from (f"CAS*{g}*{r}*{money(a)}" for g, r, a in s.cas)
        if s.line is not None:
            yield f"REF*6R*{s.line}"
        if s.remark:
            yield f"LQ*HE*{s.remark}"


def _enveloped(segments: Sequence[str], sender: str) -> bytes:
    isa = (
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{'OFFICE':<15}*260914*1200*^*00501"
        "*000000001*0*T*:"
    )
    whole = [isa, f"GS*HP*{sender}*OFFICE*20260914*1200*1*X*005010X221A1", *segments]
    whole += ["GE*1*1", "IEA*1*000000001"]
    return ("~".join(whole) + "~").encode()
