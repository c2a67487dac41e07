"""The built-in training payer: it reads our claim files and answers them, for practice only.

May import: no other part.
"""
