"""Entering visits: drafts keep what was typed, fees are filled in, updates are not lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from desktop.errors import LostUpdate, NotFound, RuleError
from desktop.models.ledger import Entry
from desktop.models.practice import Fee
from desktop.models.values.enums import VisitState
from desktop.models.values.money import Money
from desktop.services.visits import entry, listing
from desktop.services.visits.values import LineDraft, VisitDraft, VisitFilter
from tests.unit.visits.scenes import ON, make_scene

if TYPE_CHECKING:
    from desktop.services.core.database import Database


def test_a_draft_comes_back_as_it_was_entered(database: Database) -> None:
    scene = database.write(make_scene)
    draft = scene.draft(
        prior_authorization="AUTH7",
        related_causes=("AA", "EM"),
        accident_state="il",
        accident_on=dt.date(2026, 8, 20),
        claim_note="seen after hours",
        external_id="EHR-1",
        lines=(
            LineDraft(
                procedure="j1885",
                modifiers=("jz", ""),
                pointers=(2, 1),
                units=Decimal("1.5"),
                charge=Money(1234),
                to_on=ON + dt.timedelta(days=1),
                ndc="00071-155-23",
                ndc_quantity=Decimal("0.5"),
                ndc_unit="ML",
                note="left arm",
                emergency=True,
            ),
        ),
    )
    visit_id = database.write(lambda work: entry.save(work, draft))
    view = database.read(lambda work: entry.get(work, visit_id))
    line = view.draft.lines[0]
    assert view.state is VisitState.DRAFT
    assert view.draft.diagnoses == ("E119", "I10")
    assert view.titles[1].lower().startswith("essential")
    assert (view.draft.related_causes, view.draft.accident_state) == (("AA", "EM"), "IL")
    assert (view.draft.prior_authorization, view.draft.external_id) == ("AUTH7", "EHR-1")
    assert (line.procedure, line.modifiers, line.pointers) == ("J1885", ("JZ",), (2, 1))
    assert (line.units, line.charge) == (Decimal("1.5"), Money(1234))
    assert (line.ndc, line.ndc_quantity) == ("00071015523", Decimal("0.5"))
    assert (line.from_on, line.to_on) == (None, ON + dt.timedelta(days=1))
    assert database.read(lambda work: work.session.query(Entry).count()) == 0


def test_an_incomplete_draft_is_kept(database: Database) -> None:
    scene = database.write(make_scene)
    draft = VisitDraft(scene.patient_id, ON, lines=(LineDraft(pointers=()),))
    visit_id = database.write(lambda work: entry.save(work, draft))
    view = database.read(lambda work: entry.get(work, visit_id))
    assert view.draft.lines[0].procedure == ""
    assert view.charge == Money(0)
    assert [c.rank for c in view.coverages] == [1, 2]


def test_what_cannot_be_stored_is_refused_by_its_field(database: Database) -> None:
    scene = database.write(make_scene)
    draft = scene.draft(
        lines=(
            LineDraft(procedure="99213", units=Decimal("0.0005")),
            LineDraft(procedure="99213", units=Decimal(0), charge=Money(-1)),
        )
    )
    with pytest.raises(RuleError) as refused:
        database.write(lambda work: entry.save(work, draft))
    assert [p.field for p in refused.value.problems] == [
        "lines.1.units",
        "lines.2.units",
        "lines.2.charge",
    ]


def test_the_fee_times_the_units_fills_an_empty_charge(database: Database) -> None:
    scene = database.write(make_scene)
    draft = scene.draft(
        lines=(
            LineDraft(procedure="85025", units=Decimal(3)),
            LineDraft(procedure="85025", charge=Money(0)),
            LineDraft(procedure="00000"),
        )
    )
    visit_id = database.write(lambda work: entry.save(work, draft))
    view = database.read(lambda work: entry.get(work, visit_id))
    assert [line.charge for line in view.lines] == [Money(9000), Money(0), Money(0)]


def test_modifier_without_its_own_price_takes_the_base_price(database: Database) -> None:
    # ottehr 9693: code plus modifier without a price gave 0.00.
    scene = database.write(make_scene)
    line = LineDraft(procedure="99213", modifiers=("25",))
    fee = database.read(lambda work: entry.fee(work, scene.patient_id, ON, line))
    assert fee == Money(12000)


def test_an_empty_diagnosis_never_shifts_the_pointers(database: Database) -> None:
    # openemr 19, 65: an empty diagnosis misaligned the columns after it.
    scene = database.write(make_scene)
    draft = scene.draft(
        diagnoses=("E11.9", "", "I10"),
        lines=(LineDraft(procedure="99213", pointers=(3, 2, 1)), LineDraft(pointers=(4,))),
    )
    visit_id = database.write(lambda work: entry.save(work, draft))
    kept = database.read(lambda work: entry.get(work, visit_id)).draft
    assert kept.diagnoses == ("E119", "I10")
    assert kept.lines[0].pointers == (2, 1)
    assert kept.lines[1].pointers == (3,), "a pointer past the list must stay wrong"


def test_saving_over_somebody_elses_change_is_refused(database: Database) -> None:
    scene = database.write(make_scene)
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    read = database.read(lambda work: entry.get(work, visit_id)).draft
    mine = dataclasses.replace(read, lines=read.lines[:1])
    theirs = dataclasses.replace(read, diagnoses=("I10",))
    database.write(lambda work: entry.save(work, mine))
    with pytest.raises(LostUpdate):
        database.write(lambda work: entry.save(work, theirs))
    view = database.read(lambda work: entry.get(work, visit_id))
    assert view.draft.diagnoses == ("E119", "I10")
    assert len(view.draft.lines) == 1


def test_the_same_external_id_is_not_entered_twice(database: Database) -> None:
    scene = database.write(make_scene)
    database.write(lambda work: entry.save(work, scene.draft(external_id="X1")))
    with pytest.raises(RuleError, match="external id"):
        database.write(lambda work: entry.save(work, scene.draft(external_id="X1")))


def test_a_visit_without_patient_is_refused_in_a_sentence(database: Database) -> None:
    with pytest.raises(NotFound, match="patient"):
        database.write(lambda work: entry.save(work, VisitDraft(999, ON)))


def test_copy_last_takes_codes_and_leaves_dates_and_authorizations(database: Database) -> None:
    scene = database.write(make_scene)
    database.write(
        lambda work: entry.save(
            work,
            scene.draft(
                prior_authorization="A1", related_causes=("OA",), admitted_on=dt.date(2026, 8, 1)
            ),
        )
    )

    def dearer(work: object) -> None:
        fee = work.session.query(Fee).filter_by(code="99213").one()  # type: ignore[attr-defined]
        work.session.add(  # type: ignore[attr-defined]
            Fee(
                schedule_id=fee.schedule_id,
                code="99213",
                amount=Money(13000),
                valid_from=dt.date(2026, 9, 10),
            )
        )

    database.write(dearer)
    on = dt.date(2026, 9, 14)
    copied = database.read(lambda work: entry.copy_last(work, scene.patient_id, on))
    assert (copied.id, copied.service_on, copied.diagnoses) == (None, on, ("E119", "I10"))
    assert (copied.prior_authorization, copied.related_causes, copied.admitted_on) == ("", (), None)
    assert [(line.id, line.procedure, line.charge) for line in copied.lines] == [
        (None, "99213", None),
        (None, "85025", None),
    ]
    with pytest.raises(NotFound):
        database.read(lambda work: entry.copy_last(work, scene.patient_id, dt.date(2026, 8, 1)))


def test_a_visits_date_is_the_service_date_never_the_day_it_was_saved(database: Database) -> None:
    # ottehr 3222, 9629: the last-updated stamp was used as the date of service.
    scene = database.write(make_scene)
    visit_id = database.write(lambda work: entry.save(work, scene.draft()))
    view = database.read(lambda work: entry.get(work, visit_id))
    assert view.draft.service_on == ON
    rows = database.read(lambda work: listing.list_visits(work, VisitFilter(first=ON, last=ON)))
    assert [(r.id, r.procedures, r.diagnoses) for r in rows] == [
        (visit_id, "99213 85025", "E11.9 I10")
    ]
