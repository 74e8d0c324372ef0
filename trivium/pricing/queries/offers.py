"""All that a quote needs to know, in one statement."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trivium.core import sql
from trivium.core.fields import translate
from trivium.pricing import rules
from trivium.pricing.errors import CouponRefused, NoContract, TooManyCoupons
from trivium.pricing.rules import Coupon, FreightRow, PartnerTerms, PriceRow, Promotion, SupplierTerms

COUPONS_LIMIT = 5


@dataclass(frozen=True, slots=True)
class WantedLine:
    """What a buyer wants of one sku."""

    sku_id: int
    sku_ref: str
    supplier_id: int
    category_id: int
    category_path: str
    quantity: Decimal
    weight_g: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """Who asks, under whom, when, for what, and where it shall go."""

    buyer_id: int
    partner_id: int
    currency: str
    at: dt.datetime
    lines: Sequence[WantedLine]
    buyer_level: str = ""
    coupon_codes: Sequence[str] = ()
    delivery_method: str = "standard"
    country: str = ""
    region: str = ""


@dataclass(slots=True)
class Offers:
    """What is in force for one request.

    `suppliers` is key → (reference, contract version, terms); `prices` is sku → (whether the partner's,
    price) in the order they were made; `partner_id` is the partner's contract version, None under the house
    partner.
    """

    is_own_purchase: bool
    suppliers: dict[int, tuple[str, int, SupplierTerms]] = field(default_factory=dict)
    partner_id: int | None = None
    partner_terms: PartnerTerms | None = None
    volume: int = 0
    prices: dict[int, list[tuple[bool, PriceRow]]] = field(default_factory=dict)
    promotions: list[Promotion] = field(default_factory=list)
    coupons: list[tuple[int, Coupon]] = field(default_factory=list)
    rates: dict[int, list[FreightRow]] = field(default_factory=dict)

    @property
    def partner_sells(self) -> bool:
        """Whether the partner sells at its own prices: markup, unless it buys for itself and earns nothing on
        it.
        """
        terms = self.partner_terms
        return terms is not None and terms.mode == "markup" and (terms.own_purchases or not self.is_own_purchase)


# The version in force: the highest one begun and signed by both sides by then.
IN_FORCE = """
    c.starts_at <= %(at)s::timestamptz
    AND EXISTS (SELECT FROM pricing_contractsignature s
                WHERE s.contract_id = c.id AND s.side = 'operator' AND s.at <= %(at)s::timestamptz)
    AND EXISTS (SELECT FROM pricing_contractsignature s
                WHERE s.contract_id = c.id AND s.side = 'party' AND s.at <= %(at)s::timestamptz)
    ORDER BY c.version DESC LIMIT 1
"""

# One statement, because it is on the way of every order: a statement costs the server's process more than its
# rows. Each part gives rows of (what it is, its values as JSON), read by the function of that name below.
_OFFERS = f"""
SELECT 'contract', json_build_array(w.kind, w.party_id, o.ref, o.is_house, c.id, c.terms, v.volume)::text
FROM unnest(%(parties)s::bigint[], %(kinds)s::text[]) AS w(party_id, kind)
JOIN parties_organization o ON o.id = w.party_id
LEFT JOIN LATERAL (
    SELECT c.id, c.terms FROM pricing_contractversion c
    WHERE c.party_id = w.party_id AND c.kind = w.kind AND {IN_FORCE}
) c ON true
LEFT JOIN pricing_partnerstanding v
    ON w.kind = '{rules.OPERATOR_PARTNER}' AND v.partner_id = w.party_id AND v.currency = %(currency)s::text
UNION ALL
SELECT 'price', json_build_array(
    l.id, p.from_quantity, p.sku_id, l.partner_id IS NOT NULL, p.unit_price, l.ref, l.name, l.buyer_level, false,
    l.tax_rate, l.tax_included)::text
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
WHERE p.sku_id = ANY (%(skus)s::bigint[]) AND l.currency = %(currency)s::text
  AND l.starts_at <= %(at)s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %(at)s::timestamptz)
  AND (l.partner_id IS NULL OR l.partner_id = %(partner)s::bigint) AND l.buyer_level IN ('', %(level)s::text)
UNION ALL
SELECT 'price', json_build_array(
    c.id, c.from_quantity, c.sku_id, c.partner_id IS NOT NULL, c.unit_price, c.ref, '', '', true,
    c.tax_rate, c.tax_included)::text
FROM pricing_contractprice c
WHERE c.buyer_id = %(buyer)s::bigint AND c.sku_id = ANY (%(skus)s::bigint[]) AND c.currency = %(currency)s::text
  AND c.starts_at <= %(at)s::timestamptz AND (c.ends_at IS NULL OR c.ends_at > %(at)s::timestamptz)
  AND (c.partner_id IS NULL OR c.partner_id = %(partner)s::bigint)
UNION ALL
SELECT 'promotion', json_build_array(
    id, ref, name, kind, lane, percent, amount_off, threshold, supplier_id, sku_id, category_path, funders,
    recheck_on_return)::text
FROM pricing_promotion
WHERE is_active AND starts_at <= %(at)s::timestamptz AND (ends_at IS NULL OR ends_at > %(at)s::timestamptz)
  AND currency IN ('', %(currency)s::text) AND (partner_id IS NULL OR partner_id = %(partner)s::bigint)
  AND (supplier_id IS NULL OR supplier_id = ANY (%(parties)s::bigint[]))
  AND (sku_id IS NULL OR sku_id = ANY (%(skus)s::bigint[]))
