"""Claims: from a visit to a record, a file or a form, and what becomes of it."""
