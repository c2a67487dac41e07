"""The command line: a second, thin face on the same services.

Exit codes: 0 done, 1 done with findings, 2 refused (one line on standard error says why and
how to mend it). Money in JSON is a string with two decimals, dates are ISO.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from desktop import __version__, log
from desktop.errors import AppError, EnvironmentProblem, RuleError

if TYPE_CHECKING:
    from desktop.services.claims.command import SendReport
    from desktop.services.coding.values import CodeHit, ImportResult
    from desktop.services.database import Database
    from desktop.services.reports.registry import Form
    from desktop.services.reports.values import Period
    from desktop.services.work import Progress

DONE, FINDINGS, REFUSED = 0, 1, 2
PASSPHRASE = "CLAIMSTEAD_PASSPHRASE"  # noqa: S105 - the name of a variable, no password

Command = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, with where to look, and end with 2."""
        self.exit(REFUSED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str]) -> int:
    """Do what the words ask; returns the exit code."""
    log.set_up()
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except AppError as error:
        _refuse(str(error))
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        _refuse("Stopped; nothing of the unfinished step was kept.")
    except OSError as error:
        _refuse(f"{error.filename or 'A file'}: {error.strerror}; check the name and the disk.")
    return REFUSED


def _refuse(sentence: str) -> None:
    sys.stderr.write(" ".join(sentence.split()) + "\n")


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = _Parser(
        prog="claimstead",
        description="Billing for small medical practices. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"claimstead {__version__}")
    parser.add_argument("--practice", type=Path, metavar="DIR", help="the practice's folder")
    parser.add_argument("--user", help="who acts (default: the first password that fits)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _demo_parser(commands)
    _edi_parser(commands)
    _intake_parser(commands)
    _codes_parser(commands)
    _claims_parser(commands)
    _era_parser(commands)
    _statements_parser(commands)
    _report_parser(commands)
    _care_parsers(commands)
    _bench_parser(commands)
    return parser


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no date; write it like 2026-09-15") from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"“{path}” cannot be read ({error.strerror}); check the name and its permissions."
        ) from error


def _write_file(path: Path, data: bytes) -> None:
    from desktop.services.keys import write_whole

    write_whole(path, data)


def _open(options: argparse.Namespace) -> Database:
    """Open the practice that the options name, by environment or keyring."""
    from desktop.services import practice_folder as folder

    if options.practice is None:
        raise RuleError("Name the practice first: claimstead --practice DIR …")
    text = os.environ.get(PASSPHRASE)
    if text is not None:
        secret: folder.Secret = folder.Password(text, options.user)
    else:
        secret = folder.MachineKeyring()
    database = folder.open_practice(options.practice, secret)
    if database.warning:
        sys.stderr.write(database.warning + "\n")
    return database


def _progress() -> Progress:
    from desktop.services.work import Progress

    class Shown(Progress):
        def report(self, done: int, total: int, text: str = "") -> None:
            if sys.stderr.isatty():
                end = "\n" if done >= total else "\r"
                sys.stderr.write(f"\r{text} {done:,} of {total:,}{end}")

    return Shown()


# -- demo and files ---------------------------------------------------------------------------


def _demo_parser(commands: Any) -> None:
    parser = commands.add_parser("demo", help="make a sample practice and do the whole job")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people")
    parser.add_argument("--today", type=_day, default=dt.date(2026, 9, 15), metavar="DATE")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from desktop.services.demo import run_demo

    result = run_demo(options.folder, seed=options.seed, today=options.today, say=print)
    print(f"Sample practice in {result.practice}; its password is “{result.password}”.")
    return DONE


def _edi_parser(commands: Any) -> None:
    parser = commands.add_parser("edi", help="say what an X12 file says; needs no practice")
    inner = parser.add_subparsers(dest="action", metavar="read", required=True)
    read = inner.add_parser("read", help="835, 837P, 999, TA1, 277CA, 277, 276, 271, 270")
    read.add_argument("file", type=Path)
    _json_option(read)
    read.set_defaults(run=_edi_read)


def _edi_read(options: argparse.Namespace) -> int:
    from desktop.services.edi.plain import plain_file
    from desktop.services.edi.read import read_file
    from desktop.services.edi.text import text_file

    file = read_file(_read_bytes(options.file))
    if options.json:
        _print_json(plain_file(file))
    else:
        print("\n".join(text_file(file)))
    if not file.transactions and not file.interchanges:
        why = file.problems[0].text if file.problems else "The file is empty."
        _refuse(f"“{options.file.name}” is no X12 file. {why}")
        return REFUSED
    return FINDINGS if file.problems else DONE


def _intake_parser(commands: Any) -> None:
    parser = commands.add_parser("intake", help="take patients, coverages and visits from a file")
    parser.add_argument("file", type=Path)
    _json_option(parser)
    parser.set_defaults(run=_intake)


def _intake(options: argparse.Namespace) -> int:
    from desktop.services.registration import intake, intake_file

    data = _read_bytes(options.file)
    file = intake_file.read_intake(data, options.file.name)
    with _open(options) as database:
        result = database.write(lambda work: intake.intake(work, file), _progress())
    if options.json:
        _print_json(result.plain)
    else:
        print(result.text)
    return DONE


# -- codes ------------------------------------------------------------------------------------


def _codes_parser(commands: Any) -> None:
    parser = commands.add_parser("codes", help="import code sets, search them")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    load = inner.add_parser("import", help="official files as downloaded, zip or plain")
    load.add_argument("files", type=Path, nargs="+", metavar="FILE")
    _json_option(load)
    load.set_defaults(run=_codes_import)
    search = inner.add_parser("search", help="diagnoses by code or words; - reads queries")
    search.add_argument("text")
    search.add_argument("--on", type=_day, metavar="DATE", help="date of service")
    search.add_argument("--limit", type=int, default=10)
    search.add_argument("--all", action="store_true", help="headings too, not only billable codes")
    _json_option(search)
    search.set_defaults(run=_codes_search)


def _codes_import(options: argparse.Namespace) -> int:
    told: list[ImportResult] = []
    with _open(options) as database:
        for path in options.files:
            _read_bytes(path)
            told += _import_one(database, path)
    if options.json:
        _print_json([_plain_import(r) for r in told])
    else:
        for result in told:
            print(result.text)
            for line in result.rejected:
                print(f"  line {line.number}: {line.text}")
    return FINDINGS if any(r.rejected for r in told) else DONE


def _import_one(database: Database, path: Path) -> list[ImportResult]:
    from desktop.services.codes import import_code_file

    return database.write(lambda work: import_code_file(work, path), _progress())


def _plain_import(result: ImportResult) -> dict[str, Any]:
    release = result.release
    return {
        "file": result.file_name,
        "release": release.name,
        "valid_from": release.valid_from.isoformat(),
        "valid_to": release.valid_to.isoformat() if release.valid_to else None,
        "records": release.records,
        "billable": release.billable,
        "already_loaded": result.already_loaded,
        "rejected": [{"line": r.number, "text": r.text} for r in result.rejected],
    }


def _codes_search(options: argparse.Namespace) -> int:
    from desktop.services.codes import plain_hits

    with _open(options) as database:
        for query in sys.stdin if options.text == "-" else [options.text]:
            hits = _search(database, query.rstrip("\n"), options)
            if options.text == "-":
                print(json.dumps(plain_hits(hits), ensure_ascii=False), flush=True)
            elif options.json:
                _print_json(plain_hits(hits))
            else:
                for hit in hits:
                    print(f"{hit.dotted:<9} {hit.title}  ({hit.why})")
    return DONE


def _search(database: Database, text: str, options: argparse.Namespace) -> list[CodeHit]:
    from desktop.services.codes import search_codes

    return database.read(
        lambda work: search_codes(work, text, options.on, options.limit, every=options.all)
    )


# -- claims and money -------------------------------------------------------------------------


def _claims_parser(commands: Any) -> None:
    parser = commands.add_parser("claims", help="check, send or print claims")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = inner.add_parser("check", help="make claims of posted visits and check what waits")
    _json_option(check)
    check.set_defaults(run=_claims_check)
    send = inner.add_parser("send", help="write an 837P of all that is ready")
    send.add_argument("--to", type=Path, required=True, metavar="DIR", help="the outbox folder")
    _json_option(send)
    send.set_defaults(run=_claims_send)
    paper = inner.add_parser("print", help="print CMS-1500 forms of what goes on paper")
    paper.add_argument("--to", type=Path, required=True, metavar="FILE")
    paper.add_argument("--data-only", action="store_true", help="for pre-printed red forms")
    _json_option(paper)
    paper.set_defaults(run=_claims_print)


def _claims_check(options: argparse.Namespace) -> int:
    from desktop.services.claims import command

    with _open(options) as database:
        report = database.write(command.check)
    if options.json:
        _print_json(report.plain())
        return FINDINGS if report.has_findings else DONE
    for claim in report.claims:
        print(f"Claim {claim.claim_id} of visit {claim.visit_id}: {claim.state.value}")
        for finding in claim.findings:
            print(f"  {finding.severity.value:<8}{finding.field}: {finding.text}")
    for visit_id in report.uncarried:
        print(f"Visit {visit_id} has lines that its sent claim does not carry; replace the claim.")
    print(f"{len(report.created)} claims made, {len(report.claims)} not sent yet.")
    return FINDINGS if report.has_findings else DONE


def _claims_send(options: argparse.Namespace) -> int:
    from desktop.services.claims import command

    with _open(options) as database:
        report = command.send_all(database, options.to)
    return _tell_sent(options, report)


def _claims_print(options: argparse.Namespace) -> int:
    from desktop.services.claims import command

    with _open(options) as database:
        report = command.print_all(database, options.to, data_only=options.data_only)
    return _tell_sent(options, report)


def _tell_sent(options: argparse.Namespace, report: SendReport) -> int:
    if options.json:
        _print_json(report.plain())
    else:
        batch = report.batch
        if report.path is None:
            print("No claim was ready.")
        else:
            charge = batch.charge.shown
            print(f"{len(batch.claim_ids)} claims, {charge} in charges, in {report.path}.")
        for left in batch.left_out:
            print(f"  claim {left.claim_id} stays: {left.text}")
    return FINDINGS if report.has_findings else DONE


def _era_parser(commands: Any) -> None:
    parser = commands.add_parser("era", help="post payers' answers")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    post = inner.add_parser("post", help="835 files; 999 and 277CA set claim states")
    post.add_argument("files", type=Path, nargs="+", metavar="FILE")
    _json_option(post)
    post.set_defaults(run=_era_post)


def _era_post(options: argparse.Namespace) -> int:
    from desktop.services.payments import command
    from desktop.services.payments.command import FileResult

    told: list[FileResult] = []
    try:
        with _open(options) as database:
            for path in options.files:
                told.append(command.post_file(database, _read_bytes(path), path.name))
    finally:
        # What was posted before a file was refused is told: its money is in the ledger.
        if options.json and told:
            _print_json({"files": [t.plain() for t in told]})
        elif told:
            print("\n".join(line for t in told for line in t.lines()))
    return FINDINGS if any(t.has_findings for t in told) else DONE


def _statements_parser(commands: Any) -> None:
    parser = commands.add_parser("statements", help="print patients' statements")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run = inner.add_parser("run", help="all that are due, into one PDF")
    run.add_argument("--to", type=Path, required=True, metavar="FILE")
    _json_option(run)
    run.set_defaults(run=_statements_run)


def _statements_run(options: argparse.Namespace) -> int:
    from desktop.services.statements import run

    if not options.to.parent.is_dir():
        raise EnvironmentProblem(f"The folder “{options.to.parent}” does not exist; make it first.")
    if options.to.is_dir() or not os.access(options.to.parent, os.W_OK):
        # Found out before statements are numbered and issued, not after.
        raise EnvironmentProblem(
            f"“{options.to}” cannot be written: name a file in a folder that you may write to."
        )
    with _open(options) as database:
        made = database.write(run.run)
    if made.pdf:
        _write_file(options.to, made.pdf)
    if options.json:
        _print_json(
            {
                "file": str(options.to) if made.pdf else None,
                "statements": made.count,
                "amount": str(made.amount),
                "accounts": [
                    {
                        "account": r.account,
                        "amount": str(r.amount),
                        "included": r.included,
                        "reason": r.reason,
                    }
                    for r in made.rows
                ],
            }
        )
        return DONE
    for row in made.rows:
        print(
            f"{row.account:<10}{row.amount.shown:>12}  {'in ' if row.included else 'out'}  "
            f"{row.reason}"
        )
    where = f" in {options.to}" if made.pdf else ""
    print(f"{made.count} statements, {made.amount.shown} due{where}.")
    return DONE


def _report_names() -> str:
    return "aging-by-payer, aging-by-patient, day-sheet, deposits, period, unapplied, open-claims"


def _report_parser(commands: Any) -> None:
    parser = commands.add_parser("report", help="numbers that agree with the ledger")
    parser.add_argument("name", metavar="NAME", help=_report_names())
    parser.add_argument("--as-of", type=_day, metavar="DATE")
    parser.add_argument("--csv", type=Path, metavar="FILE")
    parser.add_argument("--pdf", type=Path, metavar="FILE")
    _json_option(parser)
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from desktop.services.documents.tables import to_text
    from desktop.services.reports import registry

    wanted = registry.report(options.name)
    with _open(options) as database:
        period = registry.default_period(wanted, options.as_of or database.clock.today())
        for path, form in ((options.csv, registry.Form.CSV), (options.pdf, registry.Form.PDF)):
            if path:
                _write_file(path, _exported(database, wanted.name, period, form))
        table = database.read(lambda work: registry.run(work, wanted.name, period))
    if options.json:
        _print_json(registry.plain(table))
    elif not (options.csv or options.pdf):
        print(to_text(table))
    return DONE


def _exported(database: Database, name: str, period: Period, form: Form) -> bytes:
    from desktop.services.reports import registry

    return database.write(lambda work: registry.export(work, name, period, form))


# -- care of the practice ---------------------------------------------------------------------


def _care_parsers(commands: Any) -> None:
    backup = commands.add_parser("backup", help="one encrypted, verified file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="a backup into the (empty) practice folder")
    restore.add_argument("file", type=Path)
    restore.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="check database, chains, balances and documents")
    _json_option(doctor)
    doctor.set_defaults(run=_doctor)


def _backup(options: argparse.Namespace) -> int:
    from desktop.services import backup

    with _open(options) as database:
        made = backup.make(database, options.file, _progress())
    print(f"Backup of {made.size:,} bytes in {options.file}, read back and verified.")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from desktop.services import backup

    if options.practice is None:
        raise RuleError("Name an empty folder: claimstead --practice DIR restore FILE")
    secret = os.environ.get(PASSPHRASE)
    if secret is None:
        raise RuleError(f"Set {PASSPHRASE} to the password of the day of the backup.")
    restored = backup.restore(options.file, options.practice, secret, options.user)
    print(f"Restored into {options.practice}: {restored.entries:,} ledger entries, verified.")
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from desktop.services import doctor

    with _open(options) as database:
        report = doctor.examine(database, _progress())
    if options.json:
        _print_json(report.plain())
    else:
        print("\n".join(report.lines()))
    return FINDINGS if report.findings else DONE


def _bench_parser(commands: Any) -> None:
    parser = commands.add_parser("bench", help="measure against floors in the same run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    _json_option(parser)
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    from desktop.services import bench

    results = bench.run(options.names, say=None if options.json else print)
    if options.json:
        _print_json([r.plain() for r in results])
    return FINDINGS if any(not r.within for r in results) else DONE
