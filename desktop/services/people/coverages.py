"""A patient's coverages: up to three at a time, in order, each with its dates."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from desktop.errors import NotFound, Problem, RuleError
from desktop.models.people import Coverage, Patient, Person
from desktop.models.practice import Payer
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.models.values.enums import FilingCode, Relationship
from desktop.models.values.money import ZERO, Money
from desktop.models.visits import VisitCoverage
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.people import people
from desktop.services.people.people import PersonDraft

RANK_NAMES = {1: "primary", 2: "secondary", 3: "tertiary"}
# SBR05: why Medicare does not pay first.
MEDICARE_SECONDARY = ("12", "13", "14", "15", "16", "41", "42", "43", "47")


@dataclass(frozen=True, slots=True)
class CoverageDraft:
    """A coverage as it is entered; `id` None makes a new one.

    Attributes:
        rank: 1 primary, 2 secondary, 3 tertiary.
        subscriber: None for the patient; else a known person's id, or a person (with an id:
            that person's changed record; without: a new one).
        insurance_type: SBR05, only where Medicare is not primary.
        valid_from, valid_to: both inclusive; no end while it is in force.
        copay: None when the card names none.
    """

    patient_id: int
    payer_id: int
    rank: int
    member_id: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    relationship: Relationship = Relationship.SELF
    subscriber: int | PersonDraft | None = None
    group_number: str = ""
    plan_name: str = ""
    insurance_type: str = ""
    copay: Money | None = None
    may_not_bill_patient: bool = False
    benefits_assigned: bool = True
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class CoverageRecord:
    """A coverage as it is shown and edited; `draft` goes back into `save`."""

    id: int
    rank: int
    payer_id: int
    payer_name: str
    filing_code: FilingCode
    member_id: str
    subscriber_id: int
    subscriber_name: str
    valid_from: dt.date
    valid_to: dt.date | None
    may_not_bill_patient: bool
    draft: CoverageDraft

    def in_force(self, on: dt.date) -> bool:
        """Whether the coverage holds on a date, first and last day included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def rank_name(self) -> str:
        """Its place in the order, in words."""
        return RANK_NAMES[self.rank]


_NAMES = tuple(
    n
    for n in CoverageDraft.__dataclass_fields__
    if n not in {"id", "version", "subscriber", "relationship"}
)


@needs(Permission.VIEW)
def list_for(work: Work, patient_id: int) -> list[CoverageRecord]:
    """All coverages of a patient, those in force first, then by rank, newest first."""
    found = _read(work, Coverage.patient_id == patient_id)
    today = work.clock.today()
    return sorted(
        found, key=lambda c: (not c.in_force(today), c.rank, -c.valid_from.toordinal(), -c.id)
    )


@needs(Permission.VIEW)
def get(work: Work, coverage_id: int) -> CoverageRecord:
    """One coverage."""
    found = _read(work, Coverage.id == coverage_id)
    if not found:
        raise NotFound("There is no such coverage; refresh the patient.")
    return found[0]


@needs(Permission.VIEW)
def coverages_on(work: Work, patient_id: int, on: dt.date) -> list[CoverageRecord]:
    """The coverages in force on a date of service, first payer first.

    Ranks stay as they were entered; the first of the list pays first, whatever its rank.
    """
    found = _read(
        work,
        Coverage.patient_id == patient_id,
        Coverage.valid_from <= on,
        or_(Coverage.valid_to.is_(None), Coverage.valid_to >= on),
    )
    return sorted(found, key=lambda c: (c.rank, c.id))


@needs(Permission.REGISTER)
def save(work: Work, draft: CoverageDraft) -> int:
    """Add or change a coverage; returns its id.

    Raises:
        RuleError: fields are wrong, or another coverage of that rank holds at the same time.
        LostUpdate: somebody else saved in between.
    """
    patient = work.session.get(Patient, draft.patient_id)
    if patient is None:
        raise NotFound("There is no such patient; search again.")
    payer = work.session.get(Payer, draft.payer_id)
    draft = _clean(draft, payer)
    row = None
    if draft.id is not None:
        row = _row(work, draft.id)
        fields.same_version(row.version, draft.version, "this coverage")
    _check(work, draft, patient, payer, row)
    subscriber_id, changed = _subscriber(work, draft, patient)
    values: dict[str, Any] = {name: getattr(draft, name) for name in _NAMES}
    values |= {"subscriber_id": subscriber_id, "relationship_": draft.relationship}
    if row is None:
        row = Coverage(**values)
        work.session.add(row)
        work.session.flush()
        audit.record(work, "created", "coverage", row.id, patient=draft.patient_id)
    else:
        own = fields.apply(row, values)
        changed = own + [f"subscriber.{name}" for name in changed]
        if not changed:
            return row.id
        work.session.flush()
        if not own:
            row.version += 1
        audit.record(work, "changed", "coverage", row.id, fields=changed)
    work.touch(Changes.PATIENTS)
    return row.id


