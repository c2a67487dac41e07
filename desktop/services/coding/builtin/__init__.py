"""Small lists of our own: abbreviations, patients' words, places, modifiers, reason hints.

May import: base.
"""
