"""Words, values, the connection to codes.db, and the layouts that the package carries.

May import: no other part.
"""
