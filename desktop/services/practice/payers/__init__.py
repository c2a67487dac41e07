"""Payers: their settings and identifiers, and lists of them that are imported.

May import: office.
"""
