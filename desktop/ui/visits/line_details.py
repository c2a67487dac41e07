"""What is seldom entered for a line: dates, place, drug, note, another rendering provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.errors import Problem, RuleError
from desktop.models.values.identifiers import ndc11
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Check, Choice, CodeEdit, DateEdit, TextEdit
from desktop.ui.lib.form import Form
from desktop.ui.visits import codes
from desktop.ui.visits.line_row import DETAILS, LineRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

UNITS = (("UN", "units"), ("MJ", "minutes of anesthesia"))
DRUG_UNITS = (
    ("F2", "F2, international units"),
    ("GR", "GR, grams"),
    ("ME", "ME, milligrams"),
    ("ML", "ML, milliliters"),
    ("UN", "UN, units"),
)


def open_details(
    parent: QWidget,
    row: LineRow,
    today: Callable[[], dt.date],
    providers: Sequence[tuple[int, str]],
    field: str = "",
) -> FormDialog:
    """Show the dialog of a line; `field` takes the cursor."""
    used = row.base.rendering_id
    offered = list(providers)
    if used is not None and all(used != value for value, _name in offered):
        offered.append((used, f"no. {used}, inactive"))
    form = Form(columns=2)
    form.add("from_on", "From", DateEdit(today), hint="Empty: the date of service")
    form.add("to_on", "To", DateEdit(today), hint="Empty: the same day")
    form.add("place", "Place of service", CodeEdit(limit=2), hint="Empty: the visit's")
    form.add("unit_kind", "Units are", Choice(UNITS))
    form.add("ndc", "Drug (NDC)", TextEdit(limit=14, characters=16))
    form.add("ndc_quantity", "Drug quantity", TextEdit(limit=10, characters=10))
    form.add("ndc_unit", "Drug unit", Choice(DRUG_UNITS, empty=""))
    form.add("rendering_id", "Rendered by", Choice(offered, empty="as the visit"))
    form.add("emergency", "", Check("Emergency"))
    form.add("note", "Note to the payer", TextEdit(limit=80), wide=True)
    values = {name: getattr(row.base, name) for name in DETAILS}
    values["ndc_quantity"] = codes.shown_quantity(row.base.ndc_quantity)
    values["ndc_unit"] = row.base.ndc_unit or None
    form.set_values(values)

    def save(given: Mapping[str, Any], dialog: FormDialog) -> None:
        try:
            taken = read_details(given)
        except RuleError as error:
            dialog.refused(error)
            return
        row.set_details(taken)
        dialog.saved()

    dialog = FormDialog(parent, f"Line {row.number.text()}", form, verb="Keep", on_save=save)
    dialog.open()
    if field in DETAILS:
        form.editor(field).setFocus()
    return dialog


def read_details(given: Mapping[str, Any]) -> dict[str, Any]:
    """The dialog's values as a line keeps them.

    Raises:
        RuleError: a quantity or drug code that cannot be read.
    """
    problems = []
    quantity = None
    try:
        quantity = codes.read_quantity(given["ndc_quantity"])
    except ValueError as error:
        problems.append(Problem("ndc_quantity", str(error)))
    ndc = given["ndc"]
    if ndc and ndc11(ndc) is None:
        problems.append(Problem("ndc", "A drug code has 11 digits, or 5-4-2 with dashes."))
    if problems:
        raise RuleError(problems)
    return {
        **given,
        "ndc": ndc11(ndc) or "",
        "ndc_quantity": quantity,
        "ndc_unit": given["ndc_unit"] or "",
        "unit_kind": given["unit_kind"] or "UN",
    }
