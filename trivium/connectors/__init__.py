"""Doors to other companies' systems: one folder each."""
