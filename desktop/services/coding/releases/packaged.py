"""ICD-10-CM as the package simple-icd-10-cm carries it: the official files, never its code.

The package is found, not imported: importing it would parse everything into its own objects.
It holds the code list and the tabular XML of the April 1, 2026 update. That update explains
codes anew (notes, inclusion terms) but its code list is exactly that of the order file of
fiscal year 2026, so the release is in force for the whole year, 2025-10-01 to 2026-09-30.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.errors import EnvironmentProblem, RuleError
from desktop.resources import of_package
from desktop.services.coding.base.tabular import Tabular, read_tabular, titles_and_parents
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.releases.systems import Draft, fiscal_year, sha256
from desktop.services.coding.releases.writer import Node

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = "simple_icd_10_cm"


@dataclass(frozen=True, slots=True)
class PackagedFiles:
    """Paths of the two official files."""

    code_list: Path
    tabular: Path


def find_files() -> PackagedFiles:
    """Where the official files lie, in an installation or in the frozen program.

    Raises:
        EnvironmentProblem: they are not there.
    """
    for folder in of_package(_PACKAGE, "data"):
        lists = sorted(folder.glob("code-list*.txt"))
        tabulars = sorted(folder.glob("*tabular*.xml"))
        if lists and tabulars:
            return PackagedFiles(lists[-1], tabulars[-1])
    raise EnvironmentProblem(
        "The ICD-10-CM files that belong to the program are missing; install the program again."
    )


@dataclass(frozen=True, slots=True)
class PackagedRelease:
    """The release ready to be written: all nodes in order, and the tabular list."""

    draft: Draft
    nodes: list[Node]
    tabular: Tabular


def read_packaged(files: PackagedFiles) -> PackagedRelease:
    """Read the two files into one release; the code list decides what is valid and where."""
    list_data = files.code_list.read_bytes()
    tabular_data = files.tabular.read_bytes()
    tabular = read_tabular(tabular_data)
    listed = [c for c in list_data.decode("ascii").split() if "-" not in c and not c.isdigit()]
    # A section of one category ("B10") stands in the list under the category's own name,
    # before its codes: the last mention is the category.
    codes = list(dict.fromkeys(reversed(listed)))[::-1]
    name = f"FY{tabular.year}"
    if "april" in files.tabular.name.lower():
        name += f", April {tabular.year} update"
    start, end = fiscal_year(tabular.year)
    digest = sha256(list_data + tabular_data)
    draft = Draft(ICD10CM, name, start, end, "packaged", files.tabular.name, digest)
    return PackagedRelease(draft, nodes_of(tabular, codes), tabular)


def nodes_of(tabular: Tabular, codes: list[str]) -> list[Node]:
    """Chapters, sections and codes in tabular order; a code with none below it is billable.

    Raises:
        RuleError: the list and the XML do not belong together.
    """
    titles, parents = titles_and_parents(tabular, codes)
    section_of = {n.code: n.parent for n in tabular.nodes if n.kind == "code" and len(n.code) == 3}
    headers = {p for p in parents.values() if p}
    groups: dict[str, list[Node]] = {}
    for code in codes:
        section = section_of.get(code[:3])
        if section is None:
            raise RuleError(f"The tabular list explains no section for {code}.")
        node = Node("code", code, parents[code] or section, titles[code], code not in headers)
        groups.setdefault(section, []).append(node)
    nodes: list[Node] = []
    for head in tabular.nodes:
        if head.kind != "code":
            nodes.append(Node(head.kind, head.code, head.parent, head.title, billable=False))
            nodes.extend(groups.get(head.code, ()))
        elif head.code not in titles:
            raise RuleError(f"The tabular list has {head.code}, which the code list lacks.")
    return nodes
