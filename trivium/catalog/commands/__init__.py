"""The acts on the range of goods: create, revise, list, delist, and show."""

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
from trivium.catalog.commands.pictures import add_pictures, arrange_pictures, clear_pictures, remove_picture

__all__ = [
    "Created",
    "add_pictures",
    "add_sku",
    "arrange_pictures",
    "clear_pictures",
    "create_category",
    "create_product",
    "create_products",
    "delist_product",
    "delist_sku",
    "list_product",
    "list_sku",
    "remove_picture",
    "revise_product",
    "revise_sku",
    "supplier_of",
]
