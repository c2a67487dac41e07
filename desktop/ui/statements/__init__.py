"""The statements page, and the panel that explains a charge line."""
