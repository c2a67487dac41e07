"""The invented practice, the training payer that answers it, and the measures that time it.

May import: any room; only the window and the command line import it.
"""
