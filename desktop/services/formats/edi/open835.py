"""Loops of an 835 while they are being read, and what is computed over a whole set."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from desktop.models.values.claim_record import Name
from desktop.services.formats.edi.remittance import Adjustment, RemittanceClaim, RemittanceLine

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.money import Money
    from desktop.services.formats.edi.syntax import Delimiters


class OpenLine:
    """What is gathered of a line until the next one begins."""

    __slots__ = (
        "adjusted",
        "adjustments",
        "allowed",
        "bad",
        "e",
        "first",
        "last",
        "number",
        "remarks",
        "segment",
    )

    def __init__(self, e: list[str], segment: int) -> None:
        self.e = e
        self.segment = segment
        self.adjusted = 0
        self.adjustments: list[Adjustment] = []
        self.remarks: list[str] = []
        self.allowed: Money | None = None
        self.first: dt.date | None = None
        self.last: dt.date | None = None
        self.number = ""
        self.bad = False


class OpenClaim:
    """What is gathered of a claim until the next one begins.

    Attributes:
        adjusted, shared, charged: cents of all CAS, of those in group PR, and of all SVC02.
    """

    def __init__(self, e: list[str], position: int) -> None:
        self.e = e
        self.position = position
        self.segment = 0
        self.adjusted = 0
        self.shared = 0
        self.charged = 0
        self.adjustments: list[Adjustment] = []
        self.remarks: list[str] = []
        self.lines: list[RemittanceLine] = []
        self.names: dict[str, tuple[Name, str]] = {}
        self.dates: dict[str, dt.date | None] = {}
        self.other_number = ""
        self.allowed: Money | None = None
        self.interest: Money | None = None
        self.bad = False

    def record(
        self, e: list[str], money: tuple[Money, Money, Money | None], *, readable: bool
    ) -> RemittanceClaim:
        """The frozen record, from the padded CLP and its charge, payment and patient's share."""
        names, dates = self.names, self.dates
        patient = names.get("QC", (Name(""), ""))
        subscriber = names.get("IL", (None, ""))
        corrected = names.get("74", (None, ""))
        crossover = names.get("TT", (Name(""), ""))
        first = dates.get("232")
        return RemittanceClaim(
            position=self.position,
            control_number=e[1],
            status=e[2],
            charge=money[0],
            paid=money[1],
            patient_responsibility=money[2],
            filing_code=e[6],
            payer_claim_number=e[7],
            place=e[8],
            frequency=e[9],
            patient_name=patient[0],
            patient_id=patient[1],
            subscriber_name=subscriber[0],
            subscriber_id=subscriber[1],
            corrected_name=corrected[0],
            corrected_id=corrected[1],
            rendering_id=names["82"][1] if "82" in names else "",
            crossover_to=crossover[0].last,
            crossover_id=crossover[1],
            other_claim_number=self.other_number,
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            from_on=first,
            to_on=dates.get("233") or first,
            received_on=dates.get("050"),
            lines=tuple(self.lines),
            allowed=self.allowed,
            interest=self.interest,
            readable=readable,
        )


def set_hash(segments: list[str], delimiters: Delimiters) -> str:
    """SHA-256 of a set without its ST and SE, whatever delimiters and newlines it came with."""
    inner = segments[1:]
    if inner and inner[-1].startswith("SE" + delimiters.element):
        inner = inner[:-1]
    text = "\x1e".join(inner).replace(delimiters.element, "\x1d")
    text = text.replace(delimiters.component, "\x1f")
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
