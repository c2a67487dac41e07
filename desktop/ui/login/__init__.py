"""Before a practice is open: choose, unlock, or make one; and the lock screen.

May import: shared, lib.
"""
