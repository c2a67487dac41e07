"""Dialogs in which a person decides about a payment: reason, payer, claim, line, split, bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.services.payments import choices, splits, worklist
from desktop.services.practice.payers import payers
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Check, Choice, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.lib.table import Column, Kind, RowsTable
from desktop.ui.lib.type_ahead import TypeAhead
from desktop.ui.payments import sources, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desktop.errors import AppError
    from desktop.services.core.work import Work
    from desktop.services.payments.choices import LineChoice
    from desktop.services.payments.claim_views import ClaimView, LineView
    from desktop.services.payments.splits import SplitLine
    from desktop.ui.lib.page import Context
    from desktop.ui.payments.rows import Row

R = TypeVar("R")


def ask_reason(
    owner: QWidget,
    context: Context,
    *,
    title: str,
    verb: str,
    note: str,
    deed: Callable[[Work, str], R],
    done: Callable[[R], None],
) -> FormDialog:
    """Ask why, in a few words, and do it; the deed refuses an empty reason itself."""
    form = Form()
    form.add_widget(plain_label(note, muted=True))
    form.add("reason", "Why", TextEdit(limit=200), required=True)

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        def finished(result: R) -> None:
            dialog.saved()
            done(result)

        def refused(error: AppError) -> None:
            dialog.refused(error)

        context.runner.write(
            dialog,
            lambda work: deed(work, str(values["reason"])),
            finished,
            refused,
            disable=dialog.save_button,
        )

    dialog = FormDialog(owner, title, form, verb=verb, on_save=save)
    dialog.open()
    return dialog


def choose_payer(owner: QWidget, context: Context, remittance_id: int) -> None:
    """Say which payer a payment is from; remembered unless one says otherwise."""
    form = Form()
    form.add(
        "payer_id",
        "Payer",
        TypeAhead(sources.payers(context, owner), required=True),
        required=True,
        hint="Type a part of the name or the electronic id",
    )
    remember = form.add("remember", "", Check("Remember it for the next file of this sender"))
    remember.set_value(value=True)

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        def deed(work: Work) -> str:
            worklist.choose_payer(
                work, remittance_id, values["payer_id"], remember=values["remember"]
            )
            return payers.get(work, values["payer_id"]).name

        def done(name: str) -> None:
            dialog.saved()
            messages.info(owner, f"Remittance {remittance_id} is from {name}.")

        context.runner.write(dialog, deed, done, dialog.refused, disable=dialog.save_button)

    FormDialog(owner, "Choose the payer", form, verb="Choose", on_save=save).open()


def choose_claim(owner: QWidget, context: Context, claim: ClaimView) -> None:
    """Find our claim for a payer's answer, by patient, number or date of service."""
    form = Form()
    said = f"The payer says: {claim.patient_name or 'no name'}, claim {claim.control_number}"
    if claim.service_on is not None:
        said += f", service {claim.service_on:%m/%d/%Y}"
    form.add_widget(plain_label(f"{said}, charge {claim.charge.shown}, paid {claim.paid.shown}."))
    line = TypeAhead(sources.claims(context, owner), required=True)
    form.add(
        "claim_id",
        "Our claim",
        line,
        required=True,
        hint="Part of the name, birth date, claim number, or date of service; F4 lists again",
    )
    form.add(
        "rank",
        "The payer answers as",
        Choice([(1, "first payer"), (2, "second payer"), (3, "third payer")], empty="by its name"),
    )

    def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
        def done(_none: None) -> None:
            dialog.saved()
            messages.info(owner, f"Matched to claim {values['claim_id']}.")

        context.runner.write(
            dialog,
            lambda work: worklist.choose_claim(work, claim.id, values["claim_id"], values["rank"]),
            done,
            dialog.refused,
            disable=dialog.save_button,
        )

    FormDialog(owner, "Choose our claim", form, verb="Match", on_save=save).open()
    last = claim.patient_name.split(",")[0].strip()
    if last and claim.claim_id is None:
        line.setText(last)
        line.ask()


def choose_line(owner: QWidget, context: Context, claim: ClaimView, line: LineView) -> None:
    """Say which of our lines a service payment is for."""
    claim_id = claim.claim_id or 0

    def show(found: list[LineChoice]) -> None:
        form = Form()
        form.add_widget(
            plain_label(
                f"The payer says: {line.code} {line.modifiers}, charge {line.charge.shown}, paid "
                f"{line.paid.shown}."
            )
        )
        options = [
            (
                x.id,
                "  ".join(
                    (
                        f"{x.service_on:%m/%d/%Y}",
                        f"{x.procedure} {x.modifiers}".rstrip(),
                        x.charge.shown,
                        f"(owed: {words.owed(x.owed)})",
                    )
                ),
            )
            for x in found
        ]
        form.add("charge_line_id", "Our line", Choice(options), required=True)

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(_none: None) -> None:
                dialog.saved()
                messages.info(owner, "Line matched.")

            context.runner.write(
                dialog,
                lambda work: worklist.choose_line(work, line.id, values["charge_line_id"]),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

        FormDialog(owner, "Choose our line", form, verb="Match", on_save=save).open()

    context.runner.read(owner, lambda work: choices.claim_lines(work, claim_id), show)


_SPLIT = (
    Column("procedure", "Line", width=14, stretch=True),
    Column("charge", "Charge", Kind.MONEY),
    Column("paid", "Paid", Kind.MONEY),
    Column(
        "reductions",
        "Reasons",
        width=44,
        getter=lambda p: "; ".join(
            f"{r.group} {r.reason} {r.amount.shown} {words.does(r.action)}" for r in p.reductions
        ),
    ),
)


def confirm_split(owner: QWidget, context: Context, claim: ClaimView) -> None:
    """Show how an answer for the whole claim divides over its lines, and take it."""

    def show(parts: tuple[SplitLine, ...]) -> None:
        form = Form()
        form.add_widget(
            plain_label(
                "The payer answered this claim as a whole. By charge, exact to the cent, it "
                "divides so:"
            )
        )
        table = RowsTable(_SPLIT, name="split", id_key="charge_line_id")
        table.filter.hide()
        table.set_rows(parts)
        table.setMinimumSize(640, 170)
        form.add_widget(table)

        def save(_values: Mapping[str, Any], dialog: FormDialog) -> None:
            def done(_none: None) -> None:
                dialog.saved()
                messages.info(owner, "Split confirmed; it may be posted now.")

            context.runner.write(
                dialog,
                lambda work: splits.confirm_split(work, claim.id),
                done,
                dialog.refused,
                disable=dialog.save_button,
            )

        FormDialog(owner, "Confirm the split", form, verb="Confirm the split", on_save=save).open()

    context.runner.read(owner, lambda work: splits.propose_split(work, claim.id), show)


def show_bytes(owner: QWidget, row: Row, found: Sequence[str]) -> None:
    """The stored segments behind a row, as plain text; Esc closes."""
    dialog = QDialog(owner)
    dialog.setWindowTitle("As it stands in the file")
    text = QPlainTextEdit("\n".join(found))
    text.setReadOnly(True)
    text.setAccessibleName("Segments")
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    outer = QVBoxLayout(dialog)
    what = {"line": "line", "provider": "payment"}.get(row.kind, "claim")
    outer.addWidget(plain_label(f"The segments of this {what}; Esc closes.", muted=True))
    outer.addWidget(text)
    dialog.resize(720, 380)
    dialog.open()
