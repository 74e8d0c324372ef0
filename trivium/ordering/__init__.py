"""The deal: cart, order, confirmations, and how far each supplier order has come."""
