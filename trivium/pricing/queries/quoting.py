"""What an order would cost and who would earn what of it: the quote."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trivium.core import sql
from trivium.core.fields import translate
from trivium.core.money import MAX_MINOR, line_minor
from trivium.pricing import rules
from trivium.pricing.errors import (
    AmountTooLarge,
    CouponRefused,
    DeliveryUnavailable,
    NoContract,
    NotPriced,
    TooManyCoupons,
)
from trivium.pricing.rules import (
    Coupon,
    FreightRow,
    Funder,
    LineFacts,
    LineSplit,
    PartnerTerms,
    PricedLine,
    PriceRow,
    Promotion,
    Stage,
    SupplierTerms,
    Trail,
)

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


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line with its price trail and its split. With `facts` and the two contract versions the split can be
    computed again at any time (`rules.split_under`). `partner_contract_id` is None under the house
    partner."""

    sku_id: int
    supplier_id: int
    quantity: Decimal
    unit_price: Decimal
    stages: tuple[Stage, ...]
    split: LineSplit
    supplier_contract_id: int
    partner_contract_id: int | None
    facts: LineFacts


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order costs. `total` is all the buyer pays: goods, service fees and freight, in minor units.

    `mode` is how the partner earns; None under the house partner. `payable` says, by supplier, when its part
    of an order on account is owed to it.
    """

    currency: str
    mode: str | None
    lines: tuple[QuotedLine, ...]
    freight: dict[int, int]
    coupon_ids: tuple[int, ...]
    payable: dict[int, str]
    total: int


def quote(request: QuoteRequest) -> Quote:
    """Price an order with its trail, split every line under the contracts in force, and add the freight.

    Four statements for any number of lines, a fifth when coupons are given. Lines keep their order.

    Refuses: NoContract, NotPriced, MarkupOutsideBand, AmountTooLarge, CouponRefused, TooManyCoupons,
    DeliveryUnavailable. It changes nothing and locks nothing; `commands.redeem_coupon` uses the coupons up.
    Source: docs/algorithms/pricing.md.
    """
    agreed = _contracts(request)
    rows = _prices(request, agreed.sells_itself)
    bought = [_price_line(line, rows.get(line.sku_id, ()), request, agreed) for line in request.lines]
    coupons = _coupons(request) if request.coupon_codes else ()
    trails = rules.apply_promotions([b.priced for b in bought], _promotions(request), [c for _id, c in coupons])
    lines = tuple(
        _split(wanted, b, trail, request, agreed)
        for wanted, b, trail in zip(request.lines, bought, trails, strict=True)
    )
    freight = _freight(request, lines, agreed)
    return Quote(
        currency=request.currency,
        mode=agreed.partner_terms.mode if agreed.partner_terms else None,
        lines=lines,
        freight=freight,
        coupon_ids=tuple(coupon_id for coupon_id, _coupon in coupons),
        payable={supplier_id: terms.payable for supplier_id, (_ref, _id, terms) in agreed.suppliers.items()},
        total=sum(line.split.paid + line.split.service_fee for line in lines) + sum(freight.values()),
    )


# -- contracts ------------------------------------------------------------------------------------------

# The version in force: the highest one begun and signed by both sides by then.
IN_FORCE = """
    c.starts_at <= %(at)s::timestamptz
    AND EXISTS (SELECT FROM pricing_contractsignature s
                WHERE s.contract_id = c.id AND s.side = 'operator' AND s.at <= %(at)s::timestamptz)
    AND EXISTS (SELECT FROM pricing_contractsignature s
                WHERE s.contract_id = c.id AND s.side = 'party' AND s.at <= %(at)s::timestamptz)
    ORDER BY c.version DESC LIMIT 1
"""

_CONTRACTS = f"""
SELECT w.party_id, w.kind, o.ref, o.is_house, c.id, c.terms, v.volume
FROM unnest(%(parties)s::bigint[], %(kinds)s::text[]) AS w(party_id, kind)
JOIN parties_organization o ON o.id = w.party_id
LEFT JOIN LATERAL (
    SELECT c.id, c.terms FROM pricing_contractversion c WHERE c.party_id = w.party_id AND c.kind = w.kind AND {IN_FORCE}
) c ON true
LEFT JOIN pricing_partnerstanding v
    ON w.kind = '{rules.OPERATOR_PARTNER}' AND v.partner_id = w.party_id AND v.currency = %(currency)s
