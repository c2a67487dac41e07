"""The sample practice: invented people, the whole job done, the same for the same seed.

May import: payer.
"""

from desktop.services.sample.demo.story import DemoResult, run_demo

__all__ = ["DemoResult", "run_demo"]
