"""The practice folder: keys, users, backup, restore, and the checks that prove it whole.

May import: floors 1 to 3.
"""
