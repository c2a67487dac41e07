"""The page Today: what needs work, counted and linked.

May import: shared, lib.
"""
