"""What codes.db holds: systems, releases by date, the writer, the index of words, directories.

May import: base, builtin.
"""
