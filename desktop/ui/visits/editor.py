"""What is done with a visit on its screen: kept, checked, posted, revised, copied, voided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from desktop.errors import AppError, LostUpdate, RuleError
from desktop.models.values.enums import ClaimState, VisitState
from desktop.services.claims.life import create
from desktop.services.claims.rules import check
from desktop.services.visits import choices, entry, posting, replacing
from desktop.services.visits.values import VisitChange, VisitDraft, VisitView
from desktop.ui.lib import messages
from desktop.ui.visits.coding import Coding
from desktop.ui.visits.reviewing import Reviewing
from desktop.ui.visits.screen import VisitScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.claims.rules.check import CheckResult
    from desktop.services.core.work import Work
    from desktop.services.visits.choices import Choices, PatientFacts
    from desktop.ui.lib.page import Context
    from desktop.ui.visits.line_row import LineRow

AUTOSAVE_MS = 5_000
Saved = tuple[VisitView, VisitChange | None]


class VisitEditor(VisitScreen):
    """Enters one visit; keeps itself as a draft every five seconds."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._refused = False
        self.coding = Coding(self)
        self.reviewing = Reviewing(self, lambda: self._check(focus=False), self.save)
        self._waiting: Callable[[], None] | None = None
        self.told.connect(self._warn_of_other_coverage)
        self.lines.finished.connect(self.save_and_check)
        self.findings.article.connect(
            lambda finding: self.coding.confirm_article(finding, lambda: self._check(focus=True))
        )
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.save_and_check)
        self.header.save_wanted.connect(self.save_and_check)
        self.facts.save_wanted.connect(self.save_and_check)
        self._timer = QTimer(self)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()

    def _on_edited(self) -> None:
        self._refused = False
        super()._on_edited()

    def begin(self, patient_id: int | None = None) -> None:
        """An empty visit of today, for a patient if one is named."""
        today = self.context.today()
        if patient_id is None:
            self.context.runner.read(
                self,
                lambda work: (choices.choices(work), entry.new_draft(work, 0, today), None),
                self._on_begun,
            )
            return
        self.context.runner.read(
            self,
            lambda work: (
                choices.choices(work),
                entry.new_draft(work, patient_id, today),
                choices.patient_facts(work, patient_id, today),
            ),
            self._on_begun,
        )

    def open_visit(self, visit_id: int, field: str = "") -> None:
        """A stored visit, with its findings; `field` is where one of them has to be mended."""

        def read(work: Work) -> tuple[Choices, VisitView, CheckResult]:
            view = entry.get(work, visit_id)
            return choices.choices(work), view, check.check_visit(work, visit_id)

        def opened(found: tuple[Choices, VisitView, CheckResult]) -> None:
            self._on_opened(found)
            if field:
                self.jump(field)

        self.context.runner.read(self, read, opened)

    def _on_begun(self, found: tuple[Choices, VisitDraft, PatientFacts | None]) -> None:
        offered, draft, facts = found
        self.view = None
        self.coding.forget()
        self.reviewing.look()
        self._set_choices(offered)
        self._show_draft(draft)
        self.lines.clear()
        self.findings.forget()
        self.patient.set_value(None)
        self.patient_line.setText("")
        self.diagnoses.set_hint("")
        # First what was locked for the visit before is opened: a locked field takes no cursor.
        self._settle("")
        if facts is not None:
            self._show_patient(facts)
            self.diagnoses.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.patient.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_opened(self, found: tuple[Choices, VisitView, CheckResult]) -> None:
        offered, view, result = found
        if self.view is None or self.view.id != view.id:
            self.coding.forget()
        self._set_choices(offered)
        self.show_view(view)
        self._show_result(result)
        self._ask_patient()
        self.reviewing.look()
        self.diagnoses.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _warn_of_other_coverage(self, facts: PatientFacts) -> None:
        if self.view is None or self.view.state is not VisitState.POSTED:
            return
        fixed = [(c.rank, c.coverage_id) for c in self.view.coverages]
        if fixed != [(c.rank, c.coverage_id) for c in facts.coverages]:
            messages.warn(
                self,
                "The patient's insurance of this date was changed after the charges were posted.",
                action="Choose it anew",
                on_action=self.change_coverage,
            )

    def copy_last(self) -> None:
        """Fill diagnoses, lines and providers from the patient's last visit."""
        patient_id, day = self.patient.value(), self.day()
        if patient_id is None or day is None:
            messages.warn(self, "Choose the patient and the date of service first.")
            return

        def read(work: Work) -> tuple[VisitDraft, dict[str, str], list[str]]:
            draft = entry.copy_last(work, patient_id, day)
            titles = entry.procedure_titles(work, [line.procedure for line in draft.lines])
            found = [work.codes.check_diagnosis(c, day) for c in draft.diagnoses]
            return draft, titles, [f.info.title if f.info else "" for f in found]

        def copied(found: tuple[VisitDraft, dict[str, str], list[str]]) -> None:
            draft, titles, meanings = found
            self._show_draft(draft, meanings)
            self.lines.show_drafts(draft.lines, titles)
            self._on_edited()
            self.lines.focus_field(1, "procedure")
            messages.info(self, "The last visit was copied; its dates were not.")

        self.context.runner.read(self, read, copied)

    def title(self) -> str:
        """See `VisitScreen.title`; a visit under review says so."""
        under = ", in review" if self.view is not None and self.reviewing.state == "open" else ""
        return super().title() + under

    def autosave(self) -> None:
        """Keep an unposted visit as it stands; says nothing when it cannot."""
        busy = self._saving or self._refused or not self._dirty
        if busy or self.state is not VisitState.DRAFT or self._unreadable():
            return
        facts = self.facts.values()
        if facts is not None:
            self._send(self._collected(facts), None, quiet=True)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save; a posted visit is revised. `then` runs once it is stored."""
        if self.state is VisitState.VOID:
            return
        if self._saving:
            self._waiting = lambda: self.save(then)
            return
        draft = self.draft()
        if draft is not None:
            self._send(draft, then)

    def _send(
        self, draft: VisitDraft, then: Callable[[], None] | None, *, quiet: bool = False
    ) -> None:
        sent = self.lines.filled()
        posted = self.state is VisitState.POSTED
        self._saving, self._dirty = True, False

        def write(work: Work) -> Saved:
            if posted:
                change = posting.revise(work, draft)
                return entry.get(work, change.visit_id), change
            return entry.get(work, entry.save(work, draft)), None

        def done(saved: Saved) -> None:
            self._saving = False
            self._on_saved(saved, sent)
            if then is not None:
                then()
            self._next()

        def failed(error: AppError) -> None:
            self._saving, self._dirty, self._waiting = False, True, None
            if quiet and not isinstance(error, LostUpdate):
                # Nobody asked: say it once, beside the work, and leave the cursor alone.
                self._refused = True
                self.saved_line.setText(f"Not saved: {error}")
                return
            self._refused = True
            self._on_refused(error)

        self.context.runner.write(self, write, done, failed)

    def _next(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _on_saved(self, saved: Saved, sent: Sequence[LineRow]) -> None:
        view, change = saved
        self.view = view
        # The rows keep what was typed meanwhile; only their ids are new.
        for row, line in zip(sent, view.lines, strict=False):
            row.line_id = line.draft.id
            row.set_fee(line.charge)
        if not self._dirty:
            self.saved_line.setText("Saved.")
        self._show_total()
        self.changed.emit()
        if change is not None and change.stale_sent:
            messages.warn(
                self,
                "A claim of this visit was sent already; replace it on the page Claims.",
                action="Open claims",
                on_action=lambda: self.context.go("claims", change.stale_sent[0]),
            )

    def _on_refused(self, error: AppError) -> None:
        if isinstance(error, LostUpdate) and self.view is not None:
            visit_id = self.view.id
            messages.error(
                self, str(error), action="Open again", on_action=lambda: self.open_visit(visit_id)
            )
        elif isinstance(error, RuleError):
            self.findings.show_problems(error.problems)
            self.jump(error.problems[0].field)
            messages.error(self, str(error))
        else:
            messages.error(self, str(error))

    def answer_articles_again(self) -> None:
        """See `Coding.answer_articles_again`; the visit is checked with the new answer."""
        self.coding.answer_articles_again(lambda: self._check(focus=False))

    def save_and_check(self) -> None:
        """Save, check, and go to the first finding."""
        self.save(lambda: self._check(focus=True))

    def _check(self, *, focus: bool) -> None:
        if self.view is None:
            return
        visit_id = self.view.id

        def show(result: CheckResult) -> None:
            self._show_result(result)
            self.changed.emit()
            if focus:
                self.findings.focus_first()

        self.context.runner.read(self, lambda work: check.check_visit(work, visit_id), show)

    def _show_result(self, result: CheckResult) -> None:
        claims = self.view.claims if self.view is not None else ()
        self.findings.show_result(result, posted=self.state is VisitState.POSTED, claims=claims)

    def refresh_claims(self) -> None:
        """Show where the visit's claims stand now; what is being entered is left alone."""
        if self.view is None:
            return
        visit_id = self.view.id

        def show(stored: VisitView) -> None:
            if self.view is not None and self.view.id == visit_id:
                self.view = replace(self.view, claims=stored.claims)
                self.findings.show_claims(stored.claims)
                self.changed.emit()

        self.context.runner.read(self, lambda work: entry.get(work, visit_id), show)

    @property
    def can_claim(self) -> bool:
        """Whether the visit is posted, has a payer, and has no claim that stands."""
        view = self.view
        return (
            view is not None
            and view.state is VisitState.POSTED
            and bool(view.coverages)
            and all(c.state is ClaimState.VOID for c in view.claims)
        )

    def make_claim(self) -> None:
        """Save what was typed, then make the claim of the first payer."""
        if not self.can_claim:
            return
        if self.is_dirty:
            self.save(self._make_claim)
        else:
            self._make_claim()

    def _make_claim(self) -> None:
        if self.view is None:
            return
        visit_id = self.view.id

        def done(made: list[int]) -> None:
            if made:
                messages.info(
                    self,
                    f"{'Claim' if len(made) == 1 else 'Claims'} {', '.join(map(str, made))} made.",
                    action="Open claims",
                    on_action=lambda: self.context.go("claims", made[0]),
                )
            self.refresh_claims()

        self.context.runner.write(
            self, lambda work: create.create_claims(work, visit_id), done, self._on_refused
        )

    def post(self) -> None:
        """Save, then put the charges into the ledger."""
        if self.state is VisitState.DRAFT:
            self.save(self._post)

    def _post(self) -> None:
        if self.view is None:
            return
        visit_id, version = self.view.id, self.view.draft.version

        def write(work: Work) -> VisitView:
            posting.post(work, visit_id, version)
            return entry.get(work, visit_id)

        def done(view: VisitView) -> None:
            self.show_view(view)
            self._check(focus=False)
            # What had the cursor is locked now; left to Qt it would jump out of the page, and
            # the page's keys (F8: the next visit) would do nothing.
            self.diagnoses.line.setFocus(Qt.FocusReason.OtherFocusReason)
            messages.info(self, f"Charges of visit {view.id} posted: {view.charge.shown}.")

        self.context.runner.write(self, write, done, self._on_refused)

    def change_coverage(self) -> None:
        """Choose the coverages anew by the date of service; open money follows."""
        if self.view is None or self.view.state is not VisitState.POSTED:
            return
        visit_id = self.view.id

        def write(work: Work) -> tuple[VisitView, VisitChange]:
            change = replacing.change_coverage(work, visit_id)
            return entry.get(work, visit_id), change

        def done(found: tuple[VisitView, VisitChange]) -> None:
            view, change = found
            self.show_view(view)
            self._ask_patient()
            self._check(focus=False)
            text = f"Coverage chosen anew; {change.moved.shown} moved."
            if change.stale_sent:
                text += " A claim was sent to the earlier payer: void it on the page Claims."
            messages.info(self, text)

        self.context.runner.write(self, write, done, self._on_refused)

    def void(
        self, reason: str, done: Callable[[], None], failed: Callable[[AppError], None]
    ) -> None:
        """Void the visit with a reason."""
        if self.view is None:
            return
        visit_id = self.view.id

        def write(work: Work) -> VisitView:
            posting.void(work, visit_id, reason)
            return entry.get(work, visit_id)

        def voided(view: VisitView) -> None:
            self.show_view(view)
            self.findings.forget()
            done()

        self.context.runner.write(self, write, voided, failed)

    def pass_finding(
        self, rule: str, field: str, reason: str, done: Callable[[], None],
        failed: Callable[[AppError], None],
    ) -> None:  # fmt: skip
        """Let a warning pass with a reason, then check again."""
        if self.view is None:
            return
        visit_id = self.view.id

        def passed(_none: object) -> None:
            done()
            self._check(focus=True)

        self.context.runner.write(
            self,
            lambda work: check.pass_warning(work, visit_id, rule, field, reason),
            passed,
            failed,
        )
