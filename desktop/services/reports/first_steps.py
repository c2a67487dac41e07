"""What a new practice does, in order, until its first visit: each step with where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from desktop.models.people import Patient
from desktop.models.practice import Fee, Location, Payer, Practice, Provider
from desktop.models.visits import Visit
from desktop.services.care import backup
from desktop.services.core.work import Permission, Work, needs


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step.

    Attributes:
        text: what to do; a verb first.
        page, argument: where, as `Context.go` takes them.
        done: whether nothing of it is left.
    """

    key: str
    text: str
    page: str
    argument: object
    done: bool


@needs(Permission.VIEW)
def first_steps(work: Work) -> tuple[FirstStep, ...]:
    """The steps in order; none once a visit was entered, for then the job itself leads on."""
    billing = exists().where(
        Provider.is_billing, Provider.is_active, Provider.npi != "", Provider.tax_id != ""
    )
    found = work.session.execute(
        select(
            exists().where(Visit.id > 0),
            exists().where(Practice.phone != "", Practice.contact_name != ""),
            billing,
            exists().where(Location.is_active),
            exists().where(Payer.is_active),
            exists().where(Fee.id > 0),
            exists().where(Patient.id > 0),
        )
    ).one()
    visit, practice, provider, location, payer, fee, patient = (bool(x) for x in found)
    if visit:
        return ()
    saved = backup.standing(work).on is not None
    return (
        FirstStep("practice", "Enter the practice's phone and contact", "setup", "practice",
                  practice),
        FirstStep("provider", "Enter who bills, with NPI and tax id", "setup", "providers",
                  provider),
        FirstStep("location", "Enter the place of service", "setup", "locations", location),
        FirstStep("payers", "Enter the payers", "setup", "payers", payer),
        FirstStep("fees", "Enter the fees, or load them from a CSV file", "codes", "fees", fee),
        FirstStep("patient", "Register the first patient", "patients", None, patient),
        FirstStep("backup", "Back up, and keep the file somewhere else", "setup", "safety", saved),
        FirstStep("visit", "Enter the first visit", "visits", None, visit),
    )  # fmt: skip
