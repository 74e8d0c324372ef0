"""The demonstration market: who trades in it, what with, and the 90 days they have behind them."""
