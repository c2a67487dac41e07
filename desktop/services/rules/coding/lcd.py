"""Medicare coverage articles: is a covered diagnosis pointed to by the procedure?

Which of an article's diagnosis groups serves which procedure stands in its prose. So the user
says it once for each article and procedure; until then nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop.models.values.claim_record import ClaimRecord
from desktop.models.values.enums import FilingCode
from desktop.services.rules.coding.cases import Case
from desktop.services.rules.coding.facts import Article
from desktop.services.rules.findings import CheckContext, Finding, target, warning

_MEDICARE = frozenset({FilingCode.MEDICARE_B, FilingCode.MEDICARE_ADVANTAGE})
_LIABILITY = frozenset({"GA", "GX", "GY", "GZ"})
UNCONFIRMED = "lcd.unconfirmed"


def check(record: ClaimRecord, found: list[Case], context: CheckContext) -> Iterator[Finding]:
    """All rules of this family; only for claims to Medicare."""
    chosen = target(record)
    if chosen is None or chosen.payer.filing_code not in _MEDICARE:
        return
    for case in found:
        for article in context.coding.articles.get(case.code, ()):
            yield from _judged(record, case, article)


def _judged(record: ClaimRecord, case: Case, article: Article) -> Iterator[Finding]:
    source = f"Medicare coverage article A{article.article.lstrip('A')}"
    if article.confirmed is None:
        if article.groups:
            yield warning(
                UNCONFIRMED,
                f"{case.where}.procedure",
                f"{case.name}: coverage article {article.article} ({article.title}) lists "
                f"{case.code}; say once which of its diagnosis groups serves it, or that it does "
                "not apply here.",
                source,
            )
        return
    if not article.confirmed or case.modifiers & _LIABILITY:
        return
    count = len(record.diagnoses)
    pointed = {record.diagnoses[p - 1].code for p in case.line.pointers if 1 <= p <= count}
    if not pointed & article.covered:
        yield warning(
            "lcd.diagnosis",
            f"{case.where}.pointers",
            f"{case.name}: no diagnosis of this line is covered for {case.code} by article "
            f"{article.article}; point to one that the note supports, or get a signed notice (ABN) "
            "and add GA.",
            source,
        )
