"""The tabs “Locations” and “Providers”."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from desktop.models.values.enums import TaxIdKind
from desktop.services.coding.base.values import NPPES
from desktop.services.practice.office import directory, locations, providers
from desktop.services.practice.office.locations import LocationDraft
from desktop.services.practice.office.providers import ProviderDraft
from desktop.ui.lib.edits import Check, Choice, CodeEdit, PhoneEdit, TextEdit
from desktop.ui.lib.records import RecordsTab, state_column
from desktop.ui.lib.table import Column
from desktop.ui.lib.type_ahead import Deliver, Suggestion, TypeAhead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.coding.releases.directory import DirectoryProvider
    from desktop.services.core.work import Work
    from desktop.ui.lib.form import Form
    from desktop.ui.lib.page import Context

_FOUND = "found"
_FROM_DIRECTORY = frozenset(
    "is_person last first middle suffix credential npi taxonomy line1 line2 city state zip_code "
    "phone".split()
)


class LocationsTab(RecordsTab[LocationDraft]):
    """Places of service."""

    noun = "location"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("name", "Name", stretch=True),
            Column("place", "Place of service", width=8),
            Column("line1", "Street", width=24),
            Column("city", "City", width=16),
            Column("state_code", "State", getter=lambda row: row.state, width=6),
            Column("npi", "NPI", width=12),
            Column("clia", "CLIA", width=12),
            state_column(),
        )
        super().__init__(context, columns, name="locations")

    def read(self, work: Work) -> Sequence[LocationDraft]:
        """See `RecordsTab.read`."""
        return locations.all_locations(work)

    def build(self, form: Form, row: LocationDraft | None) -> None:
        """See `RecordsTab.build`."""
        form.add("name", "Name", TextEdit(limit=55), required=True)
        form.add("place", "Place of service", CodeEdit(limit=2), hint="11 is an office")
        form.add("npi", "NPI", CodeEdit(limit=10), hint="Of the place, if it has its own")
        form.add("clia", "CLIA number", CodeEdit(limit=10), hint="For laboratory tests")
        form.add("line1", "Street", TextEdit(limit=55), required=True)
        form.add("line2", "Suite, unit", TextEdit(limit=55))
        form.add("zip_code", "ZIP, 9 digits", TextEdit(limit=10, characters=12), required=True)
        form.add("city", "City", TextEdit(limit=30), required=True)
        form.add("state", "State", CodeEdit(limit=2), required=True)
        form.add("phone", "Phone", PhoneEdit())
        form.add("is_active", "", Check("In use"))
        form.set_values(asdict(row or LocationDraft(name="")))

    def write(self, work: Work, values: Mapping[str, Any], row: LocationDraft | None) -> object:
        """See `RecordsTab.write`."""
        return locations.save(work, replace(row or LocationDraft(name=""), **values))


class ProvidersTab(RecordsTab[ProviderDraft]):
    """Who bills, renders and refers."""

    noun = "provider"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("shown_name", "Name", stretch=True),
            Column("does", "Does", getter=_does, width=24),
            Column("npi", "NPI", width=12),
            Column("taxonomy", "Taxonomy", width=12),
            Column("city", "City", width=16),
            state_column(),
        )
        super().__init__(context, columns, name="providers")
        self._has_directory = False

    def read(self, work: Work) -> Sequence[ProviderDraft]:
        """See `RecordsTab.read`."""
        self._has_directory = bool(work.codes.releases(NPPES))
        return providers.all_providers(work)

    def _add_directory(self, form: Form) -> None:
        """A line that fills a new provider's form from the national provider file, if loaded."""
        latest = self.context.runner.latest(form)

        def ask(text: str, deliver: Deliver) -> None:
            latest.read(
                lambda work: directory.find_in_directory(work, text),
                lambda found: deliver([_found(each) for each in found]),
            )

        line = form.add(
            _FOUND,
            "Find",
            TypeAhead(ask, placeholder="Name or NPI", keep_text=False),
            wide=True,
            hint="In the national provider file that was loaded; it fills the fields below",
        )

        def fill(item: Suggestion) -> None:
            draft = asdict(directory.draft_of(item.value))
            own = {name: draft[name] for name in _FROM_DIRECTORY}
            form.set_values(form.values() | own)
            form.editor("is_person").edited.emit()
            form.set_dirty(True)

        line.chosen.connect(fill)

    def build(self, form: Form, row: ProviderDraft | None) -> None:
        """See `RecordsTab.build`."""
        if row is None and self._has_directory:
            self._add_directory(form)
        kind = form.add("is_person", "Kind", Choice(((True, "Person"), (False, "Group"))))
        form.add("last", "Last or group name", TextEdit(limit=60), required=True)
        form.add("first", "First name", TextEdit(limit=35))
        form.add("middle", "Middle name", TextEdit(limit=25))
        form.add("suffix", "Suffix", TextEdit(limit=10, characters=8))
        form.add("credential", "Credential", TextEdit(limit=10, characters=8))
        form.add("is_billing", "", Check("Bills: payments come in this name"))
        form.add("is_rendering", "", Check("Renders: treats patients here"))
        form.add("is_referring", "", Check("Refers or orders"))
        form.add("is_active", "", Check("In use"))
        form.add("npi", "NPI", CodeEdit(limit=10), required=True)
        form.add("taxonomy", "Taxonomy", CodeEdit(limit=10), hint="Like 207Q00000X")
        form.add("tax_id", "Tax id", TextEdit(limit=11, characters=14))
        kinds = ((TaxIdKind.EIN, "Employer id (EIN)"), (TaxIdKind.SSN, "Social Security number"))
        form.add("tax_id_kind", "Kind of tax id", Choice(kinds))
        form.add_heading("Address on claims (a street; 9 digits of ZIP for who bills)")
        _add_address(form, "", "zip_code")
        form.add("phone", "Phone", PhoneEdit())
        form.add_heading("Payments go to (only where that is another address; a PO box may be)")
        _add_address(form, "pay_to_", "pay_to_zip")
        start = ProviderDraft(last="", is_rendering=True)
        form.set_values(asdict(row or start))

        def follow() -> None:
            person = bool(kind.value())
            for name in ("first", "middle", "suffix", "credential"):
                form.set_field_visible(name, visible=person)

        kind.edited.connect(follow)
        follow()

    def write(self, work: Work, values: Mapping[str, Any], row: ProviderDraft | None) -> object:
        """See `RecordsTab.write`."""
        kept = {name: value for name, value in values.items() if name != _FOUND}
        return providers.save(work, replace(row or ProviderDraft(last=""), **kept))


def _found(provider: DirectoryProvider) -> Suggestion:
    """A line of the provider file: who, where, and whether the number still holds."""
    parts = [", ".join(part for part in (provider.last, provider.first) if part)]
    parts += [provider.credential, f"{provider.city} {provider.state}".strip(), provider.taxonomy]
    ended = "deactivated" if provider.ended_on is not None else ""
    return Suggestion(provider, provider.npi, "  ".join(part for part in parts if part), ended)


def _add_address(form: Form, prefix: str, zip_name: str) -> None:
    form.add(f"{prefix}line1", "Street", TextEdit(limit=55))
    form.add(f"{prefix}line2", "Suite, unit", TextEdit(limit=55))
    form.add(zip_name, "ZIP code", TextEdit(limit=10, characters=12))
    form.add(f"{prefix}city", "City", TextEdit(limit=30))
    form.add(f"{prefix}state", "State", CodeEdit(limit=2))


def _does(row: ProviderDraft) -> str:
    words = ((row.is_billing, "bills"), (row.is_rendering, "renders"), (row.is_referring, "refers"))
    return ", ".join(word for does, word in words if does)
