"""What an engine must be told of the tables besides their columns, taken from the mapped classes.

The classes name no engine: a table says `info` “clustered”, an index “where”. Here they become
the options of SQLite (all its tables are STRICT) and of PostgreSQL, and the triggers of SQLite
are made with their tables. Practices get all of it from the migration steps; this is what the
tests compare the steps with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import DDL, event, text

from desktop.services.store.triggers import TRIGGERS

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

_SQLITE: Final = "sqlite"
_PARTIAL: Final = (_SQLITE, "postgresql")


def tell(metadata: MetaData) -> MetaData:
    """Give all tables of a store their engine's options and triggers; twice does no harm."""
    if not metadata.info.get("told"):
        for table in metadata.tables.values():
            _tell(table)
        metadata.info["told"] = True
    return metadata


def _tell(table: Table) -> None:
    options = table.dialect_options[_SQLITE]
    options["strict"] = True
    options["with_rowid"] = not table.info.get("clustered", False)
    for index in table.indexes:
        if "where" in index.info:
            for dialect in _PARTIAL:
                index.dialect_options[dialect]["where"] = text(index.info["where"])
    for statement in TRIGGERS.get(table.name, ()):
        made = DDL(statement)  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", made.execute_if(dialect=_SQLITE))
