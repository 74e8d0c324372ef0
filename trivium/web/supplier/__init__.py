"""The supplier's portal."""
