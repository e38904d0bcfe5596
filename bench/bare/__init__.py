"""Bare baselines: the same waits and the same durability with as little as possible around them."""
