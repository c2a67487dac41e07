"""Tables of ``codes.db``: official code sets by validity interval, and their search index.

The file holds no patient data, so it is a plain SQLite file. A code system is a row, not a
table: ICD-10-CM, HCPCS, place of service or a state's own list differ in data only. A row of
`code`, `note` or `search_term` is valid from the first day of the release that brought it, or
its own where the list states one, to the day before the release that changed it; while nothing
changed it, its `valid_to` stays empty, so a new release writes only its differences. Whether a
date is covered at all is said by `release` alone.

`code_pair` is what a set says about two codes: an NCCI edit, an add-on with its primary, a
procedure with a coverage article; each pair carries the days that its file states.
`directory_provider` is what was taken over from the national provider file; it follows no
release, since each file states all providers anew.

Dates are ISO text: they sort, and every reader of SQLite understands them.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase


class CodesBase(DeclarativeBase):
    """The metadata of ``codes.db``, apart from that of the practice."""


_metadata = CodesBase.metadata

code_system = Table(
    "code_system",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("dot_after", Integer, nullable=False, comment="printed dot; 0 = none"),
    UniqueConstraint("name", name="uq_code_system_name"),
)

release = Table(
    "release",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("system_id", Integer, ForeignKey("code_system.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=True, comment="last day; empty = until a later release"),
    Column("records", Integer, nullable=False),
    Column("billable", Integer, nullable=False),
    UniqueConstraint("system_id", "valid_from", name="uq_release_start"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_release_dates"),
)

release_file = Table(
    "release_file",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("release_id", Integer, ForeignKey("release.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="packaged, order, addenda, tabular, ..."),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("imported_at", Text, nullable=False),
    UniqueConstraint("release_id", "sha256", name="uq_release_file_hash"),
)

code = Table(
    "code",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("system_id", Integer, ForeignKey("code_system.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="code, section, chapter"),
    Column("code", Text, nullable=False, comment="without dot"),
    Column("parent", Text, nullable=False, comment="code of the node above; empty at the top"),
    Column("title", Text, nullable=False),
    Column("short_title", Text, nullable=True, comment="empty = the same as the title"),
    Column("billable", Integer, nullable=False),
    Column("order_key", Integer, nullable=False, comment="tabular order, with gaps; no key"),
    Column("attributes", Text, nullable=True, comment="JSON: what only this system has"),
    Column("replaced_by", Text, nullable=True),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=True),
    UniqueConstraint("system_id", "code", "kind", "valid_from", name="uq_code_interval"),
    CheckConstraint("kind IN ('code', 'section', 'chapter')", name="ck_code_kind"),
    CheckConstraint("billable IN (0, 1)", name="ck_code_billable"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_code_dates"),
    Index("ix_code_parent", "system_id", "parent", "order_key"),
)

note = Table(
    "note",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("system_id", Integer, ForeignKey("code_system.id"), nullable=False),
    Column("node_kind", Text, nullable=False, comment="code, section, chapter"),
    Column("node", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="includes, excludes1, seventh, ..."),
    Column("position", Integer, nullable=False),
    Column("mark", Text, nullable=False, comment="the 7th character itself; else empty"),
    Column("text", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=True),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_note_dates"),
    Index("ix_note_node", "system_id", "node", "node_kind"),
)

search_term = Table(
    "search_term",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("system_id", Integer, ForeignKey("code_system.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="title, inclusion, index, ..."),
    Column("text", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=True),
    Index("ix_search_term_code", "system_id", "code"),
)

search_word = Table(
    "search_word",
    _metadata,
    Column("system_id", Integer, ForeignKey("code_system.id"), primary_key=True),
    Column("word", Text, primary_key=True),
    Column("hits", Integer, nullable=False, comment="how many terms hold the word"),
    Column("terms", LargeBinary, nullable=False, comment="packed term ids with their lengths"),
    sqlite_with_rowid=False,
)

search_gram = Table(
    "search_gram",
    _metadata,
    Column("system_id", Integer, ForeignKey("code_system.id"), primary_key=True),
    Column("gram", Text, primary_key=True),
    Column("words", Text, nullable=False, comment="words with these three letters, by blank"),
    sqlite_with_rowid=False,
)


code_pair = Table(
    "code_pair",
    _metadata,
    Column("system_id", Integer, ForeignKey("code_system.id"), primary_key=True),
    Column("first", Text, primary_key=True),
    Column("second", Text, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("valid_to", Text, nullable=True),
    Column("indicator", Text, nullable=False, comment="what the set says of the pair"),
    Column("note", Text, nullable=False, comment="why, in the file's words; else empty"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ck_pair_dates"),
    sqlite_with_rowid=False,
)

directory_provider = Table(
    "directory_provider",
    _metadata,
    Column("npi", Text, primary_key=True),
    Column("is_person", Integer, nullable=False),
    Column("last", Text, nullable=False, comment="or the organization's name"),
    Column("first", Text, nullable=False),
    Column("middle", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("credential", Text, nullable=False),
    Column("taxonomy", Text, nullable=False, comment="the primary one"),
    Column("line1", Text, nullable=False),
    Column("line2", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("zip_code", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("ended_on", Text, nullable=True, comment="deactivated and not reactivated"),
    Column("key", Text, nullable=False, comment="name folded for look-up: LAST FIRST"),
    Index("ix_directory_provider_key", "key"),
    sqlite_with_rowid=False,
)


def create_schema(connection: Connection) -> None:
    """Create all tables of ``codes.db`` on an open SQLAlchemy connection."""
    _metadata.create_all(connection)
