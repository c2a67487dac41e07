"""What the browser says of a procedure where this practice works."""

from __future__ import annotations

from desktop.services.coding.base.values import GPCI, HCPCS, MPFS
from desktop.services.core.database import CODES_NAME, Database
from desktop.services.practice.codes import code_pages
from desktop.services.practice.office import locations
from desktop.services.practice.office.locations import LocationDraft
from tests.conftest import TODAY
from tests.unit.claims.rules.sets import fill

VALUES = {
    "status": "A",
    "work": "2.0",
    "pe": "1.5",
    "pe_facility": "1.0",
    "mp": "0.1",
    "factor": "30.00",
}


def test_a_procedure_shows_what_medicare_allows_in_the_states_of_the_practice(
    database: Database,
) -> None:
    path = database.folder / CODES_NAME
    fill(path, HCPCS, {"G0438": {"title": "Wellness visit of our own words"}})
    fill(path, MPFS, {"G0438": VALUES})
    plain = {"work": "1.0", "pe": "1.0", "mp": "1.0"}
    fill(path, GPCI, {"IL-15": plain, "IL-16": {**plain, "work": "1.1"}, "TX-31": plain})
    database.write(
        lambda work: locations.save(
            work,
            LocationDraft(
                name="Office",
                line1="12 Mill Road",
                city="Springfield",
                state="IL",
                zip_code="627010001",
            ),
        )
    )
    shown = database.read(lambda work: code_pages.code_page(work, HCPCS, "G0438", TODAY))
    assert shown is not None
    facts = dict(shown.page.facts)
    # (2.0 + 1.5 + 0.1) x 30 in an office, (2.0 + 1.0 + 0.1) x 30 in a facility.
    assert facts["Medicare allows in IL-15"] == "108.00 in an office, 93.00 in a facility"
    assert facts["Medicare allows in IL-16"] == "114.00 in an office, 99.00 in a facility"
    assert "Medicare allows in TX-31" not in facts
