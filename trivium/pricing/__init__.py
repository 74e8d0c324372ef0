"""What it costs you, and who earns what of it."""
