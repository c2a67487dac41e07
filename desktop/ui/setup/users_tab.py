"""The tab “Users”: who may open the practice, their roles and passwords."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QPushButton

from desktop.errors import AppError, Problem
from desktop.models.values.enums import Role
from desktop.services.care import keys, users
from desktop.services.core.database import Database
from desktop.services.practice.office import staff
from desktop.services.practice.office.staff import UserRow
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.lib.edits import Check, Choice, TextEdit
from desktop.ui.lib.form import Form
from desktop.ui.lib.records import RecordsTab, state_column
from desktop.ui.lib.table import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.services.core.work import Progress, Work
    from desktop.ui.lib.page import Context
    from desktop.ui.lib.runner import Runner

ROLES = ((Role.OWNER, "Owner"), (Role.BILLER, "Biller"), (Role.FRONT_DESK, "Front desk"))


class PasswordEdit(TextEdit):
    """A password: dots, kept as it was typed, blanks included."""

    def __init__(self) -> None:
        super().__init__(limit=200)
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def value(self) -> str:
        """See `Editor.value`."""
        return self.text()


def open_database(runner: Runner) -> Database:
    """The open practice; while locked nobody can ask for it.

    Raises:
        RuntimeError: no practice is open.
    """
    database = runner.database
    if not isinstance(database, Database):
        raise RuntimeError("no practice is open")  # noqa: TRY004 - locked, not of a wrong type
    return database


class UsersTab(RecordsTab[UserRow]):
    """Users; a new one gets a password at once."""

    noun = "user"

    def __init__(self, context: Context) -> None:
        columns = (
            Column("name", "Logs in as", width=20),
            Column("full_name", "Name", stretch=True),
            Column("role", "Role", width=16),
            state_column(),
        )
        super().__init__(context, columns, name="users")
        self.password_button = QPushButton("Set the password…")
        self.password_button.setAutoDefault(False)
        self.password_button.clicked.connect(self.ask_password)
        self.buttons.insertWidget(2, self.password_button)

    def read(self, work: Work) -> Sequence[UserRow]:
        """See `RecordsTab.read`."""
        return staff.users(work)

    def build(self, form: Form, row: UserRow | None) -> None:
        """See `RecordsTab.build`."""
        if row is None:
            form.add("name", "Logs in as", TextEdit(limit=40), required=True)
        form.add("full_name", "Name", TextEdit(limit=60))
        form.add("role", "Role", Choice(ROLES), required=True)
        if row is None:
            _add_passwords(form)
            form.set_values({"role": Role.FRONT_DESK})
        else:
            form.add("is_active", "", Check("May log in"))
            form.set_values(
                {"full_name": row.full_name, "role": row.role, "is_active": row.is_active}
            )

    def write(self, work: Work, values: Mapping[str, Any], row: UserRow | None) -> object:
        """See `RecordsTab.write`."""
        if row is None:
            return staff.add_user(work, values["name"], values["full_name"], values["role"])
        role = values["role"] if row.role is not Role.SCHEDULED else row.role
        changed = replace(
            row, full_name=values["full_name"], role=role, is_active=values["is_active"]
        )
        staff.update_user(work, changed)
        return row.id

    def add(self) -> None:
        """F8: the user and the password, one after the other."""
        form = Form(columns=1)
        self.build(form, None)
        self.dialog = FormDialog(self, "New user", form, verb="Add", on_save=self._save_new)
        self.dialog.open()

    def ask_password(self) -> None:
        """A new password for the chosen user."""
        row: UserRow | None = self.table.current_row()
        if row is None:
            return
        form = Form(columns=1)
        _add_passwords(form)

        def save(values: Mapping[str, Any], dialog: FormDialog) -> None:
            if _passwords_agree(values, dialog):
                self._set_password(row.name, values["password"], dialog, "Password set.")

        self.dialog = FormDialog(self, "Set the password", form, verb="Set it", on_save=save)
        self.dialog.open()

    def _save_new(self, values: Mapping[str, Any], dialog: FormDialog) -> None:
        if not _passwords_agree(values, dialog):
            return

        def added(_user_id: object) -> None:
            self.refresh()
            self._set_password(
                values["name"], values["password"], dialog, "The user was added and may log in."
            )

        self.context.runner.write(
            dialog,
            lambda work: self.write(work, values, None),
            added,
            dialog.refused,
            disable=dialog.save_button,
        )

    def _set_password(self, user: str, password: str, dialog: FormDialog, said: str) -> None:
        database = open_database(self.context.runner)

        def set_it(_progress: Progress) -> None:
            users.set_password(database, user, password)

        def done(_result: None) -> None:
            dialog.saved()
            messages.info(self, said)

        def refused(error: AppError) -> None:
            dialog.refused(error)

        self.context.runner.background(dialog, set_it, done, refused, disable=dialog.save_button)


def _add_passwords(form: Form) -> None:
    hint = f"At least {keys.MIN_PASSWORD} characters; a short sentence is good"
    form.add("password", "Password", PasswordEdit(), required=True, hint=hint)
    form.add("again", "Once more", PasswordEdit(), required=True)


def _passwords_agree(values: Mapping[str, Any], dialog: FormDialog) -> bool:
    problems = []
    weak = keys.password_problem(values["password"])
    if weak:
        problems.append(Problem("password", weak))
    elif values["password"] != values["again"]:
        problems.append(Problem("again", "This is not the same password; type it once more."))
    dialog.form.show_problems(problems)
    return not problems
