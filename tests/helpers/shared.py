"""Where the real sample files lie: `shared/` beside the project's folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared_dir(part: str = "") -> Path:
    """The folder of real samples, or skip with the reason; under CI its absence fails."""
    folder = ROOT.parent / "shared" / part
    if not folder.is_dir():
        reason = f"the sample files of shared/{part} are not beside this clone"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
