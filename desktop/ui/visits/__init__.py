"""The page Visits: the list, and one screen on which a visit is entered, checked and posted.

May import: shared, lib.
"""
