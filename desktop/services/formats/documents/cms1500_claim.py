"""Items 14 to 23 of the CMS-1500: dates, referring provider, diagnoses, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import Frequency
from desktop.models.values.identifiers import digits
from desktop.services.formats.documents.cms1500_grid import (
    CELLS,
    DIAGNOSES_A_FORM,
    LETTERS,
    PlacedField,
)
from desktop.services.formats.documents.cms1500_writer import (
    PAPER_QUALIFIERS,
    FormWriter,
    provider_name,
)
from desktop.services.formats.documents.text import capitals, identifier

if TYPE_CHECKING:
    from desktop.models.values.claim_record import ProviderRecord

_ITEM_14 = ("431", "484")
_ITEM_15 = ("454", "304", "453", "439", "455", "471", "090", "091", "444")


def put_claim(form: FormWriter) -> None:
    """Place items 14 to 23."""
    _dates(form)
    _referring(form)
    _note_and_lab(form)
    _diagnoses(form)
    _numbers(form)


def _dates(form: FormWriter) -> None:
    for item, qualifiers in (("14", _ITEM_14), ("15", _ITEM_15)):
        facts = [fact for fact in form.record.dates if fact.qualifier in qualifiers]
        if not facts:
            continue
        fact = min(facts, key=lambda f: qualifiers.index(f.qualifier))
        form.date(item, fact.on)
        form.put(f"{item}.qualifier", fact.qualifier)
        if len(facts) > 1:
            form.problem(
                "dates",
                f"Item {item} holds one date and the claim has {len(facts)}; "
                f"only the date with qualifier {fact.qualifier} is printed.",
            )
    record = form.record
    form.date("16.from", record.unable_to_work_from)
    form.date("16.to", record.unable_to_work_to)
    form.date("18.from", record.hospital_from)
    form.date("18.to", record.hospital_to)


def _referring(form: FormWriter) -> None:
    """Item 17 holds one provider: the claim's referring one before a line's ordering one."""
    named: list[tuple[str, ProviderRecord]] = []
    if form.record.referring is not None:
        named.append((form.record.referring_qualifier, form.record.referring))
    named += [("DK", line.ordering) for line in form.record.lines if line.ordering]
    if not named:
        return
    qualifier, provider = named[0]
    if any(other.npi != provider.npi for _, other in named[1:]):
        form.problem(
            "referring",
            "Item 17 holds one provider and the claim names several; "
            "put their lines on separate claims.",
        )
    form.put("17.qualifier", qualifier)
    form.put("17", provider_name(provider), "referring.name")
    for kind, value in provider.other_ids:
        if kind in PAPER_QUALIFIERS and value:
            form.put("17a.qualifier", kind)
            form.put("17a", identifier(value), "referring.other_ids")
            break
    form.put("17b", digits(provider.npi), "referring.npi")


def _note_and_lab(form: FormWriter) -> None:
    note = capitals(form.record.note)
    if len(note) > 71:
        form.problem(
            "note",
            f"Item 19 of the form holds 71 characters and this note has {len(note)}; "
            "shorten it, or it is printed cut.",
        )
    above, below = _two_lines(note[:71], CELLS["19"].width)
    form.put("19.above", above, "note")
    form.put("19", below, "note")
    charge = form.record.outside_lab_charge
    form.yes_no("20", yes=charge is not None)
    if charge is None:
        return
    whole, cents = divmod(charge.cents, 100)
    if charge.cents < 0 or whole > 999_999:
        cell = CELLS["20"]
        form.problem("outside_lab_charge", "Item 20 takes amounts from 0.00 to 999999.99.")
        form.placed.append(PlacedField("20", "", cell.line, cell.column, cut=True))
    else:
        form.put("20", f"{whole} {cents:02d}")


def _diagnoses(form: FormWriter) -> None:
    diagnoses = form.record.diagnoses
    form.put("21.indicator", "0")
    if len(diagnoses) > DIAGNOSES_A_FORM:
        form.problem(
            "diagnoses",
            f"The form holds {DIAGNOSES_A_FORM} diagnoses and the claim has "
            f"{len(diagnoses)}; make a second claim for the others.",
        )
    for i, diagnosis in enumerate(diagnoses[:DIAGNOSES_A_FORM]):
        form.put(f"21{LETTERS[i]}", identifier(diagnosis.code), f"diagnoses.{i}.code")


def _numbers(form: FormWriter) -> None:
    record = form.record
    if record.frequency is not Frequency.ORIGINAL:
        form.put("22", record.frequency.value)
        form.put("22.original", identifier(record.original_number), "original_number")
    found = [record.prior_authorization, record.referral_number, record.clia]
    found += [line.clia for line in record.lines]
    numbers = list(dict.fromkeys(n for n in map(identifier, found) if n))
    if len(numbers) > 1:
        form.problem(
            "prior_authorization",
            f"Item 23 holds one number and the claim has {len(numbers)} (authorization, "
            "referral, CLIA); split the claim so that each form needs one.",
        )
    if numbers:
        form.put("23", numbers[0], "prior_authorization")


def _two_lines(text: str, width: int) -> tuple[str, str]:
    """A text over two lines, the last one filled first when it fits one."""
    if len(text) <= width:
        return "", text
    cut = text.rfind(" ", 0, width + 1)
    if cut <= 0 or len(text) - cut - 1 > width:
        cut = width
    return text[:cut].rstrip(), text[cut:].strip()
