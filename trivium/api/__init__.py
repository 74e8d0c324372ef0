"""The open API: what programs of other companies call. Each route reads through queries and writes by one command."""
