"""Code sets by date: loading, look-up, type-ahead, notes, and our own small lists."""

import os

# Numpy's matrix library reads these once, when anything first loads it (openpyxl does). One thread
# each: the only sums of this program that need it are small, or are computed side by side.
for _variable in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "1")