"""


class _Agreed:
    """The contracts in force for one order."""

    __slots__ = ("is_own_purchase", "partner_id", "partner_terms", "suppliers", "volume")

    def __init__(self, request: QuoteRequest) -> None:
        self.suppliers: dict[int, tuple[str, int, SupplierTerms]] = {}
        self.partner_id: int | None = None
        self.partner_terms: PartnerTerms | None = None
        self.volume = 0
        self.is_own_purchase = request.buyer_id == request.partner_id

    @property
    def sells_itself(self) -> bool:
        """Whether the partner sells under its own prices: markup, unless it buys for itself and that earns
        nothing.
        """
        terms = self.partner_terms
        return terms is not None and terms.mode == "markup" and (terms.own_purchases or not self.is_own_purchase)


def _contracts(request: QuoteRequest) -> _Agreed:
    suppliers = list(dict.fromkeys(line.supplier_id for line in request.lines))
    found = sql.rows(_CONTRACTS, {
        "parties": [*suppliers, request.partner_id],
        "kinds": [rules.OPERATOR_SUPPLIER] * len(suppliers) + [rules.OPERATOR_PARTNER],
        "at": request.at,
        "currency": request.currency,
    })  # fmt: skip
    by_party = {(kind, party_id): row for party_id, kind, *row in found}
    agreed = _Agreed(request)
    for supplier_id in suppliers:
        ref, _is_house, contract_id, terms, _volume = by_party[rules.OPERATOR_SUPPLIER, supplier_id]
        if contract_id is None:
            raise NoContract(party=ref, side="supplier")
        agreed.suppliers[supplier_id] = (ref, contract_id, rules.read_supplier_terms(terms))
    ref, is_house, contract_id, terms, volume = by_party[rules.OPERATOR_PARTNER, request.partner_id]
    if not is_house:
        if contract_id is None:
            raise NoContract(party=ref, side="partner")
        agreed.partner_id, agreed.partner_terms = contract_id, rules.read_partner_terms(terms)
        agreed.volume = volume or 0
    return agreed


# -- prices ---------------------------------------------------------------------------------------------

_PRICES = """
SELECT p.sku_id, l.partner_id IS NOT NULL, p.from_quantity, p.unit_price, l.ref, l.name, l.buyer_level, false,
       l.tax_rate, l.tax_included, l.id
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
WHERE p.sku_id = ANY (%(skus)s::bigint[]) AND l.currency = %(currency)s
  AND l.starts_at <= %(at)s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %(at)s::timestamptz)
  AND (l.partner_id IS NULL OR l.partner_id = %(seller)s) AND l.buyer_level IN ('', %(level)s)
UNION ALL
SELECT c.sku_id, c.partner_id IS NOT NULL, c.from_quantity, c.unit_price, c.ref, '', '', true,
       c.tax_rate, c.tax_included, c.id
FROM pricing_contractprice c
WHERE c.buyer_id = %(buyer)s AND c.sku_id = ANY (%(skus)s::bigint[]) AND c.currency = %(currency)s
  AND c.starts_at <= %(at)s::timestamptz AND (c.ends_at IS NULL OR c.ends_at > %(at)s::timestamptz)
  AND (c.partner_id IS NULL OR c.partner_id = %(seller)s)
ORDER BY 11, 3
"""


class _Bought:
    """A wanted line with its price, and under markup with the supplier's."""

    __slots__ = ("price", "priced", "supply", "supply_amount")

    def __init__(self, price: PriceRow, priced: PricedLine, supply: PriceRow, supply_amount: int) -> None:
        self.price, self.priced, self.supply, self.supply_amount = price, priced, supply, supply_amount


def _prices(request: QuoteRequest, sells_itself: bool) -> dict[int, list[tuple[bool, PriceRow]]]:
    found = sql.rows(_PRICES, {
        "skus": [line.sku_id for line in request.lines], "currency": request.currency, "at": request.at,
        "seller": request.partner_id if sells_itself else 0, "level": request.buyer_level, "buyer": request.buyer_id,
    })  # fmt: skip
    rows: dict[int, list[tuple[bool, PriceRow]]] = {}
    for sku_id, is_partners, *price, _order in found:
        rows.setdefault(sku_id, []).append((is_partners, PriceRow(*price)))
    return rows


