"""Providers of the national file, looked up to fill a provider's form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.models.values.text import fold
from desktop.services.core.work import Permission, Work, needs
from desktop.services.practice.office.providers import ProviderDraft

if TYPE_CHECKING:
    from desktop.services.coding.releases.directory import DirectoryProvider

_FEWEST_LETTERS = 2


@needs(Permission.VIEW)
def find_in_directory(work: Work, text: str, limit: int = 12) -> list[DirectoryProvider]:
    """Providers by the beginning of their NPI or name; empty while no file was imported.

    Args:
        work: the reader's.
        text: ``1234567893``, ``hartwell``, ``Hartwell, No``, ``nora hartwell`` or the beginning
            of an organization's name.
        limit: at most so many; who is deactivated comes last.
    """
    bare = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[12][0-9]{1,9}", bare):
        return work.codes.providers(bare, (), limit)
    words = [word for word in map(fold, re.split(r"[\s,]+", text)) if word]
    if sum(map(len, words)) < _FEWEST_LETTERS or limit < 1:
        return []
    return work.codes.providers("", _beginnings(words), limit)


def _beginnings(words: list[str]) -> tuple[str, ...]:
    """How the folded name may begin: a last name may have several words, or come last."""
    splits = [f"{''.join(words[:k])} {''.join(words[k:])}" for k in range(1, len(words))]
    turned = [f"{''.join(words[1:])} {words[0]}"] if len(words) > 1 else []
    return ("".join(words), *splits, *turned)


def draft_of(provider: DirectoryProvider) -> ProviderDraft:
    """A new provider's form filled from the directory; its part in the practice is not known."""
    return ProviderDraft(
        last=provider.last,
        first=provider.first,
        middle=provider.middle,
        suffix=provider.suffix,
        credential=provider.credential,
        is_person=provider.is_person,
        npi=provider.npi,
        taxonomy=provider.taxonomy,
        line1=provider.line1,
        line2=provider.line2,
        city=provider.city,
        state=provider.state,
        zip_code=provider.zip_code,
        phone=provider.phone,
    )
