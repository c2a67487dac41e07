"""Patients: find, register, and everything about one of them."""
