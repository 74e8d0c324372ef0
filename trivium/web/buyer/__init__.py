"""The buyer's portal."""
