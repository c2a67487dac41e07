"""The commands of the code sets: load official files, search them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.frame import (
    DONE,
    FINDINGS,
    day,
    json_option,
    open_practice,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from desktop.services.coding.suggest.values import Suggestion
    from desktop.services.coding.values import CodeHit, ImportResult
    from desktop.services.database import Database


def add_parser(commands: Any) -> None:
    """Add ``codes`` with its actions."""
    parser = commands.add_parser("codes", help="import code sets, search them")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    load = inner.add_parser("import", help="official files as downloaded, zip or plain")
    load.add_argument("files", type=Path, nargs="+", metavar="FILE")
    load.add_argument(
        "--from", type=day, dest="start", metavar="DATE", help="first day, where no file tells it"
    )
    load.add_argument(
        "--licensed",
        action="append",
        default=[],
        metavar="SYSTEM",
        help="the practice holds a licence of this code set (cpt); kept, asked once",
    )
    load.add_argument(
        "--state",
        action="append",
        default=[],
        help="of the national provider file, providers in this state (again for more)",
    )
    load.add_argument(
        "--npi", action="append", default=[], help="of the national provider file, this provider"
    )
    json_option(load)
    load.set_defaults(run=_import)
    search = inner.add_parser("search", help="codes by code or words; - reads queries")
    search.add_argument("text")
    search.add_argument("--on", type=day, metavar="DATE", help="date of service")
    search.add_argument("--limit", type=int, default=10)
    search.add_argument("--all", action="store_true", help="headings too, not only billable codes")
    search.add_argument(
        "--system", default="", help="hcpcs, cpt, modifier, nucc, …; default: diagnoses"
    )
    json_option(search)
    search.set_defaults(run=_search)
    suggest = inner.add_parser("suggest", help="codes for a provider's note; - reads a note a line")
    suggest.add_argument("text")
    suggest.add_argument("--on", type=day, metavar="DATE", help="date of service")
    json_option(suggest)
    suggest.set_defaults(run=_suggest)


def _import(options: argparse.Namespace) -> int:
    from desktop.services.coding.values import ImportOptions
    from desktop.services.registration import code_sets

    told: list[ImportResult] = []
    said = ImportOptions(
        valid_from=options.start,
        states=frozenset(state.upper() for state in options.state),
        npis=frozenset(options.npi),
    )
    with open_practice(options) as database:
        for system in options.licensed:
            database.write(partial(code_sets.confirm_licence, system=system))
        told = database.write(
            lambda work: code_sets.import_files(work, options.files, said), progress()
        )
    if options.json:
        print_json([_plain_import(r) for r in told])
    else:
        for result in told:
            print(result.text)
            for line in result.rejected:
                print(f"  line {line.number}: {line.text}")
    return FINDINGS if any(r.rejected for r in told) else DONE


def _plain_import(result: ImportResult) -> dict[str, Any]:
    release = result.release
    return {
        "file": result.file_name,
        "system": release.system,
        "release": release.name,
        "valid_from": release.valid_from.isoformat(),
        "valid_to": release.valid_to.isoformat() if release.valid_to else None,
        "records": release.records,
        "billable": release.billable,
        "already_loaded": result.already_loaded,
        "rejected": [{"line": r.number, "text": r.text} for r in result.rejected],
    }


def _search(options: argparse.Namespace) -> int:
    from desktop.services.codes import plain_hits

    with open_practice(options) as database:
        for query in sys.stdin if options.text == "-" else [options.text]:
            hits = _hits(database, query.rstrip("\n"), options)
            if options.text == "-":
                print(json.dumps(plain_hits(hits), ensure_ascii=False), flush=True)
            elif options.json:
                print_json(plain_hits(hits))
            else:
                for hit in hits:
                    print(f"{hit.dotted:<9} {hit.title}  ({hit.why})")
    return DONE


def _hits(database: Database, text: str, options: argparse.Namespace) -> list[CodeHit]:
    from desktop.services.codes import search_codes

    return database.read(
        lambda work: search_codes(
            work, text, options.on, options.limit, every=options.all, system=options.system
        )
    )


def _suggest(options: argparse.Namespace) -> int:
    from desktop.services.codes import suggest_codes
    from desktop.services.coding.suggest.values import plain_suggestions

    with open_practice(options) as database:
        for line in sys.stdin if options.text == "-" else [options.text]:
            found = database.read(
                partial(suggest_codes, text=line.rstrip("\n"), on=options.on, patient_id=None)
            )
            if options.text == "-":
                print(json.dumps(plain_suggestions(found), ensure_ascii=False), flush=True)
            elif options.json:
                print_json(plain_suggestions(found))
            else:
                print("\n".join(_told(found)))
    return DONE


def _told(found: Sequence[Suggestion]) -> Iterator[str]:
    for each in found:
        yield f"“{' '.join(each.phrase.split())}” ({each.status.value})"
        if each.question:
            yield f"  {each.question}"
            yield from (f"    {a.text}: {a.dotted:<9} {a.title}" for a in each.answers)
        yield from (f"  {code.dotted:<9} {code.title}" for code in each.codes)
