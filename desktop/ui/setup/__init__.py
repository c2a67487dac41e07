"""The page Setup: the practice, its places, people and payers, its users, this machine.

May import: shared, lib.
"""
