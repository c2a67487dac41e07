"""Payments: remittances, patients' payments, and the tasks they leave."""
