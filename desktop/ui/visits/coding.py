"""Help with the codes of the visit on the screen: read from a note, taken and taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from desktop.models.values.identifiers import dotted
from desktop.services import codes
from desktop.services.coding.suggest.values import DIAGNOSIS, PROCEDURE, Suggestion
from desktop.services.registration import procedures
from desktop.services.registration.procedures import ProcedureDraft
from desktop.services.work import Work
from desktop.ui.visits.note_dialog import NoteDialog, Taken
from desktop.ui.visits.screen import VisitScreen


class Coding:
    """What the visit's screen offers for coding; all of it changes the screen alone."""

    def __init__(self, screen: VisitScreen) -> None:
        self._screen = screen
        self._note = ""

    def forget(self) -> None:
        """Another visit is shown: its note is not that of the one before."""
        self._note = ""

    # -- from a note -------------------------------------------------------------------------

    def from_note(self) -> None:
        """Open the provider's note beside the codes that it gives."""
        screen = self._screen
        day, patient_id = screen.day() or screen.context.today(), screen.patient.value()

        def read(work: Work, text: str) -> Sequence[Suggestion]:
            return codes.suggest_codes(work, text, day, patient_id)

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
