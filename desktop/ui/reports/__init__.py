"""The page Reports: each report on screen, as CSV and as PDF.

May import: shared, lib.
"""
