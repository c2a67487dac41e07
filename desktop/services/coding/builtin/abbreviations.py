"""Abbreviations that are everyday words too; the abbreviations themselves are in `data`."""

from __future__ import annotations

ALSO_ENGLISH = frozenset("add all as be cap def hit mac mat pan pap ps rap sad sob ss ten".split())
"""Read as abbreviations alone, or in capitals amid other words."""
