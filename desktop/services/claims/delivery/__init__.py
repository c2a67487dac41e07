"""The way to the payer and back: sending, outbox, printing, 999, TA1 and 277CA.

May import: record, rules, life.
"""
