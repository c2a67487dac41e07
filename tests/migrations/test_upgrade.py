"""A practice of the earlier release opens, whole, with what the newer one brings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import text

from desktop.clock import SampleClock
from desktop.services.care import practice_folder
from desktop.services.coding.base.values import POS
from desktop.services.coding.releases.index import EDITION
from desktop.services.core.database import CODES_NAME, PRACTICE_NAME
from desktop.services.store import engines, schema
from tests.conftest import PASSWORD, TODAY

if TYPE_CHECKING:
    from pathlib import Path

_ADDED = {
    "practice": ("code_licence", "article_choice", "visit_review", "review_verdict"),
    "codes": ("code_pair", "directory_provider"),
}


def _set_back(folder: Path, key: bytes) -> None:
    """Make the stores what the first release wrote."""
    for store, name, store_key in (
        ("practice", PRACTICE_NAME, key),
        ("codes", CODES_NAME, None),
    ):
        engine = engines.writing(folder / name, store_key)
        with engine.begin() as connection:
            tables = {
                row[0]
                for row in connection.execute(
                    text("SELECT name FROM sqlite_master WHERE type = 'table'")
                )
            }
            for table in reversed(_ADDED[store]):
                assert table in tables
                connection.execute(text(f"DROP TABLE {table}"))
            if store == "codes":
                # The first release indexed a few words otherwise and had no lists built in.
                connection.execute(text("DELETE FROM search_word WHERE word LIKE 'c%'"))
                own = "(SELECT id FROM code_system WHERE name <> 'icd10cm')"
                of = f"release_id IN (SELECT id FROM release WHERE system_id IN {own})"
                connection.execute(text(f"DELETE FROM release_file WHERE {of}"))
                for table in ("release", "code", "search_term", "search_word", "search_gram"):
                    connection.execute(text(f"DELETE FROM {table} WHERE system_id IN {own}"))
                connection.exec_driver_sql("PRAGMA user_version = 0")
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{store}_0001'"))
        engine.dispose()


def test_a_practice_of_the_first_release_opens_and_finds_its_codes(
    template: tuple[Path, bytes], practice_dir: Path
) -> None:
    _set_back(practice_dir, template[1])
    secret = practice_folder.Password(PASSWORD)
    with practice_folder.open_practice(practice_dir, secret, clock=SampleClock(TODAY)) as database:
        found = database.read(lambda work: work.codes.search("cough", TODAY, 3))
        assert found
        assert found[0].dotted == "R05.9"
        assert database.read(lambda work: work.codes.lookup(POS, "11", TODAY)) is not None
        assert database.read(lambda work: work.codes.pairs("ncci", ["G0438"], TODAY)) == []
    assert (practice_dir / "before-update" / PRACTICE_NAME).is_file()
    for store, name, key in (("practice", PRACTICE_NAME, template[1]), ("codes", CODES_NAME, None)):
        engine = engines.reading(practice_dir / name, key)
        assert schema.is_current(engine, store)
        engine.dispose()


def test_an_index_of_an_earlier_edition_alone_is_made_anew(
    template: tuple[Path, bytes], practice_dir: Path
) -> None:
    engine = engines.writing(practice_dir / CODES_NAME, None)
    with engine.begin() as connection:
        before = connection.execute(text("SELECT COUNT(*), SUM(hits) FROM search_word")).one()
        connection.execute(text("DELETE FROM search_word"))
        connection.execute(text("DELETE FROM search_gram"))
        connection.exec_driver_sql(f"PRAGMA user_version = {EDITION - 1}")
    engine.dispose()
    secret = practice_folder.Password(PASSWORD)
    with practice_folder.open_practice(practice_dir, secret, clock=SampleClock(TODAY)) as database:
        on = dt.date(2026, 9, 15)
        assert database.read(lambda work: work.codes.search("cough", on, 1))
    engine = engines.reading(practice_dir / CODES_NAME, None)
    with engine.begin() as connection:
        after = connection.execute(text("SELECT COUNT(*), SUM(hits) FROM search_word")).one()
    engine.dispose()
    assert tuple(after) == tuple(before)
