"""Items 25 to 33 of the CMS-1500: totals, signature, place, billing provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import TaxIdKind
from desktop.models.values.identifiers import digits
from desktop.models.values.money import total
from desktop.services.formats.documents.cms1500_grid import LINES_A_FORM
from desktop.services.formats.documents.cms1500_writer import (
    FormWriter,
    city_line,
    provider_name,
    secondary_id,
    street_line,
)
from desktop.services.formats.documents.text import capitals

if TYPE_CHECKING:
    from desktop.models.values.claim_record import Address

_HOME = "12"


def put_footer(form: FormWriter) -> None:
    """Place items 25 to 33b."""
    _totals(form)
    _facility(form)
    _billing(form)


def _totals(form: FormWriter) -> None:
    record, billing = form.record, form.record.billing
    form.put("25", digits(billing.tax_id), "billing.tax_id")
    if billing.tax_id:
        form.mark("25.ssn" if billing.tax_id_kind is TaxIdKind.SSN else "25.ein")
    form.put("26", capitals(record.control_number), "control_number")
    form.yes_no("27", yes=record.accept_assignment)
    form.money("28", total(x.charge for x in record.lines[:LINES_A_FORM]), "charge")
    paid = record.patient_paid
    if not form.medicare:
        paid += total(
            c.answer.paid
            for c in record.coverages
            if c.answer is not None and c.rank < record.payer_rank
        )
    form.money("29", paid, "patient_paid")
    form.put("31", form.options.signature_text)
    on = form.options.signed_on
    if on is not None:
        gap = "" if form.options.eight_digit_dates else " "
        form.put("31.date", f"{on.month:02d}{gap}{on.day:02d}{gap}{form.year(on)}")


def _facility(form: FormWriter) -> None:
    facility, billing = form.record.facility, form.record.billing
    always = form.medicare or form.options.facility_always
    if form.record.place == _HOME and always:
        form.put("32.name", "PATIENT HOME")
        _site(form, form.record.patient.address, "patient")
        return
    shown = facility if facility is not None else billing
    if not always and (
        facility is None or (facility.npi == billing.npi and facility.address == billing.address)
    ):
        return
    form.put("32.name", provider_name(shown), "facility.name")
    _site(form, shown.address, "facility")
    form.put("32a", digits(shown.npi), "facility.npi")
    form.put("32b", "".join(secondary_id(shown)), "facility.other_ids")


def _site(form: FormWriter, address: Address | None, field: str) -> None:
    if address is not None:
        form.put("32.street", street_line(address), f"{field}.address.line1")
        form.put("32.city", city_line(address), f"{field}.address.city")


def _billing(form: FormWriter) -> None:
    billing = form.record.billing
    form.phone("33", billing.phone, "billing.phone")
    form.put("33.name", provider_name(billing), "billing.name")
    if billing.address is not None:
        form.put("33.street", street_line(billing.address), "billing.address.line1")
        form.put("33.city", city_line(billing.address), "billing.address.city")
    form.put("33a", digits(billing.npi), "billing.npi")
    form.put("33b", "".join(secondary_id(billing)), "billing.other_ids")
