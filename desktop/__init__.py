"""Claimstead: billing for small medical practices, on one PC, without a server."""

__version__ = "0.2.0"
