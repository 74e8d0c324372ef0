"""Prices as their sellers and buyers read them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog import queries as catalog
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.pricing import rules
from trivium.pricing.models import ContractPrice, FreightRate, Price, PriceList
from trivium.pricing.queries.offers import IN_FORCE
from trivium.pricing.rules import Band, PriceRow

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Seller:
    """For whom prices are set: a supplier, or under markup a partner selling that supplier's goods."""

    ref: str
    supplier_id: int
    supplier_ref: str
    partner_id: int | None


@dataclass(frozen=True, slots=True)
class PriceListRow:
    """A price list as its seller sees it."""

    id: int
    ref: str
    name: str
    supplier_ref: str
    partner_ref: str | None
    buyer_level: str
    currency: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    tax_rate: Decimal
    tax_included: bool


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One step of one sku in a list."""

    id: int
    sku_ref: str
    sku_code: str
    from_quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """What one unit costs this buyer at the smallest quantity it can order."""

    unit_price: Decimal
    tax_rate: Decimal
    tax_included: bool
    is_contract: bool


def seller_for(actor: Actor, supplier_ref: str | None, *, sku_ref: str | None = None) -> Seller:
    """For whom a workspace sets prices: a supplier for itself; a partner, or the platform, for the supplier
    it names.

    Refuses: NotFound (another supplier than one's own, an unknown one, or none named).
    """
    if actor.is_role("supplier"):
        if supplier_ref not in (None, "", actor.organization_ref):
            raise NotFound(what="supplier", ref=supplier_ref, field="supplier_ref")
        return Seller(actor.organization_ref, actor.organization_id or 0, actor.organization_ref, None)
    if not supplier_ref and sku_ref:
        sku = catalog.tradable([sku_ref]).get(sku_ref)
        supplier_ref = sku.supplier_ref if sku else None
    supplier = catalog.supplier_by_ref(supplier_ref or "")
    if actor.is_role("partner"):
        return Seller(actor.organization_ref, supplier.id, supplier.ref, actor.organization_id)
    return Seller(supplier.ref, supplier.id, supplier.ref, None)


def lock_price_list(actor: Actor, list_ref: str) -> PriceList:
    """A list of this workspace, locked until the act ends.

    Refuses: NotFound.
    """
    found: list[PriceList] = list(PriceList.objects.visible_to(actor).filter(ref=list_ref).locked())
    if not found:
        raise NotFound(what="price list", ref=list_ref)
    return found[0]


def price_lists(actor: Actor, *, after_id: int = 0, limit: int = 50) -> list[PriceListRow]:
    """The lists of this workspace, by id; the next page starts after the last id. One statement."""
    found = PriceList.objects.visible_to(actor).filter(id__gt=after_id).order_by("id")[: min(limit, PAGE_LIMIT)]
    rows = found.values_list(
        "id", "ref", "name", "supplier__ref", "partner__ref", "buyer_level", "currency", "starts_at", "ends_at",
        "tax_rate", "tax_included",
    )  # fmt: skip
    return [PriceListRow(*row) for row in rows]


def prices_of(
    actor: Actor, list_ref: str, *, sku_refs: Sequence[str] | None = None, after_id: int = 0, limit: int = 100
) -> list[ListedPrice]:
    """The prices of a list of this workspace, by id; of all its skus, or of these. Two statements.

    Refuses: NotFound.
    """
    list_id = PriceList.objects.visible_to(actor).filter(ref=list_ref).values_list("id", flat=True).first()
    if list_id is None:
        raise NotFound(what="price list", ref=list_ref)
    rows = Price.objects.filter(price_list_id=list_id, id__gt=after_id).order_by("id")
    rows = rows if sku_refs is None else rows.filter(sku__ref__in=list(sku_refs))
    columns = rows.values_list("id", "sku__ref", "sku__code", "from_quantity", "unit_price")
    return [ListedPrice(*row) for row in columns[: min(limit, PAGE_LIMIT)]]


def contract_prices(actor: Actor, *, after_id: int = 0, limit: int = 100) -> list[dict[str, object]]:
    """What this workspace has agreed with single buyers, by id; a buyer sees its own. One statement.

    Refuses: Denied("price.view"), for those who sell and may not see prices.
    """
    if actor.is_role("buyer"):
        found = ContractPrice.objects.filter(buyer_id=actor.organization_id)
    else:
        actor.require("price.view")
        found = ContractPrice.objects.visible_to(actor)
    columns = (
        "id",
        "ref",
        "buyer__ref",
        "sku__ref",
        "from_quantity",
        "unit_price",
        "currency",
        "starts_at",
        "ends_at",
    )
    return list(found.filter(id__gt=after_id).order_by("id").values(*columns)[: min(limit, PAGE_LIMIT)])


def freight_rates(actor: Actor, supplier_ref: str | None = None) -> list[dict[str, object]]:
    """A supplier's freight rates, for itself or for those who act for it. One statement."""
    seller = seller_for(actor, supplier_ref)
    columns = ("delivery_method", "country", "region_prefix", "currency", "base", "per_kg", "free_from")
    return list(FreightRate.objects.filter(supplier_id=seller.supplier_id).order_by("id").values(*columns))


# The price of sku `s` at its smallest quantity for a buyer: the same choice as `rules.base_price`, as a
# lateral join for a list's own statement, and whether it is what everybody pays. Parameters: at, buyer, level,
# partner, currency. The seller is found once per statement.
OWN_PRICE = """
LEFT JOIN LATERAL (
    SELECT o.unit_price, o.tax_rate, o.tax_included, o.is_contract, o.is_general FROM (
        SELECT 0 AS place, -c.from_quantity AS by_then, c.id, c.unit_price, c.tax_rate, c.tax_included,
               true AS is_contract, false AS is_general
        FROM pricing_contractprice c
        WHERE c.buyer_id = %(buyer)s AND c.sku_id = s.id AND c.from_quantity <= s.moq AND c.currency = %(currency)s
          AND c.starts_at <= %(at)s::timestamptz AND (c.ends_at IS NULL OR c.ends_at > %(at)s::timestamptz)
          AND COALESCE(c.partner_id, 0) = (SELECT id FROM seller)
        UNION ALL
        SELECT 1, p.unit_price * CASE WHEN l.tax_included THEN 1 ELSE 1 + l.tax_rate / 100 END, l.id, p.unit_price,
               l.tax_rate, l.tax_included, false, l.buyer_level = ''
        FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
        WHERE p.sku_id = s.id AND p.from_quantity <= s.moq AND l.currency = %(currency)s
          AND l.starts_at <= %(at)s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %(at)s::timestamptz)
          AND l.buyer_level IN ('', %(level)s) AND COALESCE(l.partner_id, 0) = (SELECT id FROM seller)
    ) o ORDER BY o.place, o.by_then, o.id LIMIT 1
) own ON true
"""
# What everybody pays who has agreed nothing: after OWN_PRICE, with its parameters, looked up only where it differs.
GENERAL_PRICE = """
LEFT JOIN LATERAL (
    SELECT p.unit_price FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
    WHERE NOT own.is_general AND p.sku_id = s.id AND p.from_quantity <= s.moq AND l.currency = %(currency)s
      AND l.starts_at <= %(at)s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %(at)s::timestamptz)
      AND l.buyer_level = '' AND COALESCE(l.partner_id, 0) = (SELECT id FROM seller)
    ORDER BY p.unit_price * CASE WHEN l.tax_included THEN 1 ELSE 1 + l.tax_rate / 100 END, l.id LIMIT 1
) general ON true
"""
SELLER = f"""
seller AS (
    SELECT COALESCE((
        SELECT CASE WHEN c.mode = 'markup' AND (%(partner)s <> %(buyer)s OR (c.terms::jsonb->>'own_purchases')::boolean)
                    THEN c.party_id END
        FROM pricing_contractversion c
        WHERE c.party_id = %(partner)s AND c.kind = '{rules.OPERATOR_PARTNER}' AND {IN_FORCE}
    ), 0) AS id
)
"""

_OWN_PRICES = f"""
WITH {SELLER}
SELECT s.id, own.unit_price, own.tax_rate, own.tax_included, own.is_contract
FROM catalog_sku s {OWN_PRICE.replace("LEFT JOIN LATERAL", "JOIN LATERAL")}
WHERE s.id = ANY (%(skus)s::bigint[])
"""


def own_price_params(
    *, buyer_id: int, partner_id: int, currency: str, at: dt.datetime, level: str = ""
) -> dict[str, object]:
    """The parameters that SELLER and OWN_PRICE take in another statement."""
    return {"buyer": buyer_id, "partner": partner_id, "currency": currency, "at": at, "level": level}


def own_prices(
    sku_ids: Sequence[int], *, buyer_id: int, partner_id: int, currency: str, at: dt.datetime, level: str = ""
) -> dict[int, OwnPrice]:
    """What a buyer pays for one unit of each sku at its smallest quantity, before discounts. One statement.

    Skus that are not priced for it are missing.
    """
    params = own_price_params(buyer_id=buyer_id, partner_id=partner_id, currency=currency, at=at, level=level)
    return {row[0]: OwnPrice(*row[1:]) for row in sql.rows(_OWN_PRICES, {**params, "skus": list(sku_ids)})}


_BAND = f"""
SELECT c.terms FROM pricing_contractversion c
WHERE c.party_id = %(supplier)s AND c.kind = '{rules.OPERATOR_SUPPLIER}' AND {IN_FORCE}
"""


def markup_band(supplier_id: int, at: dt.datetime) -> Band | None:
    """What a supplier's contract in force allows partners to add; None if it says nothing."""
    found = sql.rows(_BAND, {"supplier": supplier_id, "at": at})
    return rules.read_supplier_terms(found[0][0]).markup_band if found else None


_SUPPLIER_PRICES = """
SELECT p.sku_id, p.from_quantity, p.unit_price, l.ref, l.name, '', false, l.tax_rate, l.tax_included
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
WHERE p.sku_id = ANY (%s::bigint[]) AND l.currency = %s AND l.partner_id IS NULL AND l.buyer_level = %s
  AND l.starts_at <= %s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %s::timestamptz)
ORDER BY l.id, p.from_quantity
"""


def supplier_prices(
    sku_ids: Sequence[int], currency: str, at: dt.datetime, *, buyer_level: str = ""
) -> dict[int, list[PriceRow]]:
    """What suppliers ask for skus at a moment, from everybody or from buyers of one level. One statement."""
    rows: dict[int, list[PriceRow]] = defaultdict(list)
    for sku_id, *price in sql.rows(_SUPPLIER_PRICES, [list(sku_ids), currency, buyer_level, at, at]):
        rows[sku_id].append(PriceRow(*price))
    return rows


def prices_in_list(price_list: PriceList, sku_ids: Sequence[int]) -> dict[int, list[PriceRow]]:
    """The steps of skus in one list. One statement."""
    rows: dict[int, list[PriceRow]] = defaultdict(list)
    found = Price.objects.filter(price_list=price_list, sku_id__in=list(sku_ids)).order_by("from_quantity")
    for sku_id, step, unit_price in found.values_list("sku_id", "from_quantity", "unit_price"):
        rows[sku_id].append(
            PriceRow(step, unit_price, tax_rate=price_list.tax_rate, tax_included=price_list.tax_included)
        )
    return rows
