"""A guarantor's account: who owes what, and the letterhead of what is sent.

May import: no other part.
"""
