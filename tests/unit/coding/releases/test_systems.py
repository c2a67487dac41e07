"""A code system is data: a further one needs rows, no change of model."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from desktop.errors import RuleError
from desktop.services.coding.base.connection import transaction
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.tabular import TabularNote
from desktop.services.coding.base.values import ImportResult, NoteKind, no_progress
from desktop.services.coding.files import importing
from desktop.services.coding.files.streams import Reading
from desktop.services.coding.files.tables import head_rows, records
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft, refuse_if_shrunk
from desktop.services.coding.releases.writer import Node
from tests.unit.coding.conftest import IN_2026, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.coding.library.store import CodeStore


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


# --- an importer of one's own, registered beside the others ---------------------------------

_COLUMNS = {"code": ("zia code",), "title": ("what",), "unit": ("unit",)}


def _import_zia(job: Import, part: Part) -> ImportResult:
    reading = Reading(job, part)
    nodes = []
    for number, row in records(reading, _COLUMNS):
        if row["code"].startswith("ZIA"):
            reading.kept += 1
            unit = f'{{"unit": "{row["unit"]}"}}'
            nodes.append(
                Node("code", row["code"], "", row["title"], billable=True, attributes=unit)
            )
        else:
            reading.reject(number, "no code of the state")
    reading.finish("codes")
    start = job.start or dt.date(2026, 1, 1)
    draft = Draft("zia", f"Zia {start.year}", start, None, "zia", part.name, job.digest)
    refuse_if_shrunk(job.connection, draft, len(nodes))
    return save_release(
        job.connection, draft, nodes, job.now, job.progress, rejected=tuple(reading.rejected)
    )


ZIA = FileKind(
    "zia",
    "zia",
    "local codes of the state of Zia",
    90,
    lambda part: bool(head_rows(part, _COLUMNS)),
    _import_zia,
)


def test_a_state_with_codes_of_its_own_needs_one_importer_and_nothing_else(
    own_store: CodeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "zia.csv"
    rows = ["Zia code,What,Unit", "ZIA1,Ride on a mule,mile", "ZIA2,Healing song,song", "X,?,?"]
    path.write_text("\n".join([*rows, ""]))
    with pytest.raises(RuleError, match="not a code-set file"):
        own_store.import_file(path, NOW)
    monkeypatch.setattr(importing, "KINDS", (*importing.KINDS, ZIA))
    (result,) = own_store.import_file(path, NOW)
    assert (result.release.name, result.release.records) == ("Zia 2026", 2)
    assert [r.number for r in result.rejected] == [4]
    assert [h.code for h in own_store.search("mule", IN_2026, system="zia")] == ["ZIA1"]
    song = own_store.lookup("zia", "zia2", IN_2026)
    assert song is not None
    assert song.attributes == {"unit": "song"}
    assert own_store.import_file(path, NOW)[0].already_loaded
    assert own_store.check_diagnosis("E11.9", IN_2026).ok
