"""A payer's answer, from file or paper to posted money: staging, matching, posting, work list.

May import: floors 1 to 5.
"""
