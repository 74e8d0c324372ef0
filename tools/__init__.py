"""Programs for those who work on Trivium; nothing of the product imports them."""
