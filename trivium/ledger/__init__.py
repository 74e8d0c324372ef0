"""Double entry for any unit: accounts by path, holds, floors, reversal. It knows no trade word."""
