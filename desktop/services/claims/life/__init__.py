"""From visit to claim, and the states of a claim: create, check, events, lists.

May import: record, rules.
"""
