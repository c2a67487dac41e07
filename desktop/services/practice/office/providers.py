"""Who bills (2010AA), renders (2310B) and refers (2310A)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from desktop.errors import NotFound
from desktop.models.practice import Practice, Provider
from desktop.models.values import identifiers, typed
from desktop.models.values import text as plain_text
from desktop.models.values.enums import TaxIdKind
from desktop.services.core import audit
from desktop.services.core import records as fields
from desktop.services.core.work import Changes, Permission, Work, needs


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    """A provider as it is read and saved; `id` None makes a new one.

    Attributes:
        is_person: False for a group; its name then stands in `last`.
        tax_id: nine digits; needed by who bills.
        pay_to_line1: where payments go when it is not the billing address (2010AB); the only
            place for a PO box.
    """

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""
    credential: str = ""
    is_person: bool = True
    npi: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: TaxIdKind = TaxIdKind.EIN
    is_billing: bool = False
    is_rendering: bool = False
    is_referring: bool = False
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    pay_to_line1: str = ""
    pay_to_line2: str = ""
    pay_to_city: str = ""
    pay_to_state: str = ""
    pay_to_zip: str = ""
    is_active: bool = True
    id: int | None = None
    version: int | None = None

    @property
    def shown_name(self) -> str:
        """The name as lists show it: ``Hartwell, Nora, MD`` or the group's."""
        return ", ".join(part for part in (self.last, self.first, self.credential) if part)


_NAMES = tuple(n for n in ProviderDraft.__dataclass_fields__ if n not in {"id", "version"})
_LINES = (
    "last first middle suffix credential line1 line2 city pay_to_line1 pay_to_line2 pay_to_city"
).split()


@needs(Permission.VIEW)
def all_providers(
    work: Work,
    *,
    billing: bool = False,
    rendering: bool = False,
    referring: bool = False,
    active_only: bool = False,
) -> list[ProviderDraft]:
    """Providers by name; each flag that is set narrows to those who may do that."""
    query = select(Provider).order_by(Provider.last, Provider.first, Provider.id)
    if billing:
        query = query.where(Provider.is_billing)
    if rendering:
        query = query.where(Provider.is_rendering)
    if referring:
        query = query.where(Provider.is_referring)
    if active_only:
        query = query.where(Provider.is_active)
    return [_read(row) for row in work.session.scalars(query)]


@needs(Permission.VIEW)
def get(work: Work, provider_id: int) -> ProviderDraft:
    """One provider."""
    return _read(_row(work, provider_id))


@needs(Permission.SET_UP)
def save(work: Work, draft: ProviderDraft) -> int:
    """Add or change a provider; returns the id.

    Raises:
        RuleError: a field is wrong.
        LostUpdate: somebody else saved in between.
    """
    draft = _clean(draft)
    found = check(draft)
    if draft.id is not None and (not draft.is_billing or not draft.is_active):
        practice = work.session.get_one(Practice, 1)
        if practice.billing_provider_id == draft.id:
            found.add(
                "is_billing",
                "This provider bills for the practice; choose another under Practice first.",
            )
    found.raise_if_any()
    values = {name: getattr(draft, name) for name in _NAMES}
    if draft.id is None:
        row = Provider(**values)
        work.session.add(row)
        work.session.flush()
        audit.record(work, "created", "provider", row.id)
        _start_with(work, row)
    else:
        row = _row(work, draft.id)
        fields.same_version(row.version, draft.version, "this provider")
        changed = fields.apply(row, values)
        if not changed:
            return row.id
        work.session.flush()
        audit.record(work, "changed", "provider", row.id, fields=changed)
    work.touch(Changes.PRACTICE)
    return row.id


def check(draft: ProviderDraft) -> typed.Findings:
    """What is wrong with a provider, whatever the database holds."""
    found = typed.Findings()
    found.require(
        "last",
        draft.last,
        "Enter the last name." if draft.is_person else "Enter the name of the group.",
    )
    if draft.is_person:
        found.require("first", draft.first, "Enter the first name.")
    found.free_texts({name: getattr(draft, name) for name in _LINES}, 60)
    if not (draft.is_billing or draft.is_rendering or draft.is_referring):
        found.add("is_billing", "Say whether this provider bills, renders or refers.")
    if draft.npi:
        found.add("npi", identifiers.npi_problem(draft.npi))
    else:
        found.add("npi", "Enter the NPI; every claim carries it.")
    if draft.taxonomy:
        found.add("taxonomy", identifiers.taxonomy_problem(draft.taxonomy))
    elif draft.is_billing:
        found.add("taxonomy", "Enter the taxonomy code, like 207Q00000X; payers ask for it.")
    _check_tax_id(draft, found)
    _check_addresses(draft, found)
    found.phone("phone", draft.phone)
    return found


def _check_tax_id(draft: ProviderDraft, found: typed.Findings) -> None:
    if not draft.tax_id:
        if draft.is_billing:
            found.add("tax_id", "Enter the tax id (nine digits) under which the practice bills.")
        return
    if draft.tax_id_kind is TaxIdKind.EIN:
        found.add("tax_id", identifiers.ein_problem(draft.tax_id))
    else:
        found.add("tax_id", identifiers.ssn_problem(draft.tax_id))


def _check_addresses(draft: ProviderDraft, found: typed.Findings) -> None:
    found.address(
        draft.line1,
        draft.city,
        draft.state,
        draft.zip_code,
        required=draft.is_billing,
        nine=draft.is_billing,
    )
    if draft.is_billing and any(identifiers.is_po_box(s) for s in (draft.line1, draft.line2)):
        found.add(
            "line1",
            "The billing address must be a street; a PO box belongs to the pay-to address below.",
        )
    pay_to = typed.Findings()
    pay_to.address(
        draft.pay_to_line1,
        draft.pay_to_city,
        draft.pay_to_state,
        draft.pay_to_zip,
        prefix="pay_to_",
    )
    for problem in pay_to.problems:
        found.add(problem.field.replace("pay_to_zip_code", "pay_to_zip"), problem.text)


def _start_with(work: Work, row: Provider) -> None:
    """The first who bills or renders is what a new visit starts with, until another is chosen."""
    practice = work.session.get_one(Practice, 1)
    if not row.is_active:
        return
    if row.is_billing and practice.billing_provider_id is None:
        practice.billing_provider_id = row.id
    if row.is_rendering and practice.default_rendering_id is None:
        practice.default_rendering_id = row.id
    work.session.flush()


def _row(work: Work, provider_id: int) -> Provider:
    row = work.session.get(Provider, provider_id)
    if row is None:
        raise NotFound("There is no such provider; refresh the list.")
    return row


def _read(row: Provider) -> ProviderDraft:
    values = {name: getattr(row, name) for name in _NAMES}
    return ProviderDraft(**values, id=row.id, version=row.version)


def _clean(draft: ProviderDraft) -> ProviderDraft:
    lines: dict[str, Any] = {name: plain_text.one_line(getattr(draft, name)) for name in _LINES}
    if not draft.is_person:
        lines |= {"first": "", "middle": "", "suffix": "", "credential": ""}
    return replace(
        draft,
        **lines,
        npi=plain_text.code(draft.npi),
        taxonomy=plain_text.code(draft.taxonomy),
        tax_id=plain_text.zip_digits(draft.tax_id),
        state=plain_text.code(draft.state),
        pay_to_state=plain_text.code(draft.pay_to_state),
        zip_code=plain_text.zip_digits(draft.zip_code),
        pay_to_zip=plain_text.zip_digits(draft.pay_to_zip),
        phone=plain_text.phone(draft.phone),
    )
