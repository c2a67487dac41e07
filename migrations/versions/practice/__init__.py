"""Steps of practice.db."""
