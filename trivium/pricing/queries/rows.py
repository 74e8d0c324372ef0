"""Price lists, contract prices, promotions and coupons as rows of lists, for those whose they are."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from trivium.catalog import queries as catalog
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import COUNTED, Found, Wanted, counted, cut, like
from trivium.core.time import now
from trivium.pricing.models import ContractPrice, Coupon, CouponUse, Price, PriceList, Promotion
from trivium.pricing.queries.selling import supplier_prices
from trivium.pricing.rules import PriceRow, base_price

STATES = ("in_force", "coming", "over")


@dataclass(frozen=True, slots=True)
class OwnList:
    """A price list in a list of them. `partner` is "" in a supplier's own; `skus` is how many it prices."""

    ref: str
    name: str
    supplier_ref: str
    supplier: str
    partner: str
    buyer_level: str
    currency: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    tax_rate: Decimal
    tax_included: bool
    skus: int
    state: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of one sku in a list. Under markup `supply` is what the partner pays in this quantity.

    `is_first`: no other step of the sku stands above it on the page.
    """

    sku_id: int
    sku_ref: str
    product_ref: str
    code: str
    names: dict[str, str]
    unit: str
    from_quantity: Decimal
    unit_price: Decimal
    supply: PriceRow | None = None
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """A price agreed with one buyer."""

    ref: str
    buyer: str
    product_ref: str
    code: str
    names: dict[str, str]
    seller: str
    from_quantity: Decimal
    unit_price: Decimal
    currency: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A promotion or a coupon. `least` is the amount from which it holds; `given` by whom, `funders` who pays for it.

    Of a coupon `uses` counts the orders that hold or have used one, and `uses_left` is None without a limit.
    """

    ref: str
    code: str
    name: dict[str, str]
    kind: str
    percent: Decimal | None
    amount_off: int | None
    least: int
    currency: str
    category_path: str
    supplier: str
    given: str
    funders: tuple[str, ...]
    per_buyer: int | None
    uses: int
    uses_left: int | None
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    state: str


def _narrowed(rows: Any, state: str, at: dt.datetime, over: Q) -> Any:
    """The rows in one state, or all of them."""
    if state == "over":
        return rows.filter(over)
    if state == "coming":
        return rows.exclude(over).filter(starts_at__gt=at)
    return rows.exclude(over).filter(starts_at__lte=at) if state == "in_force" else rows


def _state(starts_at: dt.datetime, ends_at: dt.datetime | None, at: dt.datetime, *, is_active: bool = True) -> str:
    if not is_active or (ends_at is not None and ends_at <= at):
        return "over"
    return "coming" if starts_at > at else "in_force"


_SKUS = Subquery(
    Price.objects.filter(price_list=OuterRef("pk")).order_by().values("price_list")
    .annotate(n=Count("sku", distinct=True)).values("n")
)  # fmt: skip
_LIST = ("ref", "name", "supplier__ref", "supplier__name", "partner__name", "buyer_level", "currency", "starts_at",
         "ends_at", "tax_rate", "tax_included")  # fmt: skip
_LIST_SORTS = {"name": "name", "supplier": "supplier__name", "from": "starts_at", "until": "ends_at"}


def price_list_rows(actor: Actor, wanted: Wanted) -> Found:
    """The price lists of this workspace, the newest first. Filter: state. Text: its name or the supplier's.

    Two statements.
    """
    at = now()
    found = _narrowed(PriceList.objects.visible_to(actor), wanted.filters.get("state", ""), at, Q(ends_at__lte=at))
    if wanted.text:
        found = found.filter(Q(name__icontains=wanted.text) | Q(supplier__name__icontains=wanted.text))
    page, count, is_more = cut(found, wanted, _LIST_SORTS)
    return Found([_list_row(row, at) for row in page.annotate(skus=_SKUS).values_list(*_LIST, "skus")], count, is_more)


def get_price_list(actor: Actor, list_ref: str) -> OwnList:
    """One price list of this workspace. One statement.

    Refuses: NotFound.
    """
    found = PriceList.objects.visible_to(actor).filter(ref=list_ref).annotate(skus=_SKUS)
    row = found.values_list(*_LIST, "skus").first()
    if row is None:
        raise NotFound(what="price list", ref=list_ref)
    return _list_row(row, now())


def _list_row(row: tuple[Any, ...], at: dt.datetime) -> OwnList:
    *facts, skus = row
    facts[4] = facts[4] or ""
    values: tuple[Any, ...] = (*facts, skus or 0, _state(facts[7], facts[8], at))
    return OwnList(*values)


_STEPS = """
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
JOIN catalog_sku s ON s.id = p.sku_id JOIN catalog_product g ON g.id = s.product_id
WHERE l.ref = %(list)s::text AND (s.code ILIKE %(text)s::text
    OR EXISTS (SELECT FROM jsonb_each_text(g.name) AS n WHERE n.value ILIKE %(text)s::text)
    OR EXISTS (SELECT FROM jsonb_each_text(s.name) AS n WHERE n.value ILIKE %(text)s::text))
"""
_STEP_SORTS = {"code": "s.code", "step": "p.from_quantity", "price": "p.unit_price"}


