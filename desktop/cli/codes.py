"""The commands of the code sets: load official files, search them.

Each imports its services when it runs, as all commands do.
"""

from __future__ import annotations

import argparse
import json
import sys
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
    read_bytes,
)
from desktop.errors import RuleError
from desktop.services.coding.base.values import BEST, BUILT_IN, ICD10CM, ImportOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop.cli.frame import Commands
    from desktop.services.coding.base.values import CodeHit, ImportResult
    from desktop.services.coding.notes.values import Suggestion
    from desktop.services.core.database import Database
    from desktop.services.practice.payers.payer_import import PayerImport


def add_parser(commands: Commands) -> None:
    """Add ``codes`` with its actions."""
    parser = commands.add_parser("codes", help="import code sets, search them")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _import_options(inner.add_parser("import", help="official files as downloaded, zip or plain"))
    _search_options(
        inner.add_parser(
            "search", help="codes by code or words; - reads a query a line, answers JSON"
        )
    )
    _suggest_options(
        inner.add_parser(
            "suggest", help="codes for a provider's note; - reads a note a line, answers JSON"
        )
    )
    _check_options(inner.add_parser("check", help="check the coding of a visit"))


def _import_options(load: argparse.ArgumentParser) -> None:
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
    load.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=HEADING",
        help="of a payer list: name=Payer, electronic_id=Payer ID, … (again for more)",
    )
    json_option(load)
    load.set_defaults(run=_import)


def _search_options(search: argparse.ArgumentParser) -> None:
    search.add_argument("text")
    search.add_argument("--on", type=day, metavar="DATE", help="date of service")
    search.add_argument("--limit", type=_count, default=10)
    search.add_argument("--all", action="store_true", help="headings too, not only billable codes")
    search.add_argument(
        "--mode",
        choices=(BUILT_IN, BEST),
        default=BUILT_IN,
        help="best searches by meaning too; its first use takes minutes",
    )
    search.add_argument(
        "--system", default="", help="hcpcs, cpt, modifier, nucc, …; default: diagnoses"
    )
    json_option(search)
    search.set_defaults(run=_search)


def _suggest_options(suggest: argparse.ArgumentParser) -> None:
    suggest.add_argument("text")
    suggest.add_argument("--on", type=day, metavar="DATE", help="date of service")
    json_option(suggest)
    suggest.set_defaults(run=_suggest)


def _check_options(check: argparse.ArgumentParser) -> None:
    check.add_argument("visit", type=int, metavar="VISIT")
    check.add_argument(
        "--on", type=day, metavar="DATE", help="judge as of this day, not the dates of service"
    )
    json_option(check)
    check.set_defaults(run=_check)


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"“{text}” is no number of codes; write 1 or more")
    return int(text)


def _import(options: argparse.Namespace) -> int:
    from desktop.services.practice.codes import code_sets

    said = ImportOptions(
        valid_from=options.start,
        states=frozenset(state.upper() for state in options.state),
        npis=frozenset(options.npi),
    )
    with open_practice(options) as database:
        for system in options.licensed:
            database.write(partial(code_sets.confirm_licence, system=system))
        found = code_sets.recognise(options.files)
        lists = [c.path for c in found if c.is_payer_list or (options.column and not c.titles)]
        sets = [path for path in options.files if path not in lists]
        told: list[ImportResult] = []
        if sets:
            told = database.write(lambda work: code_sets.import_files(work, sets, said), progress())
        payers = [(path, _import_payers(database, path, options.column)) for path in lists]
    if options.json:
        listed = [_plain_payers(path.name, done) for path, done in payers]
        print_json([*map(_plain_import, told), *listed])
    else:
        for result in told:
            print(result.text)
            for line in result.rejected:
                print(f"  line {line.number}: {line.text}")
        for path, done in payers:
            print(f"{path.name}: {done.text}")
            for row in done.rows:
                if row.why or row.changes:
                    print(f"  {row.text}")
    rejected = any(r.rejected for r in told) or any(r.why for _, d in payers for r in d.rows)
    return FINDINGS if rejected else DONE


def _import_payers(database: Database, path: Path, columns: Sequence[str]) -> PayerImport:
    """Take a clearinghouse's list over; headings that are not known are named by --column."""
    from desktop.services.formats.lists import payers as payer_file
    from desktop.services.practice.payers import payer_import

    data = read_bytes(path)
    file = payer_file.read_payers(data)
    mapping = dict(file.proposed)
    for each in columns:
        field, _, heading = each.partition("=")
        if heading not in file.headings:
            raise RuleError(
                f"{path.name} has no column “{heading}”; write --column FIELD=HEADING with one of: "
                f"{', '.join(file.headings)}."
            )
        mapping[field] = file.headings.index(heading)
    return database.write(lambda work: payer_import.import_payers(work, data, mapping), progress())


def _plain_payers(name: str, done: PayerImport) -> dict[str, Any]:
    return {
        "file": name,
        "payers": [
            {
                "row": row.number,
                "name": row.name,
                "electronic_id": row.electronic_id,
                "result": row.result.value,
                "why": row.why,
            }
            for row in done.rows
        ],
    }


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
    from desktop.services.practice.codes.suggesting import plain_hits, prepare_best

    with open_practice(options) as database:
        if options.mode == BEST:
            system = options.system or ICD10CM
            if not database.read(lambda work: work.codes.best_ready(system)):
                sys.stderr.write("Preparing search by meaning, once; this takes minutes.\n")
            database.submit_read(lambda work: prepare_best(work, system), progress()).result()
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
    from desktop.services.practice.codes.suggesting import search_codes

    return database.read(
        lambda work: search_codes(
            work,
            text,
            options.on,
            options.limit,
            every=options.all,
            system=options.system,
            mode=options.mode,
        )
    )


def _suggest(options: argparse.Namespace) -> int:
    from desktop.services.coding.notes.values import plain_suggestions
    from desktop.services.practice.codes.suggesting import suggest_codes

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


def _check(options: argparse.Namespace) -> int:
    from desktop.services.claims.rules.coding.report import check_coding, plain_coding

    with open_practice(options) as database:
        found = database.read(lambda work: check_coding(work, options.visit, options.on))
    if options.json:
        print_json(plain_coding(found))
    else:
        for each in found:
            word = "advice" if each.advice else each.finding.severity.value
            passed = f" (passed: {each.passed})" if each.passed else ""
            print(f"{word:<8}{each.finding.field}: {each.finding.text}{passed}")
            print(f"        {each.finding.source}")
        if not found:
            print(f"Nothing to mend in the coding of visit {options.visit}.")
    return FINDINGS if any(not each.passed and not each.advice for each in found) else DONE
