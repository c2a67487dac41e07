"""The library of code sets by date: loading, look-up, search, codes from a note.

May import: no other room.
"""

import os

# Numpy's matrix library reads these once, when anything first loads it (openpyxl does). Two threads
# answer a search by meaning a fifth sooner than one; making the vectors uses half as many batches
# side by side as there are cores.
for _variable in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "2")
