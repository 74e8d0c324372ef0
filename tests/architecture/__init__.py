"""The house rules that imports alone cannot prove (docs/house.md)."""
