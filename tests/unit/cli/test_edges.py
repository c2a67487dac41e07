"""What a script meets: a folder for a file, letters that a terminal lacks, one bad file."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from desktop import cli
from desktop.cli import frame
from desktop.models.payments import StatementRun
from tests.conftest import PASSWORD
from tests.unit.payments.scene import Clp, Svc, era, make_scene

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database


@pytest.fixture
def practice(database: Database, practice_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A practice with one claim that waits, opened by its password."""
    monkeypatch.setenv(frame.PASSPHRASE, PASSWORD)
    return practice_dir


def test_files_before_a_refused_one_are_told(
    database: Database, practice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their money is posted: silence would make somebody post it by hand."""
    scene = make_scene(database)
    good, bad = tmp_path / "good.835", tmp_path / "bad.835"
    good.write_bytes(era([Clp(scene.control, [Svc(10000, 10000, line=scene.lines[0])])]))
    bad.write_bytes(b"no X12 at all")
    code = cli.main(["--practice", str(practice), "era", "post", str(good), str(bad)])
    told = capsys.readouterr()
    assert code == frame.REFUSED
    assert "100.00: posted" in told.out
    assert "bad.835" in told.err
    assert len(told.err.splitlines()) == 1


def test_statements_were_issued_into_a_folder_that_takes_no_file(
    database: Database, practice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["--practice", str(practice), "statements", "run", "--to", str(tmp_path)])
    assert code == frame.REFUSED
    assert "folder" in capsys.readouterr().err

    def runs() -> int:
        query = select(func.count()).select_from(StatementRun)
        return database.read(lambda w: w.session.scalar(query) or 0)

    assert runs() == 0


def test_terminal_without_the_letter_showed_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "edi", "read", str(_quoted(tmp_path)), "--json"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in {frame.DONE, frame.FINDINGS}


def test_query_in_another_encoding_ended_the_search(practice: Path, database: Database) -> None:
    database.close()
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--practice", str(practice), "codes", "search", "-"],
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
        input=b"Meni\xe8re\ndiabetes\n",
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == frame.DONE
    assert len(done.stdout.splitlines()) == 2


def _quoted(folder: Path) -> Path:
    path = folder / "a.835"
    data = era([Clp("C1", [Svc(100, 100)], name="NU\u00d1EZ")])
    path.write_bytes(data)
    return path
