"""The page Codes and fees: prices, the practice's procedures, loaded code sets.

May import: shared, lib.
"""
