"""Mapped classes by subject; `values` holds what is pure."""
