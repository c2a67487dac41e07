"""Findings and claims beside the visit: icon and sentence; Enter goes to the field or claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.values.enums import ClaimState, Severity
from desktop.services.claims.rules.check import CheckResult, Passed, is_advice
from desktop.services.claims.rules.coding.lcd import UNCONFIRMED
from desktop.services.claims.rules.findings import Finding
from desktop.services.visits.values import ClaimRef
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import action_button
from desktop.ui.lib.table import Tone, tone_icon
from desktop.ui.visits.wrapped import WrappedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from desktop.errors import Problem
    from desktop.ui.lib.commands import Command

UNREADABLE = "entry"
"""The rule of what could not even be stored."""
CLAIM = "claim"
"""Head of the “field” that stands for a claim: ``claim.12``."""
_PAYERS = {1: "first", 2: "second", 3: "third"}
_BAD = frozenset({ClaimState.REJECTED, ClaimState.DENIED})


class FindingsPanel(QWidget):
    """What the checks say of the visit, and the claims that were made of it.

    Signals:
        jump: the field of a finding, or ``claim.`` and a claim's id.
        article: the `Finding` that asks which groups of a coverage article hold.
    """

    jump = Signal(str)
    article = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Finding | Passed | ClaimRef] = []
        self._result: CheckResult | None = None
        self._posted = False
        self._claims: tuple[ClaimRef, ...] = ()
        self.heading = plain_label("Checks")
        theme.flag(self.heading, "heading")
        self.list = WrappedList("Findings")
        self.hint = plain_label(muted=True)
        self.hint.setWordWrap(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(3)
        outer.addWidget(self.heading)
        outer.addWidget(self.list, 1)
        outer.addWidget(self.hint)
        self._outer = outer
        self.list.opened.connect(self._on_opened)
        self.forget()

    def offer(self, action: QAction, command: Command) -> None:
        """A button below the findings, shown while its action is."""
        button = action_button(action, command, primary=True)
        # First a parent: a button shown without one is a window of its own.
        self._outer.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        button.setVisible(action.isVisible())

    def forget(self) -> None:
        """Nothing was checked yet."""
        self._result, self._claims = None, ()
        self._show([], "Not checked yet", "Ctrl+Enter saves and checks.")

    def show_result(
        self, result: CheckResult, *, posted: bool, claims: Sequence[ClaimRef] = ()
    ) -> None:
        """Show the claims, what stands, then what was passed."""
        self._result, self._posted, self._claims = result, posted, tuple(claims)
        errors = result.errors
        advice = sum(is_advice(f) for f in result.findings)
        warnings = len(result.findings) - errors - advice
        if result.can_claim and not warnings:
            if any(c.state is not ClaimState.VOID for c in claims):
                heading, hint = "Nothing to mend", "Enter on a claim opens it."
            else:
                heading = "Ready to claim"
                hint = "Ctrl+Shift+J makes the claim." if posted else "Ctrl+Shift+P posts."
            if advice:
                heading = f"{heading}, {advice} word{'' if advice == 1 else 's'} of advice"
        else:
            counts = [
                f"{n} {word}{'' if n == 1 else 's'}"
                for n, word in ((errors, "error"), (warnings, "warning"))
                if n
            ]
            heading, hint = ", ".join(counts), "Enter on a finding goes to its field."
        self._show([*claims, *result.findings, *result.passed], heading, hint)

    def show_claims(self, claims: Sequence[ClaimRef]) -> None:
        """The claims changed, the visit did not."""
        if self._result is not None and tuple(claims) != self._claims:
            at = self.list.currentRow()
            self.show_result(self._result, posted=self._posted, claims=claims)
            self.list.setCurrentRow(min(at, self.list.count() - 1))

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what could not be saved."""
        self._result = None
        found = [Finding(UNREADABLE, Severity.ERROR, p.field, p.text, "") for p in problems]
        self._show(found, "Not saved", "Mend this, then save again.")

    def current(self) -> Finding | None:
        """The finding with the cursor; None on one that was passed, or on a claim."""
        at = self.list.currentRow()
        chosen = self._shown[at] if 0 <= at < len(self._shown) else None
        return chosen if isinstance(chosen, Finding) else None

    def texts(self) -> list[str]:
        """What the list says."""
        return [self.list.item(at).text() for at in range(self.list.count())]

    def focus_first(self) -> None:
        """Put the cursor on the first finding, else on the first claim, if there is one."""
        if self.list.count():
            found = [n for n, each in enumerate(self._shown) if isinstance(each, Finding)]
            self.list.setCurrentRow(found[0] if found else 0)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, shown: Sequence[Finding | Passed | ClaimRef], heading: str, hint: str) -> None:
        self._shown = list(shown)
        self.heading.setText(heading)
        self.hint.setText(hint)
        self.list.clear()
        for each in self._shown:
            _add(self.list, each)

    def _on_opened(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._shown):
            each = self._shown[at]
            if isinstance(each, Finding) and each.rule == UNCONFIRMED:
                self.article.emit(each)
            else:
                self.jump.emit(_target(each))


def _target(each: Finding | Passed | ClaimRef) -> str:
    match each:
        case ClaimRef():
            return f"{CLAIM}.{each.id}"
        case Passed():
            return each.finding.field
        case _:
            return each.field


def _add(rows: WrappedList, each: Finding | Passed | ClaimRef) -> None:
    if isinstance(each, ClaimRef):
        text = f"Claim {each.id} to the {_PAYERS[each.rank]} payer: {each.state.value}"
        tone = Tone.BAD if each.state in _BAD else Tone.NEUTRAL
        if each.stale:
            text, tone = f"{text}; the visit was changed since", Tone.WARN
        rows.add(text, "", tone_icon(tone), "Enter opens it on the page Claims.")
    elif isinstance(each, Passed):
        text = f"Passed: {each.finding.text} ({each.reason})"
        tip = "This warning was passed; the reason is kept."
        rows.add(text, each.finding.source, tone_icon(Tone.GOOD), tip)
    elif each.is_error:
        rows.add(f"Error: {each.text}", each.source, tone_icon(Tone.BAD))
    elif is_advice(each):
        tip = "Said only: it does not hold the claim."
        rows.add(f"Advice: {each.text}", each.source, tone_icon(Tone.NEUTRAL), tip)
    else:
        rows.add(f"Warning: {each.text}", each.source, tone_icon(Tone.WARN))
