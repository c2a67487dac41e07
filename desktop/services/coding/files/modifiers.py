"""Modifiers come from two owners, CMS and the AMA, and from the program's own short list.

All are one system, so that a modifier is found whoever owns it. A list speaks of its own
modifiers alone: a HCPCS quarter ends no CPT modifier, and neither ends what is built in.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from desktop.services.coding.base.values import CPT, HCPCS, MODIFIER, ImportResult, RejectedLine
from desktop.services.coding.releases import systems
from desktop.services.coding.releases.saving import save_release
from desktop.services.coding.releases.systems import Draft

if TYPE_CHECKING:
    from desktop.services.coding.base.parts import Import
    from desktop.services.coding.releases.writer import Node

HCPCS_KINDS = frozenset({"hcpcs", "hcpcs_xlsx"})
CPT_KINDS = frozenset({"cpt_modifiers", "cpt_modifiers_xlsx", "cpt_modul"})

_CPT_MODIFIER = re.compile(r"\d\d|P[1-6]|[1-9]P")


def is_cpt(code: str) -> bool:
    """Whether CPT defines a modifier: two digits, physical status, performance measures."""
    return _CPT_MODIFIER.fullmatch(code) is not None


def save(
    job: Import, draft: Draft, nodes: list[Node], rejected: tuple[RejectedLine, ...] = ()
) -> ImportResult:
    """Write the modifiers of a list as a release of theirs, in force until a later one.

    Args:
        job: the import.
        draft: the release of the list; its kind says whose modifiers these are.
        nodes: all that the list has, their owner in attribute ``source``.
        rejected: lines left out.
    """
    from_cms = draft.file_kind in HCPCS_KINDS
    kinds = HCPCS_KINDS if from_cms else CPT_KINDS
    source = HCPCS if from_cms else CPT
    others = _codes_of_others(job, draft, source)
    if not from_cms:
        # CPT repeats the HCPCS modifiers of hospitals; CMS, who owns them, has the last word.
        nodes = [n for n in nodes if is_cpt(n.code) or n.code not in others]
    listed = {n.code for n in nodes}
    own = Draft(
        MODIFIER, draft.name, draft.valid_from, None, draft.file_kind, draft.file_name, draft.sha256
    )
    return save_release(
        job.connection,
        own,
        sorted(nodes, key=lambda n: n.code),
        job.now,
        job.progress,
        rejected=rejected,
        mine=lambda code: code in listed or code not in others,
        kinds=kinds,
    )


def _codes_of_others(job: Import, draft: Draft, source: str) -> set[str]:
    """Modifiers that, on the first day of the list, stand by the word of another."""
    number = systems.system_id(job.connection, MODIFIER)
    day = draft.valid_from.isoformat()
    rows = job.connection.execute(
        "SELECT code, attributes FROM code WHERE system_id = ?"
        " AND (valid_to IS NULL OR valid_to >= ?)",
        (number, day),
    )
    return {code for code, text in rows if json.loads(text or "{}").get("source") != source}
