"""Patients, guarantors and subscribers: registration, coverages, search, account.

May import: floors 1 and 2.
"""
