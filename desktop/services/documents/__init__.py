"""Documents: data in, PDF bytes (or CSV text) out. Nothing here knows of a database.

Every PDF is written with ReportLab's `invariant` mode: the same data give the same bytes.
"""
