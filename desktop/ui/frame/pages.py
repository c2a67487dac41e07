"""The pages of the side bar, in order. A new page is one function and one line here.

Each page, and what a search asks, is imported inside the function that first needs it, so that
neither the first paint nor the open practice waits for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.ui.lib.dates import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.core.work import Work
    from desktop.ui.lib.page import Context, Page


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One entry of the side bar.

    Attributes:
        id: what `Context.go` names.
        title: the word in the side bar.
        icon: a drawing in `resources/icons`.
        factory: makes the page; imports it inside.
    """

    id: str
    title: str
    icon: str
    factory: Callable[[Context], Page]


@dataclass(frozen=True, slots=True)
class Found:
    """One record that the search box found.

    Attributes:
        argument: given to the page's `show_record`.
        text: its name; `detail` what tells it from others (birth date); `right` its number.
    """

    argument: object
    text: str
    detail: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """Records that Ctrl+K and F3 find.

    Attributes:
        page_id: the page that shows a found record.
        search: runs in the reader's thread; at most ten, best first.
        patients: whether F3 asks it too.
    """

    page_id: str
    search: Callable[[Work, str], Sequence[Found]]
    patients: bool = False


def _today(context: Context) -> Page:
    from desktop.ui.today.page import TodayPage

    return TodayPage(context)


def _patients(context: Context) -> Page:
    from desktop.ui.patients.page import PatientsPage

    return PatientsPage(context)


def _find_patients(work: Work, text: str) -> Sequence[Found]:
    from desktop.services.people import search

    return [
        Found(
            row.id,
            row.name,
            f"born {shown(row.birth_on)}" if row.birth_on else "",
            row.account_number,
        )
        for row in search.search(work, text, 10)
    ]


def _visits(context: Context) -> Page:
    from desktop.ui.visits.page import VisitsPage

    return VisitsPage(context)


def _claims(context: Context) -> Page:
    from desktop.ui.claims.page import ClaimsPage

    return ClaimsPage(context)


def _payments(context: Context) -> Page:
    from desktop.ui.payments.page import PaymentsPage

    return PaymentsPage(context)


def _statements(context: Context) -> Page:
    from desktop.ui.statements.page import StatementsPage

    return StatementsPage(context)


def _reports(context: Context) -> Page:
    from desktop.ui.reports.page import ReportsPage

    return ReportsPage(context)


def _fees(context: Context) -> Page:
    from desktop.ui.fees.page import FeesPage

    return FeesPage(context)


def _setup(context: Context) -> Page:
    from desktop.ui.setup.page import SetupPage

    return SetupPage(context)


def _find_claims(work: Work, text: str) -> Sequence[Found]:
    from desktop.services.claims.life import views

    return [
        Found(row.id, f"Claim {row.id}", f"{row.patient}, {row.payer}", row.control_number)
        for row in views.search_claims(work, text)
    ]


PAGES: list[PageSpec] = [
    PageSpec("today", "Today", "today", _today),
    PageSpec("patients", "Patients", "patients", _patients),
    PageSpec("visits", "Visits", "visits", _visits),
    PageSpec("claims", "Claims", "claims", _claims),
    PageSpec("payments", "Payments", "payments", _payments),
    PageSpec("statements", "Statements", "statements", _statements),
    PageSpec("reports", "Reports", "reports", _reports),
    PageSpec("codes", "Codes and fees", "codes", _fees),
    PageSpec("setup", "Setup", "setup", _setup),
]

SEARCHES: list[SearchSpec] = [
    SearchSpec("patients", _find_patients, patients=True),
    SearchSpec("claims", _find_claims),
]
