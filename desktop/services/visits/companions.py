"""What the tabular list asks for beside a diagnosis: a missing character, a side, further codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop.services.coding.base.references import references
from desktop.services.coding.base.values import CodeInfo, NoteKind, Standing
from desktop.services.coding.library import browser
from desktop.services.coding.library.store import CodeStore, normal
from desktop.services.coding.library.variants import Side
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from desktop.services.coding.library.browser import Addition

MOST_BELOW = 15
"""Codes that a heading may stand for in a list; beyond it the heading itself is shown."""
_KINDS = {
    NoteKind.CODE_FIRST: "Code first",
    NoteKind.USE_ADDITIONAL: "Use an additional code",
    NoteKind.CODE_ALSO: "Code also",
}
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CODE_TO = re.compile(r"^code (?:to identify )?(?:the |any )?")


class How(StrEnum):
    """Where a chosen code goes on the visit."""

    INSTEAD = "instead"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Companion:
    """A code to choose.

    Attributes:
        text: the note's words, the meaning of the 7th character, or the side; empty where the
            group's heading says it.
        mark: the 7th character; empty for other choices.
        billable: it can be taken as it is; else it is a heading to look into.
    """

    text: str
    code: str
    dotted: str
    title: str
    billable: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CompanionGroup:
    """Choices of one kind.

    Attributes:
        heading: what is asked for.
        origin: the heading of the tabular list that asks, as printed; empty for the code itself.
        question: what has to be chosen; empty where several may be.
        is_near: said of the code or its category, not of a whole chapter.
        is_needed: without it the code cannot be billed as it stands.
    """

    how: How
    heading: str
    choices: tuple[Companion, ...]
    origin: str = ""
    question: str = ""
    is_near: bool = True
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Companions:
    """Everything that goes with one diagnosis on a date."""

    code: str
    dotted: str
    title: str
    groups: tuple[CompanionGroup, ...]

    def open_groups(self, have: Iterable[str]) -> list[CompanionGroup]:
        """What the visit does not answer yet, of what is said of the code itself."""
        taken = set(have) - {self.code}
        return [g for g in self.groups if g.is_near and not _answered(g, taken)]

    def summary(self, have: Iterable[str]) -> str:
        """One line of what is still asked for; empty when nothing is."""
        waiting = self.open_groups(have)
        if not waiting:
            return ""
        first = waiting[0]
        text = first.heading
        if first.how is not How.INSTEAD:
            words = list(dict.fromkeys(c.text for c in first.choices))
            text += f": {words[0]}, …" if len(words) > 1 else ""
        more = f"   (and {len(waiting) - 1} more)" if len(waiting) > 1 else ""
        return f"{self.dotted}   {text[:1].lower()}{text[1:]}{more}"


def _answered(group: CompanionGroup, taken: set[str]) -> bool:
    if group.how is How.INSTEAD:
        return False
    return any(t.startswith(c.code) for c in group.choices for t in taken)


@needs(Permission.VIEW)
def companions(work: Work, code: str, on: dt.date) -> Companions | None:
    """What goes with a diagnosis; None when the code does not stand on the date."""
    store, wanted = work.codes, normal(code)
    info = work.codes.check_diagnosis(wanted, on)
    if info.info is None or info.standing not in (Standing.VALID, Standing.NOT_BILLABLE):
        return None
    groups = [
        *_missing(store, info.info, on),
        *_sides(store, info.info, on),
        *_asked(store, info.info, on),
    ]
    # What one click completes stands before what may be added.
    groups.sort(key=lambda g: (not g.is_needed, not g.is_near))
    return Companions(info.info.code, info.info.dotted, info.info.title, tuple(groups))


def _missing(store: CodeStore, info: CodeInfo, on: dt.date) -> Iterator[CompanionGroup]:
    seventh = browser.sevenths(store, info.code, on)
    if seventh:
        choices = tuple(
            Companion(s.meaning, s.code, s.dotted, s.title, mark=s.mark)
            for s in seventh
            if not s.is_current
        )
        heading = "Other 7th characters" if info.billable else "Needs a 7th character"
        yield CompanionGroup(
            How.INSTEAD, heading, choices,
            question="" if info.billable else "Which 7th character?",
            is_near=not info.billable, is_needed=not info.billable,
        )  # fmt: skip
    elif not info.billable:
        below = store.billable_below(info.code, on)
        choices = tuple(Companion("", i.code, i.dotted, i.title) for i in below)
        yield CompanionGroup(
            How.INSTEAD, "Needs more characters", choices,
            question="Which of its codes?", is_needed=True,
        )  # fmt: skip


def _sides(store: CodeStore, info: CodeInfo, on: dt.date) -> Iterator[CompanionGroup]:
    found = browser.sides(store, info.code, on)
    own = next((s.side for s in found if s.is_current), None)
    choices = tuple(
        Companion(s.side.value, s.code, s.dotted, s.title, billable=True)
        for s in found
        if not s.is_current and s.side is not Side.UNSPECIFIED
    )
    if choices and info.billable:
        open_side = own is Side.UNSPECIFIED
        heading = "Leaves the side open" if open_side else "The same on another side"
        question = "Which side?" if open_side else ""
        yield CompanionGroup(How.INSTEAD, heading, choices, question=question, is_near=open_side)


def _asked(store: CodeStore, info: CodeInfo, on: dt.date) -> Iterator[CompanionGroup]:
    wanted: dict[tuple[NoteKind, str], list[Addition]] = {}
    for each in browser.additions(store, info.code, on):
        wanted.setdefault((each.kind, each.from_code), []).append(each)
    for (kind, origin), some in wanted.items():
        choices = tuple(c for each in some for c in _choices(store, each, on))
        how = How.BEFORE if kind is NoteKind.CODE_FIRST else How.AFTER
        near = normal(info.code).startswith(normal(origin)) and len(normal(origin)) > 2
        shown = "" if origin == info.dotted else origin
        heading = _KINDS[kind]
        if len({c.text for c in choices}) == 1:
            heading = f"{heading}: {choices[0].text}"
            choices = tuple(replace(c, text="") for c in choices)
        yield CompanionGroup(how, heading, choices, shown, is_near=near)


def _choices(store: CodeStore, each: Addition, on: dt.date) -> Iterator[Companion]:
    """The code of a note, or those that the heading it names stands for."""
    text = _CODE_TO.sub("", _BRACKETS.sub("", each.text)).strip(" ,;:") or each.title
    if each.billable:
        yield Companion(text, each.code, each.dotted, each.title)
        return
    named = [r for r in references(each.text) if r.first.startswith(each.code)]
    below = [
        info
        for info in store.billable_below(each.code, on, 200)
        if any(r.first <= info.code and info.code[: len(r.last)] <= r.last for r in named)
    ]
    if not 0 < len(below) <= MOST_BELOW:
        yield Companion(text, each.code, each.dotted, each.title, billable=False)
    for info in below if len(below) <= MOST_BELOW else ():
        yield Companion(text, info.code, info.dotted, info.title)
