"""The families of the coding checks, and which of their findings only advise."""

from __future__ import annotations

from desktop.services.rules.coding import demographics, linkage, specificity, tabular

FAMILIES = (tabular.check, specificity.check, demographics.check, linkage.check)

# Said, but no reason to hold a claim.
ADVICE = frozenset({linkage.UNPOINTED})
