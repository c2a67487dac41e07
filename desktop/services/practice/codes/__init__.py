"""The practice's own procedures, the code sets it loads, and codes proposed for its visits.

May import: office.
"""
