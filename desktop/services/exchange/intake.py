"""Bringing patients, coverages and visits in from a file: the whole file or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import Problem, RuleError
from desktop.models.people import Coverage, Patient
from desktop.models.practice import Payer, PayerIdentifier, Provider
from desktop.models.values import text as plain_text
from desktop.models.visits import Visit
from desktop.services.core import audit
from desktop.services.core.work import Permission, Work, needs
from desktop.services.people import coverages, patients, people
from desktop.services.people.coverages import CoverageDraft
from desktop.services.people.patients import PatientDraft
from desktop.services.visits import entry, posting
from desktop.services.visits.values import LineDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.exchange.intake_file import (
        IntakeCoverage,
        IntakeFile,
        IntakePatient,
        IntakeVisit,
    )
    from desktop.services.people.people import PersonDraft

_NAMED_PROBLEMS = 25


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What an intake added, and what was there already.

    Attributes:
        patients, coverages, visits: how many were added.
        known: how many records of the file were in the practice before.
    """

    patients: int
    coverages: int
    visits: int
    known: int

    @property
    def plain(self) -> dict[str, int]:
        """The result as the command line writes it in JSON."""
        return {
            "patients": self.patients,
            "coverages": self.coverages,
            "visits": self.visits,
            "known": self.known,
        }

    @property
    def text(self) -> str:
        """The result as a sentence."""
        added = (
            plain_text.count(self.patients, "patient"),
            plain_text.count(self.coverages, "coverage"),
            plain_text.count(self.visits, "visit"),
        )
        here = "was" if self.known == 1 else "were"
        return (
            f"{added[0]}, {added[1]} and {added[2]} added; "
            f"{plain_text.count(self.known, 'record')} {here} here already."
        )


@needs(Permission.REGISTER)
def intake(work: Work, file: IntakeFile) -> IntakeResult:
    """Add what is new in a file, found by its external ids; what is known stays untouched.

    Raises:
        RuleError: every bad record with its position; nothing of the file is kept.
    """
    if file.problems:
        raise RuleError(_shortened(file.problems))
    run = _Run(work, file)
    result = run.everything()
    if run.problems:
        raise RuleError(_shortened(run.problems))
    audit.record(work, "imported", "intake", None, **result.plain)
    return result


