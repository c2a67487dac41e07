"""X12 files: bytes in, frozen records and problems out; records in, bytes out.

May import: no other part.

Nothing here knows of a practice or a database. `read.read_file` is the one entry for
reading; `write837`, `write835`, `write999` and `write277ca` write.
"""
