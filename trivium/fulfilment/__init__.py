"""Shipments in parts, their parcels, and what carriers say of them."""
