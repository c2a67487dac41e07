"""Sends the visit on the screen to review, shows its review, and what the reviewer asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.models.values.identifiers import dotted
from desktop.services.visits import review
from desktop.services.visits.review_values import (
    ADD,
    AGREE,
    CHANGE,
    DIAGNOSIS,
    ReviewItem,
    ReviewView,
    VerdictDraft,
)
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import TextEdit
from desktop.ui.lib.form import Form
from desktop.ui.visits import sources
from desktop.ui.visits.review_dialog import ReviewDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop.services.core.work import Work
    from desktop.ui.visits.screen import VisitScreen


class Reviewing:
    """The review of the visit that is shown.

    Attributes:
        state: “” without a review, “open”, or “closed”.
    """

    def __init__(
        self,
        editor: VisitScreen,
        check: Callable[[], None],
        save: Callable[[Callable[[], None]], None],
    ) -> None:
        self._editor = editor
        self._check = check
        self._save = save
        self._asked = editor.context.runner.latest(editor)
        self._visit_id = 0
        self._told = (0, "")
        self.state = ""

    def look(self, *, quiet: bool = False) -> None:
        """Find out whether the visit is or was under review; say once what is asked for."""
        view, editor = self._editor.view, self._editor
        if view is None or view.id != self._visit_id:
            self.state = ""
        self._visit_id = 0 if view is None else view.id
        if view is None:
            return
        visit_id = view.id

        def show(found: tuple[ReviewView, bool] | None) -> None:
            if self._visit_id != visit_id:
                return
            self.state = "" if found is None else "closed" if found[0].closed_at else "open"
            editor.changed.emit()
            if found is not None and not quiet:
                self._tell(*found)

        self._asked.read(lambda work: _newest(work, visit_id), show)

    def _tell(self, found: ReviewView, may_judge: bool) -> None:
        """Say once that the visit waits for whoever opens it, or what its review asks for."""
        if self._told == (found.id, self.state):
            return
        self._told = (found.id, self.state)
        asked = [i for i in found.items if i.verdict not in ("", AGREE) and not self._is_done(i)]
        if self.state == "open" and may_judge:
            text, verb = "This visit waits for a review of its codes.", "Review"
        elif self.state == "closed" and asked and not may_judge:
            count = f"{len(asked)} change{'' if len(asked) == 1 else 's'}"
            text, verb = f"The review of this visit asks for {count}.", "Show"
        else:
            return
        messages.warn(self._editor, text, action=verb, on_action=self.open)

    def _is_done(self, item: ReviewItem) -> bool:
        codes = self._editor.diagnoses.codes()
        return item.kind == DIAGNOSIS and item.verdict == ADD and item.better_code in codes

    # -- sending -----------------------------------------------------------------------------

    def send(self) -> None:
        """Save the visit, then ask what the reviewer should look at."""
        editor = self._editor
        if editor.is_dirty or editor.view is None:
            self._save(self._ask_note)
        else:
            self._ask_note()

    def _ask_note(self) -> None:
        editor = self._editor
        if editor.view is None:
            return
        visit_id = editor.view.id
        form = Form()
        hint = "Until the review is closed, the claims of this visit wait."
        form.add("note", "Note to the reviewer", TextEdit(limit=200), hint=hint)

        def send(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(_review: int) -> None:
                dialog.saved()
                messages.info(editor, "Sent to review.")
                self.look()
                self._check()

            note = values["note"] or ""
            editor.context.runner.write(
                dialog,
                lambda work: review.send_to_review(work, visit_id, note),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

        FormDialog(editor, "Send to review", form, verb="Send", on_save=send).open()

    # -- the review --------------------------------------------------------------------------

    def open(self) -> None:
        """Show the visit's newest review: to judge, or to read what was said."""
        editor = self._editor
        if editor.view is None:
            return
        visit_id = editor.view.id

        def show(found: tuple[ReviewView, bool] | None) -> None:
            if found is None:
                messages.info(editor, "This visit was not sent to review (Ctrl+Shift+O sends it).")
            else:
                self._show(*found)

        editor.context.runner.read(editor, lambda work: _newest(work, visit_id), show)

    def _show(self, view: ReviewView, may_judge: bool) -> None:
        editor = self._editor
        runner = editor.context.runner
        source = sources.diagnoses(
            runner, editor, editor.day, editor.patient.value, editor.searching.mode
        )
        dialog = ReviewDialog(editor, view, source, may_judge=may_judge)
        if not may_judge and view.closed_at is None:
            dialog.say("You coded this visit; somebody else must review it.")

        def judge(drafts: list[VerdictDraft]) -> None:
            version = dialog.view.version

            def write(work: Work) -> ReviewView:
                review.record_verdicts(work, view.id, drafts, version)
                work.session.expire_all()
                return review.get_review(work, view.id)

            runner.write(dialog, write, dialog.show_view, dialog.refused, disable=dialog.list)

        def end() -> None:
            version = dialog.view.version

            def done(_none: None) -> None:
                dialog.accept()
                messages.info(editor, "The review is closed.")
                self.look(quiet=True)
                self._check()

            runner.write(
                dialog, lambda work: review.close(work, view.id, version), done, dialog.refused
            )

        def withdraw() -> None:
            def done(_none: None) -> None:
                dialog.accept()
                messages.info(editor, "The visit was taken back from review.")
                self.look()
                self._check()

            runner.write(dialog, lambda work: review.withdraw(work, view.id), done, dialog.refused)

        dialog.judged.connect(judge)
        dialog.close_wanted.connect(end)
        dialog.withdrawn.connect(withdraw)
        dialog.wanted.connect(lambda item: self._do(item, dialog))
        dialog.open()

    def _do(self, item: ReviewItem, dialog: ReviewDialog) -> None:
        """Do on the screen what the reviewer asks for; a line is only shown."""
        editor, better = self._editor, item.better_code
        box = editor.diagnoses
        if item.kind != DIAGNOSIS:
            dialog.accept()
            editor.lines.focus_field(item.position, "procedure")
            return
        if not editor.may_edit:
            dialog.say("This visit is void; it stays as it was.")
            return
        day = editor.day() or editor.context.today()

        def put(title: str) -> None:
            if item.verdict == CHANGE:
                done = box.replace(item.code, better, title)
                text = f"{dotted(better)} stands for {item.shown} now; save the visit."
            elif item.verdict == ADD:
                done, text = box.add(better, title), f"{dotted(better)} was added; save the visit."
            else:
                done = box.remove(item.code)
                text = f"{item.shown} was taken off; save the visit."
            dialog.say(text if done else box.hint.text() or f"{item.shown} is not on the visit.")

        def read(work: Work) -> str:
            info = work.codes.check_diagnosis(better, day).info if better else None
            return info.title if info else ""

        editor.context.runner.read(dialog, read, put)


def _newest(work: Work, visit_id: int) -> tuple[ReviewView, bool] | None:
    """The visit's newest review, and whether the one who asks may judge it."""
    found = review.last_review(work, visit_id)
    if found is None:
        return None
    view = review.get_review(work, found)
    return view, view.coder_id != int(work.actor.user_id)
