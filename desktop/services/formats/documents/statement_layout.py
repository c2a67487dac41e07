"""How a statement looks: first page with address window and slip, then the table runs on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from desktop.models.values.money import ZERO, Money, total
from desktop.services.formats.documents.sheet import Letterhead, Sheet
from desktop.services.formats.documents.statement_data import (
    StatementData,
    StatementLine,
    StatementPatient,
    message_for_age,
)
from desktop.services.formats.documents.typography import (
    ACCENT,
    INK,
    QUIET,
    RULE,
    TINT,
    fit,
    long_date,
    short_date,
    wrap,
)

_LEFT: Final = 45.0
_RIGHT: Final = 567.0
# A #10 window shows the sheet from 2.5 to 3.17 inches down, whichever way it slides.
_WINDOW_X, _WINDOW_Y = 63.0, 187.0
# Just below that window's sweep, so that the table keeps the room.
_MESSAGE: Final = 272.0
_SLIP: Final = 606.0
_AGING: Final = 553.0
_FIRST_FOOT, _FOOT = 546.0, 740.0
# Right edges of the six figures of a row.
_EDGES: Final = (302.0, 355.0, 410.0, 464.0, 515.0, 567.0)
_TITLES: Final = (
    ("", "Charge"),
    ("Contract", "discount"),
    ("Insurance", "paid"),
    ("Waiting on", "insurance"),
    ("You", "paid"),
    ("You", "owe"),
)
_WHAT: Final = 57.0
_WHAT_ROOM: Final = 196.0


def lay_out(data: StatementData) -> Sheet:
    """The pages of a statement, whose figures are already checked."""
    sheet = Sheet(f"Statement {data.account} {data.on.isoformat()}")
    below = _top(sheet, data)
    _aging(sheet, data)
    _slip(sheet, data)
    table = _Table(sheet, data, below)
    for patient in data.patients:
        table.patient(patient)
    table.close()
    _payments(table, data)
    _page_numbers(sheet, data)
    return sheet


def _top(sheet: Sheet, data: StatementData) -> float:
    """Everything above the table; returns the baseline below it."""
    sheet.letterhead(_LEFT, 54, _head(data.practice), 300)
    sheet.text(_RIGHT, 56, "Statement", 20, colour=ACCENT, align="right")
    facts = [("Statement date", long_date(data.on)), ("Account", data.account)]
    if data.pay_by is not None:
        facts.append(("Please pay by", long_date(data.pay_by)))
    y = 78.0
    for label, value in facts:
        sheet.text(410, y, label, 9, colour=QUIET)
        sheet.text(_RIGHT, y, value, 9, align="right", room=95)
        y += 14
    sheet.box(402, 122, 165, 40, fill=TINT)
    due = data.amount_due
    label = "Amount due" if due >= ZERO else "Your credit"
    sheet.text(410, 146, label, 10, colour=QUIET)
    sheet.text(559, 148, f"${abs(due).shown}", 16, bold=True, align="right", room=90)
    address = data.address[:5]
    y = _WINDOW_Y
    for line in address:
        sheet.text(_WINDOW_X, y, line, 9.5, room=250)
        y += 10 if len(address) > 4 else 12
    message = data.message or _message(data)
    below = sheet.paragraph(_LEFT, _MESSAGE, 290, message, 9)
    if data.how_to_pay:
        sheet.text(360, _MESSAGE, "How to pay", 9, bold=True)
        y = _MESSAGE + 13
        for way in data.how_to_pay[:4]:
            y = sheet.paragraph(360, y, _RIGHT - 360, way, 8.5, leading=1.3)
        below = max(below, y)
    return below


def _head(practice: Letterhead) -> Letterhead:
    """The letterhead in as many lines as the envelope's window leaves room for."""
    name = wrap(practice.name, 15, 300, bold=True)
    if len(name) > 1:
        name = [name[0], fit(" ".join(name[1:]), 15, 300, bold=True)]
    return replace(practice, name=" ".join(name), lines=practice.lines[: 6 - 2 * len(name) + 1])


def _message(data: StatementData) -> str:
    if data.amount_due > ZERO:
        return message_for_age(data.oldest_days)
    if data.amount_due < ZERO:
        return "You have a credit with us. There is nothing to pay."
    return "Nothing is due. This statement is for your information."


def _aging(sheet: Sheet, data: StatementData) -> None:
    boxes = list(data.aging.boxes)
    if data.unapplied:
        boxes.append(("Not yet applied", -data.unapplied))
    boxes.append(("Amount due", data.amount_due))
    wide = (_RIGHT - _LEFT) / len(boxes)
    sheet.box(_LEFT, _AGING, _RIGHT - _LEFT, 38, fill=TINT)
    for i, (label, amount) in enumerate(boxes):
        last = i == len(boxes) - 1
        right = _LEFT + wide * (i + 1) - 8
        sheet.text(right, _AGING + 14, label, 8, colour=QUIET, align="right")
        shown = amount.shown.replace("-", "−")
        sheet.text(right, _AGING + 29, shown, 10, bold=last, align="right")


