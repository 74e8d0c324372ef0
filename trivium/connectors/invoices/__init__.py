"""A wholesaler's invoices, replayed through the commands the portals use."""
