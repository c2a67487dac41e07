"""Item 24 of the CMS-1500: up to six charge lines, each with its shaded half above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.identifiers import ndc11
from desktop.services.formats.documents.cms1500_grid import DIAGNOSES_A_FORM, LETTERS, LINES_A_FORM
from desktop.services.formats.documents.cms1500_writer import FormWriter, secondary_id
from desktop.services.formats.documents.text import capitals, identifier

if TYPE_CHECKING:
    from decimal import Decimal

    from desktop.models.values.claim_record import LineRecord, ProviderRecord

_POINTERS = 4
_MODIFIERS = 4


def put_lines(form: FormWriter) -> None:
    """Place the first six lines of the claim."""
    for i, line in enumerate(form.record.lines[:LINES_A_FORM]):
        _line(form, i + 1, line, f"lines.{i}")


def _line(form: FormWriter, n: int, line: LineRecord, field: str) -> None:
    put = form.put
    put(f"24.{n}.shaded", _shaded(line), f"{field}.note")
    for end, on in (("from", line.from_on), ("to", line.to_on)):
        put(f"24A.{n}.{end}.month", f"{on.month:02d}")
        put(f"24A.{n}.{end}.day", f"{on.day:02d}")
        put(f"24A.{n}.{end}.year", f"{on.year % 100:02d}")
    put(f"24B.{n}", identifier(line.place or form.record.place), f"{field}.place")
    if line.emergency:
        put(f"24C.{n}", "Y")
    put(f"24D.{n}", identifier(line.procedure), f"{field}.procedure")
    if len(line.modifiers) > _MODIFIERS:
        form.problem(f"{field}.modifiers", "A line of the form holds four modifiers.")
    for m, modifier in enumerate(line.modifiers[:_MODIFIERS]):
        put(f"24D.{n}.modifier{m + 1}", identifier(modifier), f"{field}.modifiers")
    put(f"24E.{n}", _letters(form, line, field), f"{field}.pointers")
    form.money(f"24F.{n}", line.charge, f"{field}.charge")
    put(f"24G.{n}", plain_number(line.units), f"{field}.units")
    if line.epsdt or line.family_planning:
        put(f"24H.{n}", "Y")
    _rendering(form, n, line, field)


def _letters(form: FormWriter, line: LineRecord, field: str) -> str:
    """The letters of item 21 that this line points to, primary first."""
    known = min(len(form.record.diagnoses), DIAGNOSES_A_FORM)
    good = [p for p in line.pointers if 1 <= p <= known]
    if len(good) < len(line.pointers):
        form.problem(
            f"{field}.pointers",
            "A diagnosis pointer of this line names a diagnosis that is not on the form.",
        )
    if len(good) > _POINTERS:
        form.problem(f"{field}.pointers", "A line of the form points to four diagnoses at most.")
    wanted = 1 if form.medicare or form.options.one_pointer else _POINTERS
    return "".join(LETTERS[p - 1] for p in good[:wanted])


def _rendering(form: FormWriter, n: int, line: LineRecord, field: str) -> None:
    """24I and 24J: who did it; a billing provider who is a person did it where none is named."""
    named: ProviderRecord | None = line.rendering or form.record.rendering
    provider = named or form.record.billing
    if not provider.is_person:
        return
    form.put(f"24J.{n}", identifier(provider.npi), f"{field}.rendering.npi")
    if named is None:
        return  # Its other id stands in 33b.
    qualifier, value = secondary_id(provider)
    form.put(f"24I.{n}.shaded", qualifier)
    form.put(f"24J.{n}.shaded", value, f"{field}.rendering.other_ids")


def _shaded(line: LineRecord) -> str:
    """The supplemental half: drug, then words, each after its qualifier, three spaces between."""
    parts = []
    if line.drug is not None:
        ndc = ndc11(line.drug.ndc) or identifier(line.drug.ndc)
        parts.append(f"N4{ndc} {identifier(line.drug.unit)}{plain_number(line.drug.quantity)}")
    parts += [f"ZZ{words}" for words in map(capitals, (line.description, line.note)) if words]
    return "   ".join(parts)


def plain_number(number: Decimal) -> str:
    """A quantity without needless zeros or exponent: ``1``, ``1.5``, ``120``."""
    if number == number.to_integral_value():
        return str(int(number))
    return format(number.normalize(), "f")