def _slip(sheet: Sheet, data: StatementData) -> None:
    sheet.rule(0, _SLIP, sheet.width, dashed=True)
    sheet.text(
        sheet.width / 2, _SLIP + 14, "Please detach and return this part with your payment",
        8, colour=QUIET, align="center",
    )  # fmt: skip
    y = _SLIP + 36
    rows = [
        ("Account", data.account),
        ("Statement date", short_date(data.on)),
        ("Amount due", f"${max(data.amount_due, ZERO).shown}"),
    ]
    for label, value in rows:
        sheet.text(380, y, label, 9, colour=QUIET)
        sheet.text(_RIGHT, y, value, 9, bold=label == "Amount due", align="right", room=110)
        sheet.rule(380, y + 5, _RIGHT)
        y += 19
    sheet.text(380, y + 6, "Amount enclosed", 9, colour=QUIET)
    sheet.box(477, y - 7, 90, 20, edge=INK)
    sheet.text(482, y + 6, "$", 9)
    sheet.text(_LEFT, _SLIP + 36, "From", 8, colour=QUIET)
    sheet.text(_WINDOW_X, _SLIP + 49, data.address[0] if data.address else "", 9, room=280)
    sheet.text(
        _LEFT, _SLIP + 70, f"Write account {data.account} on your check, payable to", 8,
        colour=QUIET, room=310,
    )  # fmt: skip
    # A #9 window shows this from 0.5 to 1.25 inches above the foot of the sheet.
    y = 709.0
    for i, line in enumerate(data.remit_to or (data.practice.name, *data.practice.lines)):
        if i < 4:
            sheet.text(_WINDOW_X, y, line, 9.5, bold=i == 0, room=250)
            y += 12


class _Table:
    """The rows of charges, running over as many pages as they need."""

    def __init__(self, sheet: Sheet, data: StatementData, below: float) -> None:
        self.sheet = sheet
        self.data = data
        self.foot = _FIRST_FOOT
        self.y = max(_MESSAGE + 60, below + 22)
        self.going_on = ""
        if self.y + 80 > self.foot:
            self.turn()
        self._head()

    def room(self, high: float) -> None:
        """Turn the page where `high` points no longer fit."""
        if self.y + high > self.foot:
            self.turn()
            self._head()
            if self.going_on:
                self.sheet.text(_LEFT, self.y, self.going_on, 8.5, colour=QUIET, room=500)
                self.y += 13

    def turn(self) -> None:
        """A new page with the account at its head."""
        self.sheet.turn()
        self.foot = _FOOT
        self.sheet.text(_LEFT, 50, self.data.practice.name, 9, bold=True, room=300)
        said = f"Account {self.data.account} · {long_date(self.data.on)}"
        self.sheet.text(_RIGHT, 50, said, 9, colour=QUIET, align="right")
        self.y = 78

    def _head(self) -> None:
        for edge, (above, below) in zip(_EDGES, _TITLES, strict=True):
            self.sheet.text(edge, self.y - 10, above, 7.5, colour=QUIET, align="right")
            self.sheet.text(edge, self.y, below, 7.5, colour=QUIET, align="right")
        self.sheet.text(_LEFT, self.y, "Service", 7.5, colour=QUIET)
        self.sheet.rule(_LEFT, self.y + 5, _RIGHT, colour=INK, thick=0.8)
        self.y += 18

    def patient(self, patient: StatementPatient) -> None:
        """A patient's visits, and their sum where the statement has several patients."""
        self.room(50)
        self.sheet.text(_LEFT, self.y, patient.name, 9.5, bold=True, room=500)
        self.y += 14
        for visit in patient.visits:
            self.going_on = f"{patient.name}, continued"
            self.room(40)
            said = f"{long_date(visit.on)} · {visit.provider}"
            self.going_on = f"{patient.name}, continued · {said}"
            self.sheet.text(_LEFT, self.y, said, 8.5, colour=ACCENT, room=500)
            self.y += 12.5
            for line in visit.lines:
                self.line(line)
            self.y += 2
        if len(self.data.patients) > 1:
            self.room(22)
            self.sheet.rule(_LEFT, self.y - 7, _RIGHT)
            self.y += 4
            lines = [line for visit in patient.visits for line in visit.lines]
            self.sums(f"Total for {patient.name}", lines)
        self.y += 4
        self.going_on = ""

    def line(self, line: StatementLine) -> None:
        """One row of figures with the reason below it."""
        what = wrap(line.what, 9, _WHAT_ROOM)
        why = wrap(explain(line), 8, _EDGES[-1] - _WHAT - 60) if explain(line) else []
        self.room(len(what) * 11.5 + len(why) * 10 + 2)
        self.figures(amounts(line))
        for text in what:
            self.sheet.text(_WHAT, self.y, text, 9)
            self.y += 11.5
        for text in why:
            self.sheet.text(_WHAT, self.y - 1, text, 8, colour=QUIET)
            self.y += 10
        self.y += 2

    def figures(self, row: tuple[Money, ...], *, bold: bool = False) -> None:
        """The six figures of a row; what is taken off carries a minus."""
        for i, (edge, amount) in enumerate(zip(_EDGES, row, strict=True)):
            taken = 0 < i < 5
            shown = (-amount).shown if taken else amount.shown
            colour: Any = INK
            if taken and not amount:
                shown, colour = "–", RULE
            heavy = bold or i == 5
            self.sheet.text(
                edge, self.y, shown.replace("-", "−"), 9, bold=heavy, colour=colour, align="right"
            )

    def sums(self, label: str, lines: list[StatementLine]) -> None:
        """A row of column sums."""
        self.sheet.text(_LEFT, self.y, label, 9, bold=True, room=_EDGES[0] - 60 - _LEFT)
        columns = zip(*(amounts(line) for line in lines), strict=True)
        row = tuple(total(column) for column in columns) or (ZERO,) * 6
        self.figures(row, bold=True)
        self.y += 14

    def close(self) -> None:
        """The sums of all columns, unapplied money, and the amount due."""
        self.room(34 if self.data.unapplied else 20)
        self.sheet.rule(_LEFT, self.y - 10, _RIGHT, colour=INK, thick=0.8)
        self.y += 2
        self.sums("Total", list(self.data.lines))
        if self.data.unapplied:
            self.step("Received from you, not yet applied", -self.data.unapplied)
        due = self.data.amount_due
        self.step("Amount due" if due >= ZERO else "Your credit", abs(due), bold=True)

    def step(self, label: str, amount: Money, *, bold: bool = False) -> None:
        """One step from the total to the amount due."""
        self.sheet.text(_LEFT, self.y, label, 9, bold=bold)
        shown = ("$" if bold else "") + amount.shown.replace("-", "−")
        self.sheet.text(_RIGHT, self.y, shown, 9, bold=True, align="right")
        self.y += 14


