"""What every service is built on: the unit of work, the database, audit, chains, numbers, tasks.

May import: floor 1.
"""
