"""By what everything of the training payer is known, so that it never mixes with real files."""

from __future__ import annotations

from typing import Final

TRAINING_ID: Final = "TRAINING"
"""Interchange id (ISA06 or ISA08) of the training payer; no real partner has it."""

TRAINING_OFFICE: Final = "TRAININGOFFICE"
"""Interchange id under which a sample practice sends and receives."""

TRAINING_NAME: Final = "TRAINING PAYER - NOT REAL"


def is_training(*ids: str) -> bool:
    """Whether any of these interchange ids belongs to the training payer or a sample practice."""
    return any(i.strip().upper().startswith(TRAINING_ID) for i in ids)
