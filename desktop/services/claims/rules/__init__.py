"""The checks of a claim before it goes out: pure rules, and their run over a visit.

May import: record.
"""
