"""The window. No SQL here: pages call services through the runner."""
