"""Readers of the published files, one module for each publisher's layout."""
