"""Persons: whoever is a patient, a guarantor or a subscriber."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from desktop.errors import NotFound
from desktop.models.people import Person
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.models.values.enums import Sex
from desktop.services.core import records as fields
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt

_LINES = ("last", "first", "middle", "suffix", "line1", "line2", "city")
_FIRST_YEAR = 1880


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as it is read and saved; `id` None makes a new one.

    Attributes:
        ssn: None leaves what is kept (reading always gives None: it is masked), an empty text
            erases it.
        ssn_mask: what of it may be shown, such as ``•••-••-1234``; read only.
    """

    last: str
    first: str
    middle: str = ""
    suffix: str = ""
    birth_on: dt.date | None = None
    sex: Sex = Sex.UNKNOWN
    ssn: str | None = None
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    email: str = ""
    id: int | None = None
    ssn_mask: str = ""

    @property
    def shown_name(self) -> str:
        """The name as lists show it: ``Quill Jr, Dora M``."""
        return shown_name(self.last, self.first, self.middle, self.suffix)


_NAMES = tuple(n for n in PersonDraft.__dataclass_fields__ if n not in {"id", "ssn", "ssn_mask"})


def shown_name(last: str, first: str, middle: str = "", suffix: str = "") -> str:
    """A name with the last name first."""
    before = " ".join(part for part in (last, suffix) if part)
    after = " ".join(part for part in (first, middle) if part)
    return f"{before}, {after}" if after else before


def mask_ssn(ssn: str) -> str:
    """All but the last four digits hidden; empty when there is none."""
    return f"•••-••-{ssn[-4:]}" if ssn else ""


def read(row: Person) -> PersonDraft:
    """A person as it is shown: the SSN masked."""
    values = {name: getattr(row, name) for name in _NAMES}
    return PersonDraft(**values, id=row.id, ssn_mask=mask_ssn(row.ssn))


def clean(draft: PersonDraft) -> PersonDraft:
    """The draft as it is kept: no doubled blanks, digits only where digits are meant."""
    lines: dict[str, Any] = {name: plain_text.one_line(getattr(draft, name)) for name in _LINES}
    ssn = draft.ssn
    return replace(
        draft,
        **lines,
        ssn=None if ssn is None else plain_text.zip_digits(ssn),
        state=plain_text.code(draft.state),
        zip_code=plain_text.zip_digits(draft.zip_code),
        phone=plain_text.phone(draft.phone),
        email=plain_text.one_line(draft.email),
    )


def check(
    draft: PersonDraft,
    found: typed.Findings,
    today: dt.date,
    *,
    prefix: str = "",
    address_required: bool = False,
) -> None:
    """Check a cleaned person; who is a patient needs more, see `patients`."""
    found.require(f"{prefix}last", draft.last, "Enter the last name.")
    found.require(f"{prefix}first", draft.first, "Enter the first name.")
    found.free_texts({prefix + name: getattr(draft, name) for name in _LINES}, 60)
    found.not_ahead(f"{prefix}birth_on", draft.birth_on, today, "The birth date")
    if draft.birth_on is not None and draft.birth_on.year < _FIRST_YEAR:
        found.add(f"{prefix}birth_on", f"The year {draft.birth_on.year} cannot be right.")
    if draft.ssn:
        found.add(f"{prefix}ssn", identifiers.ssn_problem(draft.ssn))
    found.address(
        draft.line1,
        draft.city,
        draft.state,
        draft.zip_code,
        prefix=prefix,
        required=address_required,
    )
    found.phone(f"{prefix}phone", draft.phone)
    found.email(f"{prefix}email", draft.email)


def save(work: Work, draft: PersonDraft) -> tuple[Person, list[str]]:
    """Add or change a checked person; returns its row and the fields that changed."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in _NAMES}
    values["last_folded"] = plain_text.fold(draft.last)
    if draft.ssn is not None:
        values["ssn"] = draft.ssn
    if draft.id is None:
        row = Person(**values)
        work.session.add(row)
        work.session.flush()
        return row, []
    row = get(work, draft.id)
    changed = [name for name in fields.apply(row, values) if name != "last_folded"]
    return row, changed


def same_person(work: Work, draft: PersonDraft) -> int | None:
    """The id of a known person of this very name and birth date, None when there is none."""
    if draft.birth_on is None:
        return None
    query = select(Person.id, Person.first).where(
        Person.last_folded == plain_text.fold(draft.last), Person.birth_on == draft.birth_on
    )
    first = plain_text.fold(draft.first)
    known = [r.id for r in work.session.execute(query) if plain_text.fold(r.first) == first]
    return min(known, default=None)


@needs(Permission.VIEW)
def town_of_zip(work: Work, zip_code: str) -> tuple[str, str] | None:
    """City and state that people of this practice with that ZIP code live in, if any."""
    five = plain_text.zip_digits(zip_code)[:5]
    if len(five) != 5 or not five.isdigit():
        return None
    query = select(Person.city, Person.state).where(
        Person.zip_code >= five, Person.zip_code < f"{five}~", Person.city != ""
    )
    found = work.session.execute(query.limit(1)).first()
    return (found.city, found.state) if found else None


def get(work: Work, person_id: int) -> Person:
    """A person's row.

    Raises:
        NotFound: there is none.
    """
    row = work.session.get(Person, person_id)
    if row is None:
        raise NotFound("There is no such person; search again.")
    return row
