"""What the window says a reason will do is what the posting does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.money import Money
from desktop.services.payments import staging, views
from desktop.ui.payments import rows
from desktop.ui.payments.eob_text import read_provider, read_reasons
from tests.unit.payments.scene import Clp, Svc, era, make_scene

if TYPE_CHECKING:
    from desktop.services.core.database import Database


def told(database: Database, data: bytes) -> list[tuple[str, str]]:
    file = database.write(lambda w: staging.stage_file(w, data, "a.835"))
    view = database.read(lambda w: views.get_remittance(w, file.remittances[0].id))
    return [(r.kind, r.state) for r in rows.rows_of(view)]


def test_a_denied_line_promises_no_write_off(database: Database) -> None:
    """A fee-schedule reduction of the whole charge is held by the posting, so shown as held."""
    scene = make_scene(database)
    line = Svc(10000, 0, [("CO", "45", 10000)], scene.lines[0])
    assert told(database, era([Clp(scene.control, [line])])) == [
        ("claim", "matched"),
        ("line", "denied"),
        ("reason", "held, with a task"),
    ]


def test_a_line_that_does_not_add_up_shows_what_is_unexplained(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 6400, [("CO", "45", 2000)], scene.lines[0])
    shown = told(database, era([Clp(scene.control, [line])]))
    assert ("line", "16.00 unexplained") in shown
    assert ("claim", "16.00 unexplained") in shown


def test_provider_adjustments_are_named(database: Database) -> None:
    scene = make_scene(database)
    line = Svc(10000, 10000, line=scene.lines[0])
    data = era([Clp(scene.control, [line])], plb=[("L6", "X", -150), ("WO", "Y", 4000)])
    shown = told(database, data)
    assert shown[-2:] == [
        ("provider", "as interest"),
        ("provider", "to the payer's account"),
    ]


def test_reasons_typed_in_one_line() -> None:
    found, problem = read_reasons("co45 20, PR-2", Money(3600))
    assert problem == ""
    assert [(a.group, a.reason, a.amount.cents) for a in found] == [
        ("CO", "45", 2000),
        ("PR", "2", 1600),
    ]
    found, problem = read_reasons("CO 45 1,234.56; OA B15 3", Money(0))
    assert [a.amount.cents for a in found] == [123456, 300]
    for text in ("45 20", "CO 45, PR 2 16", "CO 45 abc", "CO 45 1.234"):
        assert read_reasons(text, Money(3600))[1], text
    assert read_reasons("", Money(100)) == ((), "")


def test_provider_adjustments_typed_in_one_line() -> None:
    found, problem = read_provider("WO 12345 40, L6 -1.50")
    assert problem == ""
    assert [(a.code, a.reference, a.amount.cents) for a in found] == [
        ("WO", "12345", 4000),
        ("L6", "", -150),
    ]
    assert read_provider("WO")[1]
