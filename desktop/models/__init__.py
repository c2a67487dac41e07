"""Mapped classes by subject; `values` holds what is pure.

Importing this package loads every mapped class of practice.db, so that relationships and
the metadata are complete.
"""

from desktop.models import claims, ledger, payments, people, practice, visits
from desktop.models.base import Base

__all__ = ["Base", "claims", "ledger", "payments", "people", "practice", "visits"]
