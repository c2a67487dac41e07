"""Findings and claims beside the visit: icon and sentence; Enter goes to the field or claim."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.errors import Problem
from desktop.models.values.enums import ClaimState, Severity
from desktop.services.rules.check import CheckResult, Passed
from desktop.services.rules.findings import Finding
from desktop.services.visits.values import ClaimRef
from desktop.ui.commands import Command
from desktop.ui.lib import theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.page import action_button
from desktop.ui.lib.table import Tone, tone_icon

UNREADABLE = "entry"
"""The rule of what could not even be stored."""
CLAIM = "claim"
"""Head of the “field” that stands for a claim: ``claim.12``."""
_PAYERS = {1: "first", 2: "second", 3: "third"}
_BAD = frozenset({ClaimState.REJECTED, ClaimState.DENIED})


class _List(QListWidget):
    """Enter opens, which Qt leaves to the platform; long sentences wrap at any width."""

    opened = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of Qt."""
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of Qt."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give each row the height of its wrapped text."""
        width = max(80, self.viewport().width() - 40)
        for at in range(self.count()):
            item = self.item(at)
            box = self.fontMetrics().boundingRect(
                0, 0, width, 4000, int(Qt.TextFlag.TextWordWrap), item.text()
            )
            item.setSizeHint(QSize(width, box.height() + 10))


class FindingsPanel(QWidget):
    """What the checks say of the visit, and the claims that were made of it.

    Signals:
        jump: the field of a finding, or ``claim.`` and a claim's id.
    """

    jump = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Finding | Passed | ClaimRef] = []
        self._result: CheckResult | None = None
        self._posted = False
        self._claims: tuple[ClaimRef, ...] = ()
        self.heading = plain_label("Checks")
        theme.flag(self.heading, "heading")
        self.list = _List()
        self.list.setAccessibleName("Findings")
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        self.list.itemDoubleClicked.connect(lambda _item: self._on_opened())
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
        warnings = len(result.findings) - errors
        if result.can_claim and not warnings:
            if any(c.state is not ClaimState.VOID for c in claims):
                heading, hint = "Nothing to mend", "Enter on a claim opens it."
            else:
                heading = "Ready to claim"
                hint = "Ctrl+Shift+J makes the claim." if posted else "Ctrl+Shift+P posts."
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
            self.list.addItem(_item(each))
        self.list.fit()

    def _on_opened(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._shown):
            each = self._shown[at]
            self.jump.emit(_target(each))


def _target(each: Finding | Passed | ClaimRef) -> str:
    match each:
        case ClaimRef():
            return f"{CLAIM}.{each.id}"
        case Passed():
            return each.finding.field
        case _:
            return each.field


def _item(each: Finding | Passed | ClaimRef) -> QListWidgetItem:
    if isinstance(each, ClaimRef):
        text = f"Claim {each.id} to the {_PAYERS[each.rank]} payer: {each.state.value}"
        tone = Tone.BAD if each.state in _BAD else Tone.NEUTRAL
        if each.stale:
            text, tone = f"{text}; the visit was changed since", Tone.WARN
        item = QListWidgetItem(tone_icon(tone), text)
        item.setToolTip("Enter opens it on the page Claims.")
        return item
    if isinstance(each, Passed):
        item = QListWidgetItem(tone_icon(Tone.GOOD), f"Passed: {each.finding.text} ({each.reason})")
        item.setToolTip("This warning was passed; the reason is kept.")
        return item
    word = "Error" if each.is_error else "Warning"
    tone = Tone.BAD if each.is_error else Tone.WARN
    item = QListWidgetItem(tone_icon(tone), f"{word}: {each.text}")
    item.setToolTip(each.source)
    return item
