"""The identity of a period, and the counts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from desktop.models.claims import Claim
from desktop.models.payments import Statement
from desktop.models.people import Patient
from desktop.models.values.enums import ClaimState, VisitState
from desktop.models.values.money import Money
from desktop.models.visits import Visit
from desktop.services.core.work import Permission, Work, needs
from desktop.services.formats.documents.tables import Column, ReportTable, Value
from desktop.services.money import ledger
from desktop.services.reports.values import Period, said

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Summary:
    """A period in one glance; opening + charges − payments − adjustments + refunds = closing.

    Attributes:
        patients: registered by the end of the period and not taken out of the lists.
        visits: posted, by date of service.
        claims_sent: sent by file or on paper in the period.
        claims_paid: of those that we sent ourselves, answered in the period with all or some of
            it paid; what one payer passed on to the next counts as the first one's claim.
        claims_denied: likewise, with nothing allowed.
        statements: issued in the period and not void.
    """

    opening_ar: Money
    charges: Money
    payments: Money
    adjustments: Money
    refunds: Money
    closing_ar: Money
    insurance_ar: Money
    patient_ar: Money
    patients: int
    visits: int
    claims_sent: int
    claims_paid: int
    claims_denied: int
    statements: int

    def plain(self) -> dict[str, str | int]:
        """As JSON carries it: money as text with two decimals."""
        out: dict[str, str | int] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            out[name] = str(value) if isinstance(value, Money) else value
        return out


@needs(Permission.VIEW)
def summary(work: Work, first: dt.date | None, last: dt.date) -> Summary:
    """The figures and counts of a period (`first` None: from the beginning)."""
    Period(first, last).check()
    totals = ledger.period_totals(work, first, last)
    money = {name: getattr(totals, name) for name in totals.__dataclass_fields__}
    return Summary(
        **money,
        patients=_count(work, select(func.count()).where(Patient.is_active)),
        visits=_count(
            work,
            select(func.count()).where(
                Visit.state == VisitState.POSTED, *_within(Visit.service_on, first, last)
            ),
        ),
        claims_sent=_claims(work, Claim.sent_on, first, last),
        claims_paid=_claims(
            work, Claim.answered_on, first, last, ClaimState.PAID, ClaimState.PARTLY_PAID
        ),
        claims_denied=_claims(work, Claim.answered_on, first, last, ClaimState.DENIED),
        statements=_count(
            work,
            select(func.count()).where(
                Statement.voided_on.is_(None), *_within(Statement.issued_on, first, last)
            ),
        ),
    )


def _within(
    column: SQLColumnExpression[Any], first: dt.date | None, last: dt.date
) -> list[ColumnElement[bool]]:
    return [column <= last] if first is None else [column >= first, column <= last]


def _count(work: Work, query: Select[int]) -> int:
    return work.session.scalar(query) or 0


def _claims(
    work: Work,
    column: SQLColumnExpression[Any],
    first: dt.date | None,
    last: dt.date,
    *states: ClaimState,
) -> int:
    query = select(func.count()).where(Claim.sent_on.is_not(None), *_within(column, first, last))
    if states:
        # The index of states would lead to every claim ever paid; that of the days does not.
        query = query.where(func.lower(Claim.state).in_([s.value for s in states]))
    return _count(work, query)


def period_table(work: Work, period: Period) -> ReportTable:
    """A period's identity and counts as a table."""
    found = summary(work, period.first, period.last)
    columns = (
        Column("figure", "Figure", width=30),
        Column("amount", "Amount", "money"),
        Column("count", "Count", "count"),
    )
    money = (
        ("Opening A/R", found.opening_ar),
        ("plus charges", found.charges),
        ("less payments", found.payments),
        ("less adjustments", found.adjustments),
        ("plus refunds", found.refunds),
        ("Closing A/R", found.closing_ar),
        ("of which insurance", found.insurance_ar),
        ("of which patients", found.patient_ar),
    )
    counts = (
        ("Patients", found.patients),
        ("Visits posted", found.visits),
        ("Claims sent", found.claims_sent),
        ("Claims paid, wholly or in part", found.claims_paid),
        ("Claims denied", found.claims_denied),
        ("Statements issued", found.statements),
    )
    rows: list[tuple[Value, ...]] = [(name, amount, None) for name, amount in money]
    rows += [(name, None, count) for name, count in counts]
    return ReportTable("Period summary", said(period), columns, tuple(rows))
