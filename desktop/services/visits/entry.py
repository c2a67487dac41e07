"""Entering visits: save a draft, read it back, start from defaults or from the last visit."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select
from sqlalchemy.orm.attributes import flag_modified

from desktop.clock import stamp
from desktop.errors import LostUpdate, NotFound, RuleError
from desktop.models.claims import Claim, ClaimLine
from desktop.models.ledger import OpenItem
from desktop.models.people import Patient, Person
from desktop.models.practice import Location, Practice, Procedure
from desktop.models.values.enums import Party, VisitState
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine, FindingPass, Visit, VisitDiagnosis
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.practice.fees.fees import fees_for
from desktop.services.store.statements import upsert
from desktop.services.visits import moved, rows
from desktop.services.visits.coverage import coverages_on, fixed_coverages
from desktop.services.visits.values import ClaimRef, LineDraft, LineView, VisitDraft, VisitView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence


@needs(Permission.CODE)
def new_draft(work: Work, patient_id: int, on: dt.date) -> VisitDraft:
    """An empty visit with the practice's usual place and provider."""
    practice = work.session.get_one(Practice, 1)
    location = (
        work.session.get(Location, practice.default_location_id)
        if practice.default_location_id
        else None
    )
    return VisitDraft(
        patient_id=patient_id,
        service_on=on,
        location_id=practice.default_location_id,
        place=location.place if location else "11",
        rendering_id=practice.default_rendering_id,
    )


@needs(Permission.CODE)
def save(work: Work, draft: VisitDraft) -> int:
    """Keep a visit that is not posted yet, complete or not; returns its id.

    Raises:
        RuleError: something that cannot be stored, or the visit is posted (then `revise`).
        LostUpdate: somebody else saved it since it was read.
    """
    draft = rows.tidy(draft)
    session = work.session
    if draft.id is None:
        if session.get(Patient, draft.patient_id) is None:
            raise NotFound("Choose the patient of this visit first.")
        visit = Visit(
            patient_id=draft.patient_id,
            service_on=draft.service_on,
            state=VisitState.DRAFT,
            created_at=stamp(work.clock.now()),
        )
        session.add(visit)
        action = "created"
    else:
        visit = find(work, draft.id, draft.version)
        if visit.state is not VisitState.DRAFT:
            raise RuleError("The charges of this visit are posted; change it by revising it.")
        visit.patient_id = draft.patient_id
        action = "changed"
        before = rows.visit_draft(visit, visit.lines)
        if before.diagnoses != draft.diagnoses or _content(before) != _content(draft):
            forget_passes(work, visit.id)
    write_header(work, visit, draft)
    _write_lines(work, visit, draft)
    audit.record(work, action, "visit", visit.id, lines=len(draft.lines))
    work.touch(Changes.VISITS)
    return visit.id


def _content(draft: VisitDraft) -> list[LineDraft]:
    """The lines by what they say, whatever their ids; an empty charge is not a change."""
    return [dataclasses.replace(line, charge=None) for line in draft.lines]


def forget_passes(work: Work, visit_id: int) -> None:
    """Warnings were passed by place: when lines or diagnoses change, they are asked anew."""
    work.session.execute(
        delete(FindingPass).where(
            FindingPass.visit_id == visit_id,
            FindingPass.field.like("lines.%") | FindingPass.field.like("diagnoses.%"),
        )
    )


def keep_pass(work: Work, visit_id: int, rule: str, field: str, reason: str) -> None:
    """Note that a warning was passed at a place, by whom and why; a later reason replaces it."""
    row = {
        "visit_id": visit_id,
        "rule": rule,
        "field": field,
        "reason": reason,
        "user_id": int(work.actor.user_id),
        "passed_at": stamp(work.clock.now()),
    }
    keys, take = ["visit_id", "rule", "field"], ["reason", "user_id", "passed_at"]
    work.session.execute(upsert(FindingPass, keys, take).values(**row))
    audit.record(work, "passed", "visit", visit_id, rule=rule, field=field)
    work.touch(Changes.VISITS)


def find(work: Work, visit_id: int, version: int | None = None) -> Visit:
    """The visit's row.

    Raises:
        NotFound: there is none.
        LostUpdate: `version` is given and another one stands there.
    """
    visit = work.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound(f"There is no visit {visit_id}.")
    if version is not None and visit.version != version:
        raise LostUpdate(
            "Somebody else changed this visit since you opened it; open it again, then enter "
            "your change."
        )
    return visit


