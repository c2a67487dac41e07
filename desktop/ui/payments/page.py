"""The Payments page: remittances, receipts and tasks in three tabs; Alt+1 to Alt+3 change them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.models.values.enums import TaskKind
from desktop.services.core.work import Changes
from desktop.ui.lib import commands
from desktop.ui.lib.page import Context, Page
from desktop.ui.payments.eob import EobPane
from desktop.ui.payments.receipts import ReceiptsTab
from desktop.ui.payments.remittances import RemittancesTab
from desktop.ui.payments.tasks import TasksTab

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent


class PaymentsPage(Page):
    """All money that comes in.

    `show_record` takes ``("remittance", id)``, ``("tasks", kind)``, ``("receipts",
    patient_id or None)`` and ``("take", patient_id)``.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Payments")
        self._read = self.add_command(commands.ANSWER_READ, self._on_read, text="Read file…")
        self._eob = self.add_command(commands.EOB_ENTER, self._on_eob, text="Enter EOB")
        self.add_command(commands.RECEIPT_TAKE, self._on_take, text="Take payment")
        self._discard = self.add_command(commands.PAYMENT_DISCARD, self._on_discard, text="Discard")
        self._payer = self.add_command(commands.PAYMENT_PAYER, self._on_payer, text="Payer…")
        self._unpost = self.add_command(commands.PAYMENT_UNPOST, self._on_unpost, text="Un-post")
        self._post = self.add_command(
            commands.PAYMENT_POST, self._on_post, text="Post", primary=True
        )
        self._close = self.add_command(commands.CLOSE, self._on_close, button=False)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.remittances = RemittancesTab(self)
        self.eob = EobPane(context)
        self.remittances.stack.addWidget(self.eob)
        self.receipts = ReceiptsTab(self)
        self.tasks = TasksTab(self)
        for widget, text in (
            (self.remittances, "Remittances"),
            (self.receipts, "Receipts"),
            (self.tasks, "Tasks"),
        ):
            self.tabs.addTab(widget, text)
        for number, command in enumerate(
            (commands.PAYMENTS_TAB_1, commands.PAYMENTS_TAB_2, commands.PAYMENTS_TAB_3)
        ):
            self.add_command(command, partial(self.tabs.setCurrentIndex, number), button=False)
        self.body.addWidget(self.tabs, 1)
        self.setAcceptDrops(True)
        self.remittances.state_changed.connect(self._enable)
        self.eob.staged.connect(self.remittances.open_remittance)
        self.eob.left.connect(self.remittances.leave)
        self.tasks.remittance_wanted.connect(self._open_remittance)
        self.tabs.currentChanged.connect(lambda _at: self._on_tab())
        context.runner.on_change(
            self, Changes.PAYMENTS | Changes.LEDGER | Changes.TASKS, self.refresh
        )
        self._enable()

    def refresh(self) -> None:
        """See `Page.refresh`."""
        self.remittances.refresh()
        self.receipts.refresh()
        self.tasks.refresh()

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        tab = self.tabs.currentWidget()
        if tab is self.receipts:
            self.receipts.table.focus_filter()
        elif tab is self.tasks:
            self.tasks.table.focus_filter()
        elif self._in_eob():
            self.eob.focus_first()
        else:
            self.remittances.focus_search()

    def show_record(self, argument: object) -> None:
        """``("remittance", id)``, ``("tasks", kind)``, and what the class says."""
        if not isinstance(argument, tuple) or len(argument) != 2:
            return
        kind, wanted = argument
        if kind == "remittance" and isinstance(wanted, int):
            self._open_remittance(wanted)
        elif kind == "tasks":
            self.tabs.setCurrentWidget(self.tasks)
            self.tasks.show_kind(wanted if isinstance(wanted, TaskKind) else None)
            self.tasks.table.view.setFocus()
        elif kind in {"receipts", "take"}:
            patient_id = wanted if isinstance(wanted, int) else None
            self.tabs.setCurrentWidget(self.receipts)
            self.receipts.show_patient(patient_id)
            self.receipts.table.view.setFocus()
            if kind == "take":
                self.receipts.take(patient_id)

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        tab = self.tabs.currentWidget()
        if tab is self.receipts:
            return [self.receipts.table.filter, self.receipts.table.view]
        if tab is self.tasks:
            return [self.tasks.table.filter, self.tasks.table.view]
        table = self.remittances.pane.table if self.remittances.shown() else self.remittances.table
        return [table.filter, table.view]

    def has_unsaved(self) -> bool:
        """See `Page.has_unsaved`."""
        return self.eob.is_dirty()

    def _in_eob(self) -> bool:
        return self.remittances.stack.currentWidget() is self.eob

    def _on_tab(self) -> None:
        widget = self.tabs.currentWidget()
        if widget is not None:
            widget.setFocus()
        self._enable()

    def _enable(self) -> None:
        here = self.tabs.currentWidget() is self.remittances
        state = self.remittances.state() if here and not self._in_eob() else ""
        self._post.setEnabled(state in {"staged", "held"})
        self._unpost.setEnabled(state == "posted")
        self._discard.setEnabled(state in {"staged", "held"})
        self._payer.setEnabled(state in {"staged", "held"})
        opened = self.remittances.shown() is not None or self._in_eob()
        self._close.setEnabled(here and opened)
        self.remittances.enable()
        self.receipts.enable()
        self.tasks.enable()

    def _open_remittance(self, remittance_id: int) -> None:
        self.tabs.setCurrentWidget(self.remittances)
        self.remittances.open_remittance(remittance_id)

    def _on_read(self) -> None:
        self.tabs.setCurrentWidget(self.remittances)
        self.remittances.choose_files()

    def _on_eob(self) -> None:
        self.tabs.setCurrentWidget(self.remittances)
        self.remittances.show_other(self.eob)
        self.eob.focus_first()
        self._enable()

    def _on_take(self) -> None:
        self.tabs.setCurrentWidget(self.receipts)
        self.receipts.take()

    def _on_post(self) -> None:
        self.remittances.post()

    def _on_unpost(self) -> None:
        self.remittances.unpost()

    def _on_discard(self) -> None:
        self.remittances.discard()

    def _on_payer(self) -> None:
        self.remittances.choose_payer()

    def _on_close(self) -> None:
        if self._in_eob():
            self.eob.give_up()
        else:
            self.remittances.leave()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override of Qt: files of payers may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override of Qt: take each dropped file."""
        self.tabs.setCurrentWidget(self.remittances)
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.remittances.read_file(Path(url.toLocalFile()))
        event.acceptProposedAction()
