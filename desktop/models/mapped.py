"""Every mapped class of practice.db, so that foreign keys and the metadata are complete."""

from __future__ import annotations

from desktop.models import claims, coding, ledger, payments, people, practice, visits
from desktop.models.base import Base

__all__ = ["Base", "claims", "coding", "ledger", "payments", "people", "practice", "visits"]
