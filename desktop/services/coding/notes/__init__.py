"""Reading what a provider wrote: sections, sentences, and what is denied, past or doubtful.

May import: base, builtin.
"""
