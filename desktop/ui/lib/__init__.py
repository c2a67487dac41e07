"""Widgets and machinery of every page: forms, tables, runner, theme; it knows no job.

May import: nothing of the window.
"""
