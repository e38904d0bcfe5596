"""Pulang: the root of the house, the only package that knows all the others."""

__version__ = "0.1.0"
