"""The ledger, receipts and copays, what is held or owed, and the ages of balances.

May import: floors 1 and 2.
"""
