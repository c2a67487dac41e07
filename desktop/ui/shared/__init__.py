"""Parts of several pages that know the services: account, payer list, search mode.

May import: lib.
"""
