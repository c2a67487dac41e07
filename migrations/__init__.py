"""Schema history of the three stores of a practice."""
