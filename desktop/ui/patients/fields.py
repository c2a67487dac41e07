"""The fields of patient, guarantor, subscriber and coverage, and how they become drafts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.models.values.enums import Relationship, Sex
from desktop.services.people.coverages import CoverageDraft, CoverageRecord
from desktop.services.people.patients import PatientDraft, PatientRecord
from desktop.services.people.people import PersonDraft
from desktop.ui.lib.edits import (
    Check,
    Choice,
    CodeEdit,
    DateEdit,
    LineEdit,
    MoneyEdit,
    NoteEdit,
    PhoneEdit,
    TextEdit,
)
from desktop.ui.lib.type_ahead import Suggestion, TypeAhead
from desktop.ui.patients.proposals import payer_source, person_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop.ui.lib.form import Form
    from desktop.ui.lib.page import Context

SEXES = ((Sex.FEMALE, "Female"), (Sex.MALE, "Male"), (Sex.UNKNOWN, "Unknown"))
RELATIONS = (
    (Relationship.SELF, "Self"),
    (Relationship.SPOUSE, "Spouse"),
    (Relationship.CHILD, "Child"),
    (Relationship.OTHER, "Other"),
)
RANKS = ((1, "Primary"), (2, "Secondary"), (3, "Tertiary"))
REASONS = (
    ("", "Not needed"),
    ("12", "12 Working aged"),
    ("13", "13 Kidney disease"),
    ("14", "14 No-fault"),
    ("15", "15 Workers' compensation"),
    ("41", "41 Black lung"),
    ("42", "42 Veterans"),
    ("43", "43 Disabled"),
    ("47", "47 Liability"),
)
GUARANTORS = (("self", "The patient"), ("known", "A known patient"), ("new", "Another person"))
_PERSON = tuple(n for n in PersonDraft.__dataclass_fields__ if n not in {"id", "ssn", "ssn_mask"})
_ROOM_FOR_THREE = 1180
_ADDRESS = ("line1", "line2", "zip_code", "city", "state")
_GUARANTOR = ("last", "first", "birth_on", "phone", "line1", "zip_code", "city", "state")
_SUBSCRIBER = ("last", "first", "birth_on", "sex", "line1", "zip_code", "city", "state")


def columns_that_fit() -> int:
    """Three columns on a usual screen, two where 150 % or a small screen leaves less room."""
    room = QGuiApplication.primaryScreen().availableGeometry().width()
    return 3 if room >= _ROOM_FOR_THREE else 2


class SsnEdit(LineEdit):
    """An SSN: readable while it is typed, dots afterwards; what is kept shows four digits.

    `value()` is None as long as nothing was typed, so that saving leaves what is kept.
    """

    def __init__(self) -> None:
        super().__init__(limit=11, characters=14)
        self.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self._touched = False
        self.edited.connect(self._touch)

    def set_mask(self, mask: str) -> None:
        """Show the last four digits of what is kept."""
        self.setPlaceholderText(mask)

    def value(self) -> str | None:
        """See `Editor.value`."""
        text = self.text().strip()
        return text if text or self._touched else None

    def set_value(self, value: object) -> None:
        """See `Editor.set_value`."""
        self._touched = False
        super().set_value(value)

    def _touch(self) -> None:
        self._touched = True


def add_person(form: Form, context: Context) -> None:
    """The patient's own fields."""
    form.add("last", "Last name", TextEdit(limit=60), required=True)
    form.add("first", "First name", TextEdit(limit=35), required=True)
    form.add("middle", "Middle name", TextEdit(limit=25))
    form.add("birth_on", "Birth date", DateEdit(context.today, past=True), required=True)
    form.add("sex", "Sex", Choice(SEXES, empty="Choose"), required=True)
    form.add("suffix", "Suffix", TextEdit(limit=10, characters=8))
    form.add("phone", "Phone", PhoneEdit())
    form.add("email", "E-mail", TextEdit(limit=80))
    form.add("ssn", "SSN", SsnEdit())
    form.add("line1", "Street", TextEdit(limit=55))
    form.add("line2", "Suite, unit", TextEdit(limit=55))
    form.add("zip_code", "ZIP code", TextEdit(limit=10, characters=12))
    form.add("city", "City", TextEdit(limit=30))
    form.add("state", "State", CodeEdit(limit=2))
    form.add("signature_on", "Signature on file", DateEdit(context.today, past=True))


