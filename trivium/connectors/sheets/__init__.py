"""Suppliers' own sheets: products, prices and stock as CSV, out and in again."""
