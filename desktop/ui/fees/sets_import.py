"""Loads code files for the tab “Code sets”, asking for what the files do not say themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.errors import AppError, Cancelled, Problem, RuleError
from desktop.services.coding.base.values import ImportOptions, ImportResult, NeedsLicence
from desktop.services.practice.codes import code_sets
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import DateEdit, NoteEdit, TextEdit, plain_label
from desktop.ui.lib.form import Form
from desktop.ui.shared.payer_list import PayerListDialog

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from desktop.services.core.work import Work
    from desktop.services.practice.codes.code_sets import Candidate
    from desktop.ui.lib.page import Context

LICENCES = {"cpt": ("CPT", "the American Medical Association")}
"""What a set is called, and whose licence it needs."""


class SetsImport(QObject):
    """One import at a time.

    Signals:
        loaded: the list of `ImportResult`.
    """

    loaded = Signal(object)

    def __init__(self, owner: QWidget, context: Context, disable: QWidget) -> None:
        super().__init__(owner)
        self.owner = owner
        self.context = context
        self.dialog: FormDialog | None = None
        self.payers: PayerListDialog | None = None
        self._disable = disable

    def start(self, paths: Sequence[Path]) -> None:
        """Look what the files are, ask what has to be asked, load them."""
        if not self._disable.isEnabled():
            messages.warn(self.owner, "Wait until the files before are loaded, or cancel that.")
            return
        self.context.runner.background(
            self.owner,
            lambda _progress: code_sets.recognise(paths),
            lambda found: self._on_recognised(paths, found),
            progress_text=None,
            disable=self._disable,
        )

    def _on_recognised(self, paths: Sequence[Path], found: list[Candidate]) -> None:
        lists = [each.path for each in found if each.is_payer_list]
        if lists:
            self._open_payers(lists[0], [path for path in paths if path not in lists])
        elif any(each.asks_for_states for each in found):
            self._ask_states(paths)
        else:
            self._load(paths, ImportOptions())

    def _open_payers(self, path: Path, others: Sequence[Path]) -> None:
        """A list of payers is no code set, but may be dropped here all the same."""
        self.payers = PayerListDialog(self.owner, self.context, path)
        if others:
            self.payers.finished.connect(lambda _result: self.start(others))
        self.payers.open()

    def _load(self, paths: Sequence[Path], options: ImportOptions) -> None:
        names = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        self.context.runner.write(
            self.owner,
            lambda work: code_sets.import_files(work, paths, options),
            self._on_loaded,
            lambda error: self._on_refused(error, paths, options),
            progress_text=f"Loading {names}",
            disable=self._disable,
        )

    def _on_loaded(self, results: list[ImportResult]) -> None:
        self.loaded.emit(results)

    def _on_refused(self, error: AppError, paths: Sequence[Path], options: ImportOptions) -> None:
        if isinstance(error, Cancelled):
            messages.info(self.owner, str(error) or "Stopped; nothing of it was kept.")
        elif isinstance(error, NeedsLicence):
            self._ask_licence(error, paths, options)
        elif code_sets.asks_for_day(error) and len(paths) == 1 and options.valid_from is None:
            self._ask_day(str(error), paths, options)
        elif code_sets.asks_for_day(error) and len(paths) > 1:
            messages.error(self.owner, f"{error} Load this file by itself to be asked for it.")
        else:
            messages.error(self.owner, str(error))

    # --- questions ------------------------------------------------------------------------

    def _ask_licence(
        self, error: NeedsLicence, paths: Sequence[Path], options: ImportOptions
    ) -> None:
        name, owner = LICENCES.get(error.system, (error.system.upper(), "its owner"))
        agreed = messages.confirm(
            self.owner,
            f"Does this practice hold a licence for {name}?",
            verb="We hold a licence",
            detail=f"{name} belongs to {owner}. Claimstead comes without it and loads your own "
            "copy on this computer only. Who confirmed this, and when, is kept.",
        )
        if not agreed:
            messages.info(self.owner, "Nothing was loaded.")
            return

        def confirm(work: Work) -> None:
            code_sets.confirm_licence(work, error.system)

        self.context.runner.write(
            self.owner, confirm, lambda _none: self._load(paths, options), disable=self._disable
        )

    def _ask_day(self, why: str, paths: Sequence[Path], options: ImportOptions) -> None:
        form = Form()
        words = plain_label(why)
        words.setWordWrap(True)
        form.add_widget(words)
        form.add("valid_from", "In force from", DateEdit(self.context.today), required=True)

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            day: dt.date = values["valid_from"]
            dialog.saved()
            self._load(paths, replace(options, valid_from=day))

        self._open("From when does this file hold?", form, save)

    def _ask_states(self, paths: Sequence[Path]) -> None:
        form = Form()
        words = plain_label(
            "The national provider file lists everybody. Say whom to take: the providers of "
            "your states, and any others by their NPI."
        )
        words.setWordWrap(True)
        form.add_widget(words)
        form.add("states", "States", TextEdit(limit=120, upper=True), hint="Such as TX, OK")
        form.add("npis", "NPIs", NoteEdit(lines=3), hint="Ten digits each")

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            try:
                options = read_filter(values["states"], values["npis"])
            except RuleError as error:
                dialog.refused(error)
                return
            dialog.saved()
            self._load(paths, options)

        self._open("Whom to take from the provider file", form, save)

    def _open(
        self, title: str, form: Form, save: Callable[[Mapping[str, Any], FormDialog], None]
    ) -> None:
        self.dialog = FormDialog(self.owner, title, form, verb="Load", on_save=save)
        self.dialog.open()


def read_filter(states: str, npis: str) -> ImportOptions:
    """Which providers to take, as typed.

    Raises:
        RuleError: neither is given, or one is no state's letters or no ten digits.
    """
    found = frozenset(re.findall(r"[^\s,;]+", states.upper()))
    numbers = frozenset(re.findall(r"[^\s,;]+", npis))
    problems = []
    if not found and not numbers:
        problems.append(Problem("states", "Give a state or an NPI; all providers are too many."))
    wrong = sorted(s for s in found if not re.fullmatch(r"[A-Z]{2}", s))
    if wrong:
        problems.append(Problem("states", f"“{wrong[0]}” is no state; write two letters."))
    bad = sorted(n for n in numbers if not re.fullmatch(r"\d{10}", n))
    if bad:
        problems.append(Problem("npis", f"“{bad[0]}” is no NPI; it has ten digits."))
    if problems:
        raise RuleError(problems)
    return ImportOptions(states=found, npis=numbers)
