"""Visits: entry, charges in the ledger, review, revision, coverage by date of service.

May import: floors 1 to 3.
"""
