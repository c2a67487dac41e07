"""The practice itself: its settings, providers and places.

May import: no other part.
"""
