"""The page “Codes and fees”."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.services.work import Changes
from desktop.ui import commands
from desktop.ui.fees.codes_tab import CodesTab
from desktop.ui.fees.fees_tab import FeesTab
from desktop.ui.fees.procedures_tab import ProceduresTab
from desktop.ui.lib.page import Context, Page

TABS = ("fees", "procedures", "codes")


class FeesPage(Page):
    """Prices, procedures, code sets. `show_record` takes the name of a tab, see `TABS`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Codes and fees")
        self.add_command(commands.NEW, self._on_new, button=False)
        self.add_command(commands.EDIT, self._on_edit, button=False)
        self._remove = self.add_command(commands.REMOVE, self._on_remove, button=False)
        self.add_command(commands.FEES_IMPORT, self._on_fees_import, button=False)
        self.add_command(commands.CODES_IMPORT, self._on_codes_import, button=False)
        self.fees = FeesTab(context)
        self.procedures = ProceduresTab(context)
        self.codes = CodesTab(context)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Codes and fees")
        self.tabs.addTab(self.fees, "&Fees")
        self.tabs.addTab(self.procedures, "&Procedures")
        self.tabs.addTab(self.codes, "&Code sets")
        self.body.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _at: self._on_tab())
        kinds = Changes.FEES | Changes.CODES | Changes.PAYERS | Changes.PRACTICE
        context.runner.on_change(self, kinds, self.refresh)

    def refresh(self) -> None:
        """See `Page.refresh`: the tab that is shown."""
        self._tab().refresh()

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        self._tab().focus_search()

    def show_record(self, argument: object) -> None:
        """See `Page.show_record`."""
        if isinstance(argument, str) and argument in TABS:
            self.tabs.setCurrentIndex(TABS.index(argument))
            self.tabs.setFocus()

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        return [self.tabs]

    def _tab(self) -> FeesTab | ProceduresTab | CodesTab:
        return (self.fees, self.procedures, self.codes)[max(0, self.tabs.currentIndex())]

    def _on_tab(self) -> None:
        self._remove.setEnabled(self._tab() is self.fees)
        self.refresh()

    def _on_new(self) -> None:
        self._tab().add()

    def _on_edit(self) -> None:
        self._tab().edit()

    def _on_remove(self) -> None:
        if self._tab() is self.fees:
            self.fees.remove()

    def _on_fees_import(self) -> None:
        self.tabs.setCurrentWidget(self.fees)
        self.fees.choose_file()

    def _on_codes_import(self) -> None:
        self.tabs.setCurrentWidget(self.codes)
        self.codes.choose_file()
