"""What Medicare allows for a procedure at a place: relative values times cost indices times factor.

Source: 42 CFR 414.22-414.30; the practice expense is that of a facility or of none by place of
service (CMS Claims Processing Manual, chapter 26 §10.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Self

from desktop.models.values.money import Money
from desktop.services.coding.base.values import GPCI, MPFS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from desktop.services.coding.library.store import CodeStore

FACILITY_PLACES = frozenset(
    {"02", "06", "08", "19", "21", "22", "23", "24", "26"}
    | {"31", "34", "41", "42", "51", "52", "53", "56", "61"}
)
"""Places of service that are paid at the facility rate."""

_PAYABLE = frozenset("ART")
"""Statuses with a national amount: active, restricted, paid when nothing else is."""

_COMPONENTS = ("26", "TC", "53")


@dataclass(frozen=True, slots=True)
class RelativeValues:
    """The three parts of a procedure's value, without unit."""

    work: Decimal
    pe: Decimal
    pe_facility: Decimal
    mp: Decimal

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Self:
        """As a code of the fee schedule carries them; a part that is missing counts nothing."""
        return cls(*(_number(attributes.get(n)) for n in ("work", "pe", "pe_facility", "mp")))


@dataclass(frozen=True, slots=True)
class CostIndices:
    """What the three parts cost in a locality, 1 being the country's average."""

    work: Decimal
    pe: Decimal
    mp: Decimal

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Self:
        """As a locality carries them."""
        return cls(*(_number(attributes.get(name)) for name in ("work", "pe", "mp")))


def amount(
    values: RelativeValues, indices: CostIndices, factor: Decimal, *, facility: bool
) -> Money:
    """(work × index + practice expense × index + malpractice × index) × factor, rounded once."""
    pe = values.pe_facility if facility else values.pe
    units = values.work * indices.work + pe * indices.pe + values.mp * indices.mp
    return Money.of(units * factor)


def medicare_amount(
    store: CodeStore,
    code: str,
    modifier: str,
    locality: str,
    place: str,
    on: dt.date,
    *,
    qualifying: bool = False,
) -> Money | None:
    """What Medicare allows for one unit, or None when the loaded files do not say.

    Args:
        store: the code sets.
        code: HCPCS or CPT code.
        modifier: 26, TC and 53 have values of their own; any other, or "", changes nothing.
        locality: state and locality number, such as "TX-31".
        place: place of service, two digits.
        on: date of service.
        qualifying: the provider takes part in an advanced payment model with the higher factor.
    """
    keys = [f"{code}-{modifier}", code] if modifier in _COMPONENTS else [code]
    rows = store.lookups(MPFS, keys, on)
    where = store.lookup(GPCI, locality, on)
    found = rows.get(keys[0])
    if found is None or where is None or found.attributes.get("status") not in _PAYABLE:
        return None
    # One factor for all until 2025; since 2026 each kind of provider has its own.
    name = "factor_apm" if qualifying and "factor_apm" in found.attributes else "factor"
    factor = _number(found.attributes.get(name))
    values = RelativeValues.of(found.attributes)
    facility = place in FACILITY_PLACES
    if not factor or not (
        values.work + values.mp + (values.pe_facility if facility else values.pe)
    ):
        return None
    return amount(values, CostIndices.of(where.attributes), factor, facility=facility)


def _number(text: str | None) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
