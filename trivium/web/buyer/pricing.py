"""What the cart costs: the same quote that placing the order freezes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from trivium.catalog import queries as catalog
from trivium.catalog.queries import TradableSku
from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.fields import translate
from trivium.core.time import now
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.parties.rules import TradingTerms
from trivium.pricing import queries as pricing
from trivium.pricing.queries import Quote, QuotedLine, QuoteRequest, WantedLine


@dataclass(frozen=True, slots=True)
class CartLine:
    """A sku in the cart, with what it costs if the cart has a price, and what it cost before if that has changed."""

    sku: TradableSku
    name: str
    quantity: Decimal
    quoted: QuotedLine | None
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class CartGroup:
    """What of the cart one supplier sends."""

    supplier: str
    lines: tuple[CartLine, ...]
    freight: int | None


@dataclass(frozen=True, slots=True)
class Priced:
    """The cart with its price, or with the refusal why it has none."""

    terms: TradingTerms
    groups: tuple[CartGroup, ...]
    quote: Quote | None
    refusal: Refusal | None

    @property
    def changed(self) -> int:
        """How many lines cost something else than when they were put in."""
        return sum(line.before is not None for group in self.groups for line in group.lines)

    @property
    def goods(self) -> int:
        """What the goods cost before discounts."""
        return sum(line.split.gross for line in self.quote.lines) if self.quote else 0

    @property
    def discount(self) -> int:
        """What discounts take off, as a minus."""
        return sum(s.amount for line in self.quote.lines for s in line.stages if s.kind in ("promotion", "coupon")) \
            if self.quote else 0  # fmt: skip

    @property
    def service_fee(self) -> int:
        """The partner's service fee, where its contract asks for one."""
        return sum(line.split.service_fee for line in self.quote.lines) if self.quote else 0

    @property
    def freight(self) -> int:
        """What all suppliers ask for delivery."""
        return sum(self.quote.freight.values()) if self.quote else 0

    @property
    def tax_on_top(self) -> int:
        """Tax that stands on top of the prices."""
        return sum(s.amount for line in self.quote.lines for s in line.stages if s.kind == "tax") if self.quote else 0


def price_cart(
    actor: Actor,
    *,
    coupon_codes: Sequence[str] = (),
    delivery_method: str = "standard",
    country: str | None = None,
    region: str | None = None,
) -> Priced:
    """The person's cart by supplier, priced for a delivery; nothing is held by it.

    Refuses: NoPartner.
    """
    at = now()
    terms = parties.trading_terms(actor.organization_id or 0, at)
    wishes = ordering.cart_of(actor)
    skus = catalog.tradable([wish.sku_ref for wish in wishes])
    wanted = [
        WantedLine(
            sku_id=skus[w.sku_ref].id,
            sku_ref=w.sku_ref,
            supplier_id=skus[w.sku_ref].supplier_id,
            category_id=skus[w.sku_ref].category_id,
            category_path=skus[w.sku_ref].category_path,
            quantity=w.quantity,
            weight_g=skus[w.sku_ref].weight_g,
        )
        for w in wishes
    ]
    request = QuoteRequest(
        buyer_id=terms.buyer_id,
        partner_id=terms.partner_id,
        currency=terms.currency,
        at=at,
        lines=wanted,
        buyer_level=terms.buyer_level,
        coupon_codes=tuple(coupon_codes),
        delivery_method=delivery_method,
        country=terms.country if country is None else country,
        region=terms.region if region is None else region,
    )
    quote, refusal = _try(request) if wanted else (None, None)
    language = get_language() or "en"
    seen = ordering.prices_seen(actor) if quote else {}
    lines = [
        CartLine(
            skus[w.sku_ref],
            translate(skus[w.sku_ref].name, language),
            w.quantity,
            quote.lines[i] if quote else None,
            _before(quote, quote.lines[i], seen.get(w.sku_ref)) if quote else None,
        )
        for i, w in enumerate(wishes)
    ]
    return Priced(terms, _groups(lines, quote), quote, refusal)


def _before(quote: Quote, line: QuotedLine, seen: tuple[str, Decimal] | None) -> Decimal | None:
    """The price the buyer saw, if it is no longer the price."""
    return seen[1] if seen and seen[0] == quote.currency and seen[1] != line.unit_price else None


def _try(request: QuoteRequest) -> tuple[Quote | None, Refusal | None]:
    try:
        return pricing.quote(request), None
    except Refusal as refusal:
        return None, refusal


def _groups(lines: Sequence[CartLine], quote: Quote | None) -> tuple[CartGroup, ...]:
    suppliers = dict.fromkeys(line.sku.supplier_id for line in lines)
    names = parties.names_of(list(suppliers))
    return tuple(
        CartGroup(
            names[supplier_id].name,
            tuple(line for line in lines if line.sku.supplier_id == supplier_id),
            quote.freight.get(supplier_id) if quote else None,
        )
        for supplier_id in suppliers
    )


def delivery_methods(actor: Actor, groups: Sequence[CartGroup], currency: str) -> list[str]:
    """Ways of delivery that every supplier of the cart offers."""
    offered: list[set[str]] = []
    for ref in dict.fromkeys(group.lines[0].sku.supplier_ref for group in groups):
        rates = pricing.freight_rates(actor, ref)
        offered.append({str(rate["delivery_method"]) for rate in rates if rate["currency"] == currency})
    return sorted(set.intersection(*offered), key=lambda m: (m != "standard", m)) if offered else []
