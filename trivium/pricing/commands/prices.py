"""Price lists and contract prices."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError

from trivium.catalog import queries as catalog
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Conflict, NotFound, clean_text
from trivium.core.events import publish
from trivium.core.history import say_who
from trivium.core.quantity import parse_quantity
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.errors import NoPartner
from trivium.pricing import queries, rules
from trivium.pricing.errors import NoPrices, TooManyPrices
from trivium.pricing.events import ContractPriceAgreed, PriceListEnded, PriceListPublished, PricesChanged
from trivium.pricing.models import ContractPrice, Price, PriceList
from trivium.pricing.rules import NewPrice

SET_LIMIT = 20_000
PriceTuple = tuple[str, Decimal | int | str, Decimal | int | str]


@act
def publish_price_list(
    actor: Actor,
    *,
    name: str,
    currency: str,
    prices: Sequence[NewPrice],
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    buyer_level: str = "",
    tax_rate: Decimal | int | str = 0,
    tax_included: bool = True,
    supplier_ref: str | None = None,
) -> str:
    """Offer goods at these prices from `starts_at` (now) on; returns the list's reference.

    A supplier publishes for its own skus. A partner that sells under markup publishes its own prices of one
    supplier's skus and names that supplier; they must lie inside the band its contract allows, at every step.
    An empty buyer level is for all. Six statements for any number of prices.

    Refuses: Denied("price.edit"), NotFound (supplier, sku), NoPrices, TooManyPrices, BadPrice, BadQuantity,
    DuplicateStep, BadPercent, BadCurrency, BadWindow, MarkupOutsideBand.
    """
    actor.require("price.edit")
    at = now()
    if not prices:
        raise NoPrices(field="prices")
    seller = queries.seller_for(actor, supplier_ref)
    price_list = PriceList(
        supplier_id=seller.supplier_id, partner_id=seller.partner_id,
        buyer_level=clean_text(buyer_level, limit=20, field="buyer_level", required=False),
        name=clean_text(name, limit=120, field="name"), currency=rules.parse_currency(currency),
        starts_at=starts_at or at, ends_at=ends_at, tax_rate=rules.parse_percent(tax_rate, field="tax_rate"),
        tax_included=bool(tax_included), created_at=at,
    )  # fmt: skip
    rules.check_window(price_list.starts_at, ends_at)
    price_list.save(force_insert=True)
    written = _write_prices(price_list, prices)
    publish(
        PriceListPublished(
            subject=price_list.ref, audience=(seller.ref,), supplier_ref=seller.supplier_ref, prices=written
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return price_list.ref


@act
def set_prices(actor: Actor, list_ref: str, prices: Sequence[NewPrice | PriceTuple]) -> int:
    """Set prices of a list: those of a (sku, step) it has are changed, others added. Returns how many were
    written.

    Orders placed before keep the price they froze. Five statements for any number of prices. Refuses:
    Denied("price.edit"), NotFound (list, sku), BadPrice, BadQuantity, DuplicateStep, MarkupOutsideBand.
    """
    actor.require("price.edit")
    price_list = queries.lock_price_list(actor, list_ref)
    written = _write_prices(price_list, [p if isinstance(p, NewPrice) else NewPrice(*p) for p in prices])
    publish(
        PricesChanged(subject=list_ref, audience=(actor.organization_ref,), prices=written),
        actor=actor,
        at=now(),
    )
    return written


@act
def remove_prices(actor: Actor, list_ref: str, sku_refs: Sequence[str]) -> int:
    """Take skus out of a list with all their steps. Returns how many prices went.

    Refuses: Denied("price.edit"), NotFound (list).
    """
    actor.require("price.edit")
    price_list = queries.lock_price_list(actor, list_ref)
    gone, _by_table = Price.objects.filter(price_list=price_list, sku__ref__in=list(sku_refs)).delete()
    if gone:
        event = PricesChanged(subject=list_ref, audience=(actor.organization_ref,), prices=gone)
        publish(event, actor=actor, at=now())
    return gone


@act
def end_price_list(actor: Actor, list_ref: str) -> None:
    """Let a list's prices end now. A list that has not begun never begins.

    Refuses: Denied("price.edit"), NotFound.
    """
    actor.require("price.edit")
    price_list = queries.lock_price_list(actor, list_ref)
    at = now()
    if price_list.ends_at is not None and price_list.ends_at <= at:
        return
    if price_list.starts_at >= at:
        price_list.starts_at = at - dt.timedelta(microseconds=1)
    price_list.ends_at = at
    price_list.save(update_fields=["starts_at", "ends_at"])
    publish(PriceListEnded(subject=list_ref, audience=(actor.organization_ref,)), actor=actor, at=at)


@act
def agree_contract_price(
    actor: Actor,
    *,
    buyer_ref: str,
    sku_ref: str,
    unit_price: Decimal | int | str,
    currency: str,
    from_quantity: Decimal | int | str = 0,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    tax_rate: Decimal | int | str = 0,
    tax_included: bool = True,
    supplier_ref: str | None = None,
) -> str:
    """Agree a price of a sku with one buyer, from a quantity on; returns its reference.

    It goes before every list. One that is in force for the same step ends where this one begins. A partner
    agrees the price it asks its own buyers under markup; a supplier's agreement then lowers the supply price.

    Refuses: Denied("price.edit"), NotFound (buyer, sku), BadPrice, BadQuantity, BadPercent, BadCurrency,
    BadWindow, Conflict, if two are agreed at the same moment.
    """
    actor.require("price.edit")
    at = now()
    seller = queries.seller_for(actor, supplier_ref, sku_ref=sku_ref)
    buyers = parties.parties_by_ref([buyer_ref])
    if buyer_ref not in buyers or not _may_agree_with(actor, buyers[buyer_ref].id, at):
        raise NotFound(what="buyer", ref=buyer_ref, field="buyer_ref")
    agreed = ContractPrice(
        supplier_id=seller.supplier_id, partner_id=seller.partner_id, buyer_id=buyers[buyer_ref].id,
        sku_id=_sku_ids(seller.supplier_id, [sku_ref])[sku_ref],
        from_quantity=parse_quantity(from_quantity, field="from_quantity", zero=True),
        unit_price=rules.parse_price(unit_price, sku=sku_ref), currency=rules.parse_currency(currency),
        starts_at=starts_at or at, ends_at=ends_at, tax_rate=rules.parse_percent(tax_rate, field="tax_rate"),
        tax_included=bool(tax_included), created_at=at,
    )  # fmt: skip
    rules.check_window(agreed.starts_at, ends_at)
    say_who()
    sql.execute(_END_EARLIER, {
        "start": agreed.starts_at, "buyer": agreed.buyer_id, "sku": agreed.sku_id, "currency": agreed.currency,
        "step": agreed.from_quantity, "partner": agreed.partner_id or 0,
    })  # fmt: skip
    try:
        agreed.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict() from error
    publish(
        ContractPriceAgreed(
            subject=agreed.ref, audience=(seller.ref, buyer_ref), buyer_ref=buyer_ref, sku_ref=sku_ref
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return agreed.ref


def _may_agree_with(actor: Actor, buyer_id: int, at: dt.datetime) -> bool:
    """A partner agrees prices with its own buyers, and knows no others."""
    if not actor.is_role("partner"):
        return True
    try:
        return parties.trading_terms(buyer_id, at).partner_id == actor.organization_id
    except NoPartner:
        return False


# What begins at or after the new start was agreed before and is replaced: it gets no length.
_END_EARLIER = """
UPDATE pricing_contractprice SET ends_at = GREATEST(starts_at, %(start)s::timestamptz)
WHERE buyer_id = %(buyer)s AND sku_id = %(sku)s AND currency = %(currency)s AND from_quantity = %(step)s
  AND COALESCE(partner_id, 0) = %(partner)s AND (ends_at IS NULL OR ends_at > %(start)s::timestamptz)
