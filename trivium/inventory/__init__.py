"""What there is of it: locations, movements, stock levels and reservations."""
