"""Goods with the reader's own price and what is left of them.

On the catalog's router: a path has one router, whatever its methods do.
"""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Query
from pydantic import Field

from trivium.api.answers import answer, quantities, reads, unit_price
from trivium.api.auth import Asked
from trivium.api.paging import Window, page
from trivium.api.v1 import catalog
from trivium.api.v1.shapes import Digits, Money, Number, Page, Shown
from trivium.core.quantity import plain
from trivium.shelf import queries
from trivium.shelf.queries import Offer, OfferedSku

router = catalog.router


class Offered(Shown):
    """A sku with the reader's own price of one unit at the smallest quantity, before discounts; null if none."""

    sku_ref: str
    product_ref: str
    code: str
    name: str = Field(description="In the language of Accept-Language.")
    supplier_ref: str
    supplier_name: str
    category_ref: str
    unit: str
    moq: Number
    quantity_step: Number
    is_listed: bool
    currency: str
    unit_price: Money | None
    list_price: Money | None
    is_contract: bool | None
    tax_rate: Digits | None
    tax_included: bool | None
    available: Number
    backorder: bool


class PriceStep(Shown):
    """From this quantity on, one unit costs this much."""

    from_quantity: Number
    unit_price: Money
    tax_rate: Digits
    tax_included: bool
    is_contract: bool


class OfferedWithSteps(Offered):
    """A sku with its price at every step."""

    weight_g: int
    steps: list[PriceStep]


class OfferedProduct(Shown):
    """A product and the skus it is sold as."""

    product_ref: str
    name: str
    description: str
    skus: list[OfferedWithSteps]


class Wanted(Window):
    """What is looked for."""

    category: str | None = Field(
        None, max_length=40, description="A category's reference; all below it count too."
    )
    supplier: str | None = Field(None, max_length=40, description="A supplier's reference.")
    text: str | None = Field(None, max_length=100, description="Anywhere in names and codes.")


@router.get("/products", tags=["shelf"], **reads(Page[Offered]))
def products(request: Asked, wanted: Query[Wanted]) -> HttpResponse:
    """Skus this workspace may see, with its own price and stock."""
    found = queries.offers(
        request.auth,
        terms=request.terms,
        category_ref=wanted.category,
        supplier_ref=wanted.supplier,
        text=wanted.text,
        after_id=wanted.last_id,
        limit=wanted.limit + 1,
        language=get_language() or "en",
    )
    return answer(page(found, wanted, id_of=_id, show=_offer))


@router.get("/products/{ref}", tags=["shelf"], **reads(OfferedProduct))
def product(request: Asked, ref: str) -> HttpResponse:
    """A product with its skus and the reader's price at every step."""
    found = queries.offer(request.auth, ref, terms=request.terms, language=get_language() or "en")
    return answer(
        {
            "product_ref": found.product_ref,
            "name": found.name,
            "description": found.description,
            "skus": [_with_steps(sku) for sku in found.skus],
        }
    )


def _id(offer: Offer) -> int:
    return offer.id


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "sku_ref": offer.sku_ref,
        "product_ref": offer.product_ref,
        "code": offer.code,
        "name": offer.name,
        "supplier_ref": offer.supplier_ref,
        "supplier_name": offer.supplier_name,
        "category_ref": offer.category_ref,
        "unit": offer.unit,
        "moq": plain(offer.moq),
        "quantity_step": plain(offer.quantity_step),
        "is_listed": offer.is_listed,
        "currency": offer.currency,
        "unit_price": _price(offer.unit_price, offer.currency),
        "list_price": _price(offer.list_price, offer.currency),
        "is_contract": offer.is_contract,
        "tax_rate": None if offer.tax_rate is None else f"{offer.tax_rate.normalize():f}",
        "tax_included": offer.tax_included,
        "available": plain(offer.available),
        "backorder": offer.backorder,
    }


def _price(price: Decimal | None, currency: str) -> str | None:
    return None if price is None else unit_price(price, currency)


def _with_steps(sku: OfferedSku) -> dict[str, Any]:
    steps = [
        {
            **quantities({"from_quantity": step.from_quantity}, "from_quantity"),
            "unit_price": unit_price(step.unit_price, sku.offer.currency),
            "tax_rate": f"{step.tax_rate.normalize():f}",
            "tax_included": step.tax_included,
            "is_contract": step.is_contract,
        }
        for step in sku.steps
    ]
    return {**_offer(sku.offer), "weight_g": sku.weight_g, "steps": steps}
