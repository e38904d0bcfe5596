"""Measures of speed and size against bare baselines. Not tests; README.md says how to read them."""
