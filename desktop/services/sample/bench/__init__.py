"""`claimstead bench`: what the program costs, each figure beside its floor of the same run.

May import: payer.
"""

from desktop.services.sample.bench.coding import CodingTable
from desktop.services.sample.bench.result import BenchResult
from desktop.services.sample.bench.runner import NAMES, run

__all__ = ["NAMES", "BenchResult", "CodingTable", "run"]
