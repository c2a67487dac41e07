"""Statements: one guarantor each, explained from every figure back to the payer's own bytes.

May import: accounts.
"""
