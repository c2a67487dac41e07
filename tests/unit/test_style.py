"""What the house style asks of every function and no linter counts: that it is short."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.helpers.shared import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_LINES = 50


def _files() -> Iterator[Path]:
    for folder in ("desktop", "migrations", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield ROOT / "start.py"


def _long_functions(code: str) -> Iterator[tuple[str, int]]:
    """Each function that is too long, also one inside another, with its lines."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_LINES:
                yield node.name, lines


def test_no_function_is_longer_than_fifty_lines() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {name} has {lines} lines; cut it by meaning"
        for path in _files()
        for name, lines in _long_functions(path.read_text(encoding="utf-8"))
    ]
    assert not too_long, "\n".join(too_long)


def test_a_long_function_is_found_also_inside_another() -> None:
    body = "        pass\n" * MOST_LINES
    assert list(_long_functions(f"def outer():\n    def inner():\n{body}")) == [
        ("outer", MOST_LINES + 2),
        ("inner", MOST_LINES + 1),
    ]
    assert not list(_long_functions("def short():\n" + "    pass\n" * (MOST_LINES - 1)))
