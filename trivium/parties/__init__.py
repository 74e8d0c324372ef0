"""Who trades: organizations, people, rights, whose buyer is whose, inner approvals."""
