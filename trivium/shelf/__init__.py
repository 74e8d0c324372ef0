"""What a workspace may see of the goods: sku, own price and stock together."""
