"""A code's page as a document: pure text in, markup out; everything of a file is escaped.

Links are `code:E119` (show this code) and `add:0` (the first code that a note asks for).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import ICD10CM, CodeInfo, NoteKind
from desktop.services.coding.library.variants import Side
from desktop.ui.lib.dates import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.services.coding.library.browser import (
        Addition,
        CodePage,
        NoteBlock,
        NoteGroup,
        NoteLine,
    )
    from desktop.services.practice.codes.code_pages import ShownCode
    from desktop.ui.lib.schemes import Scheme

_CHILDREN_SHOWN = 80
_KEYS = 9
_SIDES = {
    Side.RIGHT: "Right",
    Side.LEFT: "Left",
    Side.BILATERAL: "Both sides",
    Side.UNSPECIFIED: "Unspecified side",
}
# What a coder has to act on stands first.
_ORDER = (
    NoteKind.CODE_FIRST,
    NoteKind.USE_ADDITIONAL,
    NoteKind.CODE_ALSO,
    NoteKind.EXCLUDES1,
    NoteKind.EXCLUDES2,
    NoteKind.INCLUSION_TERM,
    NoteKind.INCLUDES,
    NoteKind.SEVENTH_NOTE,
    NoteKind.NOTES,
)


def style(scheme: Scheme) -> str:
    """The few rules of the document, in the colours of the window."""
    return (
        f"a {{ color: {scheme.accent}; text-decoration: none; }}"
        f".muted {{ color: {scheme.muted}; }} .good {{ color: {scheme.good}; }}"
        f".warn {{ color: {scheme.warn}; }}"
        "h2 { font-size: large; margin-bottom: 2px; margin-top: 0px; }"
        "h3 { font-size: medium; margin-top: 12px; margin-bottom: 2px; }"
        "p { margin-top: 2px; margin-bottom: 2px; }"
        f"th {{ color: {scheme.muted}; text-align: left; font-weight: 600; }}"
    )


def document(code: ShownCode, *, adds_to_visit: bool) -> str:
    """The whole page."""
    page = code.page
    parts = [
        _head(code),
        _sides(page),
        _sevenths(page),
        _facts(page),
        _children(page),
        _hint(page, adds_to_visit=adds_to_visit),
    ]
    groups = {g.kind: g for g in page.groups}
    parts += [_group(groups[kind], page) for kind in _ORDER if kind in groups]
    parts.append(_history(page))
    parts.append(_foot(page))
    return "".join(parts)


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def _head(code: ShownCode) -> str:
    page = code.page
    star = " ★" if code.is_favourite else ""
    name = page.info.dotted if page.info.kind == "code" else _heading_name(page.info)
    title = page.info.title if page.info.kind == "code" else ""
    out = f"<h2>{escape(name)}{star}&nbsp; {escape(title)}</h2>"
    above = " › ".join(_link(f"code:{code}", _crumb(c)) for code, c, _ in page.path)
    if above:
        out += f'<p class="muted">{above}</p>'
    look, mark = ("good", "✓") if page.is_good else ("warn", "!")
    if page.info.kind != "code" or (page.is_good and page.info.system != ICD10CM):
        return f'{out}<p class="muted">{escape(page.standing)}</p>'
    standing = escape(page.standing)
    if page.replaced_by:
        target = page.replaced_by.replace(".", "")
        standing = standing.replace(
            escape(page.replaced_by), _link(f"code:{target}", page.replaced_by)
        )
    return f'{out}<p class="{look}"><b>{mark}&nbsp; {standing}</b></p>'


def _heading_name(info: CodeInfo) -> str:
    return f"Chapter {info.code}: {info.title}" if info.kind == "chapter" else info.title


def _crumb(printed: str) -> str:
    return f"Chapter {printed}" if printed.isdigit() else printed


def _sides(page: CodePage) -> str:
    if not page.sides:
        return ""
    found = {s.side: s for s in page.sides}
    heads = "".join(f"<th>{_SIDES[side]}&nbsp;&nbsp;</th>" for side in found)
    cells = []
    for choice in found.values():
        text = escape(choice.dotted)
        cell = f"<b>{text}</b>" if choice.is_current else _link(f"code:{choice.code}", text)
        cells.append(f'<td title="{escape(choice.title)}">{cell}&nbsp;&nbsp;</td>')
    return (
        '<h3>Side</h3><table cellspacing="0" cellpadding="3">'
        f"<tr>{heads}</tr><tr>{''.join(cells)}</tr></table>"
    )


def _sevenths(page: CodePage) -> str:
    if not page.sevenths:
        return ""
    rows = []
    for each in page.sevenths:
        full = escape(each.dotted)
        name = f"<b>{full}</b>" if each.is_current else _link(f"code:{each.code}", full)
        rows.append(
            f"<tr><td><b>{escape(each.mark)}</b></td><td>{name}&nbsp;&nbsp;</td>"
            f"<td>{escape(each.meaning)}</td></tr>"
        )
    padded = any(s.is_padded for s in page.sevenths)
    said = "its letter chooses it" + ("; X fills the empty places" if padded else "")
    words = f' <span class="muted">({said})</span>'
    table = f'<table cellspacing="0" cellpadding="3">{"".join(rows)}</table>'
    return f"<h3>7th character{words}</h3>{table}"


def _facts(page: CodePage) -> str:
    if not page.facts:
        return ""
    rows = "".join(
        f'<tr><td class="muted">{escape(name)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>'
        for name, value in page.facts
    )
    return f'<table cellspacing="0" cellpadding="3" style="margin-top: 8px">{rows}</table>'


def _children(page: CodePage) -> str:
    below = [c for c in page.children if c.code not in {s.code for s in page.sevenths}]
    if not below:
        return ""
    rows = "".join(
        f"<tr><td>{_link(f'code:{c.code}', c.dotted)}&nbsp;&nbsp;</td>"
        f"<td>{escape(_bare_title(c))}</td></tr>"
        for c in below[:_CHILDREN_SHOWN]
    )
    more = len(below) - _CHILDREN_SHOWN
    rest = f'<p class="muted">… and {more:,} more in the list.</p>' if more > 0 else ""
    return f'<h3>Below it</h3><table cellspacing="0" cellpadding="2">{rows}</table>{rest}'


def _bare_title(info: CodeInfo) -> str:
    """A section's title without the range that stands before it."""
    return info.title.removesuffix(f" ({info.dotted})") if info.kind == "section" else info.title


