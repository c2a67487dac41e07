"""Documents: data in, PDF bytes (or CSV text) out.

May import: no other part.

Every PDF is written with ReportLab's `invariant` mode: the same data give the same bytes.
"""
