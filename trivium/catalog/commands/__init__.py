"""The acts on the range of goods: create, revise, list, delist."""

from trivium.catalog.commands.goods import (
    Created,
    add_sku,
    create_category,
    create_product,
    create_products,
    delist_product,
    delist_sku,
    list_product,
    list_sku,
    revise_product,
    revise_sku,
    supplier_of,
)

__all__ = [
    "Created",
    "add_sku",
    "create_category",
    "create_product",
    "create_products",
    "delist_product",
    "delist_sku",
    "list_product",
    "list_sku",
    "revise_product",
    "revise_sku",
    "supplier_of",
]
