"""documents.db: bytes sent, received and printed, compressed, by their SHA-256."""

from __future__ import annotations

from sqlalchemy import DDL, Column, Integer, LargeBinary, MetaData, Table, Text, event

metadata = MetaData()

document = Table(
    "document",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Column("stored_at", Text, nullable=False),
    sqlite_strict=True,
)
for _verb in ("UPDATE", "DELETE"):
    event.listen(
        document,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER document_no_{_verb.lower()} BEFORE {_verb} ON document BEGIN "
            "SELECT RAISE(ABORT, 'a document is never changed or deleted'); END"
        ),
    )
