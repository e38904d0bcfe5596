"""Deterministic Temporal code and its client door. Histories hold ids and codes only."""
