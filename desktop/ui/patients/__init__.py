"""The page Patients: find, register, and everything about one of them.

May import: shared, lib.
"""
