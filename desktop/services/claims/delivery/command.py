"""What `claimstead claims` does: check, send, print, as dataclasses and as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.errors import EnvironmentProblem
from desktop.models.claims import Claim, ClaimLine
from desktop.models.values.enums import ClaimState, VisitState
from desktop.models.visits import ChargeLine, Visit, VisitCoverage
from desktop.services.claims.delivery.printing import print_claims
from desktop.services.claims.delivery.sending import Batch, Delivery, resume_queued, send
from desktop.services.claims.life.create import check_claims, create_for_visits
from desktop.services.claims.life.events import GONE, UNSENT
from desktop.services.core.work import Permission, Work, needs

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.services.claims.delivery.ready import LeftOut
    from desktop.services.claims.life.checking import Checker, ClaimFinding
    from desktop.services.core.database import Database
    from desktop.services.formats.documents.cms1500 import PrinterProfile

Plain = dict[str, object]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim and what stands in its way."""

    claim_id: int
    visit_id: int
    state: ClaimState
    findings: tuple[ClaimFinding, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The outcome of `claims check`.

    Attributes:
        created: claims that were made for posted visits.
        uncarried: visits with lines that no claim carries though their claim was sent.
    """

    claims: tuple[CheckedClaim, ...]
    created: tuple[int, ...] = ()
    uncarried: tuple[int, ...] = ()

    @property
    def has_findings(self) -> bool:
        """Whether the exit code is 1."""
        return bool(self.uncarried) or any(c.findings for c in self.claims)

    def plain(self) -> Plain:
        """For JSON."""
        return {
            "created": list(self.created),
            "uncarried_visits": list(self.uncarried),
            "claims": [
                {
                    "claim": c.claim_id,
                    "visit": c.visit_id,
                    "state": c.state.value,
                    "findings": [
                        {
                            "severity": f.severity.value,
                            "field": f.field,
                            "rule": f.rule,
                            "text": f.text,
                        }
                        for f in c.findings
                    ],
                }
                for c in self.claims
            ],
        }


@dataclass(frozen=True, slots=True)
class SendReport:
    """The outcome of `claims send` and `claims print`; `path` is None when nothing went.

    Attributes:
        resumed: files of an earlier run that were waiting for their outbox.
    """

    batch: Batch
    path: Path | None
    resumed: tuple[Delivery, ...] = ()

    @property
    def has_findings(self) -> bool:
        """Whether the exit code is 1: a claim was left out, or a file still waits."""
        return bool(self.batch.left_out) or any(d.problem for d in self.resumed)

    def plain(self) -> Plain:
        """For JSON."""
        return {
            "submission": self.batch.submission_id,
            "file": None if self.path is None else str(self.path),
            "claims": list(self.batch.claim_ids),
            "charge": str(self.batch.charge),
            "left_out": [_plain(x) for x in self.batch.left_out],
            "resumed": [
                {
                    "submission": d.submission_id,
                    "file": None if d.path is None else str(d.path),
                    "problem": d.problem,
                }
                for d in self.resumed
            ],
        }


def _plain(left: LeftOut) -> Plain:
    return {"claim": left.claim_id, "text": left.text, "field": left.field}


@needs(Permission.CLAIM)
def check(work: Work, checker: Checker | None = None) -> CheckReport:
    """Make the claims that posted visits still lack, and check all that were not sent."""
    wanted, uncarried = uncarried_visits(work)
    created = create_for_visits(work, wanted, checker=checker)
    verdicts = check_claims(work, None, checker)
    rows = work.session.execute(
        select(Claim.id, Claim.visit_id, Claim.state)
        .where(Claim.state.in_(UNSENT))
        .order_by(Claim.id)
    )
    return CheckReport(
        tuple(
            CheckedClaim(r.id, r.visit_id, r.state, verdicts[r.id].findings)
            for r in rows
            if r.id in verdicts
        ),
        tuple(created),
        tuple(uncarried),
    )


@needs(Permission.VIEW)
def uncarried_visits(work: Work) -> tuple[list[int], list[int]]:
    """Posted visits with a payer and a line that no claim carries.

    Returns:
        those whose claims can be made (anew), and those with a claim that was sent: it must
        be replaced by hand.
    """
    query = (
        select(Visit.id)
        .where(
            Visit.state == VisitState.POSTED,
            select(ChargeLine.id)
            .where(
                ChargeLine.visit_id == Visit.id,
                ChargeLine.state == "posted",
                ~select(ClaimLine.claim_id)
                .where(ClaimLine.charge_line_id == ChargeLine.id)
                .exists(),
            )
            .exists(),
            select(VisitCoverage.rank)
            .where(VisitCoverage.visit_id == Visit.id, VisitCoverage.rank == 1)
            .exists(),
        )
        .order_by(Visit.service_on, Visit.id)
    )
    found = list(work.session.scalars(query))
    sent: set[int] = set()
    for start in range(0, len(found), 1000):
        sent.update(
            work.session.scalars(
                select(Claim.visit_id).where(
                    Claim.visit_id.in_(found[start : start + 1000]),
                    Claim.rank == 1,
                    Claim.state.not_in(GONE | UNSENT),
                )
            )
        )
    return [v for v in found if v not in sent], [v for v in found if v in sent]


def send_all(database: Database, folder: Path, checker: Checker | None = None) -> SendReport:
    """Check and send every claim whose payer takes files; first what waits from earlier.

    Raises:
        AppError: the outbox or the practice's settings stand in the way; nothing was queued,
            or it stays queued.
    """
    resumed = tuple(resume_queued(database))
    database.write(lambda work: check(work, checker))
    batch, delivery = send(database, folder, None, checker)
    return SendReport(batch, delivery.path if delivery else None, resumed)


def print_all(
    database: Database,
    target: Path,
    *,
    data_only: bool = False,
    profile: PrinterProfile | None = None,
    checker: Checker | None = None,
) -> SendReport:
    """Check every claim whose payer takes paper and print them into a PDF file.

    The forms are kept in the practice before the file is written, so none is lost.

    Raises:
        EnvironmentProblem: the file cannot be written.
    """
    if not target.parent.is_dir():
        raise EnvironmentProblem(f"The folder of “{target}” does not exist; create it first.")
    database.write(lambda work: check(work, checker))
    run = database.write(
        lambda work: print_claims(work, None, profile, data_only=data_only, checker=checker)
    )
    if not run.pdf:
        return SendReport(run.batch, None)
    try:
        target.write_bytes(run.pdf)
    except OSError as error:
        raise EnvironmentProblem(
            f"“{target}” could not be written ({error.strerror}); the forms are kept as "
            f"{run.batch.file_name} and can be printed again."
        ) from error
    return SendReport(run.batch, target)
