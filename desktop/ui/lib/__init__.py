"""Widgets and machinery shared by all pages."""
