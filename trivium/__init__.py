"""Trivium (三汇): the open-source operating system of S2B2B trade."""

__version__ = "0.2.0"
