"""Each import contract of pyproject.toml, broken on purpose: none of them is only words."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from tests.tools.imports import ROOT, SERVICES, contracts, declared, packages

if TYPE_CHECKING:
    from importlinter import Contract

KINDS: dict[str, type[Contract]] = {
    kind.type_name: kind
    for kind in (ForbiddenContract, IndependenceContract, LayersContract, ProtectedContract)
}
NAMES = [contract["name"] for contract in contracts()]
LAYERED = [contract["name"] for contract in contracts() if contract["type"] == "layers"]
# Below everything else stand these, which may know each other.
GROUND = {"errors", "log", "clock", "resources"}
_S = SERVICES
_UI = "desktop.ui"
_MODELS = "desktop.models"
# Imports that each contract forbids: (importer, imported).
EXAMPLES: dict[str, list[tuple[str, str]]] = {
    "Layers: app over window and command line, over services, over models": [
        ("desktop.app", "desktop.__main__"),
        (f"{_UI}.frame.main_window", "desktop.app"),
        (f"{_UI}.frame.main_window", "desktop.cli.frame"),
        ("desktop.cli.frame", f"{_UI}.frame.main_window"),
        (f"{_S}.money.ledger", f"{_UI}.lib.form"),
        (f"{_S}.money.ledger", "desktop.cli.codes"),
        (f"{_MODELS}.ledger", f"{_S}.money.ledger"),
        ("desktop.errors", f"{_MODELS}.values.money"),
        ("desktop.clock", f"{_S}.core.work"),
    ],
    "Rooms of services, floor by floor": [
        (f"{_S}.store.sqlcipher", f"{_S}.core.database"),
        (f"{_S}.store.sqlcipher", f"{_S}.coding.base.values"),
        (f"{_S}.coding.base.values", f"{_S}.store.sqlcipher"),
        (f"{_S}.formats.edi.read", f"{_S}.coding.base.values"),
        (f"{_S}.coding.base.values", f"{_S}.formats.edi.read"),
        (f"{_S}.core.work", f"{_S}.practice.office.practice"),
        (f"{_S}.money.ledger", f"{_S}.people.patients"),
        (f"{_S}.people.patients", f"{_S}.money.ledger"),
        (f"{_S}.people.patients", f"{_S}.practice.payers.payers"),
        (f"{_S}.practice.fees.fees", f"{_S}.money.ledger"),
        (f"{_S}.money.receipts", f"{_S}.visits.posting"),
        (f"{_S}.visits.entry", f"{_S}.care.keys"),
        (f"{_S}.care.doctor", f"{_S}.visits.posting"),
        (f"{_S}.visits.entry", f"{_S}.claims.life.create"),
        (f"{_S}.claims.life.create", f"{_S}.payments.posting"),
        (f"{_S}.payments.posting", f"{_S}.billing.statements.run"),
        (f"{_S}.payments.posting", f"{_S}.exchange.intake"),
        (f"{_S}.billing.statements.run", f"{_S}.exchange.intake"),
        (f"{_S}.exchange.intake", f"{_S}.billing.statements.run"),
        (f"{_S}.billing.statements.run", f"{_S}.reports.aging"),
        (f"{_S}.reports.aging", f"{_S}.sample.demo.story"),
    ],
    "Inside claims: delivery over life, over rules, over the record": [
        (f"{_S}.claims.record.build", f"{_S}.claims.rules.check"),
        (f"{_S}.claims.rules.check", f"{_S}.claims.life.create"),
        (f"{_S}.claims.life.create", f"{_S}.claims.delivery.sending"),
    ],
    "Inside practice: codes over office; payers and fees apart": [
        (f"{_S}.practice.office.practice", f"{_S}.practice.codes.procedures"),
        (f"{_S}.practice.office.practice", f"{_S}.practice.payers.payers"),
        (f"{_S}.practice.payers.payers", f"{_S}.practice.fees.fees"),
        (f"{_S}.practice.fees.fees", f"{_S}.practice.codes.procedures"),
        (f"{_S}.practice.codes.procedures", f"{_S}.practice.payers.payers"),
    ],
    "Inside billing: each paper apart, over the accounts": [
        (f"{_S}.billing.accounts.letterhead", f"{_S}.billing.statements.run"),
    ],
    "Inside the sample: measures over the story, over the training payer": [
        (f"{_S}.sample.payer.payer", f"{_S}.sample.demo.story"),
        (f"{_S}.sample.demo.story", f"{_S}.sample.bench.runner"),
        (f"{_S}.sample.bench.runner", f"{_S}.sample.demo.story"),
    ],
    (
        "Inside the code sets: suggestions over the library, over search and files, "
        "over what is kept"
    ): [
        (f"{_S}.coding.base.values", f"{_S}.coding.builtin.places"),
        (f"{_S}.coding.builtin.places", f"{_S}.coding.notes.sections"),
        (f"{_S}.coding.notes.sections", f"{_S}.coding.releases.writer"),
        (f"{_S}.coding.releases.writer", f"{_S}.coding.vectors.index"),
        (f"{_S}.coding.vectors.index", f"{_S}.coding.notes.sections"),
        (f"{_S}.coding.releases.writer", f"{_S}.coding.files.importing"),
        (f"{_S}.coding.search.query", f"{_S}.coding.files.importing"),
        (f"{_S}.coding.files.importing", f"{_S}.coding.search.query"),
        (f"{_S}.coding.search.query", f"{_S}.coding.library.store"),
        (f"{_S}.coding.library.store", f"{_S}.coding.suggest.engine"),
    ],
    "Formats know each other not": [
        (f"{_S}.formats.edi.read", f"{_S}.formats.documents.statement"),
        (f"{_S}.formats.documents.statement", f"{_S}.formats.edi.read"),
        (f"{_S}.formats.lists.fees", f"{_S}.formats.edi.read"),
        (f"{_S}.formats.edi.read", f"{_S}.formats.lists.fees"),
    ],
    "Formats and code sets know nothing of the practice or its database": [
        (f"{_S}.formats.edi.read", f"{_MODELS}.claims"),
        (f"{_S}.formats.documents.statement", f"{_MODELS}.ledger"),
        (f"{_S}.formats.lists.fees", f"{_MODELS}.practice"),
        (f"{_S}.coding.library.store", f"{_MODELS}.base"),
        (f"{_S}.coding.suggest.engine", f"{_MODELS}.visits"),
        (f"{_S}.coding.search.query", f"{_MODELS}.people"),
        (f"{_S}.coding.search.query", f"{_MODELS}.payments"),
        # By a detour too.
        (f"{_S}.coding.search.query", f"{_MODELS}.mapped"),
        (f"{_MODELS}.values.money", f"{_MODELS}.base"),
    ],
    "Formats touch no SQL": [
        (f"{_S}.formats.edi.read", "sqlalchemy"),
        (f"{_S}.formats.documents.statement", "sqlite3"),
        (f"{_S}.formats.lists.fees", "sqlcipher3"),
    ],
    "Only the sample imports the sample, and the faces": [
        ("desktop.app", f"{_S}.sample.demo.story"),
        ("desktop.__main__", f"{_S}.sample.bench.runner"),
        (f"{_S}.reports.today", f"{_S}.sample.payer.payer"),
        (f"{_S}.core.work", f"{_S}.sample"),
    ],
    "One engine behind one seam; codes.db alone stays plain SQLite": [
        (f"{_S}.core.database", "sqlcipher3"),
        (f"{_S}.coding.library.store", "sqlite3"),
        (f"{_S}.coding.base.connection", "sqlite3"),
        (f"{_S}.store.sqlcipher", "psycopg"),
        (f"{_MODELS}.base", "sqlcipher3"),
        ("desktop.app", "sqlite3"),
    ],
    "Only the store knows its engine": [
        (f"{_S}.core.database", f"{_S}.store.sqlcipher"),
        (f"{_S}.care.backup", f"{_S}.store.sqlcipher"),
        (f"{_S}.money.ledger", f"{_S}.store.triggers"),
        ("desktop.cli.frame", f"{_S}.store.sqlcipher"),
    ],
    "Rows are written past the mapped classes for invented practices alone": [
        (f"{_S}.money.ledger", f"{_S}.store.bulk"),
        (f"{_S}.store.documents", f"{_S}.store.bulk"),
    ],
    "The window: frame over pages that know each other not, over shared parts, over the library": [
        (f"{_UI}.lib.form", f"{_UI}.shared.payer_list"),
        (f"{_UI}.shared.payer_list", f"{_UI}.claims.page"),
        (f"{_UI}.claims.page", f"{_UI}.visits.page"),
        (f"{_UI}.visits.page", f"{_UI}.claims.page"),
        (f"{_UI}.setup.page", f"{_UI}.login.unlock"),
        (f"{_UI}.login.unlock", f"{_UI}.today.page"),
        (f"{_UI}.patients.page", f"{_UI}.frame.main_window"),
    ],
    "The library of the window knows no job": [
        (f"{_UI}.lib.form", f"{_S}.{room}")
        for room in packages(SERVICES)
        # The runner takes a database and a permission; the seam has no job.
        if room not in {"core", "store"}
    ],
    "No Qt below the window": [
        (f"{_S}.money.ledger", "PySide6"),
        (f"{_S}.sample.bench.runner", "shiboken6"),
        (f"{_MODELS}.values.money", "PySide6"),
        ("desktop.errors", "PySide6"),
        ("desktop.log", "PySide6"),
        ("desktop.clock", "PySide6"),
        ("desktop.resources", "PySide6"),
        ("desktop.cli.frame", "PySide6"),
    ],
    "The window never touches SQL": [
        (f"{_UI}.patients.page", "sqlalchemy"),
        (f"{_UI}.lib.runner", "sqlite3"),
        (f"{_UI}.login.unlock", "sqlcipher3"),
        (f"{_UI}.setup.page", "alembic"),
    ],
    "Mapped classes stay behind services; values are free": [
        (f"{_UI}.patients.page", f"{_MODELS}.people"),
        ("desktop.cli.codes", f"{_MODELS}.practice"),
        ("desktop.app", f"{_MODELS}.mapped"),
        ("desktop.__main__", f"{_MODELS}.base"),
        ("desktop.errors", f"{_MODELS}.base"),
    ],
    "Values are pure": [
        (f"{_MODELS}.values.money", "sqlalchemy"),
        (f"{_MODELS}.values.money", "PySide6"),
        (f"{_MODELS}.values.claim_record", f"{_MODELS}.base"),
        (f"{_MODELS}.values.claim_record", f"{_MODELS}.people"),
    ],
    "One home each for PDF and keys": [
        (f"{_S}.claims.delivery.printing", "reportlab"),
        (f"{_UI}.reports.page", "reportlab"),
        (f"{_S}.care.keys", "keyring"),
        (f"{_UI}.login.unlock", "keyring"),
    ],
    "Released migrations never import the program": [
        ("migrations.versions.practice.0001_first", f"{_MODELS}.people"),
        ("migrations.versions.codes.0002_pairs", f"{_S}.coding.base.values"),
    ],
}


@cache
def _options() -> dict[str, Any]:
    return dict(read_configuration(str(ROOT / "pyproject.toml")))


@cache
def _imports() -> grimp.ImportGraph:
    session = _options()["session_options"]
    assert session["include_external_packages"] == "True"
    # As the linter itself builds it: imports for type checking count.
    assert "exclude_type_checking_imports" not in session
    roots = session["root_packages"]
    return grimp.build_graph(*roots, include_external_packages=True, cache_dir=None)


def _kept(name: str, graph: grimp.ImportGraph) -> bool:
    """Whether import-linter finds a contract kept; it works on a copy of the graph."""
    options = next(c for c in _options()["contracts_options"] if c["name"] == name)
    contract = KINDS[options["type"]](name, _options()["session_options"], options)
    return contract.check(deepcopy(graph), verbose=False).kept


def _with(importer: str, imported: str) -> grimp.ImportGraph:
    graph = deepcopy(_imports())
    assert importer in graph.modules, f"{importer} is not there"
    if imported.partition(".")[0] in _options()["session_options"]["root_packages"]:
        assert imported in graph.modules, f"{imported} is not there"
    elif imported not in graph.modules:
        graph.add_module(imported, is_squashed=True)
    assert not graph.direct_import_exists(importer=importer, imported=imported)
    graph.add_import(importer=importer, imported=imported)
    return graph


def test_each_contract_has_examples_and_each_example_its_contract() -> None:
    assert list(EXAMPLES) == NAMES
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_is_kept_and_breaks_by_each_forbidden_import(name: str) -> None:
    assert _kept(name, _imports())
    assert EXAMPLES.get(name), "give an import that this contract forbids"
    passed = [pair for pair in EXAMPLES[name] if _kept(name, _with(*pair))]
    assert not passed, "these imports should break the contract"


@pytest.mark.parametrize("name", LAYERED)
def test_no_layer_may_import_one_above_or_beside_it(name: str) -> None:
    (container,) = next(c for c in contracts() if c["name"] == name)["containers"]
    layers = declared(container)
    places = [(place, number) for number, layer in enumerate(layers) for place in layer]
    upward = [
        (f"{container}.{low}", f"{container}.{high}")
        for low, lower in places
        for high, higher in places
        if low != high and higher <= lower and not {low, high} <= GROUND
    ]
    assert upward
    assert not [pair for pair in upward if _kept(name, _with(*pair))]


@pytest.mark.parametrize("name", LAYERED)
def test_a_room_without_its_place_breaks_the_contract(name: str) -> None:
    (container,) = next(c for c in contracts() if c["name"] == name)["containers"]
    graph = deepcopy(_imports())
    graph.add_module(f"{container}.without_place")
    assert not _kept(name, graph)
