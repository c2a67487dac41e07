"""A paper EOB entered by hand: payer, check, and per line what was paid and why not the rest."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.models.values.money import ZERO, Money
from desktop.services.payments import choices, eob
from desktop.services.payments.adjustments import default_action
from desktop.services.payments.eob import EobClaim, EobDraft, EobLine
from desktop.ui.lib import dates, messages, theme
from desktop.ui.lib.edits import Choice, DateEdit, MoneyEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.type_ahead import Deliver, Suggestion, TypeAhead
from desktop.ui.payments import sources, words
from desktop.ui.payments.eob_text import HINT, read_provider, read_reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.errors import AppError
    from desktop.services.core.work import Work
    from desktop.services.payments.choices import ClaimChoice, LineChoice
    from desktop.services.payments.staging import Staged
    from desktop.ui.lib.page import Context

_STATUSES = (
    ("1", "as first payer"),
    ("2", "as second payer"),
    ("3", "as third payer"),
    ("4", "denied"),
    ("22", "taken back"),
)


class LineEntry(QWidget):
    """One line of a claim: paid, reasons, and what is still unexplained.

    Signals:
        edited: an amount changed.
    """

    edited = Signal()

    def __init__(self, line: LineChoice) -> None:
        super().__init__()
        self.line = line
        self.paid = MoneyEdit(negative=True)
        self.reasons = TextEdit(limit=200, placeholder=HINT)
        self.told = plain_label(muted=True)
        self.told.setWordWrap(True)
        name = f"{line.procedure} {line.modifiers}".strip()
        self.paid.setAccessibleName(f"Paid for {name}")
        self.reasons.setAccessibleName(f"Reasons for {name}")
        self.sign = 1
        self.paid.edited.connect(self._changed)
        self.reasons.edited.connect(self._changed)
        self.tell()

    def result(self) -> tuple[EobLine, Money, str]:
        """The line as entered, what is unexplained, and why it cannot be read."""
        paid = self.paid.value() or ZERO
        charge = Money(self.sign * self.line.charge.cents)
        found, problem = read_reasons(self.reasons.value(), charge - paid)
        problem = self.paid.problem() or problem
        left = charge - paid - Money(sum(a.amount.cents for a in found))
        return EobLine(self.line.id, paid, found), left, problem

    def tell(self) -> None:
        """Say below the line what the reasons will do."""
        entered, left, problem = self.result()
        if problem:
            text = problem
        else:
            parts = [
                f"{a.group} {a.reason} {a.amount.shown} "
                f"{words.does(default_action(a.group, a.reason))}"
                for a in entered.reasons
            ]
            if left:
                parts.append(f"{left.shown} has no reason yet")
            text = "; ".join(parts)
        self.told.setText(text)
        for flag in ("bad", "muted"):
            self.told.setProperty(flag, flag == ("bad" if problem else "muted"))
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)

    def _changed(self) -> None:
        self.tell()
        self.edited.emit()


class ClaimEntry(QFrame):
    """One claim with its lines.

    Signals:
        edited: an amount changed.
        removed: the user took it off.
    """

    edited = Signal()
    removed = Signal()

    def __init__(self, claim: ClaimChoice, lines: list[LineChoice]) -> None:
        super().__init__()
        theme.flag(self, "card")
        self.claim = claim
        self.status = Choice(_STATUSES)
        self.status.set_value(str(claim.rank))
        self.status.setAccessibleName("How the payer processed it")
        self.number = TextEdit(limit=40, characters=18, placeholder="payer's claim number")
        self.number.setAccessibleName("Payer's claim number")
        self.lines = [LineEntry(line) for line in lines]
        outer = QVBoxLayout(self)
        outer.setContentsMargins(10, 6, 10, 6)
        outer.setSpacing(4)
        head = QHBoxLayout()
        title = plain_label(
            f"{claim.patient}   {claim.control_number}   {dates.shown(claim.service_on)}   "
            f"{claim.charge.shown}"
        )
        theme.flag(title, "heading")
        remove = QPushButton("Take off")
        remove.setAutoDefault(False)
        remove.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        theme.flag(remove, "quiet")
        remove.clicked.connect(lambda _checked=False: self.removed.emit())
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.status)
        head.addWidget(self.number)
        head.addWidget(remove)
        outer.addLayout(head)
        outer.addLayout(self._grid())
        self.status.edited.connect(self._on_status)
        for line in self.lines:
            line.edited.connect(self.edited)

    def editors(self) -> list[QWidget]:
        """Fields in the order of the keys."""
        return [w for line in self.lines for w in (line.paid, line.reasons)]

    def result(self) -> EobClaim:
        """The claim as entered."""
        return EobClaim(
            self.claim.id,
            tuple(line.result()[0] for line in self.lines),
            self.status.value(),
            self.number.value(),
        )

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(4, 1)
        for column, text in enumerate(("Service", "Line", "Charge", "Paid", "Reasons")):
            grid.addWidget(plain_label(text, muted=True), 0, column)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for n, entry in enumerate(self.lines):
            row = 1 + 2 * n
            line = entry.line
            grid.addWidget(plain_label(dates.shown(line.service_on)), row, 0)
            grid.addWidget(plain_label(f"{line.procedure} {line.modifiers}"), row, 1)
            charge = plain_label(line.charge.shown)
            charge.setFont(theme.tabular(charge.font()))
            grid.addWidget(charge, row, 2, right)
            grid.addWidget(entry.paid, row, 3)
            grid.addWidget(entry.reasons, row, 4)
            grid.addWidget(entry.told, row + 1, 3, 1, 2)
        return grid

    def _on_status(self) -> None:
        for line in self.lines:
            line.sign = -1 if self.status.value() == "22" else 1
            line.tell()
        self.edited.emit()


class EobPane(QWidget):
    """Entry of a paper EOB.

    Signals:
        staged: it was taken; carries the remittance's id.
        left: the user gave it up.
    """

    staged = Signal(object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.claims: list[ClaimEntry] = []
        self.form = Form(columns=2)
        self.payer = self.form.add(
            "payer_id", "Payer", TypeAhead(sources.payers(context, self)), required=True
        )
        self.form.add("check_number", "Check or EFT number", TextEdit(limit=50))
        self.form.add("paid_on", "Date of the check", DateEdit(context.today), required=True)
        self.amount = self.form.add("amount", "Amount", MoneyEdit(), required=True)
        self.provider = self.form.add(
            "provider",
            "Provider adjustments",
            TextEdit(limit=200, placeholder="WO 12345 40, L6 -1.50; positive lowers the check"),
            wide=True,
        )
        self._latest = context.runner.latest(self)
        self.adder = TypeAhead(
            self._claims,
            placeholder="Add a claim: patient, claim number or date of service",
            keep_text=False,
        )
        self.adder.setAccessibleName("Add a claim")
        self.adder.installEventFilter(self)
        self._rows = QVBoxLayout()
        self._sum = plain_label()
        self._sum.setAccessibleName("Running difference")
        self.save_button = QPushButton("Check and show (Ctrl+Enter)")
        self._lay_out()
        self.adder.chosen.connect(lambda found: self._add(found.value))
        self.form.edited.connect(self._tell)
        self.form.save_wanted.connect(self.save)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.save)
        self.start()

    def start(self) -> None:
        """Begin an empty EOB."""
        for entry in list(self.claims):
            self._remove(entry)
        self.form.set_values({})
        self.adder.set_value(None)
        self._tell()

    def focus_first(self) -> None:
        """Put the cursor into the payer."""
        self.form.focus_first()

    def is_dirty(self) -> bool:
        """Whether something typed is not staged."""
        return self.form.is_dirty or bool(self.claims)

    def difference(self) -> Money:
        """Check less what claims and provider adjustments come to."""
        found, _problem = read_provider(self.provider.value())
        paid = sum((line.paid.value() or ZERO).cents for c in self.claims for line in c.lines)
        return (self.amount.value() or ZERO) - Money(paid - sum(a.amount.cents for a in found))

    def save(self) -> None:
        """Stage it: what does not add up is refused here, line by line."""
        if not self.save_button.isEnabled():
            return
        values = self.form.checked()
        provider, problem = read_provider(self.provider.value())
        if values is None:
            return
        problems = [problem] if problem else []
        problems += [line.result()[2] for c in self.claims for line in c.lines]
        first = next((text for text in problems if text), "")
        if first:
            messages.error(self, first)
            return
        draft = EobDraft(
            values["payer_id"],
            values["check_number"],
            values["paid_on"],
            values["amount"],
            tuple(c.result() for c in self.claims),
            provider,
        )

        def done(staged: Staged) -> None:
            if staged.outcome == "duplicate":
                messages.warn(self, staged.reason)
                return
            self.start()
            self.staged.emit(staged.id)

        self.context.runner.write(
            self,
            lambda work: eob.stage_eob(work, draft),
            done,
            self._refused,
            disable=self.save_button,
        )

    def _refused(self, error: AppError) -> None:
        self.form.show_error(error)

    def _claims(self, text: str, deliver: Deliver) -> None:
        payer_id = self.payer.value()
        taken = {entry.claim.id for entry in self.claims}

        def show(found: list[ClaimChoice]) -> None:
            rows = [sources.claim(row) for row in found if row.id not in taken]
            deliver([Suggestion(r.value, r.text, r.detail, r.right) for r in rows])

        self._latest.read(
            lambda work: choices.find_claims(work, text, payer_id=payer_id, limit=20), show
        )

    def _add(self, claim_id: int) -> None:
        def read(work: Work) -> tuple[list[ClaimChoice], list[LineChoice]]:
            return choices.claim_choices(work, [claim_id]), choices.claim_lines(work, claim_id)

        def show(found: tuple[list[ClaimChoice], list[LineChoice]]) -> None:
            if not found[0]:
                return
            entry = ClaimEntry(found[0][0], found[1])
            entry.edited.connect(self._tell)
            entry.removed.connect(lambda: self._remove(entry))
            for editor in entry.editors():
                editor.installEventFilter(self)
            self.claims.append(entry)
            self._rows.insertWidget(self._rows.count() - 1, entry)
            self._order_tabs()
            self._tell()
            if entry.lines:
                entry.lines[0].paid.setFocus()

        self.context.runner.read(self, read, show)

    def _fields(self) -> list[QWidget]:
        """What Enter and Tab go through below the form's other fields."""
        entries = [w for c in self.claims for w in c.editors()]
        return [self.provider, *entries, self.adder, self.save_button]

    def _order_tabs(self) -> None:
        for before, after in itertools.pairwise(self._fields()):
            QWidget.setTabOrder(before, after)

    def _remove(self, entry: ClaimEntry) -> None:
        self.claims.remove(entry)
        self._rows.removeWidget(entry)
        entry.deleteLater()
        self._tell()

    def _tell(self) -> None:
        off = self.difference()
        unexplained = sum(1 for c in self.claims for line in c.lines if line.result()[1])
        text = f"Difference {off.shown}"
        if unexplained:
            text += f"; {words.many(unexplained, 'line')} without a full reason"
        elif not off and self.claims:
            text += ": everything adds up"
        self._sum.setText(text)
        for flag in ("bad", "good"):
            bad = bool(off) or bool(unexplained)
            self._sum.setProperty(flag, flag == ("bad" if bad else "good"))
        self._sum.style().unpolish(self._sum)
        self._sum.style().polish(self._sum)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 6, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(_heading("Paper EOB", self._give_up))
        outer.addWidget(self.form)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.addStretch(1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.adder, 1)
        foot.addSpacing(12)
        foot.addWidget(self._sum)
        foot.addSpacing(12)
        theme.flag(self.save_button, "primary")
        self.save_button.setAutoDefault(False)
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        foot.addWidget(self.save_button)
        outer.addLayout(foot)
        self._order_tabs()

    def _give_up(self) -> None:
        if self.is_dirty() and not messages.confirm(
            self, "Leave this EOB without saving?", verb="Discard", detail="It is not saved."
        ):
            return
        self.start()
        self.left.emit()

    def give_up(self) -> None:
        """Ctrl+W: leave; asks before anything typed is lost."""
        self._give_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of Qt: Enter goes on to the next field here too."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not enter or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if isinstance(watched, TypeAhead):
            if watched.is_open() or watched.is_waiting():
                watched.take()
            return True
        fields = self._fields()
        if isinstance(watched, QLineEdit) and watched in fields:
            fields[fields.index(watched) + 1].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False


def _heading(text: str, leave: Callable[[], None]) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    title: QLabel = plain_label(text)
    theme.flag(title, "heading")
    back = QPushButton("Back to the list")
    back.setToolTip("Back to the list (Ctrl+W)")
    back.setAutoDefault(False)
    theme.flag(back, "quiet")
    back.clicked.connect(lambda _checked=False: leave())
    row.addWidget(title)
    row.addStretch(1)
    row.addWidget(back)
    return widget
