"""The tab “Payers”."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from desktop.models.values.enums import FilingCode
from desktop.services.practice.fees import fees
from desktop.services.practice.payers import payers
from desktop.services.practice.payers.payers import PayerDraft
from desktop.ui.lib.buttons import Button
from desktop.ui.lib.edits import Check, Choice, CodeEdit, LineEdit, PhoneEdit, TextEdit
from desktop.ui.lib.records import RecordsTab, state_column
from desktop.ui.lib.table import Column, Kind
from desktop.ui.shared.payer_list import PayerListDialog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.core.work import Work
    from desktop.services.practice.fees.fees import ScheduleRow
    from desktop.ui.lib.form import Form
    from desktop.ui.lib.page import Context

KINDS = (
    (FilingCode.COMMERCIAL, "Commercial"),
    (FilingCode.BLUES, "Blue Cross Blue Shield"),
    (FilingCode.MEDICARE_B, "Medicare Part B"),
    (FilingCode.MEDICAID, "Medicaid"),
    (FilingCode.MEDICARE_ADVANTAGE, "Medicare Advantage"),
    (FilingCode.PPO, "PPO"),
    (FilingCode.HMO, "HMO"),
    (FilingCode.POS_PLAN, "Point of service plan"),
    (FilingCode.EPO, "EPO"),
    (FilingCode.INDEMNITY, "Indemnity"),
    (FilingCode.TRICARE, "TRICARE"),
    (FilingCode.CHAMPVA, "CHAMPVA"),
    (FilingCode.FECA, "Federal employees' compensation"),
    (FilingCode.WORKERS_COMPENSATION, "Workers' compensation"),
    (FilingCode.AUTO, "Auto insurance"),
    (FilingCode.OTHER, "Other or unknown"),
)
_KIND_NAMES = dict(KINDS)
_DAYS = ("days_original", "days_corrected", "days_secondary", "days_appeal")


class DaysEdit(LineEdit):
    """A number of days; empty is 0."""

    def __init__(self) -> None:
        super().__init__(limit=4, characters=7)

    def value(self) -> int:
        """See `Editor.value`."""
        text = self.text().strip()
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0

    def problem(self) -> str:
        """See `Editor.problem`."""
        text = self.text().strip()
        if text and not re.fullmatch(r"[0-9]{1,4}", text):
            return "Enter a number of days, or 0 when no limit is known."
        return ""


class PayersTab(RecordsTab[PayerDraft]):
    """Insurance payers with ids, claim settings and filing limits."""

    noun = "payer"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("name", "Name", stretch=True),
            Column("kind", "Kind", getter=lambda row: _KIND_NAMES[row.filing_code], width=22),
            Column("electronic_id", "Electronic id", width=12),
            Column("days_original", "Days to file", Kind.COUNT),
            Column("days_secondary", "Secondary", Kind.COUNT),
            Column("days_appeal", "Appeal", Kind.COUNT),
            state_column(),
        )
        super().__init__(context, columns, name="payers")
        self._schedules: list[ScheduleRow] = []
        self.list_dialog: PayerListDialog | None = None
        self.list_button = Button("Load from a list…")
        self.list_button.setToolTip("Load payers from a clearinghouse's list (Alt+G)")
        self.list_button.clicked.connect(lambda _on=False: self.choose_file())
        self.buttons.insertWidget(2, self.list_button)

    def choose_file(self) -> None:
        """Ask for a clearinghouse's list and show which column is what."""
        name, _kind = QFileDialog.getOpenFileName(
            self, "Load payers", "", "Lists (*.csv *.txt *.tsv);;All files (*)"
        )
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Show what a list would do, and load it when asked."""
        self.list_dialog = PayerListDialog(self, self.context, path, self.refresh)
        self.list_dialog.open()

    def refresh(self) -> None:
        """Read the payers, and the fee schedules for the form."""
        super().refresh()
        self.context.runner.read(self, fees.schedules, self._on_schedules)

    def _on_schedules(self, rows: list[ScheduleRow]) -> None:
        self._schedules = rows

    def read(self, work: Work) -> Sequence[PayerDraft]:
        """See `RecordsTab.read`."""
        return payers.all_payers(work)

    def build(self, form: Form, row: PayerDraft | None) -> None:
        """See `RecordsTab.build`."""
        form.add("name", "Name", TextEdit(limit=60), required=True)
        kind = form.add("filing_code", "Kind", Choice(KINDS))
        form.add(
            "electronic_id", "Electronic id", CodeEdit(limit=30), hint="From the clearinghouse"
        )
        form.add(
            "identifiers",
            "Further ids",
            TextEdit(limit=120),
            hint="By which it names itself in payment files; separated by blanks",
        )
        schedules = [(s.id, s.name) for s in self._schedules]
        form.add("fee_schedule_id", "Fee schedule", Choice(schedules, empty="The standard one"))
        form.add("phone", "Phone", PhoneEdit())
        form.add_heading("Filing limits in days (0 when not known)")
        form.add("days_original", "First claim", DaysEdit(), hint="From the date of service")
        form.add("days_corrected", "Corrected claim", DaysEdit())
        form.add("days_secondary", "As secondary", DaysEdit())
        form.add("days_appeal", "Appeal", DaysEdit(), hint="From the answer")
        form.add("secondary_starts_at_answer", "", Check("Secondary starts at primary's answer"))
        form.add_heading("Claims")
        form.add("on_paper", "", Check("Paper forms only"))
        form.add("accept_assignment", "", Check("Assignment is accepted"))
        form.add("may_not_bill_patient", "", Check("Patients may not be billed"))
        form.add("corrects_as_original", "", Check("Corrections go as new claims (code 1)"))
        form.add("send_patient_paid", "", Check("Send what the patient paid"))
        form.add("send_facility_always", "", Check("Always send the service facility"))
        form.add("send_rendering_taxonomy", "", Check("Send the rendering taxonomy"))
        form.add("is_active", "", Check("In use"))
        form.add_heading("Address (stands on top of the paper form)")
        form.add("line1", "Street or PO box", TextEdit(limit=55))
        form.add("line2", "Second line", TextEdit(limit=55))
        form.add("zip_code", "ZIP code", TextEdit(limit=10, characters=12))
        form.add("city", "City", TextEdit(limit=30))
        form.add("state", "State", CodeEdit(limit=2))
        start = row or PayerDraft(name="")
        form.set_values({**asdict(start), "identifiers": " ".join(start.identifiers)})
        kind.edited.connect(lambda: self._on_kind(form))

    def write(self, work: Work, values: Mapping[str, Any], row: PayerDraft | None) -> object:
        """See `RecordsTab.write`."""
        return payers.save(work, replace(row or PayerDraft(name=""), **_plain(values)))

    def _on_kind(self, form: Form) -> None:
        """Fill in what this kind of payer always asks for."""
        draft = replace(PayerDraft(name=""), **_plain(form.values()))
        preset = payers.with_presets(draft)
        names = (*_DAYS, "secondary_starts_at_answer", "corrects_as_original")
        for name in (*names, "may_not_bill_patient"):
            form.editor(name).set_value(getattr(preset, name))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "identifiers": tuple(str(values["identifiers"]).replace(",", " ").split())}
