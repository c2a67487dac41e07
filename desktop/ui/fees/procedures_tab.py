"""The tab “Procedures”: the practice's own list in its own words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPushButton

from desktop.services.practice.codes import procedures
from desktop.services.practice.codes.procedures import ProcedureDraft
from desktop.ui.lib.edits import Check, CodeEdit, TextEdit
from desktop.ui.lib.records import RecordsTab, state_column
from desktop.ui.lib.table import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.core.work import Work
    from desktop.ui.lib.form import Form
    from desktop.ui.lib.page import Context


class ProceduresTab(RecordsTab[ProcedureDraft]):
    """What this practice does; favourites come first in type-ahead."""

    noun = "procedure"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("favourite", "Favourite", getter=_star, width=9),
            Column("code", "Code", width=9),
            Column("title", "In your own words", stretch=True),
            Column("modifiers", "Modifiers", width=12),
            Column("place", "Place", width=7),
            Column("uses", "Charged", Kind.COUNT),
            state_column(),
        )
        super().__init__(context, columns, name="procedures")
        self.favourite_button = QPushButton("Favourite or not")
        self.favourite_button.setAutoDefault(False)
        self.favourite_button.clicked.connect(lambda _on=False: self.toggle_favourite())
        self.buttons.insertWidget(2, self.favourite_button)

    def read(self, work: Work) -> Sequence[ProcedureDraft]:
        """See `RecordsTab.read`."""
        return procedures.all_procedures(work)

    def build(self, form: Form, row: ProcedureDraft | None) -> None:
        """See `RecordsTab.build`."""
        form.add("code", "Code", CodeEdit(limit=5), required=True)
        form.add("title", "In your own words", TextEdit(limit=100), required=True)
        form.add("modifiers", "Modifiers", TextEdit(limit=14, upper=True), hint="Always with it")
        form.add("place", "Place", CodeEdit(limit=2), hint="Only where it differs")
        form.add("needs_clia", "", Check("Laboratory test with CLIA number"))
        form.add("is_active", "", Check("In use"))
        shown = row or ProcedureDraft("", "")
        names = ("code", "title", "modifiers", "place", "needs_clia", "is_active")
        form.set_values({name: getattr(shown, name) for name in names})

    def write(self, work: Work, values: Mapping[str, Any], row: ProcedureDraft | None) -> object:
        """See `RecordsTab.write`."""
        return procedures.save(work, replace(row or ProcedureDraft("", ""), **values))

    def toggle_favourite(self) -> None:
        """Put the chosen one among the favourites, or take it out."""
        row: ProcedureDraft | None = self.table.current_row()
        if row is not None:
            self.context.runner.write(
                self,
                lambda work: procedures.set_favourite(
                    work, row.code, favourite=not row.is_favourite
                ),
                lambda _done: self.refresh(),
            )


def _star(row: ProcedureDraft) -> str:
    return "★ yes" if row.is_favourite else ""
