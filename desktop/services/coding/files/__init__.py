"""Readers of the published files, one module for each publisher's layout, and their import.

May import: base, builtin, releases, vectors, notes.
"""
