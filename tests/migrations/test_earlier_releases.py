"""The sample practice of each earlier release, as its own program wrote it, opens as it was."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from desktop.models.ledger import AuditRow, Entry
from desktop.services.care import doctor, practice_folder
from desktop.services.core import audit
from desktop.services.core.database import CODES_NAME
from desktop.services.money import ledger
from tests.tools.keep_release import EXPECTED, FOLDER, KEPT, PASSWORD, books

if TYPE_CHECKING:
    from pathlib import Path

RELEASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def test_both_earlier_releases_are_kept() -> None:
    assert {"0.1.0", "0.2.0"} <= set(RELEASES)


@pytest.mark.parametrize("release", RELEASES)
def test_balances_and_chain_heads_are_what_the_release_itself_read(
    release: str, template: tuple[Path, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    for name in KEPT:
        shutil.copy2(FOLDER / release / name, folder / name)
    # Code sets are the program's own, and no entry names them.
    shutil.copy2(template[0] / CODES_NAME, folder / CODES_NAME)
    expected = json.loads((FOLDER / release / EXPECTED).read_text("utf-8"))
    secret = practice_folder.Password(PASSWORD, "owner")
    with practice_folder.open_practice(folder, secret) as database:
        found = database.read(books)
        assert found["totals_in_cents"] == expected["totals_in_cents"]
        assert found["ledger_head"] == expected["ledger_head"]
        # Opening wrote one row more; the one that was the head is there, unchanged.
        number, hash_ = expected["audit_head"]
        assert found["audit_head"][0] == number + 1
        by_number = select(AuditRow.hash).where(AuditRow.id == number)
        assert database.read(lambda w: w.session.scalar(by_number)) == hash_
        assert database.read(ledger.verify) == (expected["ledger_head"][0], None)
        assert database.read(audit.verify) == (number + 1, None)
        assert database.read(lambda w: w.session.scalar(select(Entry.id).limit(1))) == 1
        assert doctor.examine(database).findings == ()
