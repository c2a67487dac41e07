"""A claim: its record, its checks, its states, and its way to the payer and back.

May import: floors 1 to 4.
"""
