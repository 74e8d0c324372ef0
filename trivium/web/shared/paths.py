"""Addresses inside the site. They do not depend on the reader, so each is put together once."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=10_000)
def path_to(name: str, *args: str) -> str:
    """The path of a page by its name."""
    return reverse(name, args=args)
