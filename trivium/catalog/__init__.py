"""What can be sold: categories, products and their skus."""