def write_header(work: Work, visit: Visit, draft: VisitDraft) -> None:
    """Store everything but the lines, with the diagnoses' titles of the date of service."""
    session = work.session
    practice = session.get_one(Practice, 1)
    place = draft.place
    if not place:
        location = session.get(Location, draft.location_id) if draft.location_id else None
        place = location.place if location else "11"
    if draft.external_id and draft.external_id != visit.external_id:
        other = session.scalar(select(Visit.id).where(Visit.external_id == draft.external_id))
        if other is not None and other != visit.id:
            raise RuleError(f"Visit {other} carries the same external id already.")
    for name, value in rows.header_values(draft, place).items():
        setattr(visit, name, value)
    visit.billing_id = visit.billing_id or practice.billing_provider_id
    # The version must rise even when only lines or diagnoses changed.
    flag_modified(visit, "place")
    session.flush()
    session.execute(delete(VisitDiagnosis).where(VisitDiagnosis.visit_id == visit.id))
    if draft.diagnoses:
        session.execute(
            insert(VisitDiagnosis),
            [
                {
                    "visit_id": visit.id,
                    "position": position,
                    "code": code,
                    "title": _title(work, code, draft.service_on),
                }
                for position, code in enumerate(draft.diagnoses, 1)
            ],
        )
    session.expire(visit, ["diagnoses"])


def _title(work: Work, code: str, on: dt.date) -> str:
    info = work.codes.check_diagnosis(code, on).info
    return info.title if info else ""


def _write_lines(work: Work, visit: Visit, draft: VisitDraft) -> None:
    session = work.session
    standing = {line.id: line for line in visit.lines}
    kept = {line.id for line in draft.lines if line.id is not None}
    for line_id, row in standing.items():
        if line_id not in kept:
            session.delete(row)
    if kept - standing.keys():
        raise LostUpdate("A line of this visit is gone; open the visit again.")
    charges = priced(work, draft)
    titles = procedure_titles(work, [line.procedure for line in draft.lines])
    for position, (line, charge) in enumerate(zip(draft.lines, charges, strict=True), 1):
        values = {
            **rows.line_values(line, visit.service_on, visit.place),
            "patient_id": visit.patient_id,
            "position": position,
            "charge": charge,
            "title": titles.get(line.procedure, ""),
        }
        if line.id is None:
            session.add(ChargeLine(visit_id=visit.id, state="draft", **values))
        else:
            for name, value in values.items():
                setattr(standing[line.id], name, value)
    session.flush()
    session.expire(visit, ["lines"])


def priced(work: Work, draft: VisitDraft) -> list[Money]:
    """The charge of each line: as given, else fee times units, else zero (a finding)."""
    if all(line.charge is not None for line in draft.lines):
        return [line.charge or ZERO for line in draft.lines]
    coverages = coverages_on(work, draft.patient_id, draft.service_on)
    payer_id = coverages[0].payer_id if coverages else None
    charges = [line.charge for line in draft.lines]
    days = {line.from_on or draft.service_on for line in draft.lines if line.charge is None}
    for day in sorted(days):
        wanted = [
            at
            for at, line in enumerate(draft.lines)
            if line.charge is None and (line.from_on or draft.service_on) == day
        ]
        asked = [(draft.lines[at].procedure, draft.lines[at].modifiers) for at in wanted]
        for at, fee in zip(wanted, fees_for(work, payer_id, asked, day), strict=True):
            charges[at] = ZERO if fee is None else fee.times(draft.lines[at].units)
    return [charge or ZERO for charge in charges]


@needs(Permission.VIEW)
def fee(work: Work, patient_id: int, on: dt.date, line: LineDraft) -> Money | None:
    """What the screen fills in as a line's charge, None when no fee is known."""
    coverages = coverages_on(work, patient_id, on)
    payer_id = coverages[0].payer_id if coverages else None
    asked = [(line.procedure, line.modifiers)]
    found = fees_for(work, payer_id, asked, line.from_on or on)[0]
    return None if found is None else found.times(line.units)


