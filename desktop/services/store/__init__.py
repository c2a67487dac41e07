"""The seam to the database engine: the one place that names it.

May import: no other room.
"""
