"""One box that finds a patient by any part of name, birth date, phone or account number.

Each patient has a handful of folded keys in `patient_key`; a word of the query is one or more
ranges of keys, and several words intersect. Names stand as they are; the other kinds begin with
a mark that no letter sorts among: ``#`` account number, ``@`` birth date, ``+`` phone, ``~``
phone read backwards (so that its last digits are a beginning).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, func, insert, select, text

from desktop.models.ledger import OpenItem, OpenReceipt
from desktop.models.payments import Receipt
from desktop.models.people import Patient, PatientKey, Person
from desktop.models.values import identifiers
from desktop.models.values import text as plain_text
from desktop.models.values.enums import Party
from desktop.models.values.money import ZERO, Money
from desktop.services.core.work import Permission, Work, needs
from desktop.services.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 50
# Stands before each key of a patient who was taken out of the lists.
INACTIVE = "!"
_AHEAD = "\U0010ffff"
_DATE = re.compile(
    r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"
    r"|(?P<y2>\d{4})[/.-](?P<m2>\d{1,2})[/.-](?P<d2>\d{1,2})"
    r"|(?P<m3>\d{2})(?P<d3>\d{2})(?P<y3>\d{4}|\d{2})"
)
_PHONE = re.compile(r"\s*(\+?1[\s.-]*)?\(?\d{3}\)?[\s.-]+\d{1,3}([\s.-]*\d{0,4})\s*")

Span = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A patient in a list.

    Attributes:
        balance: what the patient owes now, less what is held unapplied.
        payer: the first coverage in force today, empty when there is none.
    """

    id: int
    person_id: int
    name: str
    birth_on: dt.date | None
    account_number: str
    phone_last4: str
    payer: str
    balance: Money
    is_active: bool


@needs(Permission.VIEW)
def search(
    work: Work, text: str, limit: int = LIMIT, *, inactive: bool = False
) -> list[PatientRow]:
    """Patients in whom every word of the text is found, best first.

    An empty text gives those registered last.
    """
    words = query_words(text, work.clock.today())
    if not words:
        ids = _newest(work, limit, inactive=inactive)
        return rows(work, ids)
    if any(not spans for spans in words):
        return []
    if inactive:
        words = [[*spans, *((INACTIVE + a, INACTIVE + b) for a, b in spans)] for spans in words]
    ids = _matching(work, words, limit)
    found = rows(work, ids)
    first = plain_text.fold(text.replace(",", " ").split()[0]) if text.split() else ""
    return sorted(
        found, key=lambda r: (not plain_text.fold(r.name).startswith(first), r.name, r.id)
    )


def query_words(text: str, today: dt.date) -> list[list[Span]]:
    """The ranges of keys that each word of a query stands for; an empty one finds nothing."""
    # An area code, and digits with blanks and brackets between them, are one phone number.
    if _PHONE.fullmatch(text) and not _DATE.fullmatch(text.strip()):
        return [_number_spans(identifiers.digits(text), today)]
    return [_spans(word, today) for word in re.split(r"[\s,;]+", text) if word]


def _spans(word: str, today: dt.date) -> list[Span]:
    born = _birth_date(word, today)
    spans = [_span(f"@{born:%Y%m%d}")] if born else []
    folded = plain_text.fold(word)
    if not folded:
        return spans
    number = identifiers.digits(word)
    if folded.isdigit():
        return spans + _number_spans(number, today)
    spans.append(_span(folded))
    if number:
        spans.append(_span(f"#{folded}"))
    return spans


def _number_spans(number: str, today: dt.date) -> list[Span]:
    if len(number) == 11 and number.startswith("1"):
        number = number[1:]
    spans = [_span(f"#{number}")]
    born = _birth_date(number, today)
    if born:
        spans.append(_span(f"@{born:%Y%m%d}"))
    if len(number) >= 4:
        spans += [_span(f"+{number}"), _span(f"~{number[::-1]}")]
    return spans


def _span(prefix: str) -> Span:
    return prefix, prefix + _AHEAD


def _birth_date(word: str, today: dt.date) -> dt.date | None:
    found = _DATE.fullmatch(word)
    if not found:
        return None
    year = int(found["y"] or found["y2"] or found["y3"])
    if year < 100:
        year += today.year // 100 * 100
        if year > today.year:
            year -= 100
    month = int(found["m"] or found["m2"] or found["m3"])
    day = int(found["d"] or found["d2"] or found["d3"])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def keys_of(row: Patient, person: Person) -> set[str]:
    """All keys by which an active patient is found."""
    keys = {f"#{plain_text.fold(row.account_number)}"}
    for name in (person.last, person.first, person.middle):
        keys.add(plain_text.fold(name))
        # Smith-Jones is found by Jones, O'Brien by Brien, De la Cruz by Cruz.
        keys.update(plain_text.fold(part) for part in re.split(r"[\s'’ʼ.-]+", name))
    if person.birth_on:
        keys.add(f"@{person.birth_on:%Y%m%d}")
    number = identifiers.digits(person.phone)
    if number:
        keys |= {f"+{number}", f"~{number[::-1]}"}
    return {key for key in keys if key}


def _marked(row: Patient, person: Person) -> set[str]:
    keys = keys_of(row, person)
    return keys if row.is_active else {INACTIVE + key for key in keys}


def keep_keys(work: Work, row: Patient, person: Person) -> None:
    """Bring a patient's keys up to date, in the transaction of the change."""
    session = work.session
    wanted = _marked(row, person)
    kept = set(session.scalars(select(PatientKey.key).where(PatientKey.patient_id == row.id)))
    if kept - wanted:
        session.execute(
            delete(PatientKey).where(
                PatientKey.patient_id == row.id, PatientKey.key.in_(kept - wanted)
            )
        )
    if wanted - kept:
        session.execute(
            insert(PatientKey),
            [{"key": key, "patient_id": row.id} for key in sorted(wanted - kept)],
        )


