"""Medicare coverage articles: which diagnosis groups serve which procedure, said once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.clock import stamp
from desktop.errors import NotFound, Problem, RuleError
from desktop.models.coding import ArticleChoice
from desktop.models.practice import Procedure
from desktop.services.claims.rules.coding.procedure_reading import ProcedureReader
from desktop.services.coding.base.values import LCD
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class PendingArticle:
    """An article that lists a procedure, and waits for the user's word.

    Attributes:
        groups: its covered diagnosis groups: code (“57000/1”) and paragraph.
    """

    article: str
    title: str
    procedure: str
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChosenArticle:
    """What was said: the groups that serve the procedure; none: it does not apply here."""

    article: str
    procedure: str
    groups: tuple[str, ...]
    user_id: int
    chosen_at: str


@needs(Permission.VIEW)
def list_pending(
    work: Work, on: dt.date | None = None, procedures: Iterable[str] | None = None
) -> list[PendingArticle]:
    """Articles in force that were not confirmed yet.

    Args:
        work: the unit of work.
        on: the day; today when left out.
        procedures: those of a visit; the practice's own list when left out.
    """
    day = on or work.clock.today()
    reader = ProcedureReader(work.codes)
    if not reader.covers(LCD, day):
        return []
    if procedures is None:
        procedures = work.session.scalars(select(Procedure.code).where(Procedure.is_active)).all()
    wanted = sorted(set(procedures))
    reader.read(wanted, day)
    chosen = {(c.article, c.procedure) for c in list_choices(work)}
    found = []
    for code in wanted:
        for number in reader.facts(code, day).articles:
            title, groups = reader.article(number, day)
            if groups and (number, code) not in chosen:
                found.append(PendingArticle(number, title, code, groups))
    return found


@needs(Permission.VIEW)
def list_choices(work: Work) -> list[ChosenArticle]:
    """Everything that was said about articles."""
    rows = work.session.scalars(
        select(ArticleChoice).order_by(ArticleChoice.article, ArticleChoice.procedure)
    )
    return [
        ChosenArticle(r.article, r.procedure, tuple(r.groups.split()), r.user_id, r.chosen_at)
        for r in rows
    ]


@needs(Permission.CODE)
def confirm(
    work: Work,
    article: str,
    procedure: str,
    groups: Sequence[str],
    on: dt.date | None = None,
) -> None:
    """Keep which diagnosis groups of an article serve a procedure.

    Args:
        work: the unit of work.
        article: its number.
        procedure: a procedure that it lists.
        groups: at least one of its covered groups, as “57000/1” or “1”.
        on: the day by which the article is read; today when left out.

    Raises:
        NotFound: no such article lists this procedure on the day.
        RuleError: no group, or one that the article does not have.
    """
    known = dict(_groups(work, article, procedure, on or work.clock.today()))
    wanted = [g if "/" in g else f"{article}/{g}" for g in groups]
    wrong = [g for g in wanted if g not in known]
    if wrong:
        raise RuleError(Problem("groups", f"Article {article} has no covered group {wrong[0]}."))
    if not wanted:
        raise RuleError(
            Problem("groups", "Choose a group, or say that the article does not apply here.")
        )
    _keep(work, article, procedure, " ".join(g for g in known if g in wanted))


@needs(Permission.CODE)
def not_applicable(work: Work, article: str, procedure: str, on: dt.date | None = None) -> None:
    """Keep that an article does not apply to this practice, as one of another contractor.

    Raises:
        NotFound: no such article lists this procedure on the day.
    """
    _groups(work, article, procedure, on or work.clock.today())
    _keep(work, article, procedure, "")


@needs(Permission.CODE)
def ask_again(work: Work, article: str, procedure: str) -> None:
    """Forget what was said about an article and a procedure.

    Raises:
        NotFound: nothing was said.
    """
    row = work.session.get(ArticleChoice, (article, procedure))
    if row is None:
        raise NotFound(f"Nothing was said about article {article} and {procedure}.")
    work.session.delete(row)
    work.session.flush()
    audit.record(work, "forgotten", "coverage article", article=article, procedure=procedure)
    work.touch(Changes.CODES)


def _groups(work: Work, article: str, procedure: str, on: dt.date) -> tuple[tuple[str, str], ...]:
    reader = ProcedureReader(work.codes)
    reader.read([procedure], on)
    if article not in reader.facts(procedure, on).articles:
        raise NotFound(f"No coverage article {article} that is loaded lists {procedure}.")
    return reader.article(article, on)[1]


def _keep(work: Work, article: str, procedure: str, groups: str) -> None:
    row = work.session.get(ArticleChoice, (article, procedure))
    if row is None:
        row = ArticleChoice(article=article, procedure=procedure)
        work.session.add(row)
    row.groups, row.user_id = groups, int(work.actor.user_id)
    row.chosen_at = stamp(work.clock.now())
    work.session.flush()
    audit.record(
        work, "chosen", "coverage article", article=article, procedure=procedure, groups=groups
    )
    work.touch(Changes.CODES)
