"""A CMS-1500 being filled: options, placing with its limits, and how names are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import Problem, RuleError
from desktop.models.values.enums import FilingCode, Sex
from desktop.models.values.identifiers import digits
from desktop.services.formats.documents.cms1500_grid import CELLS, PlacedField
from desktop.services.formats.documents.text import identifier, plain

if TYPE_CHECKING:
    import datetime as dt

    from desktop.models.values.claim_record import Address, ClaimRecord, Name, ProviderRecord
    from desktop.models.values.money import Money

PAPER_QUALIFIERS = ("0B", "1G", "G2", "LU")


@dataclass(frozen=True, slots=True)
class FormOptions:
    """What a payer or practice sets about its forms.

    Attributes:
        eight_digit_dates: dates other than births and item 24A as MM DD CCYY, else MM DD YY.
        facility_always: print item 32 even when it equals item 33 (Medicare: always).
        one_pointer: one letter in 24E (Medicare: always).
        signature_text: of items 12, 13 and 31.
        signed_on: date in item 31; None leaves it blank.
        carrier: print the payer's name and address at the top right.
    """

    eight_digit_dates: bool = True
    facility_always: bool = False
    one_pointer: bool = False
    signature_text: str = "SIGNATURE ON FILE"
    signed_on: dt.date | None = None
    carrier: bool = True


DEFAULT = FormOptions()


def no_coverage(record: ClaimRecord) -> Problem:
    """The finding of a claim without a coverage of the rank that it goes to."""
    return Problem(
        "coverages",
        f"Claim {record.control_number} has no coverage of rank {record.payer_rank}, "
        "so it has no insured to print; give it a coverage first.",
    )


def person_name(name: Name) -> str:
    """``LAST SUFFIX, FIRST, M`` of items 2, 4 and 9; an organization's name as it is."""
    last = plain(f"{name.last} {name.suffix}")
    first, middle = plain(name.first), plain(name.middle)[:1]
    return ", ".join(part for part in (last, first, middle) if part)


def provider_name(provider: ProviderRecord) -> str:
    """``FIRST M LAST SUFFIX CREDENTIAL`` of items 17 and 33; an organization's name as it is."""
    name = provider.name
    if not provider.is_person:
        return plain(name.last)
    middle = plain(name.middle)[:1]
    return plain(f"{name.first} {middle} {name.last} {name.suffix} {provider.credential}")


def city_line(address: Address) -> str:
    """``CITY ST 627010000`` of the carrier block and items 32 and 33."""
    return f"{plain(address.city)} {plain(address.state)} {digits(address.zip_code)}"


def street_line(address: Address) -> str:
    """Both street lines in one, since items 5, 7, 32 and 33 have one line for them."""
    return plain(f"{address.line1} {address.line2}" if address.line2 else address.line1)


def secondary_id(provider: ProviderRecord) -> tuple[str, str]:
    """Qualifier and number for 24I/J shaded, 32b and 33b: a legacy id, else the taxonomy."""
    for qualifier, value in provider.other_ids:
        if qualifier in PAPER_QUALIFIERS and value:
            return qualifier, identifier(value)
    return ("ZZ", identifier(provider.taxonomy)) if provider.taxonomy else ("", "")


class FormWriter:
    """One form being filled; gathers placed texts and problems."""

    __slots__ = ("coverage", "medicare", "options", "placed", "problems", "record")

    def __init__(self, record: ClaimRecord, options: FormOptions) -> None:
        coverage = next((c for c in record.coverages if c.rank == record.payer_rank), None)
        if coverage is None:
            raise RuleError(no_coverage(record))
        self.record = record
        self.options = options
        self.coverage = coverage
        self.medicare = coverage.payer.filing_code is FilingCode.MEDICARE_B
        self.placed: list[PlacedField] = []
        self.problems: list[Problem] = []

    def put(self, key: str, text: str, field: str = "") -> None:
        """Place a text; cut and report it where it is too long for its cells."""
        if not text:
            return
        line, column, width, right = CELLS[key]
        size = len(text)
        if size > width:
            item = key.partition(".")[0]
            self.problem(
                field,
                f"Item {item} of the form holds {width} characters and this value has {size}; "
                "shorten it, or it is printed cut.",
            )
            self.placed.append(PlacedField(key, text[:width].rstrip(), line, column, cut=True))
            return
        if right:
            column += width - size
        self.placed.append(PlacedField(key, text, line, column))

    def mark(self, key: str) -> None:
        """Place the X of a box."""
        line, column, _, _ = CELLS[key]
        self.placed.append(PlacedField(key, "X", line, column))

    def yes_no(self, item: str, *, yes: bool) -> None:
        """Place the X of an item that is answered either way."""
        self.mark(f"{item}.yes" if yes else f"{item}.no")

    def problem(self, field: str, text: str) -> None:
        """Report what the form cannot say."""
        self.problems.append(Problem(field, text))

    def date(self, item: str, on: dt.date | None, *, full: bool = False) -> None:
        """Place month, day and year; `full` keeps four digits of the year (births)."""
        if on is None:
            return
        self.put(f"{item}.month", f"{on.month:02d}")
        self.put(f"{item}.day", f"{on.day:02d}")
        self.put(f"{item}.year", self.year(on, full=full))

    def year(self, on: dt.date, *, full: bool = False) -> str:
        """The year in the one way that this form writes years."""
        if full or self.options.eight_digit_dates:
            return f"{on.year:04d}"
        return f"{on.year % 100:02d}"

    def sex(self, item: str, sex: Sex) -> None:
        """Mark M or F; an unknown sex leaves both boxes empty."""
        if sex is Sex.MALE:
            self.mark(f"{item}.male")
        elif sex is Sex.FEMALE:
            self.mark(f"{item}.female")

    def money(self, item: str, amount: Money, field: str) -> None:
        """Dollars and cents in their cells; a figure too wide is left out, never cut."""
        line, column, width, _ = CELLS[f"{item}.dollars"]
        whole, cents = divmod(amount.cents, 100)
        text = str(whole)
        if amount.cents < 0 or len(text) > width:
            self.problem(
                field,
                f"Item {item.partition('.')[0]} takes amounts from 0.00 to {'9' * width}.99; "
                "correct the amount or split the claim.",
            )
            self.placed.append(PlacedField(f"{item}.dollars", "", line, column, cut=True))
            return
        self.put(f"{item}.dollars", text)
        self.put(f"{item}.cents", f"{cents:02d}")

    def address(self, item: str, address: Address | None, phone: str, field: str) -> None:
        """Place street, city, state, ZIP and telephone of items 5 and 7."""
        if address is not None:
            self.put(f"{item}.street", street_line(address), f"{field}.address.line1")
            self.put(f"{item}.city", plain(address.city), f"{field}.address.city")
            self.put(f"{item}.state", plain(address.state), f"{field}.address.state")
            self.put(f"{item}.zip", digits(address.zip_code), f"{field}.address.zip_code")
        self.phone(item, phone, f"{field}.phone")

    def phone(self, item: str, phone: str, field: str) -> None:
        """Place area code and number; one that has not 10 digits is left off and reported."""
        number = digits(phone)
        if len(number) == 11 and number[0] == "1":
            number = number[1:]
        if len(number) == 10:
            self.put(f"{item}.area", number[:3])
            self.put(f"{item}.phone", number[3:])
        elif number:
            self.problem(field, "A telephone number needs 10 digits; it is left off the form.")
