"""Insurance payers: ids, claim settings, filing limits with their starts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select

from desktop.errors import NotFound
from desktop.models.practice import FeeSchedule, Payer, PayerIdentifier
from desktop.models.values import text as plain_text
from desktop.models.values import typed
from desktop.models.values.enums import FilingCode
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs

# Longer than any payer allows; a limit above it is a slip of the finger.
_MAX_DAYS = 3650


@dataclass(frozen=True, slots=True)
class PayerDraft:
    """A payer as it is read and saved; `id` None makes a new one.

    Attributes:
        electronic_id: NM109 of 2010BB, from the clearinghouse's list.
        identifiers: further ids by which the payer names itself in an 835.
        days_original: filing limit from the date of service; 0 when none is known. The same
            for corrected claims, secondary claims and appeals.
        secondary_starts_at_answer: the secondary limit starts at the primary's answer, else at
            the date of service (Medicare).
    """

    name: str
    filing_code: FilingCode = FilingCode.COMMERCIAL
    electronic_id: str = ""
    identifiers: tuple[str, ...] = ()
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    fee_schedule_id: int | None = None
    on_paper: bool = False
    accept_assignment: bool = True
    send_patient_paid: bool = False
    send_facility_always: bool = False
    send_rendering_taxonomy: bool = True
    corrects_as_original: bool = False
    may_not_bill_patient: bool = False
    days_original: int = 0
    days_corrected: int = 0
    days_secondary: int = 0
    days_appeal: int = 0
    secondary_starts_at_answer: bool = True
    is_training: bool = False
    is_active: bool = True
    id: int | None = None
    version: int | None = None


_NAMES = tuple(
    n for n in PayerDraft.__dataclass_fields__ if n not in {"id", "version", "identifiers"}
)
_LINES = ("name", "line1", "line2", "city")


def with_presets(draft: PayerDraft) -> PayerDraft:
    """The draft with what its kind of payer always asks for.

    Medicare Part B: a year from the date of service for every claim, 120 days for an appeal,
    corrections by a new claim or a reopening and not by a replacement (42 CFR 424.44, 405.942).
    Medicaid and workers' compensation: the patient may not be billed.
    """
    if draft.filing_code is FilingCode.MEDICARE_B:
        return replace(
            draft,
            days_original=365,
            days_corrected=365,
            days_secondary=365,
            days_appeal=120,
            secondary_starts_at_answer=False,
            corrects_as_original=True,
        )
    if draft.filing_code in {FilingCode.MEDICAID, FilingCode.WORKERS_COMPENSATION, FilingCode.FECA}:
        return replace(draft, may_not_bill_patient=True)
    return draft


@needs(Permission.VIEW)
def all_payers(work: Work, *, active_only: bool = False) -> list[PayerDraft]:
    """All payers by name."""
    query = select(Payer).order_by(Payer.name, Payer.id)
    if active_only:
        query = query.where(Payer.is_active)
    rows = list(work.session.scalars(query))
    further: dict[int, list[str]] = {}
    for each in work.session.scalars(select(PayerIdentifier).order_by(PayerIdentifier.id)):
        further.setdefault(each.payer_id, []).append(each.identifier)
    return [_read(row, further.get(row.id, ())) for row in rows]


@needs(Permission.VIEW)
def find(work: Work, text: str, limit: int = 12) -> list[PayerDraft]:
    """Active payers with every word of a text in their name or id; type-ahead."""
    words = [plain_text.fold(word) for word in text.split()]
    found = []
    for payer in all_payers(work, active_only=True):
        parts = [plain_text.fold(part) for part in payer.name.split()]
        whole = plain_text.fold(payer.name)
        ids = [plain_text.fold(payer.electronic_id), *map(plain_text.fold, payer.identifiers)]
        if all(w in whole or any(i.startswith(w) for i in ids) for w in words):
            # A word that begins a word of the name is what was meant; inside one comes later.
            begins = all(any(p.startswith(w) for p in [*parts, *ids]) for w in words)
            found.append((not begins, payer.name.casefold(), payer))
    found.sort(key=lambda each: each[:2])
    return [payer for _begins, _name, payer in found[:limit]]


@needs(Permission.VIEW)
def get(work: Work, payer_id: int) -> PayerDraft:
    """One payer."""
    row = _row(work, payer_id)
    query = select(PayerIdentifier.identifier).where(PayerIdentifier.payer_id == payer_id)
    return _read(row, list(work.session.scalars(query.order_by(PayerIdentifier.id))))


@needs(Permission.SET_UP)
def checked(work: Work, draft: PayerDraft) -> PayerDraft:
    """The draft as it would be kept; nothing is saved.

    Raises:
        RuleError: a field is wrong, or an id belongs to another payer.
    """
    draft = _clean(draft)
    _check(work, draft)
    return draft


@needs(Permission.SET_UP)
def save(work: Work, draft: PayerDraft) -> int:
    """Add or change a payer; returns its id.

    Raises:
        RuleError: a field is wrong, or an id belongs to another payer.
        LostUpdate: somebody else saved in between.
    """
    draft = checked(work, draft)
    values = {name: getattr(draft, name) for name in _NAMES}
    if draft.id is None:
        row = Payer(**values)
        work.session.add(row)
        work.session.flush()
        _save_identifiers(work, row.id, draft.identifiers)
        audit.record(work, "created", "payer", row.id)
    else:
        row = _row(work, draft.id)
        fields.same_version(row.version, draft.version, "this payer")
        changed = fields.apply(row, values)
        if _save_identifiers(work, row.id, draft.identifiers):
            changed.append("identifiers")
        if not changed:
            return row.id
        work.session.flush()
        audit.record(work, "changed", "payer", row.id, fields=changed)
    work.touch(Changes.PAYERS)
    return row.id


def remember_identifier(work: Work, payer_id: int, identifier: str) -> None:
    """Keep one more id by which the payer's files are known; one that is known stays as it is."""
    known = select(PayerIdentifier.id).where(PayerIdentifier.identifier == identifier)
    if work.session.scalar(known) is None:
        work.session.add(PayerIdentifier(payer_id=payer_id, identifier=identifier))