def _hint(page: CodePage, *, adds_to_visit: bool) -> str:
    count = min(len(page.additions), _KEYS)
    if not count:
        return ""
    one = count == 1
    keys = "Key 1" if one else f"Keys 1 to {count}"
    deed = ("adds" if one else "add") if adds_to_visit else ("goes to" if one else "go to")
    codes = "the code that a note asks for" if one else "the codes that notes ask for"
    return f'<p class="muted">{keys} {deed} {codes}.</p>'


def _group(group: NoteGroup, page: CodePage) -> str:
    numbered = {(a.kind, a.text, a.code): number for number, a in enumerate(page.additions, 1)}
    given: set[int] = set()
    blocks = []
    for block in group.blocks:
        lines = "".join(
            _line(line, group.kind, page.additions, numbered, given) for line in block.lines
        )
        blocks.append(f"{_origin(block)}{lines}")
    return f"<h3>{escape(group.heading)}</h3>{''.join(blocks)}"


def _origin(block: NoteBlock) -> str:
    if not block.inherited:
        return ""
    name = block.from_code
    if name.isdigit():
        words = f"Chapter {name}: {block.from_title}"
    elif block.from_title.endswith(f"({name})"):
        words = block.from_title
    else:
        words = f"{name} {block.from_title}"
    target = name.replace(".", "")
    link = _link(f"code:{target}", words)
    return f'<p class="muted">from {link}</p>'


def _line(
    line: NoteLine,
    kind: NoteKind,
    additions: Iterable[Addition],
    numbered: dict[tuple[NoteKind, str, str], int],
    given: set[int],
) -> str:
    out, at = [], 0
    for start, end, code in line.links:
        out += [escape(line.text[at:start]), _link(f"code:{code}", line.text[start:end])]
        at = end
    out.append(escape(line.text[at:]))
    for each in additions:
        number = numbered[(each.kind, each.text, each.code)]
        if (each.kind, each.text) == (kind, line.text) and number not in given:
            given.add(number)
            key = f"<b>[{number}]</b> " if number <= _KEYS else ""
            out.append(
                f'&nbsp; {key}<a href="add:{number - 1}">{escape(each.dotted)}</a> '
                f'<span class="muted">{escape(each.title)}</span>'
            )
    indent = 28 if line.is_below else 12
    return f'<p style="margin-left: {indent}px">{"".join(out)}</p>'


def _history(page: CodePage) -> str:
    if len(page.history) < 2:
        return ""
    rows = []
    for each in reversed(page.history):
        until = f" until {shown(each.valid_to)}" if each.valid_to else ""
        state = "" if each.billable or each.system != ICD10CM else " (not billable)"
        rows.append(
            f"<tr><td>from {shown(each.valid_from)}{until}&nbsp;&nbsp;</td>"
            f"<td>{escape(each.title)}{state}</td></tr>"
        )
    table = f'<table cellspacing="0" cellpadding="2">{"".join(rows)}</table>'
    return f"<h3>Before and after</h3>{table}"


def _foot(page: CodePage) -> str:
    said = []
    if page.release and page.release == page.notes_release and page.groups:
        said.append(f"Code list and notes: {page.release}.")
    elif page.release:
        said.append(f"Code list: {page.release}.")
    if page.notes_release and page.groups and page.release != page.notes_release:
        said.append(f"Notes: {page.notes_release}.")
        if page.release:
            said.append("The notes are of an earlier release; the tabular list is not loaded yet.")
    return f'<br><p class="muted">{escape(" ".join(said))}</p>' if said else ""
