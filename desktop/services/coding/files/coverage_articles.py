"""Medicare coverage articles: which diagnoses cover a procedure, by groups.

Layout: the tables of ``current_article_csv.zip`` (itself inside another zip): `article.csv`,
its procedures, its covered and non-covered diagnoses by group, and a paragraph of HTML for
each group. Which group serves which procedure stands only in that prose, so that a person has
to confirm it; here nothing is inferred.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop.errors import RuleError
from desktop.services.coding.base.parts import FileKind, Import, Part
from desktop.services.coding.base.values import LCD, ImportResult, RejectedLine
from desktop.services.coding.files import article_rows
from desktop.services.coding.files.article_rows import Article, Group
from desktop.services.coding.files.streams import Reading, cell, has_header, header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TAGS = re.compile(r"</?[a-zA-Z!][^>]*>")
_CODE = re.compile(r"[0-9A-Z]{5}")
_ICD = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_NUMBER = re.compile(r"[0-9]{1,8}")
_AHEAD = dt.timedelta(days=366)
_NONE = "XX000"
"""Stands for “not applicable” in either list."""

_FIELDS = {
    name: (name.replace("_", ""),)
    for name in (
        "article_id",
        "article_version",
        "title",
        "status",
        "article_eff_date",
        "article_end_date",
        "article_rev_eff_date",
        "last_updated",
        "hcpc_code_id",
        "hcpc_code_group",
        "icd10_code_id",
        "icd10_covered_group",
        "icd10_noncovered_group",
        "paragraph",
        "contractor_id",
    )
}
_ARTICLE = "article_id title status"
_HCPC = "article_id hcpc_code_id hcpc_code_group"
_GROUPS = {"": "icd10_covered_group", "n": "icd10_noncovered_group"}
_MEANING = {"": "covered", "n": "noncovered"}


def plain(text: str) -> str:
    """A paragraph of HTML as one line of text."""
    return " ".join(html.unescape(_TAGS.sub(" ", text)).split())


def _day(text: str) -> dt.date | None:
    """The day of ``2026-01-01 00:00:00``; None for none.

    Raises:
        ValueError: there is something, but no day.
    """
    return dt.date.fromisoformat(text[:10]) if text else None


@dataclass
class _Tables:
    """The active articles with what belongs to them.

    Attributes:
        until: a change of a later day is a typing error; it would keep every later snapshot out.
        articles: by id.
        groups: by key, such as 99999/1.
        procedures: groups of a procedure by (code, article).
        latest: the newest change that any table names.
    """

    until: dt.date
    articles: dict[str, Article] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    procedures: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    latest: dt.date | None = None
    rejected: list[RejectedLine] = field(default_factory=list)

    def note_change(self, text: str) -> None:
        """Remember the newest change, which tells how old the files are."""
        try:
            day = _day(text)
        except ValueError:
            return
        if day is not None and day <= self.until and (self.latest is None or day > self.latest):
            self.latest = day


def _read_articles(reading: Reading, tables: _Tables) -> None:
    rows = reading.rows()
    columns = header(reading, rows, _FIELDS, _ARTICLE)
    for number, cells in rows:
        values = {name: cell(cells, at) for name, at in columns.items()}
        number_id, version = values["article_id"], values.get("article_version", "")
        try:
            first = _day(values.get("article_rev_eff_date") or values.get("article_eff_date", ""))
            last = _day(values.get("article_end_date", ""))
        except ValueError:
            reading.reject(number, "one of its dates is no date")
            continue
        if not _NUMBER.fullmatch(number_id) or not re.fullmatch(r"[0-9]{0,8}", version):
            reading.reject(number, f"“{number_id[:12]}” is no article")
            continue
        if last is not None and first is not None and last < first:
            reading.reject(number, f"article {number_id} ends before it begins")
            continue
        reading.kept += 1
        tables.note_change(values.get("last_updated", ""))
        known = tables.articles.get(number_id)
        if values["status"] != "A" or (known and int(known.version or 0) >= int(version or 0)):
            continue
        tables.articles[number_id] = Article(
            number_id, version, plain(values["title"]), first or dt.date(2015, 10, 1), last
        )
    reading.finish("articles")


def _rows_of(
    reading: Reading, tables: _Tables, needed: str
) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Rows of active articles: line, article and fields."""
    rows = reading.rows()
    columns = header(reading, rows, _FIELDS, needed)
    wanted = columns["article_id"], columns.get("article_version")
    for number, cells in rows:
        article = cell(cells, wanted[0])
        if not _NUMBER.fullmatch(article):
            reading.reject(number, f"“{article[:12]}” is no article")
            continue
        if len(cells) <= max(columns[name] for name in needed.split()):
            reading.reject(number, "it is too short")
            continue
        reading.kept += 1
        if reading.kept % 20_000 == 0:
            reading.report()
        known = tables.articles.get(article)
        if known and (wanted[1] is None or known.version == cell(cells, wanted[1])):
            yield number, article, {name: cell(cells, at) for name, at in columns.items()}


def _read_procedures(reading: Reading, tables: _Tables) -> None:
    for number, article, values in _rows_of(reading, tables, _HCPC):
        code, group = values["hcpc_code_id"].upper(), values["hcpc_code_group"]
        tables.note_change(values.get("last_updated", ""))
        if code == _NONE:
            continue
        if not _CODE.fullmatch(code) or not _NUMBER.fullmatch(group):
            reading.reject(number, f"“{code[:12]}” in group “{group[:12]}” is no procedure")
            continue
        tables.procedures.setdefault((code, article), set()).add(int(group))
    reading.finish("procedures")


