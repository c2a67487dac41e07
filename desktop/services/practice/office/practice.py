"""The practice's own settings, and its users."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.errors import EnvironmentProblem, Problem, RuleError
from desktop.models.practice import FeeSchedule, Location, Practice, Provider
from desktop.models.values import text as plain_text
from desktop.models.values import typed
from desktop.models.values.money import Money
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs

_USAGES = ("P", "T")


@dataclass(frozen=True, slots=True)
class PracticeSettings:
    """The practice's settings as they are read and saved.

    Attributes:
        usage: ISA15, ``P`` for production or ``T`` for test.
        outbox_folder: where claim files are put; never inside the practice's folder.
        statement_days: days between two statements to one guarantor.
        statement_minimum: smaller balances get no statement.
    """

    name: str
    phone: str = ""
    billing_provider_id: int | None = None
    default_location_id: int | None = None
    default_rendering_id: int | None = None
    standard_schedule_id: int | None = None
    outbox_folder: str = ""
    submitter_id: str = ""
    contact_name: str = ""
    receiver_id: str = ""
    receiver_name: str = ""
    usage: str = "P"
    idle_minutes: int = 10
    statement_days: int = 28
    statement_minimum: Money = Money(500)
    statement_message: str = ""
    pay_instructions: str = ""
    is_sample: bool = False
    version: int | None = None


_NAMES = tuple(
    name for name in PracticeSettings.__dataclass_fields__ if name not in {"is_sample", "version"}
)


@needs(Permission.VIEW)
def get(work: Work) -> PracticeSettings:
    """The settings as they stand."""
    row = work.session.get_one(Practice, 1)
    values = {name: getattr(row, name) for name in _NAMES}
    return PracticeSettings(**values, is_sample=row.is_sample, version=row.version)


@needs(Permission.SET_UP)
def update(work: Work, settings: PracticeSettings) -> None:
    """Save the settings.

    Raises:
        RuleError: a field is wrong.
        EnvironmentProblem: the outbox folder cannot be written.
        LostUpdate: somebody else saved in between.
    """
    row = work.session.get_one(Practice, 1)
    fields.same_version(row.version, settings.version, "the practice's settings")
    settings = _clean(settings)
    if row.is_sample and settings.usage != "T":
        raise RuleError(Problem("usage", "A sample practice only ever writes test files."))
    _check(work, settings)
    if settings.outbox_folder and settings.outbox_folder != row.outbox_folder:
        check_outbox(Path(settings.outbox_folder), work.codes.path.parent)
    changed = fields.apply(row, {name: getattr(settings, name) for name in _NAMES})
    if changed:
        work.session.flush()
        audit.record(work, "changed", "practice", 1, fields=changed)
        work.touch(Changes.PRACTICE)


def check_outbox(outbox: Path, practice_folder: Path | None) -> None:
    """See that an outbox can be used: a folder, absolute, writable, outside the practice.

    Raises:
        RuleError: it lies inside the practice's folder, or is no absolute path.
        EnvironmentProblem: it does not exist or cannot be written.
    """
    field = "outbox_folder"
    if not outbox.is_absolute():
        raise RuleError(Problem(field, f"“{outbox}” must be a whole path, from the root on."))
    if practice_folder is not None:
        inner, outer = outbox.resolve(), practice_folder.resolve()
        if inner == outer or outer in inner.parents:
            raise RuleError(
                Problem(
                    field,
                    "The outbox must lie outside the practice's folder, so that what is sent "
                    "never mixes with what is kept; choose another folder.",
                )
            )
    if not outbox.is_dir():
        raise EnvironmentProblem(
            f"The outbox folder “{outbox}” does not exist; create it or choose another."
        )
    try:
        handle, name = tempfile.mkstemp(prefix=".claimstead-", dir=outbox)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise EnvironmentProblem(
            f"The outbox folder “{outbox}” cannot be written ({reason}); choose another."
        ) from error


def set_outbox(work: Work, folder: str) -> None:
    """Remember the folder to which claim files went last."""
    row = work.session.get_one(Practice, 1)
    if fields.apply(row, {"outbox_folder": folder}):
        audit.record(work, "changed", "practice", 1, fields=["outbox_folder"])
        work.touch(Changes.PRACTICE)


def _clean(settings: PracticeSettings) -> PracticeSettings:
    return replace(
        settings,
        name=plain_text.one_line(settings.name),
        phone=plain_text.phone(settings.phone),
        outbox_folder=settings.outbox_folder.strip(),
        submitter_id=plain_text.one_line(settings.submitter_id),
        contact_name=plain_text.one_line(settings.contact_name),
        receiver_id=plain_text.one_line(settings.receiver_id),
        receiver_name=plain_text.one_line(settings.receiver_name),
        usage=settings.usage.upper(),
        statement_message=plain_text.several_lines(settings.statement_message),
        pay_instructions=plain_text.several_lines(settings.pay_instructions),
    )


def _check(work: Work, settings: PracticeSettings) -> None:
    found = typed.Findings()
    found.require("name", settings.name, "Enter the name of the practice.")
    found.free_texts({"name": settings.name, "contact_name": settings.contact_name}, 60)
    found.free_texts({"receiver_name": settings.receiver_name}, 60)
    found.free_texts(
        {
            "statement_message": settings.statement_message,
            "pay_instructions": settings.pay_instructions,
        },
        600,
    )
    found.phone("phone", settings.phone)
    for field in ("submitter_id", "receiver_id"):
        value = getattr(settings, field)
        if len(value) > 15:
            found.add(field, "An interchange id has at most 15 characters (ISA06, ISA08).")
    if settings.usage not in _USAGES:
        found.add("usage", "Choose production (P) or test (T).")
    if not 1 <= settings.idle_minutes <= 60:
        found.add("idle_minutes", "The window locks itself after 1 to 60 idle minutes.")
    if not 7 <= settings.statement_days <= 120:
        found.add("statement_days", "Statements go out every 7 to 120 days.")
    if settings.statement_minimum < Money(0):
        found.add("statement_minimum", "The smallest balance for a statement is not below zero.")
    _check_references(work, settings, found)
    found.raise_if_any()


def _check_references(work: Work, settings: PracticeSettings, found: typed.Findings) -> None:
    session = work.session
    billing = settings.billing_provider_id
    if billing is not None:
        provider = session.get(Provider, billing)
        if provider is None or not provider.is_billing:
            found.add("billing_provider_id", "Choose a provider that is marked as billing.")
    rendering = settings.default_rendering_id
    if rendering is not None:
        provider = session.get(Provider, rendering)
        if provider is None or not provider.is_rendering:
            found.add("default_rendering_id", "Choose a provider that is marked as rendering.")
    place = settings.default_location_id
    if place is not None and session.get(Location, place) is None:
        found.add("default_location_id", "Choose a location of the list.")
    schedule = settings.standard_schedule_id
    if schedule is not None and session.get(FeeSchedule, schedule) is None:
        found.add("standard_schedule_id", "Choose a fee schedule of the list.")