@needs(Permission.REGISTER)
def end(work: Work, coverage_id: int, version: int, last_day: dt.date) -> None:
    """Let a coverage end with a day (inclusive)."""
    row = _row(work, coverage_id)
    fields.same_version(row.version, version, "this coverage")
    if last_day < row.valid_from:
        raise RuleError(
            Problem("valid_to", f"The coverage began on {row.valid_from:%m/%d/%Y}, after that day.")
        )
    if row.valid_to == last_day:
        return
    longer = row.valid_to is not None and last_day > row.valid_to
    row.valid_to = last_day
    if longer:
        found = typed.Findings()
        _check_overlap(work, get(work, coverage_id).draft, found)
        found.raise_if_any()
    work.session.flush()
    audit.record(work, "changed", "coverage", coverage_id, fields=["valid_to"])
    work.touch(Changes.PATIENTS)


@needs(Permission.REGISTER)
def replace_with(work: Work, coverage_id: int, version: int, draft: CoverageDraft) -> int:
    """End a coverage the day before another of the same rank begins; returns the new id.

    Visits before that day stay with the old one.
    """
    old = _row(work, coverage_id)
    if old.patient_id != draft.patient_id:
        raise RuleError("The coverage belongs to another patient.")
    end(work, coverage_id, version, draft.valid_from - dt.timedelta(days=1))
    return save(work, replace(draft, id=None, version=None))


@needs(Permission.REGISTER)
def remove(work: Work, coverage_id: int, version: int) -> None:
    """Delete a coverage that was entered by mistake and never used.

    Raises:
        RuleError: a visit was billed to it; it can be ended instead.
    """
    row = _row(work, coverage_id)
    fields.same_version(row.version, version, "this coverage")
    if _used(work, coverage_id):
        raise RuleError(
            "A visit was billed to this coverage, so it stays; enter its last day instead."
        )
    work.session.delete(row)
    work.session.flush()
    audit.record(work, "deleted", "coverage", coverage_id, patient=row.patient_id)
    work.touch(Changes.PATIENTS)


def _read(work: Work, *where: ColumnElement[bool]) -> list[CoverageRecord]:
    query = (
        select(Coverage, Payer.name, Payer.filing_code, Payer.may_not_bill_patient, Person)
        .join(Payer, Payer.id == Coverage.payer_id)
        .join(Person, Person.id == Coverage.subscriber_id)
        .where(*where)
    )
    found = []
    for row, payer_name, filing_code, payer_may_not, person in work.session.execute(query):
        is_self = row.relationship_ is Relationship.SELF
        draft = CoverageDraft(
            **{name: getattr(row, name) for name in _NAMES},
            relationship=row.relationship_,
            subscriber=None if is_self else people.read(person),
            id=row.id,
            version=row.version,
        )
        found.append(
            CoverageRecord(
                id=row.id,
                rank=row.rank,
                payer_id=row.payer_id,
                payer_name=payer_name,
                filing_code=filing_code,
                member_id=row.member_id,
                subscriber_id=row.subscriber_id,
                subscriber_name=people.shown_name(person.last, person.first, person.middle),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                may_not_bill_patient=row.may_not_bill_patient or payer_may_not,
                draft=draft,
            )
        )
    return found


def _row(work: Work, coverage_id: int) -> Coverage:
    row = work.session.get(Coverage, coverage_id)
    if row is None:
        raise NotFound("There is no such coverage; refresh the patient.")
    return row


def _used(work: Work, coverage_id: int) -> bool:
    query = select(VisitCoverage.visit_id).where(VisitCoverage.coverage_id == coverage_id).limit(1)
    return work.session.scalar(query) is not None


def _subscriber(work: Work, draft: CoverageDraft, patient: Patient) -> tuple[int, list[str]]:
    if draft.subscriber is None:
        return patient.person_id, []
    if isinstance(draft.subscriber, int):
        return draft.subscriber, []
    row, changed = people.save(work, draft.subscriber)
    work.session.flush()
    return row.id, changed


def _clean(draft: CoverageDraft, payer: Payer | None) -> CoverageDraft:
    member = plain_text.one_line(draft.member_id).upper()
    if payer is not None and payer.filing_code is FilingCode.MEDICARE_B:
        member = re.sub(r"[\s-]", "", member)
    subscriber = draft.subscriber
    if draft.relationship is Relationship.SELF:
        subscriber = None
    elif isinstance(subscriber, PersonDraft):
        subscriber = people.clean(subscriber)
    return replace(
        draft,
        member_id=member,
        subscriber=subscriber,
        group_number=plain_text.one_line(draft.group_number),
        plan_name=plain_text.one_line(draft.plan_name),
        insurance_type=plain_text.code(draft.insurance_type),
    )


