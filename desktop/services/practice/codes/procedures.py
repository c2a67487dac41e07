"""The practice's own list of procedures, in its own words, and what it uses most.

CPT descriptions belong to the AMA and are not shipped; a practice writes its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.errors import NotFound
from desktop.models.practice import CodeUse, Procedure
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.services.coding.base.words import fold, raw_words, stem, tokens
from desktop.services.coding.builtin.phrases import phrases
from desktop.services.coding.releases.ranking import distance
from desktop.services.coding.search.query import readings
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.practice.codes import uses
from desktop.services.practice.office.locations import PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

SYSTEM: Final = "procedure"
_SPELLED = 0.94
"""What an abbreviation spells out comes behind what was typed."""
_FEWEST_LETTERS = 5
"""A shorter word must be spelled right: one letter more and it is another word."""


@dataclass(frozen=True, slots=True)
class ProcedureDraft:
    """A procedure as it is read and saved; `id` None makes a new one.

    Attributes:
        modifiers: those that always go with it, joined by a blank.
        place: a place of service other than the location's; empty for none.
        needs_clia: a laboratory test whose claim carries the CLIA number.
        uses: how often it was charged; read only.
    """

    code: str
    title: str
    modifiers: str = ""
    place: str = ""
    needs_clia: bool = False
    is_active: bool = True
    id: int | None = None
    version: int | None = None
    uses: int = 0
    is_favourite: bool = False


_NAMES = ("code", "title", "modifiers", "place", "needs_clia", "is_active")


@needs(Permission.VIEW)
def all_procedures(work: Work, *, active_only: bool = False) -> list[ProcedureDraft]:
    """The whole list by code."""
    query = (
        select(Procedure, CodeUse.uses, CodeUse.is_favourite)
        .outerjoin(CodeUse, (CodeUse.system == SYSTEM) & (CodeUse.code == Procedure.code))
        .order_by(Procedure.code)
    )
    if active_only:
        query = query.where(Procedure.is_active)
    return [
        ProcedureDraft(
            **{name: getattr(row, name) for name in _NAMES},
            id=row.id,
            version=row.version,
            uses=uses or 0,
            is_favourite=bool(favourite),
        )
        for row, uses, favourite in work.session.execute(query)
    ]


@needs(Permission.VIEW)
def find(work: Work, text: str, limit: int = 12) -> list[ProcedureDraft]:
    """Active procedures by the beginning of the code or of words: favourites, then most used.

    Abbreviations, patients' words and misspellings are understood as in the search of codes; an
    entry that holds what was typed stands before one that only means it.
    """
    ways = [(reading.words, reading.factor) for reading in readings(text)]
    # “ECG” alone means an abnormal one among diagnoses; here it is the procedure itself.
    spelled = phrases().get(" ".join(stem(word) for word in raw_words(fold(text))), ())
    ways += [(tuple(tokens(each)), _SPELLED) for each in spelled]
    if not ways:
        ways = [((), 1.0)]
    code = plain_text.fold(text).upper()
    found = []
    for each in all_procedures(work, active_only=True):
        parts = tokens(each.title)
        score = max(factor * _fit(words, parts) for words, factor in ways)
        if code and each.code.startswith(code):
            score = 2.0
        if score:
            found.append((score, each))
    found.sort(key=lambda pair: (-pair[0], not pair[1].is_favourite, -pair[1].uses, pair[1].code))
    return [each for _, each in found[:limit]]


def _fit(words: Sequence[str], parts: Sequence[str]) -> float:
    """How well an entry holds all words of a query: 1 as typed, less with letters wrong."""
    least = 1.0
    for word in words:
        if any(part.startswith(word) for part in parts):
            continue
        most = 0 if len(word) < _FEWEST_LETTERS else 1 + (len(word) > _FEWEST_LETTERS + 3)
        if not most or all(distance(word, part, most) > most for part in parts):
            return 0.0
        least = 0.7
    return least


@needs(Permission.VIEW)
def by_code(work: Work, code: str) -> ProcedureDraft | None:
    """The procedure of a code, None when the practice has none."""
    wanted = plain_text.code(code)
    row = work.session.scalar(select(Procedure).where(Procedure.code == wanted))
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _NAMES}
    return ProcedureDraft(**values, id=row.id, version=row.version)


@needs(Permission.SET_UP)
def save(work: Work, draft: ProcedureDraft) -> int:
    """Add or change a procedure; returns its id."""
    session = work.session
    draft = replace(
        draft,
        code=plain_text.code(draft.code),
        title=plain_text.one_line(draft.title),
        modifiers=" ".join(plain_text.one_line(draft.modifiers).upper().replace(",", " ").split()),
        place=plain_text.code(draft.place),
    )
    found = typed.Findings()
    found.add("code", identifiers.procedure_problem(draft.code))
    found.require("title", draft.title, "Describe the procedure in your own words.")
    found.free_text("title", draft.title, 100)
    for modifier in draft.modifiers.split():
        found.add("modifiers", identifiers.modifier_problem(modifier))
    if len(draft.modifiers.split()) > 4:
        found.add("modifiers", "A claim line takes at most four modifiers.")
    if draft.place and draft.place not in PLACES:
        found.add("place", f"There is no place of service “{draft.place}”.")
    taken = select(Procedure.id).where(Procedure.code == draft.code)
    if draft.id is not None:
        taken = taken.where(Procedure.id != draft.id)
    if session.scalar(taken):
        found.add("code", f"The procedure {draft.code} is in the list already.")
    found.raise_if_any()
    values = {name: getattr(draft, name) for name in _NAMES}
    if draft.id is None:
        row = Procedure(**values)
        session.add(row)
        session.flush()
        audit.record(work, "created", "procedure", row.id)
    else:
        existing = session.get(Procedure, draft.id)
        if existing is None:
            raise NotFound("This procedure is gone; refresh the page.")
        row = existing
        fields.same_version(row.version, draft.version, "this procedure")
        changed = fields.apply(row, values)
        if not changed:
            return row.id
        session.flush()
        audit.record(work, "changed", "procedure", row.id, fields=changed)
    work.touch(Changes.FEES)
    return row.id


@needs(Permission.CODE)
def set_favourite(work: Work, code: str, *, favourite: bool) -> None:
    """Put a procedure among the favourites of type-ahead, or take it out."""
    uses.set_favourite(work, SYSTEM, plain_text.code(code), favourite=favourite)
