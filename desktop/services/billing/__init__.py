"""What a guarantor is sent: the accounts, the statements, and the reasons behind every amount.

May import: floors 1 to 6.
"""
