"""Medicare coverage articles: is a covered diagnosis pointed to by the procedure?

Which of an article's diagnosis groups serves which procedure stands in its prose. So the user
says it once for each article and procedure; until then nothing is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values.enums import FilingCode
from desktop.services.claims.rules.coding.cases import Case, listed
from desktop.services.claims.rules.findings import CheckContext, Finding, target, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import ClaimRecord
    from desktop.services.claims.rules.coding.facts import Article

_MEDICARE = frozenset({FilingCode.MEDICARE_B, FilingCode.MEDICARE_ADVANTAGE})
_LIABILITY = frozenset({"GA", "GX", "GY", "GZ"})
UNCONFIRMED = "lcd.unconfirmed"


def check(record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; only for claims to Medicare."""
    chosen = target(record)
    if chosen is None or chosen.payer.filing_code not in _MEDICARE:
        return
    for case in found:
        articles = context.coding.articles.get(case.code, ())
        yield from _unconfirmed(case, [a for a in articles if a.confirmed is None and a.groups])
        yield from _uncovered(record, case, [a for a in articles if a.confirmed])


def _unconfirmed(case: Case, articles: list[Article]) -> Iterator[Finding]:
    if articles:
        names = listed([f"{a.article} ({a.title})" for a in articles])
        yield warning(
            UNCONFIRMED,
            f"{case.where}.procedure",
            f"{case.name}: {case.code} is listed by coverage article {names}; say once which "
            "diagnosis groups serve it, or that the article does not apply here.",
            "Medicare coverage database",
        )


def _uncovered(record: ClaimRecord, case: Case, articles: list[Article]) -> Iterator[Finding]:
    if case.modifiers & _LIABILITY:
        return
    count = len(record.diagnoses)
    pointed = {record.diagnoses[p - 1].code for p in case.line.pointers if 1 <= p <= count}
    failing = [a.article for a in articles if not pointed & a.covered]
    if failing:
        yield warning(
            "lcd.diagnosis",
            f"{case.where}.pointers",
            f"{case.name}: no diagnosis of this line is covered for {case.code} by article "
            f"{listed(failing)}; point to one that the note supports, or get a signed notice (ABN) "
            "and add GA.",
            f"Medicare coverage article {listed(failing)}",
        )