def amounts(line: StatementLine) -> tuple[Money, ...]:
    """The six figures of a row, in the order of the columns."""
    taken = (line.adjusted, line.insurance_paid, line.pending, line.patient_paid)
    return (line.charge, *taken, line.due)


def explain(line: StatementLine) -> str:
    """Why the patient owes what they owe, in one or two plain sentences."""
    said = []
    if line.reasons:
        parts = ", ".join(f"{reason.text} {reason.amount.shown}" for reason in line.reasons)
        share = total(reason.amount for reason in line.reasons)
        said.append(f"Your share {share.shown}: {parts}.")
    if line.pending:
        said.append(f"{line.pending.shown} waits on your insurance; you owe nothing on it yet.")
    if line.note:
        said.append(line.note)
    return " ".join(said)


def _payments(table: _Table, data: StatementData) -> None:
    if not data.payments:
        return
    sheet = table.sheet
    if table.y + 46 > table.foot:
        table.turn()
    table.y += 12
    sheet.text(_LEFT, table.y, "Payments received, thank you", 9, bold=True)
    sheet.text(_RIGHT, table.y, "already counted above", 8, colour=QUIET, align="right")
    sheet.rule(_LEFT, table.y + 5, _RIGHT)
    table.y += 18
    for payment in data.payments:
        if table.y + 14 > table.foot:
            table.turn()
        sheet.text(_LEFT, table.y, short_date(payment.on), 9)
        sheet.text(_LEFT + 70, table.y, payment.text, 9, room=340)
        sheet.text(_RIGHT, table.y, payment.amount.shown, 9, align="right")
        table.y += 13


def _page_numbers(sheet: Sheet, data: StatementData) -> None:
    count = len(sheet.pages)
    for i in range(count):
        said = f"Page {i + 1} of {count}"
        if i == 0 and count > 1:
            said += " · continued"
        y = 601 if i == 0 else 768
        sheet.text(_RIGHT, y, said, 7.5, colour=QUIET, align="right", page=i)
        if i:
            phone = f"Questions? Call {data.practice.phone}" if data.practice.phone else ""
            sheet.text(_LEFT, y, phone, 7.5, colour=QUIET, page=i)
