"""The practice's own procedures and the patient's record beside the note."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.models.practice import Procedure
from desktop.services.practice.codes.suggesting import suggest_codes
from tests.factories import make_patient

if TYPE_CHECKING:
    from desktop.services.core.database import Database
    from desktop.services.core.work import Work

ON = dt.date(2026, 9, 15)


def test_the_own_list_and_the_newest_release_are_used(database: Database) -> None:
    def add(work: Work) -> int:
        work.session.add(Procedure(code="XW001", title="Wart freezing", version=1))
        return make_patient(work).id

    patient = database.write(add)
    text = "Plantar wart right foot, wart freezing done."
    found = database.read(lambda work: suggest_codes(work, text, None, patient))
    assert (found[0].kind, found[0].codes[0].dotted) == ("diagnosis", "B07.0")
    own = [s for s in found if s.kind == "procedure"]
    assert [(s.phrase, s.codes[0].code) for s in own] == [("wart freezing", "XW001")]


def test_a_date_without_code_set_is_refused_in_a_sentence(database: Database) -> None:
    with pytest.raises(RuleError, match="No code set for this date"):
        database.read(lambda work: suggest_codes(work, "cough", dt.date(1999, 1, 1)))