def step_rows(actor: Actor, price_list: OwnList, wanted: Wanted) -> Found:
    """The prices of a list of this workspace, sku by sku. Text: code or name of the goods.

    Two statements; under markup a third brings what the partner pays itself.
    """
    column = _STEP_SORTS.get(wanted.sort, "s.code")
    order = f"{column} {'DESC' if wanted.descending else 'ASC'}, s.code, s.id, p.from_quantity"
    given = {"list": price_list.ref, "text": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}
    count = sql.rows(f"SELECT count(*) FROM (SELECT {_STEPS} LIMIT {COUNTED + 1}) AS counted", given)[0][0]
    page = f"""SELECT s.id, s.ref, g.ref, s.code, CASE WHEN s.name = '{{}}'::jsonb THEN g.name ELSE s.name END, s.unit,
                      p.from_quantity, p.unit_price {_STEPS} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"""
    found = sql.rows(page, given)
    rows = [StepRow(*row) for row in ((*row[:4], catalog.words(row[4]), *row[5:]) for row in found)]
    if price_list.partner and actor.is_role("partner"):
        rows = _with_supply(rows, price_list)
    seen: set[int] = set()
    for place, row in enumerate(rows):
        rows[place] = replace(row, is_first=row.sku_id not in seen)
        seen.add(row.sku_id)
    return Found(rows, *counted(count))


def _with_supply(rows: list[StepRow], price_list: OwnList) -> list[StepRow]:
    at = max(price_list.starts_at, now())
    asked = supplier_prices([row.sku_id for row in rows], price_list.currency, at)
    return [replace(row, supply=base_price(asked.get(row.sku_id, []), row.from_quantity)) for row in rows]


_AGREED = ("ref", "buyer__name", "sku__product__ref", "sku__code", "sku__name", "sku__product__name", "partner__name",
           "supplier__name", "from_quantity", "unit_price", "currency", "starts_at", "ends_at")  # fmt: skip
_AGREED_SORTS = {"buyer": "buyer__name", "code": "sku__code", "from": "starts_at", "until": "ends_at",
                 "price": "unit_price"}  # fmt: skip


def contract_price_rows(actor: Actor, wanted: Wanted) -> Found:
    """What this workspace has agreed with single buyers, the newest first. Filter: state. Text: buyer or code.

    Two statements.
    """
    at = now()
    found = ContractPrice.objects.visible_to(actor)
    found = _narrowed(found, wanted.filters.get("state", ""), at, Q(ends_at__lte=at))
    if wanted.text:
        found = found.filter(Q(buyer__name__icontains=wanted.text) | Q(sku__code__icontains=wanted.text))
    page, count, is_more = cut(found, wanted, _AGREED_SORTS)
    rows = []
    for ref, buyer, product, code, own, name, partner, supplier, *terms in page.values_list(*_AGREED):
        values: tuple[Any, ...] = (ref, buyer, product, code, own or name, partner or supplier, *terms,
                                   _state(terms[3], terms[4], at))  # fmt: skip
        rows.append(AgreedRow(*values))
    return Found(rows, count, is_more)


_PROMOTION = ("ref", "name", "kind", "percent", "amount_off", "threshold", "currency", "category_path",
              "supplier__name", "owner__name", "funders", "starts_at", "ends_at", "is_active")  # fmt: skip
_GIVEN_SORTS = {"from": "starts_at", "until": "ends_at", "code": "code"}


def promotion_rows(actor: Actor, wanted: Wanted) -> Found:
    """The promotions this workspace has launched (the operator: all), the newest first. Filter: state. Text: a name.

    Two statements.
    """
    at = now()
    over = Q(is_active=False) | Q(ends_at__lte=at)
    found = _narrowed(Promotion.objects.visible_to(actor), wanted.filters.get("state", ""), at, over)
    if wanted.text:
        found = found.filter(name__icontains=wanted.text)
    page, count, is_more = cut(found, wanted, {key: its for key, its in _GIVEN_SORTS.items() if key != "code"})
    rows = []
    for row in page.values_list(*_PROMOTION):
        ref, name, kind, percent, off, least, currency, path, supplier, given, funders, starts, ends, active = row
        payers = tuple(str(each["party"]) for each in funders)
        state = _state(starts, ends, at, is_active=active)
        rows.append(GivenRow(ref, "", name, kind, percent, off, least, currency, path, supplier or "", given or "",
                             payers, None, 0, None, starts, ends, state))  # fmt: skip
    return Found(rows, count, is_more)


_COUPON = ("id", "ref", "code", "name", "percent", "amount_off", "min_spend", "currency", "owner__name", "funder",
           "per_buyer", "uses_left", "starts_at", "ends_at", "is_active")  # fmt: skip


def coupon_rows(actor: Actor, wanted: Wanted) -> Found:
    """The coupons this workspace has made (the operator: all), the newest first. Filter: state. Text: code or name.

    Three statements.
    """
    at = now()
    over = Q(is_active=False) | Q(ends_at__lte=at)
    found = _narrowed(Coupon.objects.visible_to(actor), wanted.filters.get("state", ""), at, over)
    if wanted.text:
        found = found.filter(Q(code__icontains=wanted.text) | Q(name__icontains=wanted.text))
    page, count, is_more = cut(found, wanted, _GIVEN_SORTS)
    read = list(page.values_list(*_COUPON))
    used = CouponUse.objects.filter(coupon_id__in=[row[0] for row in read], status__in=("held", "redeemed"))
    uses = dict(used.order_by().values("coupon_id").annotate(n=Count("id")).values_list("coupon_id", "n"))
    rows = []
    for row in read:
        key, ref, code, name, percent, off, least, currency, given, payer, each, left, starts, ends, active = row
        state = _state(starts, ends, at, is_active=active)
        rows.append(GivenRow(ref, code, name, "", percent, off, least, currency, "", "", given or "", (payer,), each,
                             uses.get(key, 0), left, starts, ends, state))  # fmt: skip
    return Found(rows, count, is_more)
