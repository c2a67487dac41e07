"""What is loaded when: the window paints, and help answers, before what they do not need."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desktop.resources import root

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = ("sqlalchemy", "alembic", "sqlcipher3", "cryptography", "keyring")
DOCUMENTS = ("reportlab", "pikepdf", "openpyxl", "numpy", "PySide6.QtPdf", "PySide6.QtPrintSupport")
PRINTING = {"visits", "claims", "statements", "reports"}
"""Pages that draw with ReportLab themselves; a new page prints nothing until it is named here."""
PAGES = sorted(
    folder.name
    for folder in (root() / "desktop" / "ui").iterdir()
    if (folder / "page.py").is_file() and folder.name not in {*PRINTING, "lib"}
)
TELL = "import atexit, sys\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"


def loaded(code: str, *asked: str, arguments: tuple[str, ...] = ()) -> list[str]:
    """Which of the modules are loaded once the code has run in a program of its own."""
    done = subprocess.run(
        [sys.executable, "-c", TELL + code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return sorted(set(done.stderr.split()) & set(asked))


def test_the_window_is_there_before_database_and_documents() -> None:
    asked = (*DATABASE, *DOCUMENTS, "desktop.services", "desktop.app")
    assert loaded("import desktop.app", *asked) == ["desktop.app"]


@pytest.mark.parametrize("words", [("--help",), ("codes", "--help"), ("edi", "read", "FILE")])
def test_a_command_without_a_practice_loads_none(words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "answer.ta1"
    file.write_text(
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       "
        "*260915*0800*^*00501*000000001*0*P*:~TA1*000000007*260914*0800*A*000~IEA*0*000000001~"
    )
    arguments = tuple(str(file) if word == "FILE" else word for word in words)
    code = "from desktop.__main__ import main; sys.exit(main())"
    asked = (*DATABASE, *DOCUMENTS, "PySide6", "desktop.cli")
    assert loaded(code, *asked, arguments=arguments) == ["desktop.cli"]


def test_pages_that_print_nothing_open_without_the_printer_of_documents() -> None:
    code = "".join(f"import desktop.ui.{page}.page\n" for page in PAGES)
    assert loaded(code, *DATABASE[:1], *DOCUMENTS[:2]) == ["sqlalchemy"]


def test_after_the_first_paint_what_unlocking_needs_is_loaded() -> None:
    code = "from desktop.ui.login import operations; operations.warm_up(None)"
    asked = ("sqlalchemy", "desktop.services.care.practice_folder")
    assert loaded(code, *asked) == sorted(asked)
