"""From words to codes: queries, candidates, ranking, aspects of a code.

May import: base, builtin, releases, vectors, notes.
"""
