"""A code system is data: a further one needs rows, no change of model."""

from __future__ import annotations

import datetime as dt

from desktop.services.coding.connection import transaction
from desktop.services.coding.saving import save_release
from desktop.services.coding.store import CodeStore
from desktop.services.coding.systems import Draft
from desktop.services.coding.tabular import TabularNote
from desktop.services.coding.values import NoteKind, no_progress
from desktop.services.coding.writer import Node
from tests.unit.coding.conftest import IN_2026, NOW


def _load(store: CodeStore, start: dt.date, codes: dict[str, str]) -> None:
    nodes = [Node("code", code, "", title, billable=True) for code, title in codes.items()]
    notes = [TabularNote("code", "W0001", NoteKind.INCLUSION_TERM, 0, "", "Home call")]
    draft = Draft("state-local", f"from {start}", start, None, "rows", f"{start}.csv", str(start))
    with transaction(store._connection):
        save_release(store._connection, draft, nodes, NOW, no_progress, notes=notes)


def test_a_further_system_lives_beside_icd_without_new_tables(own_store: CodeStore) -> None:
    first, second = dt.date(2026, 1, 1), dt.date(2026, 7, 1)
    _load(own_store, first, {"W0001": "Visit at home", "W0002": "Transport by van"})
    _load(own_store, second, {"W0001": "Visit at home", "W0003": "Transport by taxi"})
    in_spring = dt.date(2026, 3, 1)
    assert own_store.lookup("state-local", "W0002", in_spring) is not None
    assert own_store.lookup("state-local", "W0002", IN_2026) is None
    hits = own_store.search("transport", IN_2026, system="state-local")
    assert [h.code for h in hits] == ["W0003"]
    assert [h.code for h in own_store.search("home call", in_spring, system="state-local")] == [
        "W0001"
    ]
    assert own_store.search("W0", IN_2026, system="state-local")[0].dotted == "W0001"
    assert own_store.coverage("state-local", dt.date(2025, 12, 31)) is None
    assert own_store.coverage("state-local", dt.date(2040, 1, 1)) is not None
    assert own_store.check_diagnosis("W0001", IN_2026).ok is False
    count = own_store._connection.execute(
        "SELECT count(*) FROM code c JOIN code_system s ON s.id = c.system_id"
        " WHERE s.name = 'state-local'"
    ).fetchone()
    assert count == (3,)
