"""The practice as its statements and receipts show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.models.practice import Practice, Provider
from desktop.models.values.enums import TaxIdKind
from desktop.services.billing.accounts.accounts import city_line
from desktop.services.formats.documents.sheet import Letterhead

if TYPE_CHECKING:
    from desktop.services.core.work import Work


@dataclass(frozen=True, slots=True)
class Sender:
    """The practice on a statement: letterhead, where payments go, and how to pay."""

    head: Letterhead
    remit_to: tuple[str, ...]
    how_to_pay: tuple[str, ...]
    message: str


def sender(work: Work) -> Sender:
    """From the practice's settings and its billing provider."""
    practice = work.session.get_one(Practice, 1)
    billing = None
    if practice.billing_provider_id is not None:
        billing = work.session.get(Provider, practice.billing_provider_id)
    lines: tuple[str, ...] = ()
    remit: tuple[str, ...] = ()
    tax_id = ""
    phone = practice.phone
    if billing is not None:
        last = city_line(billing.city, billing.state, billing.zip_code)
        lines = tuple(x for x in (billing.line1, billing.line2, last) if x)
        if billing.pay_to_line1:
            last = city_line(billing.pay_to_city, billing.pay_to_state, billing.pay_to_zip)
            places = (practice.name, billing.pay_to_line1, billing.pay_to_line2, last)
            remit = tuple(x for x in places if x)
        # A social security number has no place on a letter.
        if billing.tax_id_kind is TaxIdKind.EIN and len(billing.tax_id) == 9:
            tax_id = f"{billing.tax_id[:2]}-{billing.tax_id[2:]}"
        phone = phone or billing.phone
    head = Letterhead(practice.name, lines, shown_phone(phone), tax_id)
    ways = tuple(x.strip() for x in practice.pay_instructions.splitlines() if x.strip())
    if not ways:
        ways = (f"By check, payable to {practice.name}",)
        if phone:
            ways += (f"By card: call {shown_phone(phone)}",)
    return Sender(head, remit, ways, practice.statement_message.strip())


def shown_phone(digits: str) -> str:
    """A telephone number as people write it; anything else stays as it is."""
    if len(digits) == 10 and digits.isdigit():
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    return digits
