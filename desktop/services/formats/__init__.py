"""Files and papers: bytes in, records and problems out; data in, bytes out.

May import: no other room.
"""
