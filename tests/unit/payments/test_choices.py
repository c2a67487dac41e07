"""What a person picks from while posting: found by words, and nothing of others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.errors import NotFound
from desktop.models.values.enums import Party
from desktop.models.values.money import Money
from desktop.services.exchange import inbox as files
from desktop.services.money import receipts
from desktop.services.payments import choices, posting, segments, staging, views
from desktop.services.people import search
from tests.unit.payments.scene import Clp, Scene, Svc, era, make_scene

if TYPE_CHECKING:
    from desktop.services.core.database import Database


def found(scene: Scene, text: str, payer_id: int | None = None) -> list[int]:
    rows = scene.database.read(lambda w: choices.find_claims(w, text, payer_id=payer_id))
    return [row.id for row in rows]


def test_claims_are_found_by_name_number_and_date_of_service(database: Database) -> None:
    scene = make_scene(database)
    database.write(search.reindex)
    claim = database.read(lambda w: choices.claim_choices(w, [scene.claim]))[0]
    assert (claim.patient, claim.open) == ("Quill, Dora", Money(10000))
    on = f"{claim.service_on:%m/%d/%Y}"
    for text in ("quill", "Dora QUILL", scene.control, scene.control.lower(), on, f"quill {on}"):
        assert found(scene, text) == [scene.claim], text
    for text in ("", "nobody", "01/02/2019", "quill 01/02/2019", "99/99/2026"):
        assert found(scene, text) == [], text
    assert found(scene, "quill", scene.payer) == [scene.claim]
    assert found(scene, "quill", scene.payer + 100) == []


def test_lines_say_who_owes_what_now(database: Database) -> None:
    scene = make_scene(database)
    (line,) = database.read(lambda w: choices.claim_lines(w, scene.claim))
    assert line.owed == ((Party.PRIMARY, Money(10000)),)
    assert database.read(lambda w: choices.patient_lines(w, scene.patient)) == []
    assert database.read(lambda w: choices.charge_line(w, 10_000_000)) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("9/1/26", dt.date(2026, 9, 1)),
        ("09-01-2026", dt.date(2026, 9, 1)),
        ("2026-09-01", dt.date(2026, 9, 1)),
        ("13/45/2026", None),
        ("0901", None),
    ],
)
def test_dates_as_people_write_them(text: str, date: dt.date | None) -> None:
    assert choices.read_date(text) == date


def test_segments_are_those_of_the_claim_not_of_its_neighbour(database: Database) -> None:
    scene = make_scene(database)
    two = [
        Clp(scene.control, [Svc(10000, 6400, [("CO", "45", 3600)], scene.lines[0])]),
        Clp("OTHER", [Svc(500, 500)], number="PCN2"),
    ]
    data = era(two, plb=[("L6", "X", -150)])
    taken = database.write(lambda w: files.take_file(w, data, "a.835"))
    wanted = taken.payments[0].id

    def read(claim: int | None) -> list[str]:
        def ask(work: object) -> list[str]:
            view = views.get_remittance(work, wanted)  # type: ignore[arg-type]
            row = view.claims[claim].id if claim is not None else None
            return segments.segments_of(work, wanted, row)  # type: ignore[arg-type]

        return database.read(ask)

    assert read(0)[0].startswith(f"CLP*{scene.control}*")
    assert "CAS*CO*45*36" in read(0)
    assert read(1)[0].startswith("CLP*OTHER*")
    assert not any("CAS" in s for s in read(1))
    assert [s.split("*")[0] for s in read(None)] == ["ST", "BPR", "TRN", "N1", "N1", "PLB", "SE"]
    with pytest.raises(NotFound):
        database.read(lambda w: segments.segments_of(w, wanted + 1))


def test_same_file_taken_twice_says_so(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])])
    first = database.write(lambda w: files.take_file(w, data, "a.835"))
    assert first.sentence() == "“a.835”: 1 payment (1 ready to post)."
    staged = database.write(lambda w: staging.stage_file(w, data, "b.835")).remittances
    assert staged[0].id == first.payments[0].id


def test_a_payers_receipt_says_which_payer_paid(database: Database) -> None:
    scene = make_scene(database)
    data = era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])])
    taken = database.write(lambda w: files.take_file(w, data, "a.835"))
    database.write(lambda w: posting.post_remittance(w, taken.payments[0].id))

    [receipt] = database.read(receipts.list_receipts)
    assert receipt.payer_id == scene.payer
    names = database.read(lambda w: choices.payer_names(w, [scene.payer]))
    assert names == {scene.payer: "Prairie Health"}
