"""Official code files by the command line: a coder loads them once and finds the codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from desktop import cli
from desktop.cli.frame import DONE, PASSPHRASE
from tests.conftest import PASSWORD
from tests.helpers.shared import shared_dir

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database


@pytest.fixture
def practice(database: Database, practice_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PASSPHRASE, PASSWORD)
    database.close()
    return practice_dir


def run(practice: Path, *words: str) -> int:
    return cli.main(["--practice", str(practice), "codes", *words])


def found(practice: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert run(practice, "search", *words, "--json") == DONE
    answer = json.loads(capsys.readouterr().out)
    hits = answer[0]["hits"] if answer and "hits" in answer[0] else answer
    return [hit["code"] for hit in hits]


def test_supplies_are_found_after_the_hcpcs_file_was_loaded(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shared_dir("code-samples") / "hcpcs-2019-alpha-numeric.zip"
    assert run(practice, "import", str(path)) == DONE
    assert "6,440 records" in capsys.readouterr().out
    for words, code in (
        ("C1823", "C1823"),
        ("A4221", "A4221"),
        ("neurostimulator transvenous sensing", "C1823"),
        ("non-insulin drug infusion catheter per week", "A4221"),
    ):
        assert code in found(practice, capsys, words, "--system", "hcpcs")[:3]
    # A code alone needs no name of its set; of one that ran out it is said.
    assert found(practice, capsys, "c1823")[0] == "C1823"
    assert run(practice, "search", "C1823", "--on", "2026-09-15", "--json") == DONE
    assert "ran out on 12/31/2019" in json.loads(capsys.readouterr().out)[0]["why"]


def test_a_cpt_list_asks_for_the_licence_once(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_dir("code-samples") / "synthetic"
    path = str(folder / "ConsolidatedCodeList_layout.txt")
    assert run(practice, "import", path) != DONE
    assert "licence" in capsys.readouterr().err
    assert run(practice, "import", path, "--licensed", "cpt") == DONE
    capsys.readouterr()
    assert found(practice, capsys, "category three", "--system", "cpt") == ["9999T"]
    modifiers = str(folder / "Modifiers_layout.txt")
    assert run(practice, "import", modifiers) == DONE


def test_a_file_that_says_no_day_is_asked_for_it(
    practice: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "reasons.csv"
    path.write_text("Code,Description\n901,Invented one\nA902,Invented two\n")
    assert run(practice, "import", str(path)) != DONE
    assert "first day of force" in capsys.readouterr().err
    assert run(practice, "import", str(path), "--from", "2026-01-01") == DONE
