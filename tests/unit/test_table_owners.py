"""One room writes a table; others call it. ARCHITECTURE says which, the code is read for it."""

from __future__ import annotations

import ast
import re

import pytest

from desktop.resources import root
from tests.helpers.tables import CLASSES, _Reader, rooms_by_table, writes

KEPT_BY_TRIGGER = {"open_item", "open_receipt"}
"""Written by the engine itself; see `desktop.services.store.triggers`."""


def said() -> dict[str, str]:
    """The table of ARCHITECTURE: room by table."""
    text = (root() / "ARCHITECTURE.md").read_text("utf-8")
    section = text[text.index("## Who writes which table") :]
    rows = re.findall(r"^\| `([a-z]+)` \| (.+) \|$", section, re.MULTILINE)
    return {table: room for room, tables in rows for table in re.findall(r"`(\w+)`", tables)}


FOUND = rooms_by_table(writes())


@pytest.mark.parametrize("table", sorted(set(CLASSES.values()) - KEPT_BY_TRIGGER))
def test_one_room_writes_a_table_and_architecture_names_it(table: str) -> None:
    places = {room: where for room, where in FOUND[table].items() if room != "sample"}
    assert len(places) == 1, f"{table} is written by several rooms; call its owner: {places}"
    assert said().get(table) == next(iter(places))


def test_what_triggers_keep_nobody_writes() -> None:
    assert KEPT_BY_TRIGGER.isdisjoint(FOUND)
    assert all(said()[table] == "store" for table in KEPT_BY_TRIGGER)


@pytest.mark.parametrize(
    "body",
    [
        "work.session.add(Claim(id=1))",
        "work.session.execute(insert(Claim), [])",
        "work.session.execute(upsert(Claim, ['id']).values(id=1))",
        "t = Claim.__table__\n    work.session.execute(update(t))",
        "insert_rows(work.session, Claim, [], [])",
        "c = work.session.get_one(Claim, 1)\n    c.state = 'paid'",
        "for c in work.session.scalars(select(Claim).where(x)):\n        c.state, c.text = 1, 2",
        "c = work.session.scalars(select(Claim)).first()\n    work.session.delete(c)",
        "apply(claim, {})",
        "found = find_claim(work)\n    found.version += 1",
    ],
)
def test_every_way_to_write_is_seen(body: str) -> None:
    """Else the test above would pass because it looks away."""
    code = f"from desktop.models.claims import Claim\ndef f(work, claim: Claim):\n    {body}\n"
    reader = _Reader(ast.parse(code), {"find_claim": "Claim"})
    assert {table for table, _ in reader.read()} == {"claim"}


def test_reading_is_no_writing_and_a_namesake_is_no_table() -> None:
    code = (
        "from collections import Counter\nfrom desktop.models.claims import Claim\n"
        "def f(work):\n    c = work.session.get(Claim, 1)\n    x = c.state\n    return Counter(x)\n"
    )
    assert list(_Reader(ast.parse(code), {}).read()) == []
