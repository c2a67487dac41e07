"""The one-folder program: built from build.spec, it must work without the source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".exe" if os.name == "nt" else ""


@pytest.mark.skipif(
    sys.platform == "linux" and not (shutil.which("objdump") and shutil.which("strip")),
    reason="building on Linux needs objdump and strip (Debian package binutils)",
)
def test_the_built_program_passes_its_own_check(tmp_path: Path) -> None:
    folders = ["--distpath", str(tmp_path / "dist"), "--workpath", str(tmp_path / "work")]
    built = subprocess.run(
        [sys.executable, "-m", "PyInstaller", "-y", *folders, str(ROOT / "build.spec")],
        cwd=tmp_path,
        env={**os.environ, "PYINSTALLER_CONFIG_DIR": str(tmp_path / "config")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    program = tmp_path / "dist" / "claimstead" / ("claimstead" + SUFFIX)

    checked = subprocess.run(
        [program, "--selfcheck"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("ok ") == 7
    assert "the sentence model works" in checked.stdout
    # No part of Qt that brings another licence, or a graphics toolkit of the desktop, came along.
    names = {path.name for path in program.parent.rglob("*") if path.is_file()}
    assert any("Qt6Pdf" in name for name in names)
    assert not [n for n in names if "Charts" in n or "Qml" in n or "libgtk" in n]
