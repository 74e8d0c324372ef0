"""Who may sign in: one mail address per role, one password for everybody. Nothing here is a secret."""

PASSWORD = "trade with me"
WORDS = {
    "operator": "operator 运营方",
    "supplier": "supplier 供应商",
    "partner": "partner 渠道商",
    "buyer": "buyer 采购商",
}


def login(role: str) -> str:
    """The mail address by which one signs in as a role."""
    return f"{role}@demo.example"
