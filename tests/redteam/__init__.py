"""Attempts to get what is not one's own, and to make the site do what it should not."""
