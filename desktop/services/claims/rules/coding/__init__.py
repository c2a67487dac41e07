"""The checks of the coding: one module a family, each with the source of its rule."""
