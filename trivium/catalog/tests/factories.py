"""Goods for tests."""

from itertools import count
from typing import Any

from trivium.catalog import commands, queries
from trivium.catalog.rules import NewSku
from trivium.core.actor import Actor
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

_numbers = count(1)


def make_supplier(name: str = "Ningbo Lamp Works") -> Actor:
    """A supplier's workspace."""
    return make_actor(make_organization(name, "supplier"), "supplier")


def make_category(code: str | None = None, parent_ref: str | None = None) -> str:
    """A category's reference."""
    code = code or f"category-{next(_numbers)}"
    return commands.create_category(SYSTEM, code=code, name=code.title(), parent_ref=parent_ref)


def make_skus(supplier: Actor, how_many: int = 1, *, name: str = "Desk lamp", **sku: Any) -> list[str]:
    """References of new skus of one new product, codes A-1, A-2 …"""
    start = next(_numbers)
    skus = [NewSku(code=f"A-{start}-{number}", **sku) for number in range(1, how_many + 1)]
    created = commands.create_product(supplier, name=name, category_ref=make_category(), skus=skus)
    return list(created.sku_refs.values())


def sku_id(ref: str) -> int:
    """The key of a sku."""
    return queries.tradable([ref])[ref].id
