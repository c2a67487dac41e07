"""The patient's other lines that a visit's lines are compared with, in two queries a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from desktop.models.practice import Practice, Provider
from desktop.models.values.enums import VisitState
from desktop.models.visits import ChargeLine, Visit
from desktop.services.claims.rules.coding.facts import Service
from desktop.services.store.statements import moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.services.core.work import Work

_AT_ONCE = 1000
# A visit's own lines may run for a month after its date; a surgery may follow on the next day.
_AHEAD = 32


class History:
    """Who rendered and who bills, and the lines around some visits."""

    def __init__(self, work: Work) -> None:
        self._session = work.session
        self._taxonomies = dict(self._session.execute(select(Provider.id, Provider.taxonomy)).all())
        usual = self._session.execute(
            select(Practice.billing_provider_id, Practice.default_rendering_id)
        ).first()
        self._billing, self._rendering = tuple(usual) if usual else (None, None)

    def own(self, visit: Visit, lines: Sequence[ChargeLine]) -> dict[int, Service]:
        """The visit's own lines by id."""
        return {
            line.id: self._service(
                line, visit.rendering_id, f"Line {number}", same_group=True, posted=False
            )
            for number, line in enumerate(lines, 1)
        }

    def around(
        self, visits: Mapping[int, Visit], days_back: int, new_patients: Iterable[int]
    ) -> dict[int, list[Service]]:
        """Other lines of the same patients, by visit.

        Args:
            visits: by id.
            days_back: days before a visit that matter: 0, or the longest global period.
            new_patients: visits with a new-patient code, for which three years matter.
        """
        found: dict[int, dict[int, Service]] = {}
        ids = sorted(visits)
        for start in range(0, len(ids), _AT_ONCE):
            piece = ids[start : start + _AT_ONCE]
            self._read(visits, piece, found, days=-days_back)
        asked = sorted(new_patients)
        for start in range(0, len(asked), _AT_ONCE):
            self._read(visits, asked[start : start + _AT_ONCE], found, years=-3)
        return {visit_id: list(rows.values()) for visit_id, rows in found.items()}

    def _read(
        self,
        visits: Mapping[int, Visit],
        ids: Sequence[int],
        found: dict[int, dict[int, Service]],
        *,
        days: int = 0,
        years: int = 0,
    ) -> None:
        here, there, line = aliased(Visit), aliased(Visit), aliased(ChargeLine)
        first = moved(here.service_on, days=days, years=years)
        last = moved(here.service_on, days=_AHEAD)
        rows = self._session.execute(
            select(
                here.id.label("here_id"),
                there.id.label("there_id"),
                there.billing_id,
                there.rendering_id,
                line,
            )
            .join(
                line,
                (line.patient_id == here.patient_id)
                & (line.visit_id != here.id)
                & (line.service_on >= first)
                & (line.service_on <= last),
            )
            .join(there, there.id == line.visit_id)
            .where(here.id.in_(ids), line.state != "void", there.state != VisitState.VOID)
            .order_by(line.service_on, line.id)
        )
        for here_id, there_id, billing_id, rendering_id, other in rows:
            mine = visits[here_id].billing_id or self._billing
            found.setdefault(here_id, {})[other.id] = self._service(
                other,
                rendering_id,
                f"visit {there_id}",
                same_group=(billing_id or self._billing) == mine,
                posted=other.state == "posted",
            )

    def _service(
        self,
        line: ChargeLine,
        rendering_id: int | None,
        name: str,
        *,
        same_group: bool,
        posted: bool,
    ) -> Service:
        who = line.rendering_id or rendering_id or self._rendering
        return Service(
            number=line.id,
            visit_id=line.visit_id,
            on=line.service_on,
            to_on=line.to_on,
            procedure=line.procedure,
            modifiers=frozenset(line.modifiers.split()),
            units=line.units,
            provider_id=who,
            taxonomy=self._taxonomies.get(who, "") if who else "",
            place=line.place,
            same_group=same_group,
            name=name,
            posted=posted,
        )
