"""Brings the three stores of a practice to the newest schema, by Alembic's steps alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from desktop import resources
from desktop.errors import EnvironmentProblem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# The newest step of each store; a test compares them with the migrations folder, so that
# opening a practice need not load Alembic.
HEADS: Final = {"practice": "practice_0002", "documents": "documents_0001", "codes": "codes_0002"}


def version_of(connection: Connection) -> str | None:
    """The step at which a store stands; None for an empty file."""
    found = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    ).first()
    if not found:
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return row[0] if row else None


def is_current(engine: Engine, store: str) -> bool:
    """Whether a store stands at the newest step."""
    with engine.begin() as connection:
        return version_of(connection) == HEADS[store]


def upgrade(engine: Engine, store: str) -> None:
    """Bring a store to the newest step, all steps in one transaction.

    Raises:
        EnvironmentProblem: the file was written by a newer program.
    """
    # Alembic takes a third of a second to load; most openings need none of it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = resources.migrations()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    locations = str(folder / "versions" / store).replace("%", "%%")
    config.set_main_option("version_locations", locations)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.connect() as connection:
        # Inside a transaction this pragma is ignored, and rebuilding a parent table with keys
        # enforced would delete its children.
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                at = version_of(connection)
                if at is not None and at not in known:
                    raise EnvironmentProblem(
                        "This practice was written by a newer Claimstead; update the program first."
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken:
                    raise EnvironmentProblem(
                        f"The update left a broken reference in “{broken[0]}” and was undone; "
                        "nothing has changed."
                    )
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
