"""Steps of codes.db."""