def add_billing(form: Form) -> None:
    """What stands in the way of billing, and what to mind."""
    form.add("may_not_bill", "", Check("May not be billed"))
    form.add("may_not_bill_reason", "Reason", TextEdit(limit=80))
    form.add("alert", "Alert", TextEdit(limit=120))
    form.add("note", "Note", NoteEdit(lines=2), wide=True)


def add_guarantor(form: Form, context: Context, owner: QWidget) -> None:
    """Who receives the statements; the fields of another person show when one is chosen."""
    form.add_heading("Guarantor: who receives the statements")
    who = form.add("guarantor", "Guarantor", Choice(GUARANTORS))
    form.add(
        "guarantor.known",
        "Known patient",
        TypeAhead(person_source(context, owner), placeholder="Name, birth date or phone"),
    )
    form.add("guarantor.last", "Last name", TextEdit(limit=60))
    form.add("guarantor.first", "First name", TextEdit(limit=35))
    form.add("guarantor.birth_on", "Birth date", DateEdit(context.today, past=True))
    form.add("guarantor.phone", "Phone", PhoneEdit())
    form.add("guarantor.line1", "Street", TextEdit(limit=55))
    form.add("guarantor.zip_code", "ZIP code", TextEdit(limit=10, characters=12))
    form.add("guarantor.city", "City", TextEdit(limit=30))
    form.add("guarantor.state", "State", CodeEdit(limit=2))
    who.edited.connect(lambda: _on_guarantor(form))
    show_guarantor(form)


def show_guarantor(form: Form) -> None:
    """Show the fields that the chosen kind of guarantor needs."""
    who = form.editor("guarantor").value()
    form.set_field_visible("guarantor.known", visible=who == "known")
    for name in _GUARANTOR:
        form.set_field_visible(f"guarantor.{name}", visible=who == "new")


def _on_guarantor(form: Form) -> None:
    show_guarantor(form)
    if form.editor("guarantor").value() == "new":
        copy_address(form, "guarantor.")


def copy_address(form: Form, prefix: str) -> None:
    """Fill empty fields of another person from the patient: one family, one address."""
    for name in ("last", "phone", *_ADDRESS):
        own, other = name, f"{prefix}{name}"
        try:
            target, source = form.editor(other), form.editor(own)
        except KeyError:
            continue
        if not target.value():
            target.set_value(source.value())


def add_coverage(form: Form, context: Context, owner: QWidget, *, required: bool) -> None:
    """The fields of a coverage; `required` where the whole form is about it."""
    form.add(
        "payer_id",
        "Payer",
        TypeAhead(payer_source(context, owner), placeholder="Any part of the name"),
        required=required,
    )
    form.add("rank", "Order", Choice(RANKS))
    form.add("member_id", "Member id", TextEdit(limit=30), required=required)
    form.add("group_number", "Group number", TextEdit(limit=30))
    form.add("plan_name", "Plan name", TextEdit(limit=50))
    form.add("copay", "Copay", MoneyEdit())
    form.add("valid_from", "In force from", DateEdit(context.today), required=required)
    form.add("valid_to", "To (last day)", DateEdit(context.today))
    form.add("insurance_type", "Medicare not first", Choice(REASONS))
    relation = form.add("relationship", "Patient is subscriber's", Choice(RELATIONS))
    form.add("coverage_may_not_bill", "", Check("Patient may not be billed"))
    form.add("benefits_assigned", "", Check("Payer pays the practice"))
    form.add("subscriber.last", "Subscriber, last", TextEdit(limit=60))
    form.add("subscriber.first", "First name", TextEdit(limit=35))
    form.add("subscriber.birth_on", "Birth date", DateEdit(context.today, past=True))
    form.add("subscriber.sex", "Sex", Choice(SEXES, empty="Choose"))
    form.add("subscriber.line1", "Street", TextEdit(limit=55))
    form.add("subscriber.zip_code", "ZIP code", TextEdit(limit=10, characters=12))
    form.add("subscriber.city", "City", TextEdit(limit=30))
    form.add("subscriber.state", "State", CodeEdit(limit=2))
    relation.edited.connect(lambda: show_subscriber(form))
    form.editor("benefits_assigned").set_value(value=True)
    show_subscriber(form)


def show_subscriber(form: Form) -> None:
    """Show the subscriber's fields unless it is the patient."""
    other = form.editor("relationship").value() is not Relationship.SELF
    for name in _SUBSCRIBER:
        form.set_field_visible(f"subscriber.{name}", visible=other)


