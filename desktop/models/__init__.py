"""Mapped classes by subject; `values` holds what is pure.

Nothing is imported here: the window needs `values` before its first paint, and SQLAlchemy
takes longer to load than the window to appear. `mapped` loads every class.
"""
