"""Reasons of a paper EOB as they are typed in one line: ``CO 45 20, PR 2 16``.

The last reason may go without an amount: it takes what is still unexplained.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.services.formats.edi.remittance import Adjustment, ProviderAdjustment
from desktop.ui.lib.edits import read_money

if TYPE_CHECKING:
    from desktop.models.values.money import Money

_REASON = re.compile(
    r"(CO|PR|OA|PI|CR)[\s-]*([A-Z]{0,2}\d{1,3}|[A-Z]\d?)(?:\s+(\S+))?", re.IGNORECASE
)
_PROVIDER = re.compile(r"([A-Z0-9]{2})(?:\s+(\S+))?\s+(\S+)", re.IGNORECASE)
HINT = "Group, code, amount: CO 45 20, PR 2 16. The last amount may be left out."


def read_reasons(text: str, unexplained: Money) -> tuple[tuple[Adjustment, ...], str]:
    """Reasons, and why they cannot be read (empty when they can).

    `unexplained` is charge less paid; the last reason without an amount takes what is left.
    """
    parts = [part.strip() for part in re.split(r"[;,](?!\d{3}(?:\D|$))", text) if part.strip()]
    out: list[Adjustment] = []
    left = unexplained
    for at, part in enumerate(parts):
        found = _REASON.fullmatch(part)
        if found is None:
            return (), f"“{part}” is not a reason; type a group, a code and an amount: CO 45 20."
        group, code, written = found.groups()
        if written is None:
            if at < len(parts) - 1:
                return (), f"“{part}” has no amount; only the last reason may go without."
            amount: Money | None = left
        else:
            amount = _money(written)
        if amount is None:
            return (), f"“{written}” is not an amount."
        left -= amount
        out.append(Adjustment(group.upper(), code.upper(), amount))
    return tuple(out), ""


def read_provider(text: str) -> tuple[tuple[ProviderAdjustment, ...], str]:
    """Provider adjustments: code, reference if there is one, amount; positive lowers."""
    out: list[ProviderAdjustment] = []
    for part in (p.strip() for p in re.split(r"[;,](?!\d{3}(?:\D|$))", text)):
        if not part:
            continue
        found = _PROVIDER.fullmatch(part)
        amount = _money(found.group(3)) if found else None
        if found is None or amount is None:
            return (), f"“{part}” cannot be read; type code, reference, amount: WO 12345 40."
        out.append(ProviderAdjustment(found.group(1).upper(), found.group(2) or "", amount))
    return tuple(out), ""


def _money(text: str) -> Money | None:
    try:
        return read_money(text)
    except ValueError:
        return None
