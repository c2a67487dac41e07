"""Insurance was replaced after a visit was posted: the open money follows, nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import RuleError
from desktop.models.ledger import OpenItem
from desktop.models.values.enums import EntryKind, Party, VisitState
from desktop.models.values.money import ZERO, Money, total
from desktop.models.visits import ChargeLine, Visit
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs
from desktop.services.money import ledger
from desktop.services.money.drafts import EntryDraft, receivable
from desktop.services.visits import moved
from desktop.services.visits.coverage import coverages_on, fix_coverages, fixed_coverages
from desktop.services.visits.entry import find
from desktop.services.visits.posting import claims_to_renew
from desktop.services.visits.values import CoverageView, VisitChange

if TYPE_CHECKING:
    from collections.abc import Sequence

Owner = tuple[Party, int | None]


@needs(Permission.CLAIM)
def change_coverage(work: Work, visit_id: int) -> VisitChange:
    """Choose the coverages of a posted visit anew, by its date of service.

    What a payer that no longer applies still owes moves to the payer that does, or to the
    patient when there is none, by transfer entries; payments stay where they were posted.

    Raises:
        RuleError: the visit is not posted.
    """
    visit = find(work, visit_id)
    if visit.state is not VisitState.POSTED:
        raise RuleError("Only a posted visit has fixed coverages; a draft follows its date.")
    before = fixed_coverages(work, visit_id)
    after = coverages_on(work, visit.patient_id, visit.service_on)
    if _keys(before) == _keys(after):
        return VisitChange(visit_id)
    amount = _move(work, visit, before, after)
    fix_coverages(work, visit, after)
    unsent, sent = claims_to_renew(work, visit_id)
    audit.record(work, "changed", "visit", visit_id, fields=["coverages"])
    work.touch(Changes.VISITS | Changes.CLAIMS)
    return VisitChange(visit_id, unsent, sent, amount)


def _keys(coverages: Sequence[CoverageView]) -> list[tuple[int, int]]:
    return [(c.rank, c.coverage_id) for c in coverages]


def _move(
    work: Work, visit: Visit, before: Sequence[CoverageView], after: Sequence[CoverageView]
) -> Money:
    items = work.session.execute(
        select(OpenItem.charge_line_id, OpenItem.party, OpenItem.payer_id, OpenItem.amount)
        .join(ChargeLine, ChargeLine.id == OpenItem.charge_line_id)
        .where(
            ChargeLine.visit_id == visit.id, ChargeLine.state == "posted", OpenItem.amount != ZERO
        )
        .order_by(OpenItem.charge_line_id, OpenItem.party)
    ).all()
    answered = {
        s.line_id
        for s in moved.standing_entries(work, [i.charge_line_id for i in items])
        if not s.is_ours
    }
    drafts: list[EntryDraft] = []
    amounts: list[Money] = []
    for item in items:
        owner = (item.party, item.payer_id if item.party is not Party.PATIENT else None)
        if item.party is Party.PATIENT and (before or item.charge_line_id in answered):
            # The patient's own share stays the patient's; only an uninsured visit's whole
            # charge goes to the insurance that was found later.
            continue
        target = _target(owner, after)
        if target == owner:
            continue
        amounts.append(item.amount)
        drafts.extend(_transfers(work, item.charge_line_id, owner, target, item.amount))
    ledger.post_many(work, drafts)
    return total(amounts)


def _target(owner: Owner, after: Sequence[CoverageView]) -> Owner:
    """Who owes it now: the same payer at its new rank, else the payer at the old rank."""
    party, payer_id = owner
    if not after:
        return Party.PATIENT, None
    same = next((c for c in after if c.payer_id == payer_id and party is not Party.PATIENT), None)
    chosen = same or next((c for c in after if c.rank == int(party)), after[0])
    return Party(chosen.rank), chosen.payer_id


def _transfers(
    work: Work, line_id: int, owner: Owner, target: Owner, amount: Money
) -> list[EntryDraft]:
    """One transfer; two, by way of the patient, where only the payer of a rank changes.

    Open items are kept by line and party, so that a payer is exchanged only through zero.
    """
    patient: Owner = (Party.PATIENT, None)
    steps = [(owner, target)]
    if owner[0] is target[0]:
        steps = [(owner, patient), (patient, target)]
    return [
        EntryDraft(
            EntryKind.TRANSFER,
            work.clock.today(),
            (
                receivable(line_id, start[0], start[1], -amount),
                receivable(line_id, end[0], end[1], amount),
            ),
            memo="Coverage replaced",
        )
        for start, end in steps
    ]
