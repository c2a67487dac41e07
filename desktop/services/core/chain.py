"""The hash chain under ledger and audit: SHA-256 over a versioned, length-prefixed list."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = b"claimstead-chain-1"
GENESIS = "0" * 64
EMPTY = (0, GENESIS)
"""Number and hash of the newest row of a chain that has none."""
_VERSION_TEXT = VERSION.decode("ascii")


def link(previous: str, fields: Iterable[str | int | None]) -> str:
    """The hash of a row: over the previous hash and its fields, each with its length.

    Length prefixes keep ("ab", "c") and ("a", "bc") apart; None differs from an empty text.
    """
    parts = [_VERSION_TEXT]
    for field in (previous, *fields):
        if field is None:
            parts.append("-;")
            continue
        text = str(field)
        # The length counts bytes; of ASCII, which nearly all is, they are the characters.
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
        parts.append(f"{size}:{text};")
    return hashlib.sha256("".join(parts).encode("utf-8")).hexdigest()
