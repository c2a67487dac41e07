"""Files that come in: which kind each is, whose it is, and visits taken from other programs.

May import: floors 1 to 6.
"""
