"""What was acknowledged survives a kill; nothing is ever half there.

CLAIMSTEAD_LONG=1 runs the thousand rounds; CLAIMSTEAD_SEED replays.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.factories import make_patient, set_up_practice

if TYPE_CHECKING:
    from desktop.services.core.database import Database

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 1000 if os.environ.get("CLAIMSTEAD_LONG") == "1" else 60

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="forks and SIGKILL are not there on Windows"
)


def run(database: Database, rounds: int, *more: str) -> subprocess.CompletedProcess[str]:
    database.write(lambda w: (set_up_practice(w), make_patient(w)))
    key, folder = database.key, database.folder
    database.close()
    seed = os.environ.get("CLAIMSTEAD_SEED") or str(random.randrange(10**6))
    words = ["-m", "tests.helpers.crash_poster", str(folder), key.hex(), str(rounds), seed, *more]
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_killed_while_posting_loses_nothing(database: Database) -> None:
    done = run(database, ROUNDS)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, 0 half" in done.stdout


def test_the_check_sees_a_loss(database: Database) -> None:
    """The test of the test: a poster that acknowledges before its commit is caught."""
    done = run(database, 60, "early")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "acknowledged and lost" in done.stdout
