"""`claimstead bench`: what the program costs, each figure beside its floor of the same run."""

from desktop.services.bench.coding import CodingTable
from desktop.services.bench.result import BenchResult
from desktop.services.bench.runner import NAMES, run

__all__ = ["NAMES", "BenchResult", "CodingTable", "run"]