def person_draft(
    values: Mapping[str, Any], prefix: str = "", kept: PersonDraft | None = None
) -> PersonDraft:
    """A person from the fields of a form; what has no field stays as it was kept."""
    base = kept or PersonDraft(last="", first="")
    names = set(PersonDraft.__dataclass_fields__) - {"id", "ssn_mask"}
    given = {name: values[prefix + name] for name in names if prefix + name in values}
    if given.get("sex", 0) is None:
        given["sex"] = Sex.UNKNOWN
    return replace(base, **given)


def patient_draft(values: Mapping[str, Any], kept: PatientRecord | None = None) -> PatientDraft:
    """A patient from the form."""
    draft = kept.draft if kept else None
    return PatientDraft(
        person=person_draft(values, kept=draft.person if draft else None),
        guarantor=_guarantor(values, kept),
        signature_on=values["signature_on"],
        alert=values["alert"],
        note=values["note"],
        may_not_bill=values["may_not_bill"],
        may_not_bill_reason=values["may_not_bill_reason"],
        external_id=draft.external_id if draft else None,
        version=draft.version if draft else None,
    )


def _guarantor(values: Mapping[str, Any], kept: PatientRecord | None) -> int | PersonDraft | None:
    if values["guarantor"] == "self":
        return None
    if values["guarantor"] == "known":
        known = values["guarantor.known"]
        return known if isinstance(known, int) else None
    return _other_person(values, "guarantor.", kept.draft.guarantor if kept else None)


def _other_person(values: Mapping[str, Any], prefix: str, before: object) -> PersonDraft:
    """The person who was kept, changed; another first name makes it somebody new."""
    known = before if isinstance(before, PersonDraft) else None
    if known is not None and known.first.casefold() != values[f"{prefix}first"].casefold():
        known = None
    return person_draft(values, prefix, known)


def patient_values(record: PatientRecord) -> dict[str, Any]:
    """A patient as the form shows it."""
    draft = record.draft
    values: dict[str, Any] = {name: getattr(draft.person, name) for name in _PERSON}
    values |= {
        "signature_on": draft.signature_on,
        "alert": draft.alert,
        "note": draft.note,
        "may_not_bill": draft.may_not_bill,
        "may_not_bill_reason": draft.may_not_bill_reason,
        "guarantor": "self",
    }
    if isinstance(draft.guarantor, PersonDraft):
        values["guarantor"] = "new"
        for name in _GUARANTOR:
            values[f"guarantor.{name}"] = getattr(draft.guarantor, name)
    return values


def coverage_draft(
    values: Mapping[str, Any], patient_id: int, kept: CoverageRecord | None = None
) -> CoverageDraft:
    """A coverage from the form."""
    relationship = values["relationship"] or Relationship.SELF
    subscriber = None
    if relationship is not Relationship.SELF:
        subscriber = _other_person(values, "subscriber.", kept.draft.subscriber if kept else None)
    return CoverageDraft(
        patient_id=patient_id,
        payer_id=values["payer_id"] or 0,
        rank=values["rank"] or 1,
        member_id=values["member_id"],
        valid_from=values["valid_from"],
        valid_to=values["valid_to"],
        relationship=relationship,
        subscriber=subscriber,
        group_number=values["group_number"],
        plan_name=values["plan_name"],
        insurance_type=values["insurance_type"] or "",
        copay=values["copay"],
        may_not_bill_patient=values["coverage_may_not_bill"],
        benefits_assigned=values["benefits_assigned"],
        id=kept.id if kept else None,
        version=kept.draft.version if kept else None,
    )


def coverage_values(record: CoverageRecord) -> dict[str, Any]:
    """A coverage as the form shows it."""
    draft = record.draft
    values = {
        name: getattr(draft, name)
        for name in (
            "rank",
            "member_id",
            "valid_from",
            "valid_to",
            "relationship",
            "group_number",
            "plan_name",
            "insurance_type",
            "copay",
            "benefits_assigned",
        )
    }
    values["payer_id"] = Suggestion(record.payer_id, record.payer_name)
    values["coverage_may_not_bill"] = draft.may_not_bill_patient
    if isinstance(draft.subscriber, PersonDraft):
        for name in _SUBSCRIBER:
            values[f"subscriber.{name}"] = getattr(draft.subscriber, name)
    return values
