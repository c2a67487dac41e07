"""What a release changed, from the intervals of its codes: new, ended, retitled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.services.coding.base.values import CodeInfo, Release
    from desktop.services.coding.library.store import CodeStore


class What(StrEnum):
    """What happened to a code."""

    NEW = "new"
    ENDED = "ended"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CodeChange:
    """One code that a release changed.

    Attributes:
        title, old_title: after and before; the one that there is not is empty.
        detail: what changed beside the title, in words.
        replaced_by: successor of an ended code, as printed.
        billable: now, or at its end.
    """

    what: What
    code: str
    dotted: str
    title: str
    old_title: str
    detail: str
    replaced_by: str
    billable: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """A release beside the one before it.

    Attributes:
        before: None for the first release loaded: it has nothing to be compared with.
        rows: new, then ended, then changed codes, each in tabular order.
    """

    release: Release
    before: Release | None
    rows: tuple[CodeChange, ...]

    def count(self, what: What) -> int:
        """How many codes something happened to."""
        return sum(r.what is what for r in self.rows)


def changes(store: CodeStore, system: str, release: str) -> Differences | None:
    """What a release, by its name, changed; None when it is not loaded."""
    loaded = store.releases(system)
    at = next((n for n, r in enumerate(loaded) if r.name == release), None)
    if at is None:
        return None
    if at == 0:
        return Differences(loaded[0], None, ())
    day = loaded[at].valid_from
    following = next((r.valid_from for r in loaded[at + 1 :]), None)
    ended, begun = store.moved(system, day, following)
    # Lists with days of their own (HCPCS) let a code begin or end within the release.
    old = {i.code: i for i in ended if i.valid_from < day}
    new = {i.code: i for i in begun}
    gone = {i.code for i in ended if new.get(i.code, old.get(i.code)) == i}
    rows = [_row(What.NEW, i, None) for c, i in new.items() if c not in old]
    rows += [_row(What.ENDED, None, i) for c, i in old.items() if c in gone]
    both = [(i, old[c]) for c, i in new.items() if c in old and c not in gone]
    rows += [_row(What.CHANGED, i, o) for i, o in both if _differ(i, o)]
    return Differences(loaded[at], loaded[at - 1], tuple(rows))


def _differ(new: CodeInfo, old: CodeInfo) -> bool:
    return (new.title, new.billable, new.attributes) != (old.title, old.billable, old.attributes)


def _row(what: What, new: CodeInfo | None, old: CodeInfo | None) -> CodeChange:
    here = new or old
    if here is None:
        raise AssertionError("a change has a before or an after")
    detail = ""
    if new and old and new.billable != old.billable:
        detail = "now billable" if new.billable else "no longer billable: it has codes below"
    elif new and old and new.title == old.title:
        keys = sorted({*new.attributes, *old.attributes})
        moved = [k for k in keys if new.attributes.get(k) != old.attributes.get(k)]
        detail = ", ".join(k.replace("_", " ") for k in moved)
    return CodeChange(
        what,
        here.code,
        here.dotted,
        new.title if new else "",
        old.title if old else "",
        detail,
        old.replaced_by if old and not new else "",
        here.billable,
    )
