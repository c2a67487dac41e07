"""documents.db: what was sent, received and printed, by SHA-256, encrypted, never changed.

A document is committed before the row that names it, so no row can point at nothing; a
document that no row names (its transaction failed) is harmless and is told by doctor.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.clock import Clock, stamp
from desktop.errors import EnvironmentProblem, NotFound
from desktop.models.documents import document
from desktop.services.store import engines
from desktop.services.store.refusals import plain_errors
from desktop.services.store.statements import upsert

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS_NAME = "documents.db"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's bytes and what it is."""

    sha256: str
    kind: str
    name: str
    data: bytes


class DocumentStore:
    """The documents of one open practice; safe from any thread (a connection per call)."""

    def __init__(self, folder: Path, key: bytes, clock: Clock) -> None:
        path = folder / DOCUMENTS_NAME
        self._engine = engines.writing(path, key, pooled=False)
        self._reader = engines.reading(path, key, pooled=False)
        self._clock = clock

    def put(self, data: bytes, kind: str, name: str) -> str:
        """Keep bytes and commit at once; the same bytes twice are kept once.

        Returns:
            the SHA-256 in hex, by which rows name the document.
        """
        sha = hashlib.sha256(data).hexdigest()
        row = {
            "sha256": sha,
            "kind": kind,
            "name": name,
            "size": len(data),
            "packed": zlib.compress(data, 6),
            "stored_at": stamp(self._clock.now()),
        }
        with plain_errors(), self._engine.begin() as connection:
            connection.execute(upsert(document, ["sha256"]).values(row))
        return sha

    def get(self, sha: str) -> StoredDocument:
        """The document of that hash, verified.

        Raises:
            NotFound: there is none.
            EnvironmentProblem: its bytes no longer match their hash.
        """
        with plain_errors(), self._reader.begin() as connection:
            row = connection.execute(select(document).where(document.c.sha256 == sha)).first()
        if row is None:
            raise NotFound(f"The document {sha[:12]}… is not in this practice.")
        try:
            data = zlib.decompress(row.packed)
        except zlib.error:
            data = None
        if data is None or hashlib.sha256(data).hexdigest() != sha:
            raise EnvironmentProblem(
                f"The document {sha[:12]}… is damaged; restore it from your newest backup."
            )
        return StoredDocument(sha, row.kind, row.name, data)

    def hashes(self) -> set[str]:
        """All hashes kept; doctor compares them with the rows that name them."""
        with plain_errors(), self._reader.begin() as connection:
            return set(connection.execute(select(document.c.sha256)).scalars())

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
        self._reader.dispose()