def _price_line(
    line: WantedLine, rows: Sequence[tuple[bool, PriceRow]], request: QuoteRequest, agreed: _Agreed
) -> _Bought:
    suppliers = [row for is_partners, row in rows if not is_partners]
    if not agreed.sells_itself:
        price = supply = rules.base_price(suppliers, line.quantity, request.buyer_level)
    else:
        price = rules.base_price([row for is_partners, row in rows if is_partners], line.quantity, request.buyer_level)
        supply = rules.base_price(suppliers, line.quantity)
    if price is None or supply is None:
        raise NotPriced(field="sku_ref", sku=line.sku_ref, currency=request.currency)
    gross = line_minor(price.unit_price, line.quantity, request.currency)
    if gross > MAX_MINOR:
        raise AmountTooLarge(field="quantity", sku=line.sku_ref)
    supply_amount, room = gross, None
    if agreed.sells_itself:
        listed = rules.base_price([row for row in suppliers if not row.is_contract], line.quantity) or supply
        band = agreed.suppliers[line.supplier_id][2].markup_band
        rules.check_band(
            band, price.with_tax, supply.with_tax, listed.with_tax, sku=line.sku_ref, quantity=line.quantity
        )
        supply_amount = room = line_minor(supply.unit_price, line.quantity, request.currency)
    priced = PricedLine(
        sku_id=line.sku_id, supplier_id=line.supplier_id, gross=gross, category_path=line.category_path,
        source=price.source, label=price.label, room=room,
    )  # fmt: skip
    return _Bought(price, priced, supply, supply_amount)


# -- promotions and coupons -----------------------------------------------------------------------------

_PROMOTIONS = """
SELECT ref, name, kind, lane, percent, amount_off, threshold, supplier_id, sku_id, category_path, funders,
       recheck_on_return
FROM pricing_promotion
WHERE is_active AND starts_at <= %(at)s::timestamptz AND (ends_at IS NULL OR ends_at > %(at)s::timestamptz)
  AND currency IN ('', %(currency)s) AND (partner_id IS NULL OR partner_id = %(partner)s)
  AND (supplier_id IS NULL OR supplier_id = ANY (%(suppliers)s::bigint[]))
  AND (sku_id IS NULL OR sku_id = ANY (%(skus)s::bigint[]))
ORDER BY id
"""


@lru_cache(maxsize=4096)
def _label(words: str) -> str:
    return translate(json.loads(words), "en")


@lru_cache(maxsize=4096)
def _funders(stored: str) -> tuple[tuple[Funder, int], ...]:
    return tuple((entry["party"], entry["weight"]) for entry in json.loads(stored))


def _promotions(request: QuoteRequest) -> list[Promotion]:
    found = sql.rows(_PROMOTIONS, {
        "at": request.at, "currency": request.currency, "partner": request.partner_id,
        "suppliers": [line.supplier_id for line in request.lines], "skus": [line.sku_id for line in request.lines],
    })  # fmt: skip
    return [
        Promotion(
            ref=row[0], label=_label(row[1]), kind=row[2], lane=row[3], percent=row[4], amount_off=row[5],
            threshold=row[6], supplier_id=row[7], sku_id=row[8], category_path=row[9], funders=_funders(row[10]),
            recheck_on_return=row[11],
        )
        for row in found
    ]  # fmt: skip


_COUPONS = """
SELECT c.id, c.ref, g.code, c.percent, c.amount_off, c.min_spend, c.funder, c.funder_organization_id, c.currency,
       CASE WHEN c.id IS NULL OR NOT c.is_active THEN 'unknown'
            WHEN c.starts_at > %(at)s::timestamptz THEN 'not_yet'
            WHEN c.ends_at <= %(at)s::timestamptz THEN 'expired'
            WHEN c.uses_left <= 0 OR a.used >= c.per_buyer THEN 'used_up'
            WHEN c.currency NOT IN ('', %(currency)s) THEN 'other_currency'
            WHEN c.funder = 'partner' AND c.funder_organization_id <> %(partner)s THEN 'wrong_scope'
       END
FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS g(code, place)
LEFT JOIN pricing_coupon c ON upper(c.code) = upper(g.code)
LEFT JOIN pricing_couponallowance a ON a.coupon_id = c.id AND a.buyer_id = %(buyer)s
ORDER BY g.place
"""