"""

_UPSERT = """
INSERT INTO pricing_price (price_list_id, sku_id, from_quantity, unit_price)
SELECT %s, p.sku_id, p.from_quantity, p.unit_price
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS p(sku_id, from_quantity, unit_price)
ON CONFLICT (price_list_id, sku_id, from_quantity) DO UPDATE SET unit_price = EXCLUDED.unit_price
"""


def _write_prices(price_list: PriceList, prices: Sequence[NewPrice]) -> int:
    if len(prices) > SET_LIMIT:
        raise TooManyPrices(field="prices", count=len(prices), limit=SET_LIMIT)
    clean = rules.clean_prices(prices)
    ids = _sku_ids(price_list.supplier_id, list({sku_ref for sku_ref, _step, _price in clean}))
    columns = sql.columns([(ids[sku_ref], step, price) for sku_ref, step, price in clean], 3)
    say_who()
    written = sql.execute(_UPSERT, [price_list.pk, *columns])
    if price_list.partner_id is not None:
        _check_own_prices(price_list, {sku_id: ref for ref, sku_id in ids.items()})
    return written


def _sku_ids(supplier_id: int, sku_refs: Sequence[str]) -> dict[str, int]:
    found = catalog.tradable(sku_refs)
    for ref in sku_refs:
        if ref not in found or found[ref].supplier_id != supplier_id:
            raise NotFound(what="sku", ref=ref, field="sku_ref")
    return {ref: found[ref].id for ref in sku_refs}


def _check_own_prices(price_list: PriceList, sku_refs: dict[int, str]) -> None:
    """A partner's list is judged whole, as it stands after the change, against the supplier's prices at its
    start.
    """
    at = max(price_list.starts_at, now())
    band = queries.markup_band(price_list.supplier_id, at)
    supply = queries.supplier_prices(list(sku_refs), price_list.currency, at)
    own = queries.prices_in_list(price_list, list(sku_refs))
    for sku_id, ref in sku_refs.items():
        rules.check_own_prices(band, own[sku_id], supply.get(sku_id, []), sku=ref)
