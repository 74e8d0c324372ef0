"""Signing up and in, as strangers do it."""