def _coupons(request: QuoteRequest) -> list[tuple[int, Coupon]]:
    codes = [code.strip() for code in request.coupon_codes]
    if len(codes) > COUPONS_LIMIT:
        raise TooManyCoupons(field="coupon_codes", limit=COUPONS_LIMIT)
    for code in codes:
        if not code or len(code) > 40 or not code.isprintable():
            raise CouponRefused(coupon=code.replace("\x00", ""), reason="unknown")
    found = sql.rows(_COUPONS, {
        "codes": codes, "at": request.at, "currency": request.currency, "partner": request.partner_id,
        "buyer": request.buyer_id,
    })  # fmt: skip
    coupons = []
    for coupon_id, ref, code, percent, amount_off, min_spend, funder, funder_id, _currency, reason in found:
        if reason:
            raise CouponRefused(coupon=code, reason=reason)
        supplier_id = funder_id if funder == "supplier" else None
        coupons.append((coupon_id, Coupon(
            ref=ref, code=code, percent=percent, amount_off=amount_off, min_spend=min_spend, funder=funder,
            supplier_id=supplier_id,
        )))  # fmt: skip
    return coupons


# -- split and freight ----------------------------------------------------------------------------------


def _split(line: WantedLine, bought: _Bought, trail: Trail, request: QuoteRequest, agreed: _Agreed) -> QuotedLine:
    supplier_ref, contract_id, terms = agreed.suppliers[line.supplier_id]
    price, supply = bought.price, bought.supply
    facts = LineFacts(
        gross=bought.priced.gross, operator_off=trail.operator, partner_off=trail.partner, supplier_off=trail.supplier,
        tax_rate=price.tax_rate, tax_included=price.tax_included, supply=bought.supply_amount,
        supply_tax_rate=supply.tax_rate, supply_tax_included=supply.tax_included, supplier_ref=supplier_ref,
        category_path=line.category_path, currency=request.currency, volume=agreed.volume,
        is_own_purchase=agreed.is_own_purchase,
    )  # fmt: skip
    split = rules.split_under(terms, agreed.partner_terms, facts)
    if not price.tax_included and split.tax:
        trail.stages.append(Stage("tax", price.source, f"{price.tax_rate.normalize():f} %", split.tax))
    return QuotedLine(
        line.sku_id, line.supplier_id, line.quantity, price.unit_price, tuple(trail.stages), split, contract_id,
        agreed.partner_id, facts,
    )  # fmt: skip


_FREIGHT = """
SELECT supplier_id, country, region_prefix, base, per_kg, free_from FROM pricing_freightrate
WHERE supplier_id = ANY (%(suppliers)s::bigint[]) AND delivery_method = %(method)s AND currency = %(currency)s
  AND country IN ('', %(country)s)
"""


def _freight(request: QuoteRequest, lines: Sequence[QuotedLine], agreed: _Agreed) -> dict[int, int]:
    rates: dict[int, list[FreightRow]] = {supplier_id: [] for supplier_id in agreed.suppliers}
    for supplier_id, *rate in sql.rows(_FREIGHT, {
        "suppliers": list(rates), "method": request.delivery_method, "currency": request.currency,
        "country": request.country,
    }):  # fmt: skip
        rates[supplier_id].append(FreightRow(*rate))
    weights, goods = dict.fromkeys(rates, 0), dict.fromkeys(rates, 0)
    for wanted, line in zip(request.lines, lines, strict=True):
        weights[line.supplier_id] += -int(-(wanted.weight_g * wanted.quantity) // 1)
        goods[line.supplier_id] += line.split.paid
    freight = {}
    for supplier_id, its_rates in rates.items():
        amount = rules.freight_for(
            its_rates, country=request.country, region=request.region, weight_g=weights[supplier_id],
            goods=goods[supplier_id],
        )  # fmt: skip
        if amount is None:
            raise DeliveryUnavailable(
                field="delivery_method", supplier=agreed.suppliers[supplier_id][0], method=request.delivery_method,
                country=request.country, region=request.region, currency=request.currency,
            )  # fmt: skip
        freight[supplier_id] = amount
    return freight