class _Run:
    """One file on its way in: what is known, what was added, what is wrong."""

    def __init__(self, work: Work, file: IntakeFile) -> None:
        self.work = work
        self.file = file
        self.problems: list[Problem] = []
        self.added = {"patients": 0, "coverages": 0, "visits": 0}
        self.known = 0
        session = work.session
        known = select(Patient.external_id, Patient.id).where(Patient.external_id.is_not(None))
        self.patients = {str(e): i for e, i in session.execute(known)}
        self.payers = _payers(work)
        npis = select(Provider.npi, Provider.id).where(Provider.is_active, Provider.npi != "")
        self.providers = dict(session.execute(npis).all())

    def everything(self) -> IntakeResult:
        """All records in order, patients before visits."""
        records: list[tuple[str, Callable[[], None]]] = []
        records += [(p.where, partial(self._patient, p)) for p in self.file.patients]
        records += [(v.where, partial(self._visit, v)) for v in self.file.visits]
        for number, (where, add) in enumerate(records):
            self.work.progress.report(number, len(records), "Reading the file into the practice")
            try:
                add()
            except RuleError as error:
                self._note(where, error.problems)
        return IntakeResult(**self.added, known=self.known)

    def _note(self, where: str, problems: Sequence[Problem]) -> None:
        for problem in problems:
            place = f"{where}.{problem.field}" if problem.field else where
            self.problems.append(Problem(place, f"{place}: {problem.text}"))

    def _patient(self, record: IntakePatient) -> None:
        patient_id = self.patients.get(record.external_id)
        if patient_id is None:
            draft = PatientDraft(
                person=record.person,
                guarantor=self._somebody(record.guarantor),
                signature_on=record.signature_on,
                alert=record.alert,
                note=record.note,
                may_not_bill=record.may_not_bill,
                may_not_bill_reason=record.may_not_bill_reason,
                external_id=record.external_id,
            )
            found = patients.duplicates(self.work, draft, twins=False)
            if found:
                raise patients.DuplicateFound(found)
            patient_id = patients.register(self.work, draft, accept_duplicate=True)
            self.patients[record.external_id] = patient_id
            self.added["patients"] += 1
        else:
            self.known += 1
        for coverage in record.coverages:
            try:
                self._coverage(patient_id, coverage)
            except RuleError as error:
                self._note(coverage.where, error.problems)

    def _coverage(self, patient_id: int, record: IntakeCoverage) -> None:
        found = self.payers.get(plain_text.fold(record.payer), set())
        if len(found) != 1:
            text = f"there is no payer “{record.payer}”; add it under Setup, Payers."
            if found:
                text = f"several payers are called “{record.payer}”; give the electronic id."
            raise RuleError(Problem("payer", text))
        payer_id = next(iter(found))
        draft = CoverageDraft(
            patient_id=patient_id,
            payer_id=payer_id,
            rank=record.rank,
            member_id=record.member_id,
            valid_from=record.valid_from,
            valid_to=record.valid_to,
            relationship=record.relationship,
            subscriber=self._somebody(record.subscriber),
            group_number=record.group_number,
            plan_name=record.plan_name,
            insurance_type=record.insurance_type,
            copay=record.copay,
        )
        same = select(Coverage.id).where(
            Coverage.patient_id == patient_id,
            Coverage.payer_id == payer_id,
            Coverage.rank == record.rank,
            Coverage.valid_from == record.valid_from,
        )
        if self.work.session.scalar(same) is not None:
            self.known += 1
            return
        coverages.save(self.work, draft)
        self.added["coverages"] += 1

    def _somebody(self, person: PersonDraft | None) -> int | PersonDraft | None:
        """A guarantor or subscriber: the known person of that name and birth date, or a new one."""
        if person is None:
            return None
        known = people.same_person(self.work, people.clean(person))
        return person if known is None else known

    def _visit(self, record: IntakeVisit) -> None:
        session = self.work.session
        known = select(Visit.id).where(Visit.external_id == record.external_id)
        if session.scalar(known) is not None:
            self.known += 1
            return
        patient_id = self.patients.get(record.patient)
        if patient_id is None:
            text = f"there is no patient with the external id “{record.patient}”."
            raise RuleError(Problem("patient", text))
        rendering_id = self.providers.get(record.provider_npi)
        if record.provider_npi and rendering_id is None:
            text = f"there is no active provider with the NPI {record.provider_npi}."
            raise RuleError(Problem("provider_npi", text))
        blank = entry.new_draft(self.work, patient_id, record.service_on)
        draft = replace(
            blank,
            rendering_id=rendering_id or blank.rendering_id,
            place=record.place or blank.place,
            diagnoses=record.diagnoses,
            lines=tuple(
                LineDraft(
                    procedure=line.code,
                    modifiers=line.modifiers,
                    pointers=line.pointers,
                    units=line.units,
                    charge=line.charge,
                )
                for line in record.lines
            ),
            external_id=record.external_id,
        )
        visit_id = entry.save(self.work, draft)
        if record.post:
            posting.post(self.work, visit_id)
        self.added["visits"] += 1


def _payers(work: Work) -> dict[str, set[int]]:
    """Payers by folded name and by every id they have."""
    found: dict[str, set[int]] = {}
    rows = work.session.execute(
        select(Payer.id, Payer.name, Payer.electronic_id).where(Payer.is_active)
    )
    for payer_id, name, electronic_id in rows:
        for key in {plain_text.fold(name), plain_text.fold(electronic_id)} - {""}:
            found.setdefault(key, set()).add(payer_id)
    further = select(PayerIdentifier.payer_id, PayerIdentifier.identifier)
    for payer_id, identifier in work.session.execute(further):
        found.setdefault(plain_text.fold(identifier), set()).add(payer_id)
    return found


def _shortened(problems: Sequence[Problem]) -> list[Problem]:
    first = [Problem("", "Nothing was taken in; mend these records and read the file again.")]
    shown = first + list(problems[:_NAMED_PROBLEMS])
    if len(problems) > _NAMED_PROBLEMS:
        shown.append(Problem("", f"{len(problems) - _NAMED_PROBLEMS} further records are wrong."))
    return shown
