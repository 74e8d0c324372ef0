"""Version 1 of the API. It grows by additions only; what would break a caller becomes version 2."""
