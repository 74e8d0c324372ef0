"""The operator's portal."""
