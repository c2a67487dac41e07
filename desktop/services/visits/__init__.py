"""Visits: entry, charges in the ledger, revision, coverage by date of service."""
