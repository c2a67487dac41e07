"""NPIs, tax ids, taxonomies, CLIA numbers and addresses of the practice and its providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.models.values import identifiers as ids
from desktop.models.values.enums import TaxIdKind
from desktop.services.claims.rules.findings import (
    CheckContext,
    Finding,
    error,
    numbered_lines,
    warning,
)
from desktop.services.formats.documents.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.models.values.claim_record import Address, ClaimRecord, ProviderRecord

_QUALIFIERS = frozenset({"DN", "DK", "DQ", "P3"})


def check(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    """All rules of this family."""
    yield from _billing(record, context)
    yield from _rendering(record)
    yield from _referring(record)
    yield from _facility(record)
    yield from _clia(record, context)
    for where, name, line in numbered_lines(record, context):
        for role, provider in (("rendering", line.rendering), ("ordering", line.ordering)):
            if provider is not None:
                yield from _npi(provider, f"{where}.{role}", f"{name}: the {role} provider", "2420")


def _npi(provider: ProviderRecord, where: str, who: str, source: str) -> Iterator[Finding]:
    if not provider.npi:
        yield error("npi.missing", where, f"{who} has no NPI; enter it with the provider.", source)
        return
    problem = ids.npi_problem(provider.npi)
    if problem:
        yield error("npi.invalid", where, f"{who}: {problem}", source)


def _billing(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    billing, where = record.billing, "provider.billing"
    if not plain(billing.name.last):
        yield error(
            "billing.name",
            f"{where}.last",
            "No billing provider is chosen; choose one in Setup, under Practice.",
            "item 33, 2010AA NM103",
        )
        return
    source = "item 33a, 2010AA NM109"
    yield from _npi(billing, f"{where}.npi", "The billing provider", source)
    yield from _tax_id(billing)
    if billing.taxonomy:
        yield from _taxonomy(billing, f"{where}.taxonomy", "2000A PRV03")
    address = billing.address
    if address is None or not address.line1.strip() or not address.city.strip():
        text = "The billing provider has no complete street address."
        yield error("billing.address", f"{where}.line1", text, "item 33, 2010AA N3")
    if address is None:
        return
    if not context.on_paper and (ids.is_po_box(address.line1) or ids.is_po_box(address.line2)):
        yield error(
            "billing.po_box",
            f"{where}.line1",
            "An electronic claim takes no PO box as billing address; enter the street, and the "
            "box as pay-to address.",
            "2010AA N301",
        )
    yield from _place(address, where, nine=not context.on_paper, source="2010AA N4")


def _tax_id(billing: ProviderRecord) -> Iterator[Finding]:
    number = ids.digits(billing.tax_id)
    where, source = "provider.billing.tax_id", "item 25, 2010AA REF"
    if not billing.tax_id:
        yield error("tax_id.missing", where, "The billing provider has no tax id.", source)
        return
    kind_check = ids.ein_problem if billing.tax_id_kind is TaxIdKind.EIN else ids.ssn_problem
    problem = kind_check(number)
    if problem:
        yield error("tax_id.invalid", where, problem, source)


def _taxonomy(provider: ProviderRecord, where: str, source: str) -> Iterator[Finding]:
    problem = ids.taxonomy_problem(provider.taxonomy)
    if problem:
        yield error("taxonomy.invalid", where, problem, source)


def _place(address: Address, where: str, *, nine: bool, source: str) -> Iterator[Finding]:
    problem = ids.state_problem(address.state)
    if problem:
        yield error("address.state", f"{where}.state", problem, source)
    problem = ids.zip_problem(address.zip_code, nine=nine)
    if problem:
        yield error("address.zip", f"{where}.zip_code", problem, source)


def _rendering(record: ClaimRecord) -> Iterator[Finding]:
    rendering, where = record.rendering, "provider.rendering"
    if rendering is None:
        if not record.billing.is_person:
            text = "Say who rendered the service: an organization bills, a person treats."
            yield error("rendering.missing", "rendering_id", text, "item 24J, 2310B")
        return
    source = "item 24J, 2310B NM109"
    yield from _npi(rendering, f"{where}.npi", "The rendering provider", source)
    if not plain(rendering.name.last):
        text = "The rendering provider has no last name."
        yield error("rendering.name", f"{where}.last", text, "item 31, 2310B NM103")
    if rendering.taxonomy:
        yield from _taxonomy(rendering, f"{where}.taxonomy", "2310B PRV03")


def _referring(record: ClaimRecord) -> Iterator[Finding]:
    referring = record.referring
    if referring is None:
        return
    where, source = "provider.referring.npi", "item 17b, 2310A NM109"
    yield from _npi(referring, where, "The referring provider", source)
    if record.referring_qualifier not in _QUALIFIERS:
        yield error(
            "referring.qualifier",
            "referring_qualifier",
            "Say whether this provider referred (DN), ordered (DK) or supervised (DQ).",
            "item 17, 2310A NM101",
        )


def _facility(record: ClaimRecord) -> Iterator[Finding]:
    facility = record.facility
    if facility is not None:
        if facility.npi:
            yield from _npi(facility, "location.npi", "The location", "item 32a, 2310C NM109")
        if facility.address is None or not facility.address.line1.strip():
            home = record.place == "12"
            text = "The place of service has no street address."
            where = "patient.line1" if home else "location.line1"
            yield error("location.address", where, text, "item 32, 2310C N3")
        elif record.place != "12":
            # A patient's home is known by five digits; an office must give all nine.
            yield from _place(facility.address, "location", nine=True, source="2310C N4")
    if record.pay_to is not None and record.pay_to.address is not None:
        yield from _place(
            record.pay_to.address, "provider.billing.pay_to", nine=False, source="2010AB N4"
        )


def _clia(record: ClaimRecord, context: CheckContext) -> Iterator[Finding]:
    source = "item 23, 2300 REF*X4"
    if record.clia and (problem := ids.clia_problem(record.clia)):
        yield error("clia.invalid", "location.clia", problem, source)
    for where, name, line in numbered_lines(record, context):
        if line.clia and (problem := ids.clia_problem(line.clia)):
            yield error("clia.invalid", "location.clia", problem, source)
        needed = line.procedure in context.clia_procedures
        waived = "QW" in line.modifiers
        if (needed or waived) and not (record.clia or line.clia):
            make = error if needed else warning
            yield make(
                "clia.missing",
                "location.clia" if needed else f"{where}.modifiers",
                f"{name}: the laboratory test {line.procedure} needs the location's CLIA number.",
                source,
            )
