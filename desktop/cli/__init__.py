"""The command line: a second, thin face on the same services.

Exit codes: 0 done, 1 done with findings, 2 refused (one line on standard error says why and
how to mend it). Money in JSON is a string with two decimals, dates are ISO.

Each command imports its services when it runs: help, and what needs no practice, answer at once.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import __version__, log
from desktop.cli import codes
from desktop.cli.frame import (
    DONE,
    FINDINGS,
    PASSPHRASE,
    REFUSED,
    Parser,
    day,
    json_option,
    open_practice,
    print_json,
    progress,
    read_bytes,
    refuse,
    write_file,
)
from desktop.errors import AppError, EnvironmentProblem, RuleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from desktop.cli.frame import Commands
    from desktop.services.claims.delivery.command import SendReport
    from desktop.services.core.database import Database
    from desktop.services.exchange.inbox_command import FileResult
    from desktop.services.reports.registry import Form
    from desktop.services.reports.values import Period


def main(arguments: Sequence[str]) -> int:
    """Do what the words ask; returns the exit code."""
    log.set_up()
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except AppError as error:
        refuse(str(error))
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        refuse("Stopped; nothing of the unfinished step was kept.")
    except OSError as error:
        refuse(f"{error.filename or 'A file'}: {error.strerror}; check the name and the disk.")
    return REFUSED


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = Parser(
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
    codes.add_parser(commands)
    _claims_parser(commands)
    _era_parser(commands)
    _statements_parser(commands)
    _report_parser(commands)
    _care_parsers(commands)
    _bench_parser(commands)
    return parser


# -- demo and files ---------------------------------------------------------------------------


def _demo_parser(commands: Commands) -> None:
    parser = commands.add_parser("demo", help="make a sample practice and do the whole job")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people")
    parser.add_argument("--today", type=day, default=dt.date(2026, 9, 15), metavar="DATE")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from desktop.services.sample.demo import run_demo

    result = run_demo(options.folder, seed=options.seed, today=options.today, say=print)
    print(f"Sample practice in {result.practice}; its password is “{result.password}”.")
    return DONE


def _edi_parser(commands: Commands) -> None:
    parser = commands.add_parser("edi", help="say what an X12 file says; needs no practice")
    inner = parser.add_subparsers(dest="action", metavar="read", required=True)
    read = inner.add_parser("read", help="835, 837P, 999, TA1, 277CA, 277, 276, 271, 270")
    read.add_argument("file", type=Path)
    json_option(read)
    read.set_defaults(run=_edi_read)


def _edi_read(options: argparse.Namespace) -> int:
    from desktop.services.formats.edi.plain import plain_file
    from desktop.services.formats.edi.read import read_file
    from desktop.services.formats.edi.text import text_file

    file = read_file(read_bytes(options.file))
    if options.json:
        print_json(plain_file(file))
    else:
        print("\n".join(text_file(file)))
    if not file.transactions and not file.interchanges:
        why = file.problems[0].text if file.problems else "The file is empty."
        refuse(f"“{options.file.name}” is no X12 file. {why}")
        return REFUSED
    return FINDINGS if file.problems else DONE


def _intake_parser(commands: Commands) -> None:
    parser = commands.add_parser("intake", help="take patients, coverages and visits from a file")
    parser.add_argument("file", type=Path)
    json_option(parser)
    parser.set_defaults(run=_intake)


def _intake(options: argparse.Namespace) -> int:
    from desktop.services.exchange import intake, intake_file

    data = read_bytes(options.file)
    file = intake_file.read_intake(data, options.file.name)
    with open_practice(options) as database:
        result = database.write(lambda work: intake.intake(work, file), progress())
    if options.json:
        print_json(result.plain)
    else:
        print(result.text)
    return DONE


# -- claims and money -------------------------------------------------------------------------


def _claims_parser(commands: Commands) -> None:
    parser = commands.add_parser("claims", help="check, send or print claims")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = inner.add_parser("check", help="make claims of posted visits and check what waits")
    json_option(check)
    check.set_defaults(run=_claims_check)
    send = inner.add_parser("send", help="write an 837P of all that is ready")
    send.add_argument("--to", type=Path, required=True, metavar="DIR", help="the outbox folder")
    json_option(send)
    send.set_defaults(run=_claims_send)
    paper = inner.add_parser("print", help="print CMS-1500 forms of what goes on paper")
    paper.add_argument("--to", type=Path, required=True, metavar="FILE")
    paper.add_argument("--data-only", action="store_true", help="for pre-printed red forms")
    json_option(paper)
    paper.set_defaults(run=_claims_print)


def _claims_check(options: argparse.Namespace) -> int:
    from desktop.services.claims.delivery import command

    with open_practice(options) as database:
        report = database.write(command.check)
    if options.json:
        print_json(report.plain())
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
    from desktop.services.claims.delivery import command

    with open_practice(options) as database:
        report = command.send_all(database, options.to)
    return _tell_sent(options, report)


def _claims_print(options: argparse.Namespace) -> int:
    from desktop.services.claims.delivery import command

    with open_practice(options) as database:
        report = command.print_all(database, options.to, data_only=options.data_only)
    return _tell_sent(options, report)


def _tell_sent(options: argparse.Namespace, report: SendReport) -> int:
    if options.json:
        print_json(report.plain())
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


def _era_parser(commands: Commands) -> None:
    parser = commands.add_parser("era", help="post payers' answers")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    post = inner.add_parser("post", help="835 files; 999 and 277CA set claim states")
    post.add_argument("files", type=Path, nargs="+", metavar="FILE")
    json_option(post)
    post.set_defaults(run=_era_post)


def _era_post(options: argparse.Namespace) -> int:
    from desktop.services.exchange import inbox_command as command

    told: list[FileResult] = []
    try:
        with open_practice(options) as database:
            for path in options.files:
                told.append(  # noqa: PERF401 - what came before a refused file stays told
                    command.post_file(database, read_bytes(path), path.name)
                )
    finally:
        # What was posted before a file was refused is told: its money is in the ledger.
        if options.json and told:
            print_json({"files": [t.plain() for t in told]})
        elif told:
            print("\n".join(line for t in told for line in t.lines()))
    return FINDINGS if any(t.has_findings for t in told) else DONE


def _statements_parser(commands: Commands) -> None:
    parser = commands.add_parser("statements", help="print patients' statements")
    inner = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run = inner.add_parser("run", help="all that are due, into one PDF")
    run.add_argument("--to", type=Path, required=True, metavar="FILE")
    json_option(run)
    run.set_defaults(run=_statements_run)


def _statements_run(options: argparse.Namespace) -> int:
    from desktop.services.billing.statements import run

    if not options.to.parent.is_dir():
        raise EnvironmentProblem(f"The folder “{options.to.parent}” does not exist; make it first.")
    if options.to.is_dir() or not os.access(options.to.parent, os.W_OK):
        # Found out before statements are numbered and issued, not after.
        raise EnvironmentProblem(
            f"“{options.to}” cannot be written: name a file in a folder that you may write to."
        )
    with open_practice(options) as database:
        made = database.write(run.run)
    if made.pdf:
        write_file(options.to, made.pdf)
    if options.json:
        print_json(
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
    return (
        "aging-by-payer, aging-by-patient, day-sheet, deposits, period, unapplied, open-claims, "
        "coder-accuracy"
    )


def _report_parser(commands: Commands) -> None:
    parser = commands.add_parser("report", help="numbers that agree with the ledger")
    parser.add_argument("name", metavar="NAME", help=_report_names())
    parser.add_argument("--as-of", type=day, metavar="DATE")
    parser.add_argument("--csv", type=Path, metavar="FILE")
    parser.add_argument("--pdf", type=Path, metavar="FILE")
    json_option(parser)
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from desktop.services.formats.documents.tables import to_text
    from desktop.services.reports import registry

    wanted = registry.report(options.name)
    with open_practice(options) as database:
        period = registry.default_period(wanted, options.as_of or database.clock.today())
        for path, form in ((options.csv, registry.Form.CSV), (options.pdf, registry.Form.PDF)):
            if path:
                write_file(path, _exported(database, wanted.name, period, form))
        table = database.read(lambda work: registry.run(work, wanted.name, period))
    if options.json:
        print_json(registry.plain(table))
    elif not (options.csv or options.pdf):
        print(to_text(table))
    return DONE


def _exported(database: Database, name: str, period: Period, form: Form) -> bytes:
    from desktop.services.reports import registry

    return database.write(lambda work: registry.export(work, name, period, form))


# -- care of the practice ---------------------------------------------------------------------


def _care_parsers(commands: Commands) -> None:
    backup = commands.add_parser("backup", help="one encrypted, verified file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="a backup into the (empty) practice folder")
    restore.add_argument("file", type=Path)
    restore.set_defaults(run=_restore)
    doctor = commands.add_parser("doctor", help="check database, chains, balances and documents")
    json_option(doctor)
    doctor.set_defaults(run=_doctor)


def _backup(options: argparse.Namespace) -> int:
    from desktop.services.care import backup

    with open_practice(options) as database:
        made = backup.make(database, options.file, progress())
    print(f"Backup of {made.size:,} bytes in {options.file}, read back and verified.")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from desktop.services.care import backup

    if options.practice is None:
        raise RuleError("Name an empty folder: claimstead --practice DIR restore FILE")
    secret = os.environ.get(PASSPHRASE)
    if secret is None:
        raise RuleError(f"Set {PASSPHRASE} to the password of the day of the backup.")
    restored = backup.restore(options.file, options.practice, secret, options.user)
    print(f"Restored into {options.practice}: {restored.entries:,} ledger entries, verified.")
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from desktop.services.care import doctor

    with open_practice(options) as database:
        report = doctor.examine(database, progress())
    if options.json:
        print_json(report.plain())
    else:
        print("\n".join(report.lines()))
    return FINDINGS if report.findings else DONE


def _bench_parser(commands: Commands) -> None:
    parser = commands.add_parser("bench", help="measure against floors in the same run")
    parser.add_argument("names", nargs="*", metavar="NAME")
    json_option(parser)
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    from desktop.services.sample import bench

    results = bench.run(options.names, say=None if options.json else print)
    if options.json:
        print_json([r.plain() for r in results])
    return FINDINGS if any(not r.within for r in results) else DONE
