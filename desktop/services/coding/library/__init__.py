"""`CodeStore`, the face of the code sets: look-up, browser, differences, fees, variants.

May import: every part but suggest.
"""