@needs(Permission.ADMINISTER)
def reindex(work: Work) -> int:
    """Make all keys anew from the patients; returns how many patients there are."""
    session = work.session
    session.execute(delete(PatientKey))
    count = 0
    batch: list[dict[str, object]] = []
    query = select(Patient, Person).join(Person, Person.id == Patient.person_id)
    for row, person in session.execute(query).yield_per(2000):
        batch += [{"key": key, "patient_id": row.id} for key in sorted(_marked(row, person))]
        count += 1
        if len(batch) > 20_000:
            session.execute(insert(PatientKey), batch)
            batch = []
    if batch:
        session.execute(insert(PatientKey), batch)
    return count


def _within(spans: Sequence[Span], name: str, values: dict[str, object], key: str) -> str:
    """SQL for “the key lies in one of these ranges”; its bounds go into `values`."""
    parts = []
    for number, (low, high) in enumerate(spans):
        values |= {f"{name}_{number}_low": low, f"{name}_{number}_high": high}
        parts.append(f"{key} >= :{name}_{number}_low AND {key} < :{name}_{number}_high")
    return f"({' OR '.join(parts)})"


def _matching(work: Work, words: Sequence[list[Span]], limit: int) -> list[int]:
    """Ids of patients in whom all words are found.

    The shortest word leads and the others are read as whole ranges: keys that lie together on
    a few pages, where a look-up patient by patient would touch (and decrypt) a page each.
    Written as text, because at each keystroke building the statement would cost more than
    running it.
    """
    ordered = sorted(words, key=lambda spans: len(spans[0][0]))
    values: dict[str, object] = {"limit": limit}
    where = [_within(ordered[0], "w0", values, "first.key")]
    for at, spans in enumerate(ordered[1:], 1):
        within = _within(spans, f"w{at}", values, "other.key")
        # The plus keeps the planner from turning the order round.
        where.append(
            "+first.patient_id IN "
            f"(SELECT other.patient_id FROM patient_key AS other WHERE {within})"
        )
    query = (
        "SELECT DISTINCT first.patient_id FROM patient_key AS first "
        f"WHERE {' AND '.join(where)} LIMIT :limit"
    )
    return list(work.session.scalars(text(query), values))


def _newest(work: Work, limit: int, *, inactive: bool) -> list[int]:
    query = select(Patient.id).order_by(Patient.id.desc()).limit(limit)
    if not inactive:
        query = query.where(Patient.is_active)
    return list(work.session.scalars(query))


# One statement for a whole page of the list; see `_matching` for why it is text.
_ROWS: Final = text(
    """
    SELECT patient.id, patient.person_id, patient.account_number, patient.is_active,
        person.last, person.first, person.middle, person.suffix, person.birth_on, person.phone,
        (SELECT payer.name FROM coverage JOIN payer ON payer.id = coverage.payer_id
            WHERE coverage.patient_id = patient.id AND coverage.valid_from <= :today
            AND (coverage.valid_to IS NULL OR coverage.valid_to >= :today)
            ORDER BY coverage.rank, coverage.id LIMIT 1) AS payer,
        (SELECT sum(open_item.amount) FROM open_item
            WHERE open_item.patient_id = patient.id AND open_item.party = 0
            AND open_item.amount <> 0) AS owed,
        (SELECT sum(leg.amount) FROM receipt JOIN leg ON leg.receipt_id = receipt.id
            WHERE receipt.patient_id = patient.id AND receipt.kind = 'patient'
            AND leg.account = 'unapplied') AS held
    FROM patient JOIN person ON person.id = patient.person_id
    WHERE patient.id IN :ids
    """
).bindparams(bindparam("ids", expanding=True))


def rows(work: Work, ids: Sequence[int]) -> list[PatientRow]:
    """Patients as rows of a list, in the order of the ids: one query, however many."""
    if not ids:
        return []
    values = {"ids": list(ids), "today": work.clock.today().isoformat()}
    found = {
        r.id: PatientRow(
            id=r.id,
            person_id=r.person_id,
            name=people.shown_name(r.last, r.first, r.middle, r.suffix),
            birth_on=dt.date.fromisoformat(r.birth_on) if r.birth_on else None,
            account_number=r.account_number,
            phone_last4=r.phone[-4:],
            payer=r.payer or "",
            # Unapplied legs are credits, so they are negative: they lower what is owed.
            balance=Money((r.owed or 0) + (r.held or 0)),
            is_active=bool(r.is_active),
        )
        for r in work.session.execute(_ROWS, values)
    }
    return [found[i] for i in ids if i in found]


def patient_balances(work: Work, ids: Sequence[int]) -> dict[int, Money]:
    """What patients owe themselves, net of what they paid ahead, by patient."""
    owed = work.session.execute(
        select(OpenItem.patient_id, func.sum(OpenItem.amount).label("amount"))
        .where(
            OpenItem.patient_id.in_(ids), OpenItem.party == Party.PATIENT, OpenItem.amount != ZERO
        )
        .group_by(OpenItem.patient_id)
    )
    balances = {r.patient_id: r.amount for r in owed}
    ahead = work.session.execute(
        select(Receipt.patient_id, func.sum(OpenReceipt.amount).label("amount"))
        .join(OpenReceipt, OpenReceipt.receipt_id == Receipt.id)
        .where(Receipt.patient_id.in_(ids), Receipt.kind == "patient")
        .group_by(Receipt.patient_id)
    )
    for r in ahead:
        balances[r.patient_id] = balances.get(r.patient_id, ZERO) - r.amount
    return balances
