"""What a claim says, built from a visit, split to fit its form, kept as JSON.

May import: no other part.
"""
