"""Pure values: money, dates, names, identifiers, code enums. No database, no Qt."""
