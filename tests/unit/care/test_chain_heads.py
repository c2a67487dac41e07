"""An older copy of the file, put back behind the program's back, is noticed when it opens."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from desktop.services.care import chain_heads as heads
from desktop.services.care import practice_folder
from desktop.services.care.practice_folder import Password
from desktop.services.core import audit
from tests.conftest import PASSWORD
from tests.factories import make_patient

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.work import Work


def opened(folder: Path) -> str:
    """Open, do something, close; what opening warned of."""

    def change(work: Work) -> None:
        make_patient(work)
        audit.record(work, "created", "patient")

    with practice_folder.open_practice(folder, Password(PASSWORD)) as database:
        database.write(change)
        return database.warning


def test_a_practice_that_goes_on_is_not_warned_of(practice_dir: Path) -> None:
    assert [opened(practice_dir) for _ in range(3)] == ["", "", ""]


def test_an_older_copy_put_back_is_noticed(practice_dir: Path, tmp_path: Path) -> None:
    opened(practice_dir)
    shutil.copytree(practice_dir, tmp_path / "older")
    opened(practice_dir)
    shutil.rmtree(practice_dir)
    shutil.copytree(tmp_path / "older", practice_dir)
    assert "older than this machine last saw it" in opened(practice_dir)
    assert opened(practice_dir) == ""


def test_a_damaged_memory_of_the_machine_keeps_nobody_out(
    practice_dir: Path, machine: None
) -> None:
    opened(practice_dir)
    heads.state_file().write_text("{nonsense")
    assert opened(practice_dir) == ""
