"""Day sheets, aging, lists and the Today page: figures from ledger, answers, dated events.

May import: floors 1 to 7.
"""
