"""What this machine remembers of a practice's chains, so that a rolled-back file is noticed.

The ledger's and the audit's newest rows are kept outside the practice's folder when it is
closed. When it opens with fewer rows, or another hash in their place, an older copy of the
file was put back, or history was rewritten: opening says so. A restored backup says it too,
once, for it is an older copy by intent.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
from sqlalchemy import select

from desktop.errors import EnvironmentProblem
from desktop.models.ledger import AuditRow, Entry
from desktop.services.care import keys
from desktop.services.core import audit
from desktop.services.money import ledger

if TYPE_CHECKING:
    from desktop.services.core.work import Work

STATE_DIR_VARIABLE: Final = "CLAIMSTEAD_CONFIG_DIR"
_NAME: Final = "heads.json"


def state_file() -> Path:
    """Where the heads of all practices of this machine are kept."""
    named = os.environ.get(STATE_DIR_VARIABLE)
    if named:
        return Path(named) / _NAME
    return platformdirs.user_config_path("claimstead", appauthor=False) / _NAME


def remember(work: Work, practice: str) -> None:
    """Keep the newest rows of both chains; a machine that cannot keep them goes without."""
    kept = _read()
    kept[practice] = (*ledger.head(work), *audit.head(work))
    path = state_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        keys.write_whole(path, json.dumps(kept).encode())
    except (OSError, EnvironmentProblem):
        return


def compare(work: Work, practice: str) -> str:
    """A warning when the file is older than this machine saw it, or was rewritten; else empty."""
    known = _read().get(practice)
    if known is None:
        return ""
    entry, entry_hash, row, row_hash = known
    ledger_now = work.session.scalar(select(Entry.hash).where(Entry.id == entry))
    audit_now = work.session.scalar(select(AuditRow.hash).where(AuditRow.id == row))
    if (entry and ledger_now != entry_hash) or (row and audit_now != row_hash):
        return (
            "This practice is older than this machine last saw it, or its history was changed. "
            "If you did not restore a backup, do not post anything; ask who replaced the file."
        )
    return ""


def _read() -> dict[str, tuple[int, str, int, str]]:
    try:
        plain = json.loads(state_file().read_text("utf-8"))
        return {str(k): (int(v[0]), str(v[1]), int(v[2]), str(v[3])) for k, v in plain.items()}
    except (OSError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        return {}
