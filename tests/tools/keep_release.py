"""Keeps a sample practice of this release, so that every later one is tried on it.

    python -m tests.tools.keep_release

Run it once when a release is made, with the release's own code, and commit the folder. It holds
the practice without its code sets, which each release brings itself, and what its own program
read from it: the heads of both chains and the totals of the books.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import desktop
from desktop.resources import root
from desktop.services.care import practice_folder
from desktop.services.care.keys import KEYS_NAME
from desktop.services.core import audit
from desktop.services.core.database import PRACTICE_NAME
from desktop.services.money import ledger
from desktop.services.sample.demo import run_demo
from desktop.services.store.documents import DOCUMENTS_NAME

if TYPE_CHECKING:
    from desktop.services.core.work import Work

FOLDER: Final = root() / "tests" / "data" / "releases"
PASSWORD: Final = "sample-practice"
KEPT: Final = (PRACTICE_NAME, DOCUMENTS_NAME, KEYS_NAME)
EXPECTED: Final = "expected.json"


def books(work: Work) -> dict[str, Any]:
    """What must stay: heads of the chains, and the totals since the beginning, in cents."""
    totals = ledger.period_totals(work, None, work.clock.today())
    return {
        "ledger_head": list(ledger.head(work)),
        "audit_head": list(audit.head(work)),
        "totals_in_cents": {k: v["cents"] for k, v in dataclasses.asdict(totals).items()},
    }


def main() -> int:
    """Make the folder of this version; 2 when it is there already."""
    kept = FOLDER / desktop.__version__
    if kept.exists():
        print(f"{kept} is there already; a released practice is never made anew.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        run_demo(Path(scratch) / "sample", seed=7)
        practice = Path(scratch) / "sample" / "practice"
        secret = practice_folder.Password(PASSWORD, "owner")
        with practice_folder.open_practice(practice, secret) as database:
            found = database.read(books)
        kept.mkdir(parents=True)
        for name in KEPT:
            shutil.copy2(practice / name, kept / name)
    (kept / EXPECTED).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
