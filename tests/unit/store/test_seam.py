"""The store alone knows its engine: others name neither it nor its driver; errors go by code."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from desktop.errors import AppError, EnvironmentProblem, RuleError
from desktop.resources import root
from desktop.services.store import engines
from desktop.services.store.refusals import PERIOD_CLOSED, plain_errors

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.core.database import Database

ENGINE = re.compile(
    r"(?i:sqlite|sqlcipher|pragma|dialect_options)|\bBEGIN\b|exec_driver_sql"
    r"|driver_connection|raw_connection"
)
SEAMS = (
    "services/store/",
    "services/coding/base/connection.py",
    "services/coding/base/tables.py",
    # The floors of the bench are raw statements: that is what the program is held against.
    "services/sample/bench/",
)


def words(path: Path) -> list[tuple[int, str]]:
    """Names, texts and comments of a module that name an engine."""
    found = []
    with tokenize.open(path) as file:
        source = file.read()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in {tokenize.NAME, tokenize.STRING, tokenize.COMMENT}:
            named = ENGINE.search(token.string)
            if named:
                found.append((token.start[0], named[0]))
    return found


def test_nobody_else_names_an_engine() -> None:
    program = root() / "desktop"
    found = {
        path.relative_to(program).as_posix(): named
        for path in sorted(program.rglob("*.py"))
        if not path.relative_to(program).as_posix().startswith(SEAMS) and (named := words(path))
    }
    assert found == {}


def test_the_words_of_an_engine_are_seen_where_they_are() -> None:
    """Else the test above would pass because it looks away."""
    assert words(root() / "desktop" / "services" / "store" / "engines.py")


def test_each_trigger_of_the_steps_is_one_of_the_store() -> None:
    """A trigger in a mapped class would be the engine's words in the models."""
    for path in sorted((root() / "desktop" / "models").glob("*.py")):
        names = {
            n.id for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Name)
        }
        assert "DDL" not in names, path.name


class DriverError(Exception):
    """As the driver raises it: a code, and a text in any language."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.sqlite_errorcode = code


def meant(code: int, said: str = "irgendein Text") -> type[AppError] | None:
    def fail() -> None:
        raise IntegrityError("INSERT", {}, DriverError(code, said))

    try:
        with plain_errors():
            fail()
    except AppError as error:
        return type(error) if said not in str(error) else None
    except IntegrityError:
        pass
    return None


@pytest.mark.parametrize("code", [5, 6, 8, 10, 11, 13, 14, 26, 5 | 2 << 8, 10 | 4 << 8])
def test_the_engines_errors_are_known_by_code_and_not_by_words(code: int) -> None:
    assert meant(code) is EnvironmentProblem


def test_words_alone_mean_nothing() -> None:
    assert meant(1, "database is locked: the disk is full and not a database") is None
    assert meant(19, "UNIQUE constraint failed: visit.id") is None
    assert meant(1, PERIOD_CLOSED) is None
    assert meant(19, PERIOD_CLOSED) is RuleError


def test_a_reader_cannot_write(database: Database) -> None:
    reader = engines.reading(database.folder / "practice.db", database.key, pooled=False)
    with (
        pytest.raises(EnvironmentProblem, match="cannot be written"),
        plain_errors(),
        reader.begin() as connection,
    ):
        connection.execute(text("UPDATE practice SET name = 'x'"))
    reader.dispose()


def test_a_copy_of_an_open_practice_is_one_whole_file(database: Database, tmp_path: Path) -> None:
    source, target = database.folder / "practice.db", tmp_path / "copy.db"
    engines.copy(source, target, database.key)
    assert engines.fault_of_copy(target, database.key) == ""
    assert engines.is_whole(source, database.key)
    assert engines.is_sealed(target)
    with engines.looking_into(target, database.key) as connection:
        assert connection.execute(text("SELECT name FROM practice")).scalar() == "Test Practice"
    assert [p.name for p in tmp_path.glob("copy*")] == ["copy.db"]
