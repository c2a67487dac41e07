"""What SQLite's own full-text search makes of the code sets: the floors of code search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from desktop.services.coding.base.connection import beside
from desktop.services.coding.base.values import ICD10CM

if TYPE_CHECKING:
    from pathlib import Path

_WORD: Final = re.compile(r"\w+")
_CODES: Final = """
SELECT c.code, c.title FROM codes.code c JOIN codes.code_system s ON s.id = c.system_id
WHERE s.name = ? AND c.kind = 'code' AND c.billable = 1
"""
_TERMS: Final = """
SELECT c.code, c.title || ' ; ' || coalesce((
 SELECT group_concat(n.text, ' ; ') FROM codes.note n
 WHERE n.system_id = c.system_id AND n.kind = 'inclusionTerm'
 AND n.node IN (c.code, c.parent)), '')
FROM codes.code c JOIN codes.code_system s ON s.id = c.system_id
WHERE s.name = ? AND c.kind = 'code' AND c.billable = 1
"""


class FullText:
    """FTS5 with bm25 and Porter's stems over the billable codes; any word of a query may match.

    Args:
        path: the code-set file.
        terms: index the inclusion terms of a code and of the one above it as well.
    """

    def __init__(self, path: Path, *, terms: bool) -> None:
        self._index = beside(path)
        self._index.execute(
            "CREATE VIRTUAL TABLE line USING fts5("
            "code UNINDEXED, text, tokenize='porter unicode61')"
        )
        self._index.execute(f"INSERT INTO line {_TERMS if terms else _CODES}", (ICD10CM,))
        self._index.commit()

    def search(self, text: str, limit: int) -> list[str]:
        """The codes that bm25 ranks first."""
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(text.lower()))
        if not words:
            return []
        rows = self._index.execute(
            "SELECT code FROM line WHERE line MATCH ? ORDER BY bm25(line) LIMIT ?", (words, limit)
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        """Free the memory."""
        self._index.close()