def _check(
    work: Work,
    draft: CoverageDraft,
    patient: Patient,
    payer: Payer | None,
    row: Coverage | None,
) -> None:
    found = typed.Findings()
    if payer is None:
        found.add("payer_id", "Choose a payer of the list.")
    elif not payer.is_active and (row is None or row.payer_id != payer.id):
        found.add("payer_id", f"“{payer.name}” is no longer used; choose another payer.")
    if draft.rank not in RANK_NAMES:
        found.add("rank", "A patient has a primary, a secondary and a tertiary coverage.")
    _check_member_id(draft, payer, found)
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        found.add("valid_to", "The coverage ends before it begins; exchange the two dates.")
    if draft.copay is not None and draft.copay < ZERO:
        found.add("copay", "A copay cannot be below zero.")
    for name in ("group_number", "plan_name", "member_id"):
        found.free_text(name, getattr(draft, name), 50)
    _check_subscriber(work, draft, patient, payer, found)
    _check_medicare_order(draft, payer, found)
    _check_use(work, draft, patient, row, found)
    if not found.problems:
        _check_overlap(work, draft, found)
    found.raise_if_any()


def _check_member_id(draft: CoverageDraft, payer: Payer | None, found: typed.Findings) -> None:
    if not draft.member_id:
        found.add("member_id", "Enter the member id as the card shows it.")
    elif payer is not None and payer.filing_code is FilingCode.MEDICARE_B:
        found.add("member_id", identifiers.mbi_problem(draft.member_id))
    elif not re.fullmatch(r"[0-9A-Z][0-9A-Z ./-]*", draft.member_id):
        found.add("member_id", "A member id is letters and digits; copy it from the card.")


def _check_subscriber(
    work: Work,
    draft: CoverageDraft,
    patient: Patient,
    payer: Payer | None,
    found: typed.Findings,
) -> None:
    if draft.relationship is Relationship.SELF:
        return
    if payer is not None and payer.filing_code is FilingCode.MEDICARE_B:
        found.add("relationship", "Medicare has no family members: the patient is the subscriber.")
        return
    person = draft.subscriber
    if person is None:
        found.add("subscriber", "Say who holds the insurance, or choose “self”.")
        return
    if isinstance(person, int):
        person = people.read(people.get(work, person))
    if person.id == patient.person_id:
        found.add("relationship", "The subscriber is the patient; choose “self”.")
        return
    people.check(person, found, work.clock.today(), prefix="subscriber.", address_required=True)
    found.require(
        "subscriber.birth_on", person.birth_on, "Enter the subscriber's birth date; claims ask it."
    )


def _check_medicare_order(draft: CoverageDraft, payer: Payer | None, found: typed.Findings) -> None:
    second = payer is not None and payer.filing_code is FilingCode.MEDICARE_B and draft.rank != 1
    if second and draft.insurance_type not in MEDICARE_SECONDARY:
        found.add(
            "insurance_type",
            "Medicare that is not primary needs the reason (SBR05): 12 working aged, 13 kidney "
            "disease, 14 no-fault, 15 workers' compensation, 43 disabled, 47 liability.",
        )
    if not second and draft.insurance_type:
        found.add("insurance_type", "Only Medicare that is not primary takes this; leave it empty.")


def _check_use(
    work: Work,
    draft: CoverageDraft,
    patient: Patient,
    row: Coverage | None,
    found: typed.Findings,
) -> None:
    if row is None:
        return
    if row.patient_id != patient.id:
        found.add("", "The coverage belongs to another patient.")
    if row.payer_id != draft.payer_id and _used(work, row.id):
        found.add(
            "payer_id",
            "Visits were billed to this payer; end this coverage and add a new one instead.",
        )


def _check_overlap(work: Work, draft: CoverageDraft, found: typed.Findings) -> None:
    query = select(Coverage).where(
        Coverage.patient_id == draft.patient_id,
        Coverage.rank == draft.rank,
        or_(Coverage.valid_to.is_(None), Coverage.valid_to >= draft.valid_from),
    )
    if draft.valid_to is not None:
        query = query.where(Coverage.valid_from <= draft.valid_to)
    if draft.id is not None:
        query = query.where(Coverage.id != draft.id)
    with work.session.no_autoflush:
        other = work.session.scalars(query.order_by(Coverage.valid_from)).first()
    if other is None:
        return
    until = f" to {other.valid_to:%m/%d/%Y}" if other.valid_to else " on"
    found.add(
        "valid_from",
        f"Another {RANK_NAMES[draft.rank]} coverage holds from {other.valid_from:%m/%d/%Y}"
        f"{until}; end that one first, or give this one another place in the order.",
    )
