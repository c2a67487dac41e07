"""Tables that an office brings as CSV: fees, payers, visits.

May import: no other part.
"""
