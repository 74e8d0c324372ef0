"""What may stand in a URL."""


class RefConverter:
    """A public reference (ord_7k2m…) or a number people read (O-7K2M9Q)."""

    regex = "[A-Za-z0-9_-]{1,60}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
