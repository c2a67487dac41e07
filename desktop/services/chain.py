"""The hash chain under ledger and audit: SHA-256 over a versioned, length-prefixed list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

VERSION = b"claimstead-chain-1"
GENESIS = "0" * 64


def link(previous: str, fields: Iterable[str | int | None]) -> str:
    """The hash of a row: over the previous hash and its fields, each with its length.

    Length prefixes keep ("ab", "c") and ("a", "bc") apart; None differs from an empty text.
    """
    parts = [VERSION, _packed(previous)]
    parts.extend(_packed(field) for field in fields)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _packed(field: str | int | None) -> bytes:
    if field is None:
        return b"-;"
    raw = str(field).encode("utf-8")
    return b"%d:%b;" % (len(raw), raw)
