"""A practice with a patient, payers and visits for the claim tests, in one call each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktop.models.people import Coverage, Patient
from desktop.models.practice import Payer, Practice
from desktop.models.visits import Visit
from desktop.services.claims.life.create import create_claims
from tests import factories
from tests.factories import LineSpec

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

MODIFIERS = ("", "U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9")


@dataclass(frozen=True)
class Shop:
    """Ids of a practice's first patient and payer."""

    patient_id: int
    payer_id: int
    coverage_id: int


def open_shop(database: Database, **payer: Any) -> Shop:
    """A set-up practice with one insured patient."""

    def make(work: Work) -> Shop:
        factories.set_up_practice(work)
        row = factories.make_payer(work, **payer)
        patient = factories.make_patient(work)
        coverage = factories.make_coverage(work, patient, row)
        return Shop(patient.id, row.id, coverage.id)

    return database.write(make)


def add_visit(
    database: Database,
    shop: Shop,
    lines: tuple[LineSpec, ...] = (LineSpec(),),
    *,
    further: tuple[int, ...] = (),
    **values: Any,
) -> int:
    """A visit of the shop's patient, posted unless told otherwise; returns its id.

    Each visit has a day of its own: the same service twice on one day is a warning.
    """

    def make(work: Work) -> int:
        earlier = work.session.query(Visit).count()
        values.setdefault("service_on", dt.date(2026, 9, 1) - dt.timedelta(days=earlier))
        patient = work.session.get_one(Patient, shop.patient_id)
        ids = (shop.coverage_id, *further)
        coverages = tuple(work.session.get_one(Coverage, c) for c in ids)
        return factories.make_visit(work, patient, coverages, lines, **values).id

    return database.write(make)


def add_claim(database: Database, shop: Shop, **values: Any) -> int:
    """A visit and its one claim, ready; returns the claim's id."""
    visit_id = add_visit(database, shop, **values)
    [claim_id] = database.write(lambda work: create_claims(work, visit_id))
    return claim_id


def make_sample(database: Database) -> None:
    """Turn the open practice into a sample one, its payers into training payers."""

    def mark(work: Work) -> None:
        work.session.get_one(Practice, 1).is_sample = True
        for payer in work.session.query(Payer):
            payer.is_training = True

    database.write(mark)
    database.is_sample = True


def outbox(tmp_path: Path) -> Path:
    """An empty outbox folder."""
    folder = tmp_path / "outbox"
    folder.mkdir(exist_ok=True)
    return folder


def lines(count: int, **values: Any) -> tuple[LineSpec, ...]:
    """So many lines, told apart by their modifiers."""
    return tuple(
        replace(LineSpec(), **{"modifiers": MODIFIERS[n % len(MODIFIERS)], **values})
        for n in range(count)
    )
