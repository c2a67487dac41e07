"""The page “Codes and fees”."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.services.core.work import Changes
from desktop.ui.fees.browse_tab import BrowseRequest, BrowseTab
from desktop.ui.fees.codes_tab import CodesTab
from desktop.ui.fees.fees_tab import FeesTab
from desktop.ui.fees.procedures_tab import ProceduresTab
from desktop.ui.lib import commands
from desktop.ui.lib.page import Context, Page

TABS = ("fees", "procedures", "browse", "codes")
Tab = FeesTab | ProceduresTab | BrowseTab | CodesTab


class FeesPage(Page):
    """Prices, procedures, the code browser, code sets.

    `show_record` takes the name of a tab, see `TABS`, or what the browser shall show:
    ``("code", "E11.9")``, ``("code", "E11.9", date of service)``, and from a visit
    ``("code", "E11.9", date of service, add)``, where ``add(code, title)`` puts a code without
    dot into the visit. An empty code opens the browser at its search line.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Codes and fees")
        self.add_command(commands.NEW, self._on_new, button=False)
        self.add_command(commands.EDIT, self._on_edit, button=False)
        self._remove = self.add_command(commands.REMOVE, self._on_remove, button=False)
        self.add_command(commands.FEES_IMPORT, self._on_fees_import, button=False)
        self._browsing = [
            self.add_command(commands.CODE_FAVOURITE, self._on_favourite, button=False),
            self.add_command(commands.CODE_BACK, self._on_back, button=False),
            self.add_command(commands.CODE_CHANGES, self._on_changes, button=False),
            self.add_command(commands.CODE_TO_VISIT, self._on_to_visit, button=False),
        ]
        self.add_command(commands.CODES_IMPORT, self._on_codes_import, button=False)
        self.fees = FeesTab(context)
        self.procedures = ProceduresTab(context)
        self.browse = BrowseTab(context)
        self.codes = CodesTab(context)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Codes and fees")
        self.tabs.addTab(self.fees, "&Fees")
        self.tabs.addTab(self.procedures, "&Procedures")
        self.tabs.addTab(self.browse, "&Browse codes")
        self.tabs.addTab(self.codes, "&Code sets")
        self.body.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _at: self._on_tab())
        kinds = Changes.FEES | Changes.CODES | Changes.PAYERS | Changes.PRACTICE
        context.runner.on_change(self, kinds, self.refresh)
        self._follow()

    def refresh(self) -> None:
        """See `Page.refresh`: the tab that is shown."""
        self._tab().refresh()

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        self._tab().focus_search()

    def show_record(self, argument: object) -> None:
        """A tab's name, or ``("code", …)`` with the fields of a `BrowseRequest`."""
        if isinstance(argument, str) and argument in TABS:
            self.tabs.setCurrentIndex(TABS.index(argument))
            self.tabs.setFocus()
        elif isinstance(argument, tuple) and argument[:1] == ("code",):
            self._open_code(BrowseRequest(*argument[1:]))

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        tab = self._tab()
        return [self.tabs, *(tab.panes() if isinstance(tab, BrowseTab | CodesTab) else [])]

    def _tab(self) -> Tab:
        tabs: tuple[Tab, ...] = (self.fees, self.procedures, self.browse, self.codes)
        return tabs[max(0, self.tabs.currentIndex())]

    def _open_code(self, request: BrowseRequest) -> None:
        self.tabs.setCurrentWidget(self.browse)
        if request.code:
            self.browse.open_code(request)
            self.browse.view.setFocus()
        else:
            self.browse.open_search(request)

    def _on_tab(self) -> None:
        self._follow()
        self.refresh()

    def _follow(self) -> None:
        """Offer what the shown tab can do."""
        self._remove.setEnabled(self._tab() is self.fees)
        for action in self._browsing:
            action.setEnabled(self._tab() is self.browse)

    def _on_favourite(self) -> None:
        self.browse.toggle_favourite()

    def _on_back(self) -> None:
        self.browse.back()

    def _on_changes(self) -> None:
        self.browse.show_changes()

    def _on_to_visit(self) -> None:
        self.browse.add_to_visit()

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
