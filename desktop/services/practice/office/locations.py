"""Places of service: item 32 and loop 2310C."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy import select

from desktop.errors import NotFound
from desktop.models.practice import Location, Practice
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs

# CMS place of service codes that a physician's claim may carry.
PLACES = frozenset(
    [f"{n:02d}" for n in range(1, 28)]
    + "31 32 33 34 41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99".split()
)


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """A place as it is read and saved; `id` None makes a new one."""

    name: str
    place: str = "11"
    npi: str = ""
    clia: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    is_active: bool = True
    id: int | None = None
    version: int | None = None


_NAMES = tuple(n for n in LocationDraft.__dataclass_fields__ if n not in {"id", "version"})


@needs(Permission.VIEW)
def all_locations(work: Work, *, active_only: bool = False) -> list[LocationDraft]:
    """All places by name."""
    query = select(Location).order_by(Location.name, Location.id)
    if active_only:
        query = query.where(Location.is_active)
    return [_read(row) for row in work.session.scalars(query)]


@needs(Permission.VIEW)
def get(work: Work, location_id: int) -> LocationDraft:
    """One place."""
    return _read(_row(work, location_id))


@needs(Permission.SET_UP)
def save(work: Work, draft: LocationDraft) -> int:
    """Add or change a place; returns its id.

    Raises:
        RuleError: a field is wrong.
        LostUpdate: somebody else saved in between.
    """
    draft = _clean(draft)
    _check(draft)
    values = {name: getattr(draft, name) for name in _NAMES}
    if draft.id is None:
        row = Location(**values)
        work.session.add(row)
        work.session.flush()
        audit.record(work, "created", "location", row.id)
        practice = work.session.get_one(Practice, 1)
        if row.is_active and practice.default_location_id is None:
            practice.default_location_id = row.id
            work.session.flush()
    else:
        row = _row(work, draft.id)
        fields.same_version(row.version, draft.version, "this location")
        changed = fields.apply(row, values)
        if not changed:
            return row.id
        work.session.flush()
        audit.record(work, "changed", "location", row.id, fields=changed)
    work.touch(Changes.PRACTICE)
    return row.id


def _row(work: Work, location_id: int) -> Location:
    row = work.session.get(Location, location_id)
    if row is None:
        raise NotFound("There is no such location; refresh the list.")
    return row


def _read(row: Location) -> LocationDraft:
    values = {name: getattr(row, name) for name in _NAMES}
    return LocationDraft(**values, id=row.id, version=row.version)


def _clean(draft: LocationDraft) -> LocationDraft:
    return replace(
        draft,
        name=plain_text.one_line(draft.name),
        place=plain_text.code(draft.place),
        npi=plain_text.code(draft.npi),
        clia=plain_text.code(draft.clia),
        line1=plain_text.one_line(draft.line1),
        line2=plain_text.one_line(draft.line2),
        city=plain_text.one_line(draft.city),
        state=plain_text.code(draft.state),
        zip_code=plain_text.zip_digits(draft.zip_code),
        phone=plain_text.phone(draft.phone),
    )


def _check(draft: LocationDraft) -> None:
    found = typed.Findings()
    found.require("name", draft.name, "Enter the name of the place.")
    found.free_texts({n: getattr(draft, n) for n in ("name", "line1", "line2", "city")}, 55)
    if draft.place not in PLACES:
        text = "Enter a place of service code of two digits, such as 11 for an office."
        if re.fullmatch(r"[0-9]{2}", draft.place):
            text = f"There is no place of service {draft.place}; 11 is an office."
        found.add("place", text)
    if draft.npi:
        found.add("npi", identifiers.npi_problem(draft.npi))
    if draft.clia:
        found.add("clia", identifiers.clia_problem(draft.clia))
    # 2310C takes nine digits of ZIP; an address is needed, or the place cannot stand on a claim.
    found.address(draft.line1, draft.city, draft.state, draft.zip_code, required=True, nine=True)
    found.phone("phone", draft.phone)
    found.raise_if_any()