def _save_identifiers(work: Work, payer_id: int, wanted: tuple[str, ...]) -> bool:
    query = select(PayerIdentifier.identifier).where(PayerIdentifier.payer_id == payer_id)
    if set(work.session.scalars(query)) == set(wanted):
        return False
    work.session.execute(delete(PayerIdentifier).where(PayerIdentifier.payer_id == payer_id))
    for identifier in wanted:
        work.session.add(PayerIdentifier(payer_id=payer_id, identifier=identifier))
    return True


def _row(work: Work, payer_id: int) -> Payer:
    row = work.session.get(Payer, payer_id)
    if row is None:
        raise NotFound("There is no such payer; refresh the list.")
    return row


def _read(row: Payer, identifiers: list[str] | tuple[()]) -> PayerDraft:
    values = {name: getattr(row, name) for name in _NAMES}
    return PayerDraft(**values, identifiers=tuple(identifiers), id=row.id, version=row.version)


def _clean(draft: PayerDraft) -> PayerDraft:
    lines: dict[str, Any] = {name: plain_text.one_line(getattr(draft, name)) for name in _LINES}
    return replace(
        draft,
        **lines,
        electronic_id=plain_text.code(draft.electronic_id),
        identifiers=tuple(
            dict.fromkeys(plain_text.code(each) for each in draft.identifiers if each.strip())
        ),
        state=plain_text.code(draft.state),
        zip_code=plain_text.zip_digits(draft.zip_code),
        phone=plain_text.phone(draft.phone),
    )


def _check(work: Work, draft: PayerDraft) -> None:
    found = typed.Findings()
    found.require("name", draft.name, "Enter the payer's name.")
    found.free_texts({name: getattr(draft, name) for name in _LINES}, 60)
    if not draft.electronic_id and not draft.on_paper:
        found.add(
            "electronic_id",
            "Enter the payer's electronic id from your clearinghouse's list, or mark the payer "
            "as paper only.",
        )
    elif draft.electronic_id and not re.fullmatch(r"[0-9A-Z.-]{2,80}", draft.electronic_id):
        found.add("electronic_id", "The electronic id is letters and digits, such as 60054.")
    found.address(draft.line1, draft.city, draft.state, draft.zip_code, required=draft.on_paper)
    found.phone("phone", draft.phone)
    for name in ("days_original", "days_corrected", "days_secondary", "days_appeal"):
        if not 0 <= getattr(draft, name) <= _MAX_DAYS:
            found.add(name, "Enter days, 0 when no limit is known, at most 3650.")
    if draft.filing_code is FilingCode.MEDICARE_B and draft.secondary_starts_at_answer:
        found.add(
            "secondary_starts_at_answer",
            "Medicare's limit always starts at the date of service; uncheck this.",
        )
    schedule = draft.fee_schedule_id
    if schedule is not None and work.session.get(FeeSchedule, schedule) is None:
        found.add("fee_schedule_id", "Choose a fee schedule of the list.")
    _check_taken(work, draft, found)
    found.raise_if_any()


def _check_taken(work: Work, draft: PayerDraft, found: typed.Findings) -> None:
    """Two payers under one id would make an 835 post to the wrong one."""
    if not draft.identifiers:
        return
    query = (
        select(PayerIdentifier.identifier, Payer.name)
        .join(Payer, Payer.id == PayerIdentifier.payer_id)
        .where(PayerIdentifier.identifier.in_(draft.identifiers))
    )
    if draft.id is not None:
        query = query.where(PayerIdentifier.payer_id != draft.id)
    for identifier, name in work.session.execute(query):
        found.add("identifiers", f"The id {identifier} already belongs to “{name}”.")
