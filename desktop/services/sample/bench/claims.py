"""Writing claims: as an 837P from the database, and onto CMS-1500 forms."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import TYPE_CHECKING, Any, Final

from desktop.services.claims.delivery.ready import select_ready
from desktop.services.formats.documents import cms1500
from desktop.services.formats.documents.bare_forms import bare_forms
from desktop.services.formats.documents.cms1500_grid import baseline, left
from desktop.services.formats.edi.write837 import Batch837
from desktop.services.formats.edi.write837 import write_837p as write_837p_file
from desktop.services.sample.bench import office, people
from desktop.services.sample.bench.practice import TODAY, Bench
from desktop.services.sample.bench.result import RATIO, BenchResult, medians

if TYPE_CHECKING:
    from desktop.services.core.work import Work
    from desktop.services.store.bulk import Connection

FILE_LIMIT: Final = 3.0
FORM_LIMIT: Final = 1.3
_BATCH: Final = Batch837(
    sender_id="OFFICE",
    sender_qualifier="ZZ",
    receiver_id="CLEARHOUSE",
    receiver_qualifier="ZZ",
    receiver_name="CLEAR HOUSE",
    submitter_name="MILLBROOK FAMILY CARE",
    submitter_id="OFFICE",
    contact_name="OLIVE OWNER",
    contact_phone="2175550100",
    interchange_control=2,
    group_control=2,
    first_set_control=1,
    batch_reference="2",
    at=dt.datetime.combine(TODAY, dt.time(9), dt.UTC),
)
_READY: Final = "SELECT record FROM claim WHERE state = 'ready' ORDER BY id"


def write_837p(bench: Bench) -> BenchResult:
    """All ready claims out of the database as one file, against the same file by f-strings."""
    with bench.office.opened() as database, bench.office.raw() as raw:
        if database.read(_write) != _joined(raw):
            raise AssertionError("the program's 837P and the floor's differ")
        took, least = medians(bench.scale.runs, lambda: database.read(_write), lambda: _joined(raw))
    return BenchResult(
        "write-837p",
        took,
        least,
        FILE_LIMIT,
        RATIO,
        f"{bench.scale.claims:,} claims × 3 lines, the same bytes, median of {bench.scale.runs}",
    )


def _write(work: Work) -> bytes:
    ready, _ = select_ready(work, None, on_paper=False, recheck=False)
    return write_837p_file(_BATCH, [claim.record for claim in ready])


def _joined(raw: Connection) -> bytes:
    """Read the same rows and join strings: right for the claims of the bench alone."""
    claims = [json.loads(row[0]) for row in raw.execute(_READY)]
    body = [*_opening(claims[0]["billing"])]
    for level, claim in enumerate(claims, 2):
        _join_subscriber(body, level, claim)
        _join_claim(body, claim)
    at = _BATCH.at
    isa = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{_BATCH.sender_id:15}*ZZ*{_BATCH.receiver_id:15}"
        f"*{at:%y%m%d}*{at:%H%M}*^*00501*{_BATCH.interchange_control:09d}*0*T*:"
    )
    whole = [
        isa,
        f"GS*HC*{_BATCH.sender_id}*{_BATCH.receiver_id}*{at:%Y%m%d}*{at:%H%M}*2*X*005010X222A1",
        "ST*837*0001*005010X222A1",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*2",
        f"IEA*1*{_BATCH.interchange_control:09d}",
    ]
    return ("~".join(whole) + "~").encode("ascii")


def _opening(billing: dict[str, Any]) -> list[str]:
    place, at = billing["address"], _BATCH.at
    return [
        f"BHT*0019*00*{_BATCH.batch_reference}*{at:%Y%m%d}*{at:%H%M}*CH",
        f"NM1*41*2*{_BATCH.submitter_name}*****46*{_BATCH.submitter_id}",
        f"PER*IC*{_BATCH.contact_name}*TE*{_BATCH.contact_phone}",
        f"NM1*40*2*{_BATCH.receiver_name}*****46*{_BATCH.receiver_id}",
        "HL*1**20*1",
        f"PRV*BI*PXC*{billing['taxonomy']}",
        f"NM1*85*2*{billing['name']['last'].upper()}*****XX*{billing['npi']}",
        f"N3*{place['line1'].upper()}",
        f"N4*{place['city'].upper()}*{place['state']}*{place['zip_code']}",
        f"REF*EI*{billing['tax_id']}",
    ]


def _join_subscriber(body: list[str], level: int, claim: dict[str, Any]) -> None:
    coverage, person = claim["coverages"][0], claim["patient"]
    payer, name, home = coverage["payer"], person["name"], person["address"]
    there = payer["address"]
    called = f"NM1*IL*1*{name['last'].upper()}*{name['first'].upper()}"
    born = person["birth_on"].replace("-", "")
    body += (
        f"HL*{level}*1*22*0",
        f"SBR*P*18*{coverage['group_number']}******{payer['filing_code']}",
        f"{called}*{name['middle']}***MI*{coverage['member_id']}",
        f"N3*{home['line1'].upper()}",
        f"N4*{home['city'].upper()}*{home['state']}*{home['zip_code']}",
        f"DMG*D8*{born}*{person['sex']}",
        f"NM1*PR*2*{payer['name'].upper()}*****PI*{payer['electronic_id']}",
        f"N3*{there['line1'].upper()}",
        f"N4*{there['city'].upper()}*{there['state']}*{there['zip_code']}",
    )


def _join_claim(body: list[str], claim: dict[str, Any]) -> None:
    rendering = claim["rendering"]
    name = rendering["name"]
    cents = sum(int(line["charge"].replace(".", "")) for line in claim["lines"])
    charge = _plain(f"{cents // 100}.{cents % 100:02d}")
    codes = "*ABF:".join(d["code"] for d in claim["diagnoses"])
    body += (
        f"CLM*{claim['control_number']}*{charge}***{claim['place']}:B:1*Y*A*Y*Y",
        f"HI*ABK:{codes}",
        f"NM1*82*1*{name['last'].upper()}*{name['first'].upper()}****XX*{rendering['npi']}",
        f"PRV*PE*PXC*{rendering['taxonomy']}",
    )
    for position, line in enumerate(claim["lines"], 1):
        pointers = ":".join(map(str, line["pointers"]))
        body += (
            f"LX*{position}",
            f"SV1*HC:{line['procedure']}*{_plain(line['charge'])}*UN*1***{pointers}",
            f"DTP*472*D8*{line['from_on'].replace('-', '')}",
            f"REF*6R*{line['number']}",
        )


def _plain(amount: str) -> str:
    return amount.rstrip("0").rstrip(".")


def cms1500_forms(bench: Bench) -> BenchResult:
    """Claims onto forms, against ReportLab writing the same texts at the same places."""
    chance = random.Random(4)  # noqa: S311 - invents people, no secrets
    on = TODAY.isoformat()
    records = [
        office.record(n, people.person_row(n, chance), on) for n in range(1, bench.scale.forms + 1)
    ]
    pages = [
        [
            (left(f.column), baseline(f.line), f.text)
            for form in cms1500.forms(record)
            for f in cms1500.fields(form)
        ]
        for record in records
    ]
    took, least = medians(
        bench.scale.runs, lambda: cms1500.render(records), lambda: bare_forms(pages)
    )
    return BenchResult(
        "cms1500",
        took,
        least,
        FORM_LIMIT,
        RATIO,
        f"{len(records):,} forms of {sum(map(len, pages)) // len(pages)} texts each; floor: "
        f"ReportLab's own text object with the texts placed already; median of {bench.scale.runs}",
    )
