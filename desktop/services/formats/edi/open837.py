"""Loops of an 837P while they are being read: what is gathered until the next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.claim_record import Address, Name
from desktop.models.values.money import ZERO, Money
from desktop.services.formats.edi.claims837 import (
    SentCoverage,
    SentDrug,
    SentLine,
    SentParty,
    SentPriorLine,
)

if TYPE_CHECKING:
    import datetime as dt

    from desktop.services.formats.edi.remittance import Adjustment


class OpenParty:
    """An NM1 loop being read."""

    def __init__(self, e: list[str]) -> None:
        e = e + [""] * (10 - len(e))
        self.role = e[1]
        self.is_person = e[2] != "2"
        self.name = Name(e[3], e[4], e[5], e[7])
        self.id_kind = e[8]
        self.id = e[9]
        self.street: tuple[str, str] = ("", "")
        self.town: tuple[str, str, str] = ("", "", "")
        self.birth_on: dt.date | None = None
        self.sex = ""
        self.taxonomy = ""
        self.references: list[tuple[str, str]] = []
        self.adjudicated_on: dt.date | None = None

    def record(self) -> SentParty:
        """The frozen record."""
        address = None
        if any(self.street) or any(self.town):
            city, state, zip_code = self.town
            address = Address(self.street[0], city, state, zip_code, self.street[1])
        return SentParty(
            role=self.role,
            name=self.name,
            is_person=self.is_person,
            id_kind=self.id_kind,
            id=self.id,
            address=address,
            birth_on=self.birth_on,
            sex=self.sex,
            taxonomy=self.taxonomy,
            references=tuple(self.references),
        )


class OpenCoverage:
    """A 2320 loop being read."""

    def __init__(self, e: list[str]) -> None:
        self.e = e + [""] * (10 - len(e))
        self.parties: dict[str, OpenParty] = {}
        self.paid: Money | None = None
        self.remaining: Money | None = None
        self.adjustments: list[Adjustment] = []
        self.benefits = ""

    def record(self) -> SentCoverage:
        """The frozen record."""
        payer, subscriber = self.parties.get("PR"), self.parties.get("IL")
        e = self.e
        return SentCoverage(
            sequence=e[1],
            relationship=e[2],
            filing_code=e[9],
            group_number=e[3],
            plan_name=e[4],
            insurance_type=e[5],
            payer=payer.record() if payer else None,
            subscriber=subscriber.record() if subscriber else None,
            paid=self.paid,
            remaining=self.remaining,
            adjustments=tuple(self.adjustments),
            adjudicated_on=payer.adjudicated_on if payer else None,
            benefits_assigned=self.benefits,
        )


class OpenLine:
    """A 2400 loop being read."""

    def __init__(self, position: int, segment: int) -> None:
        self.position = position
        self.segment = segment
        self.service: list[str] = []
        self.first: dt.date | None = None
        self.last: dt.date | None = None
        self.note = ""
        self.references: list[tuple[str, str]] = []
        self.drug: SentDrug | None = None
        self.parties: list[OpenParty] = []
        self.prior: list[SentPriorLine] = []


class OpenClaim:
    """A 2300 loop being read."""

    def __init__(self, e: list[str], segment: int) -> None:
        self.e = e + [""] * (21 - len(e))
        self.segment = segment
        self.diagnoses: list[tuple[str, str]] = []
        self.conditions: list[str] = []
        self.dates: list[tuple[str, dt.date | None, dt.date | None]] = []
        self.references: list[tuple[str, str]] = []
        self.note = ""
        self.patient_paid = ZERO
        self.parties: list[OpenParty] = []
        self.coverages: list[OpenCoverage] = []
        self.lines: list[SentLine] = []
