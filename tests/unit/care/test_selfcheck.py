from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import EnvironmentProblem
from desktop.services.care import selfcheck, vault
from desktop.services.coding.library.store import CodeStore
from desktop.services.store import sqlcipher

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_whole_program_passes_names_each_part_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines: list[str] = []
    assert selfcheck.run(lines.append) == 0, lines
    assert all(line.startswith("ok ") for line in lines)
    said = "\n".join(lines)
    for part in ("practice_0", "are sealed", "came back", "I10 Essential", "PDF", "keyring"):
        assert part in said
    assert not list(tmp_path.iterdir())


def test_parts_that_fail_are_named_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = sqlcipher.connect

    def unencrypted(path: Path, key: bytes | None, **options: bool) -> object:
        return real(path, None, **options)

    def no_keyring() -> str:
        raise EnvironmentProblem("No keyring at all.")

    monkeypatch.setattr(sqlcipher, "connect", unencrypted)
    monkeypatch.setattr(CodeStore, "load_packaged", lambda *_: None)
    monkeypatch.setattr(vault, "backend_name", no_keyring)
    lines: list[str] = []
    assert selfcheck.run(lines.append) == 1
    assert [line for line in lines if line.startswith("FAILED")] == [
        "FAILED  encryption: practice.db is not encrypted; install the program again.",
        "FAILED  diagnosis codes: ICD-10-CM I10 is missing; install the program again.",
        "FAILED  search: The words of patients are missing; install the program again.",
        "FAILED  keyring: No keyring at all.",
    ]
    assert len(lines) == 7
