"""The page Claims: the list by the work it needs, one claim, sending, printing, answers.

May import: shared, lib.
"""
