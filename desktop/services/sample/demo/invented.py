"""Invented people and numbers, drawn from a seed. Nobody in here exists.

NPIs begin with 2, a digit that the registry has never used, so that no sample claim names a
provider who exists. Street names, towns' phones (555-01xx) and member ids are made up.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

from desktop.models.values.enums import Sex
from desktop.models.values.identifiers import npi_check_digit
from desktop.services.people.people import PersonDraft

LAST: Final = (
    "Abbotsley Birdwhistle Carrowmore Dunnigan Eastlake Fennimore Garrowby Hollowell Ivesdale "
    "Juniper Kettleby Larkspur Merriweather Nettlefield Oakhurst Pennywhistle Quillfeather "
    "Rosewater Silverthorn Thistlewood Underhill Vandermeer Whitlock Yarrow Zimmerly Bramblecote "
    "Coppersmith Drumgold Elderkin Foxglove"
).split()
WOMEN: Final = (
    "Adeline Beatrix Cordelia Delphine Estelle Florence Genevieve Harriet Imogen Josephine Leonora "
    "Matilda Nadine Ophelia Penelope Rosalind Sylvia Tabitha Ursula Winifred"
).split()
MEN: Final = (
    "Ambrose Bertram Clement Desmond Edmund Franklin Gilbert Horace Ignatius Jasper Leopold "
    "Montgomery Nathaniel Oswald Percival Quentin Rupert Sylvester Tobias Wendell"
).split()
STREETS: Final = (
    "Orchard Lane,Mill Race Road,Lantern Street,Old Ferry Road,Chestnut Court,Plum Hollow,"
    "Weathervane Drive,Sparrow Hill,Granary Street,Foundry Lane,Cider Press Way,Meadowlark Road"
).split(",")
TOWNS: Final = (
    ("Springfield", "62704"),
    ("Chatham", "62629"),
    ("Rochester", "62563"),
    ("Sherman", "62684"),
)
_MBI_LETTERS: Final = "ACDEFGHJKMNPQRTUVWXY"


def npi(number: int) -> str:
    """A number with a valid check digit that belongs to nobody."""
    nine = f"2{number:08d}"
    return nine + npi_check_digit(nine)


class Inventor:
    """Draws people and ids; the same seed gives the same ones in the same order."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - invents people, no secrets
        self._last = self.chance.sample(LAST, len(LAST))
        self._first = {
            Sex.FEMALE: self.chance.sample(WOMEN, len(WOMEN)),
            Sex.MALE: self.chance.sample(MEN, len(MEN)),
        }
        self._made = 0

    def family_name(self) -> str:
        """A last name not drawn before (they repeat after thirty)."""
        self._made += 1
        return self._last[self._made % len(self._last)]

    def person(
        self, last: str, age: tuple[int, int], today: dt.date, sex: Sex | None = None
    ) -> PersonDraft:
        """Somebody of a family, between two ages."""
        sex = sex or self.chance.choice((Sex.FEMALE, Sex.MALE))
        names = self._first[sex]
        names.append(names.pop(0))
        town, zip_code = self.chance.choice(TOWNS)
        years = self.chance.randint(*age)
        born = today - dt.timedelta(days=years * 365 + self.chance.randint(1, 364))
        return PersonDraft(
            last=last,
            first=names[-1],
            middle=self.chance.choice("ABCDEFGHJKLMNPRSTW"),
            birth_on=born,
            sex=sex,
            line1=f"{self.chance.randint(2, 980)} {self.chance.choice(STREETS)}",
            city=town,
            state="IL",
            zip_code=zip_code,
            phone=f"21755501{self.chance.randint(0, 99):02d}",
        )

    def member_id(self, prefix: str) -> str:
        """A commercial member id."""
        return f"{prefix}{self.chance.randint(10**7, 10**8 - 1)}"

    def mbi(self) -> str:
        """A Medicare beneficiary identifier of the right shape."""
        shapes = {
            "1": "123456789",
            "A": _MBI_LETTERS,
            "9": "0123456789",
        }
        return "".join(self.chance.choice(shapes[kind]) for kind in "1A99A99AA99")
