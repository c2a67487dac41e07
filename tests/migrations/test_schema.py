"""The steps give the schema that the models name, triggers included; nothing is left behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import sqlite

from desktop import resources
from desktop.errors import EnvironmentProblem
from desktop.models import documents, mapped
from desktop.services.coding.base.tables import create_schema
from desktop.services.store import engines, schema, tables

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, MetaData

KEY = bytes(range(32))


def plain(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite_%'"
    )
    return {(name, re.sub(r"\s+", " ", sql).strip()) for name, sql in rows}


@pytest.mark.parametrize("store", ["practice", "documents", "codes"])
def test_steps_and_models_give_the_same_schema(store: str, tmp_path: Path) -> None:
    by_steps = engines.writing(tmp_path / "steps.db", KEY)
    schema.upgrade(by_steps, store)
    by_models = engines.writing(tmp_path / "models.db", KEY)
    metadata: dict[str, MetaData] = {
        "practice": mapped.Base.metadata,
        "documents": documents.metadata,
    }
    with by_models.begin() as connection:
        if store == "codes":
            create_schema(connection)
        else:
            tables.tell(metadata[store]).create_all(connection)
    with by_steps.connect() as one, by_models.connect() as other:
        assert plain(one) == plain(other)
        assert len(plain(one)) > 2
    assert schema.is_current(by_steps, store)
    by_steps.dispose()
    by_models.dispose()


@pytest.mark.parametrize("store", ["practice", "documents", "codes"])
def test_heads_are_those_of_the_folder(store: str) -> None:
    config = Config()
    folder = resources.migrations()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder / "versions" / store))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEADS[store]]


def test_no_column_can_hold_a_float() -> None:
    """Every table of practice.db is STRICT with INTEGER and TEXT columns alone."""
    for table in tables.tell(mapped.Base.metadata).tables.values():
        assert table.dialect_options["sqlite"]["strict"] is True, table.name
        for column in table.columns:
            kind = str(column.type.compile(dialect=sqlite.dialect()))
            assert kind in {"INTEGER", "TEXT"}, f"{table.name}.{column.name}"


def test_a_newer_file_is_refused_politely(tmp_path: Path) -> None:
    engine = engines.writing(tmp_path / "new.db", KEY)
    schema.upgrade(engine, "practice")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'practice_9999'")
    with pytest.raises(EnvironmentProblem, match="newer Claimstead"):
        schema.upgrade(engine, "practice")
    engine.dispose()


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Half a migration after rollback: the driver's own transactions would leave it."""
    engine = engines.writing(tmp_path / "half.db", KEY)
    with engine.begin() as connection:
        # Stands in the way of a table that the step makes late.
        connection.exec_driver_sql("CREATE TABLE visit (x INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(engine, "practice")
    with engine.connect() as connection:
        assert {name for name, _ in plain(connection)} == {"visit"}
    engine.dispose()
