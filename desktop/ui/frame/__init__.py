"""The window around the pages: shell, palette, commands, keys, idle lock.

May import: pages, shared, lib.
"""
