"""Processes killed in the middle of the trade: nothing committed is lost, nothing is doubled."""
