"""Fee schedules: prices by date, typed or imported.

May import: office.
"""
