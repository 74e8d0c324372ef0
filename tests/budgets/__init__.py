"""How many statements pages, routes and commands may take: small constants, whatever the data."""
