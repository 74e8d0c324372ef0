"""What an order would cost and who would earn what of it: the quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from trivium.core.money import MAX_MINOR, line_minor
from trivium.pricing import rules
from trivium.pricing.errors import AmountTooLarge, DeliveryUnavailable, NotPriced
from trivium.pricing.queries.offers import Offers, QuoteRequest, WantedLine, gather
from trivium.pricing.rules import LineFacts, LineSplit, PricedLine, PriceRow, Stage, Trail


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


@dataclass(frozen=True, slots=True)
class _Bought:
    """A wanted line with its price, and under markup with the supplier's."""

    price: PriceRow
    priced: PricedLine
    supply: PriceRow
    supply_amount: int


def quote(request: QuoteRequest) -> Quote:
    """Price an order with its trail, split every line under the contracts in force, and add the freight.

    One statement for any number of lines, suppliers and coupons. Lines keep their order.

    Refuses: NoContract, NotPriced, MarkupOutsideBand, AmountTooLarge, CouponRefused, TooManyCoupons,
    DeliveryUnavailable. It changes nothing and locks nothing; `commands.redeem_coupon` uses the coupons up.
    Source: docs/algorithms/pricing.md.
    """
    offers = gather(request)
    bought = [_price_line(line, request, offers) for line in request.lines]
    trails = rules.apply_promotions(
        [b.priced for b in bought], offers.promotions, [coupon for _id, coupon in offers.coupons]
    )
    lines = tuple(
        _split(wanted, b, trail, request, offers)
        for wanted, b, trail in zip(request.lines, bought, trails, strict=True)
    )
    freight = _freight(request, lines, offers)
    return Quote(
        currency=request.currency,
        mode=offers.partner_terms.mode if offers.partner_terms else None,
        lines=lines,
        freight=freight,
        coupon_ids=tuple(coupon_id for coupon_id, _coupon in offers.coupons),
        payable={supplier_id: terms.payable for supplier_id, (_ref, _id, terms) in offers.suppliers.items()},
        total=sum(line.split.paid + line.split.service_fee for line in lines) + sum(freight.values()),
    )


def _price_line(line: WantedLine, request: QuoteRequest, offers: Offers) -> _Bought:
    rows = offers.prices.get(line.sku_id, ())
    suppliers = [row for is_partners, row in rows if not is_partners]
    if not offers.partner_sells:
        price = supply = rules.base_price(suppliers, line.quantity, request.buyer_level)
    else:
        own = [row for is_partners, row in rows if is_partners]
        price = rules.base_price(own, line.quantity, request.buyer_level)
        supply = rules.base_price(suppliers, line.quantity)
    if price is None or supply is None:
        raise NotPriced(field="sku_ref", sku=line.sku_ref, currency=request.currency)
    gross = line_minor(price.unit_price, line.quantity, request.currency)
    if gross > MAX_MINOR:
        raise AmountTooLarge(field="quantity", sku=line.sku_ref)
    supply_amount, room = gross, None
    if offers.partner_sells:
        listed = rules.base_price([row for row in suppliers if not row.is_contract], line.quantity) or supply
        rules.check_band(
            offers.suppliers[line.supplier_id][2].markup_band, price.with_tax, supply.with_tax, listed.with_tax,
            sku=line.sku_ref, quantity=line.quantity,
        )  # fmt: skip
        supply_amount = room = line_minor(supply.unit_price, line.quantity, request.currency)
    priced = PricedLine(
        sku_id=line.sku_id, supplier_id=line.supplier_id, gross=gross, category_path=line.category_path,
        source=price.source, label=price.label, room=room,
    )  # fmt: skip
    return _Bought(price, priced, supply, supply_amount)


def _split(line: WantedLine, bought: _Bought, trail: Trail, request: QuoteRequest, offers: Offers) -> QuotedLine:
    supplier_ref, contract_id, terms = offers.suppliers[line.supplier_id]
    price, supply = bought.price, bought.supply
    facts = LineFacts(
        gross=bought.priced.gross, operator_off=trail.operator, partner_off=trail.partner, supplier_off=trail.supplier,
        tax_rate=price.tax_rate, tax_included=price.tax_included, supply=bought.supply_amount,
        supply_tax_rate=supply.tax_rate, supply_tax_included=supply.tax_included, supplier_ref=supplier_ref,
        category_path=line.category_path, currency=request.currency, volume=offers.volume,
        is_own_purchase=offers.is_own_purchase,
    )  # fmt: skip
    split = rules.split_under(terms, offers.partner_terms, facts)
    if not price.tax_included and split.tax:
        trail.stages.append(Stage("tax", price.source, f"{price.tax_rate.normalize():f} %", split.tax))
    return QuotedLine(
        line.sku_id, line.supplier_id, line.quantity, price.unit_price, tuple(trail.stages), split, contract_id,
        offers.partner_id, facts,
    )  # fmt: skip


def _freight(request: QuoteRequest, lines: Sequence[QuotedLine], offers: Offers) -> dict[int, int]:
    weights, goods = dict.fromkeys(offers.suppliers, 0), dict.fromkeys(offers.suppliers, 0)
    for wanted, line in zip(request.lines, lines, strict=True):
        weights[line.supplier_id] += ceil(wanted.weight_g * wanted.quantity)
        goods[line.supplier_id] += line.split.paid
    freight = {}
    for supplier_id, (supplier_ref, _contract_id, _terms) in offers.suppliers.items():
        amount = rules.freight_for(
            offers.rates.get(supplier_id, ()), country=request.country, region=request.region,
            weight_g=weights[supplier_id], goods=goods[supplier_id],
        )  # fmt: skip
        if amount is None:
            raise DeliveryUnavailable(
                field="delivery_method", supplier=supplier_ref, method=request.delivery_method[:20],
                country=request.country[:2], region=request.region[:20], currency=request.currency,
            )  # fmt: skip
        freight[supplier_id] = amount
    return freight
