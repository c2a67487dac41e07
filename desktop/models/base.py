"""The declarative base of practice.db: naming convention and the only column types.

Columns are INTEGER and TEXT alone: cents and milli-units are integers, dates and instants ISO
text, so nothing can become a float on the way. What an engine must be told besides (strict
tables, partial indexes, triggers) is told by `desktop.services.store.tables`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Boolean, CheckConstraint, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from desktop.models.values.money import Money

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Cents(TypeDecorator[Money]):
    """`Money` as INTEGER cents."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.cents

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        """From the database."""
        return None if value is None else Money(value)


class Milli(TypeDecorator[Decimal]):
    """A quantity with up to three decimals as INTEGER thousandths."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To the database; a fourth decimal is a bug of the caller."""
        if value is None:
            return None
        milli = value * 1000
        if milli != int(milli):
            raise ValueError(f"a quantity has at most three decimals, not {value}")
        return int(milli)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """From the database, without trailing zeros: 1, 0.5, 2.125."""
        if value is None:
            return None
        whole, rest = divmod(value, 1000)
        return Decimal(whole) if not rest else (Decimal(value) / 1000).normalize()


class DateText(TypeDecorator[dt.date]):
    """A date without time zone as ISO text, which sorts as it should."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.date | None:
        """From the database."""
        return None if value is None else dt.date.fromisoformat(value)


class YesNo(TypeDecorator[bool]):
    """A flag: a truth value where the engine has one, else 0 or 1."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """BOOLEAN or INTEGER."""
        return Boolean() if dialect.supports_native_boolean else Integer()

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | int | None:
        """To the database."""
        return value if value is None or dialect.supports_native_boolean else int(value)

    def process_result_value(self, value: bool | int | None, dialect: Dialect) -> bool | None:
        """From the database."""
        return None if value is None else bool(value)


class Choice(TypeDecorator[Any]):
    """A member of a closed list, stored by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum | IntEnum]) -> None:
        super().__init__()
        self.kind = kind
        self.impl_instance = Integer() if issubclass(kind, IntEnum) else Text()

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """INTEGER for IntEnum, TEXT for StrEnum."""
        return self.impl_instance

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To the database; a value that is not of the list is refused here."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else self.kind(value)


def choice(column: str, kind: type[StrEnum | IntEnum], **more: Any) -> MappedColumn[Any]:
    """A column for a closed list, with the CHECK that SQLAlchemy would not write by itself."""
    values = ", ".join(str(m.value) if issubclass(kind, IntEnum) else f"'{m.value}'" for m in kind)
    return mapped_column(
        column, Choice(kind), CheckConstraint(f"{column} IN ({values})", name=column), **more
    )


CLUSTERED: Final = {"clustered": True}
"""`info` of a table that is kept in the order of its primary key, if the engine can."""


def only_where(condition: str) -> dict[str, str]:
    """`info` of an index over the rows alone for which a condition holds."""
    return {"where": condition}


class Base(DeclarativeBase):
    """Base of every mapped class of practice.db."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        str: Text,
        int: Integer,
        bool: YesNo,
        dt.date: DateText,
        Money: Cents,
        Decimal: Milli,
    }