UNION ALL
SELECT 'coupon', json_build_array(
    g.place, c.id, c.ref, g.code, c.percent, c.amount_off, c.min_spend, c.funder, c.funder_organization_id,
    CASE WHEN c.id IS NULL OR NOT c.is_active THEN 'unknown'
         WHEN c.starts_at > %(at)s::timestamptz THEN 'not_yet'
         WHEN c.ends_at <= %(at)s::timestamptz THEN 'expired'
         WHEN c.uses_left <= 0 OR a.used >= c.per_buyer THEN 'used_up'
         WHEN c.currency NOT IN ('', %(currency)s::text) THEN 'other_currency'
         WHEN c.funder = 'partner' AND c.funder_organization_id <> %(partner)s::bigint THEN 'wrong_scope'
    END)::text
FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS g(code, place)
LEFT JOIN pricing_coupon c ON upper(c.code) = upper(g.code)
LEFT JOIN pricing_couponallowance a ON a.coupon_id = c.id AND a.buyer_id = %(buyer)s::bigint
UNION ALL
SELECT 'rate', json_build_array(supplier_id, country, region_prefix, base, per_kg, free_from)::text
FROM pricing_freightrate
WHERE supplier_id = ANY (%(parties)s::bigint[]) AND delivery_method = %(method)s::text
  AND currency = %(currency)s::text AND country IN ('', %(country)s::text)
"""


def gather(request: QuoteRequest) -> Offers:
    """Contracts, prices, promotions, coupons and freight rates for a request. One statement, whatever its
    size.

    Refuses: NoContract, CouponRefused, TooManyCoupons.
    """
    suppliers = list(dict.fromkeys(line.supplier_id for line in request.lines))
    found = sql.rows(_OFFERS, {
        "parties": [*suppliers, request.partner_id],
        "kinds": [rules.OPERATOR_SUPPLIER] * len(suppliers) + [rules.OPERATOR_PARTNER],
        "skus": [line.sku_id for line in request.lines],
        "at": request.at,
        "currency": request.currency,
        "buyer": request.buyer_id,
        "partner": request.partner_id,
        "level": request.buyer_level,
        "codes": _codes(request.coupon_codes),
        "method": _word(request.delivery_method, 20),
        "country": _word(request.country, 2),
    })  # fmt: skip
    rows: dict[str, list[Any]] = {"contract": [], "price": [], "promotion": [], "coupon": [], "rate": []}
    for what, values in found:
        rows[what].append(json.loads(values, parse_float=Decimal))
    offers = Offers(is_own_purchase=request.buyer_id == request.partner_id)
    for what, read in _READERS.items():
        read(offers, rows[what], request)
    return offers


def _word(text: str, limit: int) -> str:
    """A code as it may stand in a table; anything else matches nothing."""
    return text if len(text) <= limit and text.isprintable() else "?"


def _codes(given: Sequence[str]) -> list[str]:
    codes = [code.strip() for code in given]
    if len(codes) > COUPONS_LIMIT:
        raise TooManyCoupons(field="coupon_codes", limit=COUPONS_LIMIT)
    for code in codes:
        if not code or len(code) > 40 or not code.isprintable():
            raise CouponRefused(coupon=code, reason="unknown")
    return codes


def _read_contracts(offers: Offers, rows: list[Any], request: QuoteRequest) -> None:
    by_party = {(kind, party_id): row for kind, party_id, *row in rows}
    for supplier_id in dict.fromkeys(line.supplier_id for line in request.lines):
        ref, _is_house, contract_id, terms, _volume = by_party[rules.OPERATOR_SUPPLIER, supplier_id]
        if contract_id is None:
            raise NoContract(party=ref, side="supplier")
        offers.suppliers[supplier_id] = (ref, contract_id, rules.read_supplier_terms(terms))
    ref, is_house, contract_id, terms, volume = by_party[rules.OPERATOR_PARTNER, request.partner_id]
    if is_house:
        return
    if contract_id is None:
        raise NoContract(party=ref, side="partner")
    offers.partner_id, offers.partner_terms = contract_id, rules.read_partner_terms(terms)
    offers.volume = volume or 0


def _read_prices(offers: Offers, rows: list[Any], request: QuoteRequest) -> None:
    for _list_id, step, sku_id, is_partners, *price in sorted(rows):
        offers.prices.setdefault(sku_id, []).append((is_partners, PriceRow(step, *price)))


def _read_promotions(offers: Offers, rows: list[Any], request: QuoteRequest) -> None:
    for row in sorted(rows):
        offers.promotions.append(
            Promotion(
                ref=row[1], label=translate(row[2], "en"), kind=row[3], lane=row[4], percent=row[5],
                amount_off=row[6], threshold=row[7], supplier_id=row[8], sku_id=row[9], category_path=row[10],
                funders=tuple((funder["party"], funder["weight"]) for funder in row[11]), recheck_on_return=row[12],
            )
        )  # fmt: skip


def _read_coupons(offers: Offers, rows: list[Any], request: QuoteRequest) -> None:
    for _place, coupon_id, ref, code, percent, amount_off, min_spend, funder, funder_id, reason in sorted(rows):
        if reason:
            raise CouponRefused(coupon=code, reason=reason)
        coupon = Coupon(
            ref=ref, code=code, percent=percent, amount_off=amount_off, min_spend=min_spend, funder=funder,
            supplier_id=funder_id if funder == "supplier" else None,
        )  # fmt: skip
        offers.coupons.append((coupon_id, coupon))


def _read_rates(offers: Offers, rows: list[Any], request: QuoteRequest) -> None:
    for supplier_id, *rate in rows:
        offers.rates.setdefault(supplier_id, []).append(FreightRow(*rate))


_READERS: dict[str, Callable[[Offers, list[Any], QuoteRequest], None]] = {
    "contract": _read_contracts,
    "price": _read_prices,
    "promotion": _read_promotions,
    "coupon": _read_coupons,
    "rate": _read_rates,
}
