"""Registering patients: who they are, who pays for them, and what may not be billed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, tuple_

from desktop.clock import stamp
from desktop.errors import NotFound, Problem, RuleError
from desktop.models.people import Patient, PatientKey, Person
from desktop.models.values import text as plain_text
from desktop.models.values import typed
from desktop.models.values.enums import Sex
from desktop.services.core import audit, counters
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.people import people, search
from desktop.services.people.people import PersonDraft

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from desktop.services.people.search import PatientRow

ACCOUNT_COUNTER = "account"
_ALIKE = 0.75
_BEFORE_FIRST_ACCOUNT = 1000


@dataclass(frozen=True, slots=True)
class PatientDraft:
    """A patient as it is registered or changed.

    Attributes:
        guarantor: who receives the statements: None for the patient, the id of a known person,
            or a person (with an id: that person's changed record; without: a new one).
        signature_on: date of the signature on file that lets claims go out (items 12 and 13).
        may_not_bill: nothing of this patient reaches a statement; `may_not_bill_reason` says why.
        external_id: the id in the file that brought the patient; never typed.
        version: what was read; None for a new patient.
    """

    person: PersonDraft
    guarantor: int | PersonDraft | None = None
    signature_on: dt.date | None = None
    alert: str = ""
    note: str = ""
    may_not_bill: bool = False
    may_not_bill_reason: str = ""
    external_id: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient as it is shown and edited; `draft` goes back into `update`."""

    id: int
    account_number: str
    person_id: int
    guarantor_id: int
    guarantor_name: str
    is_active: bool
    draft: PatientDraft

    @property
    def name(self) -> str:
        """The patient's name, last name first."""
        return self.draft.person.shown_name

    @property
    def is_own_guarantor(self) -> bool:
        """Whether the patient receives the statements."""
        return self.guarantor_id == self.person_id


class DuplicateFound(RuleError):
    """Somebody very like this patient is registered already; `found` says who."""

    def __init__(self, found: Sequence[PatientRow]) -> None:
        self.found = tuple(found)
        count = len(self.found)
        who = "a patient is" if count == 1 else f"{count} patients are"
        numbers = ", ".join(row.account_number for row in self.found[:3])
        super().__init__(
            Problem(
                "duplicate",
                f"Very like this one, {who} registered already (account {numbers}); open that "
                "record, or register anyway.",
            )
        )


@needs(Permission.REGISTER)
def register(work: Work, draft: PatientDraft, *, accept_duplicate: bool = False) -> int:
    """Add a patient; returns the id.

    Raises:
        DuplicateFound: name and birth date are known; `accept_duplicate` registers anyway.
        RuleError: fields are missing or wrong.
    """
    draft = _clean(draft)
    _check(work, draft)
    if not accept_duplicate:
        found = duplicates(work, draft)
        if found:
            raise DuplicateFound(found)
    person, _ = people.save(work, replace(draft.person, id=None))
    row = Patient(
        account_number=_next_account(work),
        person_id=person.id,
        guarantor_id=_guarantor(work, draft, person.id)[0],
        created_at=stamp(work.clock.now()),
        external_id=draft.external_id,
        **_own_values(draft),
    )
    work.session.add(row)
    work.session.flush()
    search.keep_keys(work, row, person)
    audit.record(work, "created", "patient", row.id)
    work.touch(Changes.PATIENTS)
    return row.id


@needs(Permission.REGISTER)
def update(work: Work, patient_id: int, draft: PatientDraft) -> None:
    """Change a patient.

    Raises:
        RuleError: fields are missing or wrong.
        LostUpdate: somebody else saved in between; nothing was overwritten.
    """
    row = _row(work, patient_id)
    fields.same_version(row.version, draft.version, "this patient")
    draft = _clean(draft)
    _check(work, draft)
    person, changed = people.save(work, replace(draft.person, id=row.person_id))
    guarantor_id, guarantor_changed = _guarantor(work, draft, row.person_id)
    values = {**_own_values(draft), "guarantor_id": guarantor_id}
    changed += fields.apply(row, values)
    changed += [f"guarantor.{name}" for name in guarantor_changed]
    if not changed:
        return
    # The person is part of the patient: a change there must also be seen by a second window.
    row.version = _touched(work, row)
    search.keep_keys(work, row, person)
    _keep_keys_of_guarantor(work, row)
    audit.record(work, "changed", "patient", row.id, fields=changed)
    work.touch(Changes.PATIENTS)


@needs(Permission.VIEW)
def get(work: Work, patient_id: int) -> PatientRecord:
    """One patient; the audit notes that the record was shown."""
    row = _row(work, patient_id)
    session = work.session
    person = session.get_one(Person, row.person_id)
    own = row.guarantor_id == row.person_id
    guarantor = people.read(person if own else session.get_one(Person, row.guarantor_id))
    draft = PatientDraft(
        person=people.read(person),
        guarantor=None if own else guarantor,
        signature_on=row.signature_on,
        alert=row.alert,
        note=row.note,
        may_not_bill=row.may_not_bill,
        may_not_bill_reason=row.may_not_bill_reason,
        external_id=row.external_id,
        version=row.version,
    )
    work.viewed("patient", patient_id)
    return PatientRecord(
        id=row.id,
        account_number=row.account_number,
        person_id=row.person_id,
        guarantor_id=row.guarantor_id,
        guarantor_name=guarantor.shown_name,
        is_active=row.is_active,
        draft=draft,
    )


@needs(Permission.REGISTER)
def reveal_ssn(work: Work, patient_id: int) -> str:
    """The whole SSN of a patient; that it was shown is audited by itself."""
    row = _row(work, patient_id)
    work.views.append(("showed ssn", "patient", patient_id))
    return work.session.get_one(Person, row.person_id).ssn


@needs(Permission.REGISTER)
def deactivate(work: Work, patient_id: int, version: int) -> None:
    """Take a patient out of the lists; nothing is deleted, and `reactivate` brings them back."""
    _set_active(work, patient_id, version, active=False)


@needs(Permission.REGISTER)
def reactivate(work: Work, patient_id: int, version: int) -> None:
    """Bring a patient back into the lists."""
    _set_active(work, patient_id, version, active=True)


@needs(Permission.VIEW)
def duplicates(
    work: Work, draft: PatientDraft, *, but: int | None = None, twins: bool = True
) -> list[PatientRow]:
    """Patients with the same birth date and last name (or the same first, a similar last).

    With `twins` those of another first name are found too, after those whose first name is
    alike. `but` leaves one patient out.
    """
    person = people.clean(draft.person)
    last, first = plain_text.fold(person.last), plain_text.fold(person.first)
    if not last or person.birth_on is None:
        return []
    born = f"@{person.birth_on:%Y%m%d}"
    keys = (born, search.INACTIVE + born)
    by_key = select(PatientKey.patient_id).where(PatientKey.key.in_(keys))
    query = (
        select(Patient.id, Person.last_folded, Person.first)
        .join(Person, Person.id == Patient.person_id)
        .where(
            or_(
                Patient.id.in_(by_key),
                tuple_(Person.last_folded, Person.birth_on).in_([(last, person.birth_on)]),
            ),
            Patient.id != (but or 0),
        )
    )
    scored = []
    for patient_id, other_last, other_first in work.session.execute(query):
        alike = _likeness(first, plain_text.fold(other_first))
        same_last = other_last == last and (twins or alike >= _ALIKE)
        if same_last or (alike == 1.0 and _likeness(last, other_last) >= _ALIKE):
            scored.append((not same_last, -alike, patient_id))
    return search.rows(work, [patient_id for _, _, patient_id in sorted(scored)])


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one and other and (one.startswith(other) or other.startswith(one)):
        return 0.9
    return difflib.SequenceMatcher(None, one, other).ratio()


def _row(work: Work, patient_id: int) -> Patient:
    row = work.session.get(Patient, patient_id)
    if row is None:
        raise NotFound("There is no such patient; search again.")
    return row


def _touched(work: Work, row: Patient) -> int:
    """Flush the change, and make sure that the patient's own version moved with it."""
    before = row.version
    work.session.flush()
    return row.version if row.version != before else before + 1


def _set_active(work: Work, patient_id: int, version: int, *, active: bool) -> None:
    row = _row(work, patient_id)
    fields.same_version(row.version, version, "this patient")
    if row.is_active == active:
        return
    row.is_active = active
    work.session.flush()
    search.keep_keys(work, row, work.session.get_one(Person, row.person_id))
    audit.record(work, "reactivated" if active else "deactivated", "patient", patient_id)
    work.touch(Changes.PATIENTS)


def _next_account(work: Work) -> str:
    """An account number that was never given before, even to a patient who is gone."""
    return str(_BEFORE_FIRST_ACCOUNT + counters.take(work, ACCOUNT_COUNTER))


def _guarantor(work: Work, draft: PatientDraft, person_id: int) -> tuple[int, list[str]]:
    guarantor = draft.guarantor
    if guarantor is None:
        return person_id, []
    if isinstance(guarantor, int):
        return people.get(work, guarantor).id, []
    if guarantor.id == person_id:
        return person_id, []
    row, changed = people.save(work, guarantor)
    return row.id, changed


def _keep_keys_of_guarantor(work: Work, row: Patient) -> None:
    """A guarantor who is a patient too is found by the name and phone that changed here."""
    if row.guarantor_id == row.person_id:
        return
    other = work.session.scalar(select(Patient).where(Patient.person_id == row.guarantor_id))
    if other is not None:
        search.keep_keys(work, other, work.session.get_one(Person, other.person_id))


def _own_values(draft: PatientDraft) -> dict[str, Any]:
    return {
        "signature_on": draft.signature_on,
        "alert": draft.alert,
        "note": draft.note,
        "may_not_bill": draft.may_not_bill,
        "may_not_bill_reason": draft.may_not_bill_reason,
    }


def _clean(draft: PatientDraft) -> PatientDraft:
    guarantor = draft.guarantor
    if isinstance(guarantor, PersonDraft):
        guarantor = people.clean(guarantor)
    return replace(
        draft,
        person=people.clean(draft.person),
        guarantor=guarantor,
        alert=plain_text.one_line(draft.alert),
        note=plain_text.several_lines(draft.note),
        may_not_bill_reason=plain_text.one_line(draft.may_not_bill_reason),
    )


def _check(work: Work, draft: PatientDraft) -> None:
    found = typed.Findings()
    today = work.clock.today()
    person = draft.person
    people.check(person, found, today)
    found.require("birth_on", person.birth_on, "Enter the birth date; no claim goes without it.")
    if person.sex is Sex.UNKNOWN:
        found.add("sex", "Choose female or male as the insurance card says.")
    guarantor = draft.guarantor
    if isinstance(guarantor, PersonDraft):
        people.check(guarantor, found, today, prefix="guarantor.")
    elif isinstance(guarantor, int):
        people.get(work, guarantor)
    found.not_ahead("signature_on", draft.signature_on, today, "The signature date")
    found.free_text("alert", draft.alert, 200)
    found.free_text("note", draft.note, 2000)
    found.free_text("may_not_bill_reason", draft.may_not_bill_reason, 200)
    if draft.may_not_bill and not draft.may_not_bill_reason:
        found.add("may_not_bill_reason", "Say why this patient may not be billed, such as QMB.")
    found.raise_if_any()
