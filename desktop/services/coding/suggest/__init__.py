"""From what the provider wrote to codes to choose from; nothing is coded by itself.

May import: every other part.
"""
