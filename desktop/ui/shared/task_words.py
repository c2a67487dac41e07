"""What the kinds of tasks are called, wherever a page lists them."""

from __future__ import annotations

from typing import Final

from desktop.models.values.enums import TaskKind

TASK_WORDS: Final = {
    TaskKind.DENIAL: "Denials",
    TaskKind.UNMATCHED: "Unmatched payments",
    TaskKind.HELD: "Held remittances",
    TaskKind.PAYER_ACCOUNT: "Payer account",
    TaskKind.SECONDARY: "Secondary claims",
    TaskKind.PATIENT_SHARE: "Patient share to review",
    TaskKind.CREDIT: "Credits",
    TaskKind.REJECTION: "Rejections",
}