def _read_paragraphs(reading: Reading, tables: _Tables, sign: str) -> None:
    for number, article, values in _rows_of(
        reading, tables, f"article_id {_GROUPS[sign]} paragraph"
    ):
        group = values[_GROUPS[sign]]
        if _NUMBER.fullmatch(group):
            key = f"{article}/{sign}{int(group)}"
            tables.groups[key] = Group(key, article, plain(values["paragraph"]))
        else:
            reading.reject(number, f"“{group[:12]}” is no group")
    reading.finish()


def _diagnoses(reading: Reading, tables: _Tables, sign: str) -> Iterator[article_rows.NewPair]:
    """Pairs of group and diagnosis."""
    needed = f"article_id icd10_code_id {_GROUPS[sign]}"
    for number, article, values in _rows_of(reading, tables, needed):
        code, group = values["icd10_code_id"].upper().replace(".", ""), values[_GROUPS[sign]]
        if code == _NONE:
            continue
        if not _ICD.fullmatch(code) or not _NUMBER.fullmatch(group):
            reading.reject(number, f"“{code[:12]}” in group “{group[:12]}” is no diagnosis")
            continue
        tables.note_change(values.get("last_updated", ""))
        key = f"{article}/{sign}{int(group)}"
        if key not in tables.groups:
            tables.groups[key] = Group(key, article, "")
        yield tables.articles[article].pair(key, code, _MEANING[sign])
    reading.finish()


def _import(job: Import, part: Part) -> ImportResult:
    tables = _Tables(job.now.date() + _AHEAD)
    beside = _beside(job)
    if "lcd-procedures" not in beside or "lcd-covered" not in beside:
        raise RuleError(
            f"{part.name} names the articles only; choose article_x_hcpc_code.csv and "
            "article_x_icd10_covered.csv with it, or the whole zip."
        )
    reading = Reading(job, part)
    _read_articles(reading, tables)
    tables.rejected += reading.rejected
    _each(job, tables, beside, "lcd-procedures", _read_procedures)
    for sign, name in (("", "lcd-covered-text"), ("n", "lcd-noncovered-text")):
        _each(job, tables, beside, name, functools.partial(_read_paragraphs, sign=sign))
    _each(job, tables, beside, "lcd-contractors", _read_contractors)
    writer = article_rows.PairTable(job.connection)
    for (code, article), groups in tables.procedures.items():
        indicator = ",".join(str(group) for group in sorted(groups))
        writer.add(tables.articles[article].pair(code, article, indicator))
    for sign, name in (("", "lcd-covered"), ("n", "lcd-noncovered")):

        def read(reading: Reading, tables: _Tables, sign: str = sign) -> None:
            for pair in _diagnoses(reading, tables, sign):
                writer.add(pair)

        _each(job, tables, beside, name, read)
    if not tables.procedures:
        raise RuleError(f"{part.name} holds no active article with procedures; download it again.")
    day = job.start or tables.latest or job.now.date()
    job.progress(92, 100, f"Saving {len(tables.articles):,} articles")
    return article_rows.save(
        job, part, day, tables.articles, tables.groups, writer, tuple(tables.rejected)
    )


def _each(
    job: Import,
    tables: _Tables,
    beside: Mapping[str, list[Part]],
    name: str,
    read: Callable[[Reading, _Tables], None],
) -> None:
    for part in beside.get(name, ()):
        reading = Reading(job, part)
        read(reading, tables)
        tables.rejected += reading.rejected


def _read_contractors(reading: Reading, tables: _Tables) -> None:
    for _, article, values in _rows_of(reading, tables, "article_id contractor_id"):
        if _NUMBER.fullmatch(values["contractor_id"]):
            tables.articles[article].contractors.add(values["contractor_id"])
    reading.finish()


_LAYOUTS = {
    "lcd-procedures": _HCPC,
    "lcd-covered-text": "article_id icd10_covered_group paragraph",
    "lcd-noncovered-text": "article_id icd10_noncovered_group paragraph",
    "lcd-covered": "article_id icd10_code_id icd10_covered_group",
    "lcd-noncovered": "article_id icd10_code_id icd10_noncovered_group",
    "lcd-contractors": "article_id contractor_id",
    "lcd": _ARTICLE,
    "lcd-more": "article_id article_version",
}
"""Kinds by the columns that tell them; the first that fits counts."""


def _layout(part: Part) -> str:
    if part.is_workbook or "article" not in part.head[:400].lower():
        return ""
    return next((n for n, columns in _LAYOUTS.items() if has_header(part, _FIELDS, columns)), "")


def _beside(job: Import) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in job.parts:
        found.setdefault(_layout(part), []).append(part)
    return found


def _alone(_job: Import, part: Part) -> ImportResult:
    raise RuleError(
        f"{part.name} belongs to the coverage articles; choose it together with article.csv, or "
        "the whole zip."
    )


def _kind(name: str) -> FileKind:
    return FileKind(name, LCD, "", 51, lambda part: _layout(part) == name, _alone)


KINDS = (
    FileKind(
        "lcd",
        LCD,
        "Medicare's coverage articles (current_article_csv.zip)",
        50,
        lambda part: _layout(part) == "lcd",
        _import,
        takes=frozenset(_LAYOUTS) - {"lcd"},
    ),
    *(_kind(name) for name in _LAYOUTS if name != "lcd"),
)
