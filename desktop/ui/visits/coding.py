"""Help with the codes of the visit on the screen.

Read from a note, completed by what the tabular list asks for, looked up in the code browser,
kept as favourites. All of it changes the screen alone, favourites excepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop.models.values.identifiers import dotted
from desktop.services.claims.rules.coding import articles
from desktop.services.coding.base.values import CPT, HCPCS, ICD10CM
from desktop.services.coding.notes.values import DIAGNOSIS, PROCEDURE, Suggestion
from desktop.services.practice.codes import procedures
from desktop.services.practice.codes import suggesting as codes
from desktop.services.practice.codes.procedures import SYSTEM as OWN
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.services.visits import choices
from desktop.services.visits import companions as service
from desktop.services.visits.companions import Companions, How
from desktop.ui.lib import messages
from desktop.ui.visits.article_dialog import ArticleDialog
from desktop.ui.visits.companions_dialog import LOOK_UP, CompanionsDialog
from desktop.ui.visits.note_dialog import NoteDialog, Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.services.claims.rules.coding.articles import PendingArticle
    from desktop.services.claims.rules.findings import Finding
    from desktop.services.core.work import Work
    from desktop.services.visits.choices import Choices
    from desktop.ui.visits.screen import VisitScreen


class Coding:
    """What the visit's screen offers for coding."""

    def __init__(self, screen: VisitScreen) -> None:
        self._screen = screen
        self._note = ""
        self._is_away = False
        self._asked = screen.context.runner.latest(screen)
        box = screen.diagnoses
        box.looked.connect(self._look)
        # Another date may have another tabular list.
        screen.service_on.editingFinished.connect(lambda: self._look(box.current()))

    def forget(self) -> None:
        """Another visit is shown: its note is not that of the one before."""
        self._note = ""
        self._is_away = False

    # -- from a note -------------------------------------------------------------------------

    def from_note(self) -> None:
        """Open the provider's note beside the codes that it gives."""
        screen = self._screen
        day, patient_id = screen.day() or screen.context.today(), screen.patient.value()

        def read(work: Work, text: str) -> Sequence[Suggestion]:
            return codes.suggest_codes(work, text, day, patient_id)

        # While the note is pasted, its phrases are made ready.
        screen.context.runner.whole(
            screen, lambda database, _progress: codes.read_ahead(database, day)
        )
        dialog = NoteDialog(screen, screen.context, read, self._note)

        def finished(_result: int) -> None:
            self._note = dialog.text()
            screen.diagnoses.line.setFocus(Qt.FocusReason.OtherFocusReason)

        dialog.taken.connect(lambda taken: self._take(taken, dialog))
        dialog.removed.connect(lambda taken: self._take_off(taken, dialog))
        dialog.finished.connect(finished)
        dialog.set_taken(self._coded())
        dialog.open()

    def _coded(self) -> set[tuple[str, str]]:
        """What the visit has, as the note's dialog asks for it."""
        screen = self._screen
        drafts = [row.procedure.value() for row in screen.lines.filled()]
        lines = {(PROCEDURE, own.code) for own in drafts if own is not None}
        return {(DIAGNOSIS, code) for code in screen.diagnoses.codes()} | lines

    def _take(self, taken: Taken, dialog: NoteDialog) -> None:
        screen = self._screen
        if taken.kind != DIAGNOSIS:
            self._take_procedure(taken.code, dialog)
            return
        if not screen.diagnoses.add(taken.code, taken.title):
            dialog.say(screen.diagnoses.hint.text())
        dialog.set_taken(self._coded())

    def _take_procedure(self, code: str, dialog: NoteDialog) -> None:
        def add(own: ProcedureDraft | None) -> None:
            if own is not None:
                self._screen.lines.add(own)
                dialog.set_taken(self._coded())

        self._screen.context.runner.read(dialog, lambda work: procedures.by_code(work, code), add)

    def _take_off(self, taken: Taken, dialog: NoteDialog) -> None:
        screen = self._screen
        if taken.kind == DIAGNOSIS:
            screen.diagnoses.remove(taken.code)
            dialog.say(f"{dotted(taken.code)} was taken off the visit.")
        else:
            rows = [r for r in screen.lines.filled() if r.procedure.value() is not None]
            row = next(r for r in reversed(rows) if r.procedure.value().code == taken.code)
            done = screen.lines.remove(row, focus=False)
            dialog.say(f"{taken.code} was taken off the visit." if done else row.locked)
        dialog.set_taken(self._coded())

    # -- what goes with a diagnosis ----------------------------------------------------------

    def _look(self, code: str) -> None:
        """Say below the list what the tabular list asks for beside a diagnosis."""
        box, day = self._screen.diagnoses, self._screen.day()
        if not code or day is None:
            self._asked.forget()
            box.set_asks("")
            return

        def show(found: Companions | None) -> None:
            text = found.summary(box.codes()) if found else ""
            box.set_asks(f"{text}   Alt+U" if text else "")

        self._asked.read(lambda work: service.companions(work, code, day), show)

    def goes_with(self) -> None:
        """Offer what goes with the diagnosis with the cursor, or with the last one."""
        screen, day = self._screen, self._screen.day()
        codes_now = screen.diagnoses.codes()
        code = screen.diagnoses.current() or (codes_now[-1] if codes_now else "")
        if not code or day is None:
            messages.warn(screen, "Enter a diagnosis first; then what goes with it can be shown.")
            return

        def show(found: Companions | None) -> None:
            if found is None or not found.groups:
                messages.info(screen, f"Nothing is asked for beside {dotted(code)}.")
            else:
                self._offer(found)

        screen.context.runner.read(screen, lambda work: service.companions(work, code, day), show)

    def _offer(self, found: Companions) -> None:
        screen = self._screen
        dialog = CompanionsDialog(screen, found)

        def choose(how: How, taken: Taken) -> None:
            box = screen.diagnoses
            if taken.kind == LOOK_UP:
                dialog.accept()
                self._browse(ICD10CM, taken.code)
            elif how is How.INSTEAD:
                if box.replace(found.code, taken.code, taken.title):
                    dialog.accept()
                else:
                    dialog.say(box.hint.text())
            else:
                before = found.code if how is How.BEFORE else ""
                if not box.add(taken.code, taken.title, before=before):
                    dialog.say(box.hint.text())
                dialog.set_taken(set(box.codes()))

        def remove(taken: Taken) -> None:
            screen.diagnoses.remove(taken.code)
            dialog.set_taken(set(screen.diagnoses.codes()))

        def finished(_result: int) -> None:
            if not self._is_away:
                screen.diagnoses.line.setFocus(Qt.FocusReason.OtherFocusReason)

        dialog.chosen.connect(choose)
        dialog.removed.connect(remove)
        dialog.finished.connect(finished)
        dialog.set_taken(set(screen.diagnoses.codes()))
        dialog.open()

    # -- coverage articles -------------------------------------------------------------------

    def confirm_article(self, finding: Finding, then: Callable[[], None]) -> None:
        """Ask which groups of coverage articles serve a line's procedure; `then` checks anew."""
        screen = self._screen
        number = finding.field.split(".")[1]
        filled = screen.lines.filled()
        row = filled[int(number) - 1] if number.isdigit() and int(number) <= len(filled) else None
        own = row.procedure.value() if row is not None else None
        if own is None:
            return

        self._ask_articles(own.code, then)

    def answer_articles_again(self, then: Callable[[], None]) -> None:
        """Forget what was said of the coverage articles of the line's procedure; ask anew."""
        screen = self._screen
        row = screen.lines.current()
        own = row.procedure.value() if row is not None else None
        if own is None:
            messages.warn(screen, "Put the cursor on a charge line with a procedure first.")
            return

        def forget(work: Work) -> int:
            said = [c for c in articles.list_choices(work) if c.procedure == own.code]
            for each in said:
                articles.ask_again(work, each.article, each.procedure)
            return len(said)

        def ask(count: int) -> None:
            if count:
                self._ask_articles(own.code, then)
            else:
                messages.info(screen, f"Nothing was said of a coverage article of {own.code}.")

        screen.context.runner.write(screen, forget, ask)

    def _ask_articles(self, procedure: str, then: Callable[[], None]) -> None:
        """One article after the other, until none that lists the procedure waits."""
        screen, day = self._screen, self._screen.day()

        def ask(waiting: list[PendingArticle]) -> None:
            if waiting:
                self._ask_article(waiting[0], lambda: self._ask_articles(procedure, then))
            else:
                then()

        screen.context.runner.read(
            screen, lambda work: articles.list_pending(work, day, [procedure]), ask
        )

    def _ask_article(self, article: PendingArticle, then: Callable[[], None]) -> None:
        screen, day = self._screen, self._screen.day()
        dialog = ArticleDialog(screen, article)
        number, procedure = article.article, article.procedure

        def answer(groups: tuple[str, ...]) -> None:
            def write(work: Work) -> None:
                if groups:
                    articles.confirm(work, number, procedure, groups, day)
                else:
                    articles.not_applicable(work, number, procedure, day)

            def done(_none: None) -> None:
                dialog.accept()
                then()

            screen.context.runner.write(dialog, write, done, dialog.refused)

        dialog.answered.connect(answer)
        dialog.open()

    # -- the code under the cursor -----------------------------------------------------------

    def _under_cursor(self) -> tuple[str, str]:
        """System and code of what is marked in an open list, of the line, or of the diagnosis."""
        screen = self._screen
        row = screen.lines.current()
        if row is not None:
            marked = row.procedure.marked()
            own = marked.value if marked else row.procedure.value()
            return OWN, "" if own is None else own.code
        marked = screen.diagnoses.line.marked()
        return ICD10CM, marked.value[0] if marked else screen.diagnoses.current()

    def toggle_favourite(self) -> None:
        """Put the code under the cursor among the practice's favourites, or take it out."""
        screen = self._screen
        system, code = self._under_cursor()
        if not code:
            messages.warn(screen, "Put the cursor on a diagnosis or a charge line first.")
            return
        shown = dotted(code) if system == ICD10CM else code

        def write(work: Work) -> tuple[bool, Choices]:
            return choices.toggle_favourite(work, system, code), choices.choices(work)

        def done(found: tuple[bool, Choices]) -> None:
            favourite, offered = found
            screen.diagnoses.set_favourites(offered.favourites.get(ICD10CM, frozenset()))
            row = screen.lines.current()
            line = row.procedure if row is not None else screen.diagnoses.line
            if line.is_open():
                line.ask()
            said = "is a favourite now" if favourite else "is no favourite any more"
            messages.info(screen, f"{shown} {said}.")

        screen.context.runner.write(screen, write, done)

    def look_up(self) -> None:
        """Open the code under the cursor in the code browser, from where codes can come back."""
        system, code = self._under_cursor()
        if system == OWN:
            system = HCPCS if code[:1].isalpha() else CPT
        self._browse(system, code)

    def _browse(self, system: str, code: str) -> None:
        screen = self._screen
        day = screen.day() or screen.context.today()

        def add(code: str, title: str) -> None:
            if screen.may_edit:
                screen.diagnoses.add(code, title)

        self._is_away = True
        wanted = (
            ("code", code, day, add) if system == ICD10CM else ("code", code, day, None, system)
        )
        screen.context.go("codes", wanted)

    def come_back(self) -> bool:
        """Put the cursor where it was before the browser; False when nobody went there."""
        was_away, self._is_away = self._is_away, False
        if was_away:
            position = self._screen.diagnoses.list.currentRow() + 1
            self._screen.diagnoses.focus_position(position)
        return was_away
