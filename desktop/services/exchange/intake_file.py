"""Patients, coverages and visits from a file: bytes in, records and problems out.

The format is described in docs/intake.md. Nothing here asks the database.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.errors import Problem, RuleError
from desktop.models.values import text as plain_text
from desktop.models.values.enums import Relationship, Sex
from desktop.services.formats.lists.fields import Fields
from desktop.services.formats.lists.table import MAX_BYTES, read_table
from desktop.services.people.people import PersonDraft

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from desktop.models.values.money import Money

T = TypeVar("T")

FORMAT = "claimstead-intake"
VERSION = 1
_SEXES = {"F": Sex.FEMALE, "FEMALE": Sex.FEMALE, "M": Sex.MALE, "MALE": Sex.MALE, "U": Sex.UNKNOWN}


@dataclass(frozen=True, slots=True)
class IntakeCoverage:
    """A coverage of the file; `payer` is a name or an electronic id."""

    where: str
    payer: str
    rank: int
    member_id: str
    valid_from: dt.date
    valid_to: dt.date | None
    relationship: Relationship
    subscriber: PersonDraft | None
    group_number: str
    plan_name: str
    insurance_type: str
    copay: Money | None


@dataclass(frozen=True, slots=True)
class IntakePatient:
    """A patient of the file with its coverages."""

    where: str
    external_id: str
    person: PersonDraft
    guarantor: PersonDraft | None
    signature_on: dt.date | None
    alert: str
    note: str
    may_not_bill: bool
    may_not_bill_reason: str
    coverages: tuple[IntakeCoverage, ...]


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """A charge line of the file; `charge` None takes the fee of the schedule."""

    code: str
    modifiers: tuple[str, ...]
    units: Decimal
    charge: Money | None
    pointers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IntakeVisit:
    """A visit of the file; `patient` is the external id of a patient."""

    where: str
    external_id: str
    patient: str
    service_on: dt.date
    provider_npi: str
    place: str
    diagnoses: tuple[str, ...]
    lines: tuple[IntakeLine, ...]
    post: bool


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """What an intake file says, and every record that is wrong."""

    name: str
    patients: tuple[IntakePatient, ...]
    visits: tuple[IntakeVisit, ...]
    problems: tuple[Problem, ...]


def read_intake(data: bytes, file_name: str) -> IntakeFile:
    """Read an intake file, JSON or CSV by its first character.

    Raises:
        RuleError: the file as a whole cannot be read; one sentence says why.
    """
    name = PurePath(file_name).name
    if len(data) > MAX_BYTES * 5:
        raise RuleError(f"“{name}” is larger than 50 MB; split it into several files.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read_json(data, name)
    return _read_csv(data, name)


def _read_json(data: bytes, name: str) -> IntakeFile:
    try:
        plain = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise RuleError(f"“{name}” is not written in UTF-8; save it again as UTF-8.") from None
    except RecursionError:
        raise RuleError(f"“{name}” is nested too deeply to be an intake file.") from None
    except json.JSONDecodeError as error:
        raise RuleError(
            f"“{name}” is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError:
        raise RuleError(f"“{name}” holds a number that is none (NaN or Infinity).") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise RuleError(f"“{name}” is no intake file; it begins with “format”: “{FORMAT}”.")
    if plain.get("version") != VERSION:
        raise RuleError(f"“{name}” is of another version; this program reads version {VERSION}.")
    problems: list[Problem] = []
    top = Fields(plain, "file", problems)
    top.known({"format", "version", "patients", "visits"})
    patients = _each(top, "patients", read_patient)
    visits = _each(top, "visits", _visit)
    return IntakeFile(name, tuple(patients), tuple(visits), tuple(problems))


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _each(top: Fields, name: str, read: Callable[[Fields], T | None]) -> list[T]:
    found = []
    for number, values in enumerate(top.items(name), 1):
        where = f"{name}.{number}" if top.where == "file" else f"{top.where}.{name}.{number}"
        if not isinstance(values, dict):
            top.problems.append(Problem(where, f"{where}: write a record in {{ }} here."))
            continue
        record = read(Fields(values, where, top.problems))
        if record is not None:
            found.append(record)
    return found


_PERSON = {
    "last",
    "first",
    "middle",
    "suffix",
    "birth_date",
    "sex",
    "ssn",
    "line1",
    "line2",
    "city",
    "state",
    "zip",
    "phone",
    "email",
}
_PATIENT = _PERSON | {
    "external_id",
    "guarantor",
    "signature_date",
    "alert",
    "note",
    "may_not_bill",
    "may_not_bill_reason",
    "coverages",
}


def _person(record: Fields) -> PersonDraft:
    return PersonDraft(
        last=record.text("last", required=True),
        first=record.text("first", required=True),
        middle=record.text("middle"),
        suffix=record.text("suffix"),
        birth_on=record.date("birth_date"),
        sex=record.choice("sex", _SEXES, Sex.UNKNOWN),
        ssn=record.text("ssn") or None,
        line1=record.text("line1"),
        line2=record.text("line2"),
        city=record.text("city"),
        state=record.text("state"),
        zip_code=record.text("zip"),
        phone=record.text("phone"),
        email=record.text("email"),
    )


def _inner_person(record: Fields, name: str) -> PersonDraft | None:
    values = record.values.get(name)
    if values is None:
        return None
    if not isinstance(values, dict):
        record.wrong(name, "write a person in { } here.")
        return None
    inner = Fields(values, f"{record.where}.{name}", record.problems)
    inner.known(_PERSON)
    return _person(inner)


def read_patient(record: Fields) -> IntakePatient | None:
    """One patient of the file; None when a field is wrong (the problems say which)."""
    record.known(_PATIENT)
    person = _person(record)
    if person.birth_on is None and record.good:
        record.wrong("birth_date", "a patient needs a birth date; no claim goes without it.")
    patient = IntakePatient(
        where=record.where,
        external_id=record.text("external_id", required=True),
        person=person,
        guarantor=_inner_person(record, "guarantor"),
        signature_on=record.date("signature_date"),
        alert=record.text("alert"),
        note=record.note("note"),
        may_not_bill=record.yes("may_not_bill"),
        may_not_bill_reason=record.text("may_not_bill_reason"),
        coverages=tuple(_each(record, "coverages", _coverage)),
    )
    return patient if record.good else None


def _coverage(record: Fields) -> IntakeCoverage | None:
    record.known(
        {"payer", "rank", "member_id", "valid_from", "valid_to", "relationship", "subscriber"}
        | {"group_number", "plan_name", "insurance_type", "copay"}
    )
    relations = {r.value.upper(): r for r in Relationship}
    start = record.date("valid_from", required=True)
    coverage = IntakeCoverage(
        where=record.where,
        payer=record.text("payer", required=True),
        rank=record.whole("rank", 1),
        member_id=record.text("member_id", required=True),
        valid_from=start or dt.date.min,
        valid_to=record.date("valid_to"),
        relationship=record.choice("relationship", relations, Relationship.SELF),
        subscriber=_inner_person(record, "subscriber"),
        group_number=record.text("group_number"),
        plan_name=record.text("plan_name"),
        insurance_type=record.text("insurance_type"),
        copay=record.money("copay"),
    )
    return coverage if record.good else None


def _visit(record: Fields) -> IntakeVisit | None:
    record.known(
        {"external_id", "patient", "date", "provider_npi", "place", "diagnoses", "lines", "post"}
    )
    on = record.date("date", required=True)
    visit = IntakeVisit(
        where=record.where,
        external_id=record.text("external_id", required=True),
        patient=record.text("patient", required=True),
        service_on=on or dt.date.min,
        provider_npi=record.text("provider_npi"),
        place=record.text("place"),
        diagnoses=record.texts("diagnoses"),
        lines=tuple(_each(record, "lines", _line)),
        post=record.yes("post", default=True),
    )
    if record.good and not visit.lines:
        record.wrong("lines", "a visit needs at least one line.")
    return visit if record.good else None


def _line(record: Fields) -> IntakeLine | None:
    record.known({"code", "modifiers", "units", "charge", "pointers"})
    pointers = record.items("pointers") or [1]
    if not all(isinstance(p, int) and not isinstance(p, bool) and 1 <= p <= 24 for p in pointers):
        record.wrong("pointers", "write positions of the diagnoses, like [1, 2].")
        pointers = [1]
    line = IntakeLine(
        code=record.text("code", required=True),
        modifiers=record.texts("modifiers"),
        units=record.quantity("units"),
        charge=record.money("charge"),
        pointers=tuple(pointers),
    )
    return line if record.good else None


def _read_csv(data: bytes, name: str) -> IntakeFile:
    """One patient a row, with at most one coverage; further coverages repeat the patient."""
    table = read_table(data, "intake file")
    if len(table) < 2:
        raise RuleError(f"“{name}” is empty; its first row names the columns, see docs/intake.md.")
    headings = [plain_text.one_line(cell).lower().replace(" ", "_") for cell in table[0]]
    needed = {"external_id", "last", "first", "birth_date"}
    missing = sorted(needed - set(headings))
    if missing:
        raise RuleError(f"“{name}” has no column “{missing[0]}”; see docs/intake.md.")
    if len(set(headings)) != len(headings):
        raise RuleError(f"“{name}” has two columns of one name; keep one of them.")
    problems: list[Problem] = []
    found: dict[str, IntakePatient] = {}
    for number, cells in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        values = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
        record = Fields(_nested(values), f"rows.{number}", problems)
        patient = read_patient(record)
        if patient is None:
            continue
        known = found.get(patient.external_id)
        if known is None:
            found[patient.external_id] = patient
        elif known.person == patient.person:
            more = (*known.coverages, *patient.coverages)
            found[patient.external_id] = _with_coverages(known, more)
        else:
            record.wrong("external_id", f"{known.where} has the same id with other data.")
    return IntakeFile(name, tuple(found.values()), (), tuple(problems))


_CSV_COVERAGE = {
    "payer",
    "rank",
    "member_id",
    "valid_from",
    "valid_to",
    "relationship",
    "group_number",
    "plan_name",
    "insurance_type",
    "copay",
}


def _nested(values: dict[str, str]) -> dict[str, Any]:
    """A row of cells as the record that JSON would have been."""
    record: dict[str, Any] = {}
    coverage: dict[str, Any] = {}
    inner: dict[str, dict[str, str]] = {"guarantor": {}, "subscriber": {}}
    for name, text in values.items():
        whose, _, part = name.partition("_")
        if not text:
            continue
        if whose in inner and part:
            inner[whose][part] = text
        elif name in _CSV_COVERAGE:
            coverage[name] = text
        else:
            record[name] = text
    if inner["guarantor"]:
        record["guarantor"] = inner["guarantor"]
    if inner["subscriber"]:
        coverage["subscriber"] = inner["subscriber"]
    if coverage:
        record["coverages"] = [coverage]
    return record


def _with_coverages(patient: IntakePatient, coverages: tuple[IntakeCoverage, ...]) -> IntakePatient:
    return replace(patient, coverages=coverages)
