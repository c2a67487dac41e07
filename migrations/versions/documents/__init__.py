"""Steps of documents.db."""
