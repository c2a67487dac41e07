"""What the office sets up: its providers and places, payers, fees, procedures and code sets.

May import: floors 1 and 2.
"""
