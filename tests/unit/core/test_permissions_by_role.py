"""Who may do what in registration: declared at each service and checked below the window."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from desktop.errors import Forbidden
from desktop.models.values.enums import Role
from desktop.services.care import users
from desktop.services.core.work import ROLES, Actor, Permission, UserId
from desktop.services.exchange import intake
from desktop.services.people import account, coverages, header, patients, people, search
from desktop.services.practice.codes import code_pages, code_sets, procedures
from desktop.services.practice.fees import fees
from desktop.services.practice.office import locations, practice, providers, staff
from desktop.services.practice.payers import payer_import, payers

if TYPE_CHECKING:
    from types import ModuleType

    from desktop.services.core.database import Database

MODULES: tuple[ModuleType, ...] = (
    account,
    code_pages,
    code_sets,
    coverages,
    fees,
    header,
    intake,
    locations,
    patients,
    payer_import,
    payers,
    people,
    practice,
    procedures,
    providers,
    search,
    staff,
)
SERVICES = [
    (f"{module.__name__.rpartition('.')[2]}.{name}", function)
    for module in MODULES
    for name, function in vars(module).items()
    if hasattr(function, "permission") and inspect.getmodule(function) is module
]
READS = {Permission.VIEW}


def test_every_service_that_writes_declares_its_permission() -> None:
    declared = {name for name, _ in SERVICES}
    for name in (
        "patients.register",
        "patients.update",
        "patients.reveal_ssn",
        "coverages.save",
        "coverages.end",
        "coverages.remove",
        "providers.save",
        "locations.save",
        "payers.save",
        "practice.update",
        "staff.update_user",
        "fees.save_fee",
        "fees.import_fees",
        "procedures.save",
        "intake.intake",
        "code_sets.import_files",
        "code_sets.confirm_licence",
        "code_pages.set_favourite_code",
        "payer_import.import_payers",
    ):
        assert name in declared


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_is_refused_before_anything_is_done(
    database: Database, role: Role
) -> None:
    database.actor = Actor(UserId(1), "somebody", role)
    refused = [(n, f) for n, f in SERVICES if f.permission not in ROLES[role]]
    assert bool(refused) is (role is not Role.OWNER)
    for name, function in refused:
        missing = [
            None
            for parameter in list(inspect.signature(function).parameters.values())[1:]
            if parameter.default is inspect.Parameter.empty
            and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        with pytest.raises(Forbidden, match="may not"):
            database.write(lambda work, f=function, m=missing: f(work, *m))  # type: ignore[misc]
        assert name


def test_only_the_owner_sets_somebody_elses_password_or_makes_a_recovery_key(
    database: Database,
) -> None:
    database.actor = Actor(UserId(1), "biller", Role.BILLER)
    for do in (
        lambda: users.set_password(database, "owner", "seven quiet herons"),
        lambda: users.new_recovery_key(database),
        lambda: users.remember_on_this_machine(database),
        lambda: users.forget_on_this_machine(database),
    ):
        with pytest.raises(Forbidden):
            do()
