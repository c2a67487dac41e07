"""The page Payments: remittances, patients' payments, and the tasks they leave.

May import: shared, lib.
"""