@needs(Permission.VIEW)
def procedure_titles(work: Work, codes: Sequence[str]) -> dict[str, str]:
    """The practice's own words for procedures."""
    found = work.session.execute(
        select(Procedure.code, Procedure.title).where(Procedure.code.in_(set(codes)))
    )
    return dict(found.all())


@needs(Permission.VIEW)
def get(work: Work, visit_id: int) -> VisitView:
    """A visit with lines, balances, coverages and claims."""
    session = work.session
    visit = find(work, visit_id)
    patient = session.get_one(Patient, visit.patient_id)
    person = session.get_one(Person, patient.person_id)
    keep = ("void",) if visit.state is VisitState.VOID else ("draft", "posted")
    lines = [line for line in visit.lines if line.state in keep]
    owed: dict[int, list[tuple[Party, Money]]] = {}
    ids = [line.id for line in lines]
    for item in session.execute(
        select(OpenItem.charge_line_id, OpenItem.party, OpenItem.amount)
        .where(OpenItem.charge_line_id.in_(ids), OpenItem.amount != ZERO)
        .order_by(OpenItem.party)
    ):
        owed.setdefault(item.charge_line_id, []).append((item.party, item.amount))
    locks = moved.locks(work, ids) if visit.state is VisitState.POSTED else {}
    views = tuple(
        LineView(
            rows.line_draft(line, visit),
            line.title,
            line.charge,
            tuple(owed.get(line.id, ())),
            locks.get(line.id, ""),
        )
        for line in lines
    )
    fixed = fixed_coverages(work, visit_id)
    if visit.state is VisitState.DRAFT:
        fixed = coverages_on(work, visit.patient_id, visit.service_on)
    work.viewed("patient", visit.patient_id)
    return VisitView(
        draft=rows.visit_draft(visit, lines),
        state=visit.state,
        patient=f"{person.last}, {person.first}",
        account=patient.account_number,
        birth_on=person.birth_on,
        titles=tuple(d.title for d in visit.diagnoses),
        lines=views,
        coverages=tuple(fixed),
        claims=_claims(work, visit_id),
        posted_on=visit.posted_on,
        charge=total(line.charge for line in lines),
        balance=total(amount for items in owed.values() for _, amount in items),
    )


def _claims(work: Work, visit_id: int) -> tuple[ClaimRef, ...]:
    gone = (
        select(ClaimLine.claim_id)
        .join(ChargeLine, ChargeLine.id == ClaimLine.charge_line_id)
        .where(ClaimLine.claim_id == Claim.id, ChargeLine.state == "void")
        .exists()
    )
    found = work.session.execute(
        select(Claim.id, Claim.rank, Claim.state, gone.label("stale"))
        .where(Claim.visit_id == visit_id)
        .order_by(Claim.id)
    )
    return tuple(ClaimRef(c.id, c.rank, c.state, bool(c.stale)) for c in found)


@needs(Permission.CODE)
def copy_last(work: Work, patient_id: int, on: dt.date) -> VisitDraft:
    """The patient's last visit up to a date as a new draft of that date.

    Providers, place, diagnoses and lines come along; charges are filled in anew, and what
    belongs to the old visit alone (authorization, accident, admission, notes) stays behind.

    Raises:
        NotFound: there is no earlier visit.
    """
    last = work.session.scalar(
        select(Visit)
        .where(
            Visit.patient_id == patient_id,
            Visit.service_on <= on,
            Visit.state != VisitState.VOID,
            Visit.lines.any(ChargeLine.state != "void"),
        )
        .order_by(Visit.service_on.desc(), Visit.id.desc())
        .limit(1)
    )
    if last is None:
        raise NotFound("This patient has no earlier visit to copy.")
    work.viewed("patient", patient_id)
    lines = [line for line in last.lines if line.state != "void"]
    draft = rows.visit_draft(last, lines)
    return VisitDraft(
        patient_id=patient_id,
        service_on=on,
        location_id=draft.location_id,
        place=draft.place,
        rendering_id=draft.rendering_id,
        referring_id=draft.referring_id,
        referring_qualifier=draft.referring_qualifier,
        diagnoses=draft.diagnoses,
        lines=tuple(
            dataclasses.replace(line, id=None, charge=None, from_on=None, to_on=None)
            for line in draft.lines
        ),
    )
