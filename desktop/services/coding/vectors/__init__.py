"""Search by meaning: an optional local model turns terms and queries into vectors.

May import: base, builtin.

It needs numpy and the package that carries the model; nothing here imports either before it
is asked for, and nothing is ever fetched.
"""
