"""The page Statements: who is due, the run, printing.

May import: shared, lib.
"""
