"""What each adjustment of a payer does, by group and reason code.

Four actions: ``write off`` lowers what is owed for good; ``patient`` moves it to the next
payer, or the patient; ``hold`` leaves it with the payer and opens a task; ``information``
does nothing. The table starts from the program's own list and is edited per payer. A denial
is never a write-off by itself, and only PR 1, 2 and 3 (and 100, where the payer paid the
patient) move to the patient without somebody looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import select

from desktop.errors import Problem, RuleError
from desktop.models.practice import AdjustmentRule
from desktop.services.core import audit
from desktop.services.core.work import Changes, Permission, Work, needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.models.values.money import Money

Action = Literal["write off", "patient", "hold", "information"]
WRITE_OFF: Final = "write off"
PATIENT: Final = "patient"
HOLD: Final = "hold"
INFORMATION: Final = "information"
ACTIONS: Final[tuple[Action, ...]] = ("write off", "patient", "hold", "information")

# Contract reductions: fee schedule (45, once 42), prompt-pay and multiple-procedure rules
# (59), negotiated discount (131), incentive (144), sequestration (253), excess of charges (94).
_CONTRACT: Final = frozenset({"42", "45", "59", "94", "131", "144", "253"})
PAID_TO_PATIENT: Final = "100"
_PATIENT_SHARE: Final = frozenset({"1", "2", "3", PAID_TO_PATIENT})
# OA 209: a beneficiary whom nobody may bill (QMB).
QMB_REASON: Final = ("OA", "209")
QMB_REMARKS: Final = frozenset({"N781", "N782", "N783"})


def default_action(group: str, reason: str) -> Action:
    """The action before a practice edits the table."""
    if group == "PR":
        return "patient" if reason in _PATIENT_SHARE else "hold"
    if group == "CR" or (group == "OA" and reason == "23"):
        return "information"
    if group == "OA" and reason in {PAID_TO_PATIENT, QMB_REASON[1]}:
        return "patient"
    return "write off" if reason in _CONTRACT else "hold"


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The table for one payer: its own rows over those for all payers over the defaults."""

    rows: Mapping[tuple[str, str], Action]

    def action(self, group: str, reason: str, amount: Money) -> Action:
        """What this adjustment does.

        A negative amount raised the payment (an incentive, or an allowed amount above the
        charge): held back it would leave a false credit, so it is taken with the payment.
        """
        found = self.rows.get((group, reason)) or default_action(group, reason)
        if amount.cents < 0 and found in {"hold", "write off"}:
            return "write off"
        return found


def rule_table(work: Work, payer_id: int | None) -> RuleTable:
    """The table in force for a payer (None: for all payers)."""
    rows: dict[tuple[str, str], Action] = {}
    wanted = select(AdjustmentRule).where(AdjustmentRule.payer_key.in_([0, payer_id or 0]))
    for rule in work.session.scalars(wanted.order_by(AdjustmentRule.payer_key)):
        rows[rule.group_code, rule.reason] = rule.action  # type: ignore[assignment]
    return RuleTable(rows)


@needs(Permission.SET_UP)
def set_rule(work: Work, payer_id: int | None, group: str, reason: str, action: str) -> None:
    """Say what an adjustment does for one payer, or for all (None).

    Raises:
        RuleError: the action is unknown, or would bill patients or write off unseen denials.
    """
    if action not in ACTIONS:
        raise RuleError(Problem("action", f"Choose one of: {', '.join(ACTIONS)}."))
    if (group, reason) == ("OA", "23") and action != INFORMATION:
        raise RuleError(
            Problem("action", "OA 23 repeats what an earlier payer did; it is never posted.")
        )
    key = payer_id or 0
    found = work.session.scalars(
        select(AdjustmentRule).where(
            AdjustmentRule.payer_key == key,
            AdjustmentRule.group_code == group,
            AdjustmentRule.reason == reason,
        )
    ).first()
    if found is None:
        found = AdjustmentRule(payer_key=key, group_code=group, reason=reason, action=action)
        work.session.add(found)
    found.action = action
    work.session.flush()
    audit.record(
        work, "changed", "adjustment rule", found.id, group=group, reason=reason, does=action
    )
    work.touch(Changes.PAYERS)


@dataclass(frozen=True, slots=True)
class Reduction:
    """One reason on a line, with its action."""

    group: str
    reason: str
    amount: Money
    action: Action


def is_denied(charge: Money, paid: Money, reductions: Sequence[Reduction]) -> bool:
    """Whether a line is denied: paid nothing, and one reason is of the class hold.

    A fee-schedule reduction of the whole charge says nothing was allowed: held too. Paid
    nothing because all is deductible is no denial.
    """
    if paid or not charge:
        return False
    if any(r.action == HOLD for r in reductions):
        return True
    return any(r.action == WRITE_OFF and r.amount == charge for r in reductions)
