"""The page “Setup”."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.services.core.work import Changes
from desktop.ui.lib import commands
from desktop.ui.lib.page import Context, Page
from desktop.ui.setup.machine_tab import MachineTab
from desktop.ui.setup.payers_tab import PayersTab
from desktop.ui.setup.places import LocationsTab, ProvidersTab
from desktop.ui.setup.practice_tab import PracticeTab
from desktop.ui.setup.safety_tab import SafetyTab
from desktop.ui.setup.users_tab import UsersTab

TABS = ("practice", "locations", "providers", "payers", "users", "safety", "machine")
# Also understood by `show_record`: they open the tab and begin.
BACK_UP = "back up"
EXAMINE = "examine"

RecordTab = LocationsTab | ProvidersTab | PayersTab | UsersTab
_LISTS = (LocationsTab, ProvidersTab, PayersTab, UsersTab)


class SetupPage(Page):
    """What the practice is made of. `show_record` takes a tab of `TABS`, or a deed's name."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "Setup")
        self._save = self.add_command(commands.SAVE, self._on_save, primary=True)
        self._new = self.add_command(commands.NEW, self._on_new, button=False)
        self._edit = self.add_command(commands.EDIT, self._on_edit, button=False)
        self.add_command(commands.PAYERS_IMPORT, self._on_payers_import, button=False)
        self.practice = PracticeTab(context, self._follow)
        self.locations = LocationsTab(context)
        self.providers = ProvidersTab(context)
        self.payers = PayersTab(context)
        self.users = UsersTab(context)
        self.safety = SafetyTab(context)
        self.machine = MachineTab(context)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Setup")
        for tab, title in (
            (self.practice, "&Practice"),
            (self.locations, "&Locations"),
            (self.providers, "P&roviders"),
            (self.payers, "Pa&yers"),
            (self.users, "&Users"),
            (self.safety, "&Safety"),
            (self.machine, "&Keys and printer"),
        ):
            self.tabs.addTab(tab, title)
        self.body.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(lambda _at: self._on_tab())
        kinds = Changes.PRACTICE | Changes.PAYERS | Changes.USERS | Changes.FEES
        context.runner.on_change(self, kinds, self.refresh)
        self._follow()

    def refresh(self) -> None:
        """See `Page.refresh`: the tab that is shown."""
        tab = self._tab()
        if tab is not None:
            tab.refresh()

    def focus_search(self) -> None:
        """See `Page.focus_search`."""
        tab = self._tab()
        if tab is not None:
            tab.focus_search()

    def show_record(self, argument: object) -> None:
        """A tab's name; or back up, or examine, at once."""
        if argument in (BACK_UP, EXAMINE):
            self.tabs.setCurrentWidget(self.safety)
            self.safety.focus_search()
            (self.safety.back_up if argument == BACK_UP else self.safety.examine)()
        elif isinstance(argument, str) and argument in TABS:
            self.tabs.setCurrentIndex(TABS.index(argument))
            self.tabs.setFocus()

    def has_unsaved(self) -> bool:
        """See `Page.has_unsaved`."""
        return self.practice.form.is_dirty

    def panes(self) -> list[QWidget]:
        """See `Page.panes`."""
        return [self.tabs]

    def _tab(self) -> PracticeTab | RecordTab | SafetyTab | MachineTab | None:
        tab = self.tabs.currentWidget()
        known = (PracticeTab, *_LISTS, SafetyTab, MachineTab)
        return tab if isinstance(tab, known) else None

    def _on_tab(self) -> None:
        self._follow()
        self.refresh()

    def _on_save(self) -> None:
        self.practice.save()

    def _on_new(self) -> None:
        tab = self._tab()
        if isinstance(tab, _LISTS):
            tab.add()

    def _on_edit(self) -> None:
        tab = self._tab()
        if tab is not None and not isinstance(tab, SafetyTab):
            tab.edit()

    def _on_payers_import(self) -> None:
        self.tabs.setCurrentWidget(self.payers)
        self.payers.choose_file()

    def _follow(self) -> None:
        on_practice = self.tabs.currentWidget() is self.practice
        self._save.setVisible(on_practice)
        self._save.setEnabled(on_practice and self.practice.form.is_dirty)
        self._new.setEnabled(isinstance(self.tabs.currentWidget(), _LISTS))
        self._edit.setEnabled(self.tabs.currentWidget() is not self.safety)
