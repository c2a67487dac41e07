"""Parts of several pages that know the job: account, payer list, search mode, task words.

May import: lib.
"""
