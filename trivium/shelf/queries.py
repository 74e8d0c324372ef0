"""Goods with the reader's own price and what is left of them: the lowest step that may know all three."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from trivium.catalog.queries import Face, face_of
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import translate
from trivium.core.lists import COUNTED, Found, Wanted, counted, like
from trivium.core.time import business_day, now
from trivium.inventory.queries import HOLIDAYS, IN_STOCK, LOW_STOCK, STOCK, Closed, closed_now
from trivium.parties import queries as parties
from trivium.parties.rules import TradingTerms
from trivium.pricing.queries import GENERAL_PRICE, OWN_PRICE, SELLER, own_price_params
from trivium.pricing.rules import PriceRow, base_price

PAGE_LIMIT = 200


class Offer(NamedTuple):
    """One sku as a list shows it. `id` is the page's cursor.

    `unit_price` is what this reader pays for a unit at the smallest quantity, before discounts; `list_price` what
    everybody pays who has agreed nothing. Both are None where the goods are not priced for it. `available` is what
    is left over all locations; with `backorder` more can be ordered.
    """

    id: int
    sku_ref: str
    product_ref: str
    code: str
    name: str
    supplier_ref: str
    supplier_name: str
    category_ref: str
    unit: str
    moq: Decimal
    quantity_step: Decimal
    is_listed: bool
    currency: str
    unit_price: Decimal | None
    tax_rate: Decimal | None
    tax_included: bool | None
    is_contract: bool | None
    list_price: Decimal | None
    available: Decimal
    backorder: bool
    face: Face | None = None
    """How it looks, where pages list it."""
    closed: Closed | None = None
    """Since its supplier does not work today."""


@dataclass(frozen=True, slots=True)
class Step:
    """From this quantity on a unit costs so much."""

    from_quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    tax_included: bool
    is_contract: bool


@dataclass(frozen=True, slots=True)
class OfferedSku:
    """A sku with its price at every step. No steps: not priced for this reader."""

    offer: Offer
    weight_g: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ProductOffer:
    """A product's page: its words, and the skus it is sold as."""

    product_ref: str
    name: str
    description: str
    skus: tuple[OfferedSku, ...]


def _words(column: str) -> str:
    """A text in the reader's language; else its base, English, or whatever there is: as `core.fields.translate`."""
    return (
        f"coalesce({column} ->> %(language)s::text, {column} ->> split_part(%(language)s::text, '-', 1), "
        f"{column} ->> 'en', (SELECT value FROM jsonb_each_text({column}) LIMIT 1), '')"
    )


# The page is cut first, by the key alone; prices and stock are then looked up for its rows. The limit is written into
# the text: as a parameter it is unknown to a prepared plan, which is then thought dear and planned anew each time.
# Runs of blanks go: psycopg keeps what it has read of a statement of up to 4,096 characters.
_OFFERS = " ".join(f"""
WITH {SELLER}, page AS MATERIALIZED (
    SELECT s.id, s.ref, p.ref AS product_ref, s.code,
           CASE WHEN s.name = '{{{{}}}}'::jsonb THEN p.name ELSE s.name END AS name,
           o.ref AS supplier_ref, o.name AS supplier_name, c.ref AS category_ref, s.unit, s.moq, s.quantity_step,
           s.is_listed AND p.is_listed AND o.suspended_at IS NULL AS is_listed{{more}}
    FROM catalog_sku s
    JOIN catalog_product p ON p.id = s.product_id
    JOIN parties_organization o ON o.id = s.supplier_id
    JOIN catalog_category c ON c.id = p.category_id
    WHERE {{where}}
    ORDER BY {{order}}s.id LIMIT {{limit:d}} OFFSET {{offset:d}}
)
SELECT s.id, s.ref, s.product_ref, s.code, {{name}} AS name, s.supplier_ref, s.supplier_name, s.category_ref,
       s.unit, s.moq, s.quantity_step, s.is_listed, %(currency)s::text AS currency, own.unit_price, own.tax_rate,
       own.tax_included, own.is_contract, CASE WHEN own.is_general THEN own.unit_price ELSE general.unit_price END,
       coalesce(stock.available, 0) AS available, coalesce(stock.backorder, false){{also}}
FROM page s
{{beside}}
{OWN_PRICE}
{GENERAL_PRICE}
{STOCK}
ORDER BY {{order}}s.id
""".split())
_BY_TEXT = """(s.code ILIKE %(text)s::text
    OR EXISTS (SELECT FROM jsonb_each_text(p.name) AS n WHERE n.value ILIKE %(text)s::text)
    OR EXISTS (SELECT FROM jsonb_each_text(s.name) AS n WHERE n.value ILIKE %(text)s::text))"""
_BY_CATEGORY = """p.category_id IN (
    SELECT below.id FROM catalog_category top
    JOIN catalog_category below ON below.id = top.id OR starts_with(below.path, top.path || '/')
    WHERE top.ref = %(category)s::text)"""
_BY_SUPPLIER = "s.supplier_id = (SELECT id FROM parties_organization WHERE ref = %(supplier)s::text)"


def _seen_by(actor: Actor) -> str:
    """A supplier sees its own, the operator all, everyone else what is on sale: as the catalog itself."""
    if actor.is_system or actor.is_role("operator"):
        return "true"
    if actor.is_role("supplier"):
        return "s.supplier_id = %(own)s::bigint"
    return "s.is_listed AND p.is_listed AND o.suspended_at IS NULL"


def _viewpoint(actor: Actor, terms: TradingTerms | None, at: dt.datetime) -> dict[str, Any]:
    """For whom prices are looked up. A buyer's come from its terms; a partner sees what it or its suppliers list."""
    if actor.is_role("buyer"):
        terms = terms or parties.trading_terms(actor.organization_id or 0, at)
        return own_price_params(
            buyer_id=terms.buyer_id,
            partner_id=terms.partner_id,
            currency=terms.currency,
            at=at,
            level=terms.buyer_level,
        )
    partner_id = actor.organization_id if actor.is_role("partner") else None
    own = parties.names_of([actor.organization_id or 0]).get(actor.organization_id or 0)
    return own_price_params(
        buyer_id=0, partner_id=partner_id or 0, currency=own.currency if own else "CNY", at=at
    )


def offers(
    actor: Actor,
    *,
    terms: TradingTerms | None = None,
    category_ref: str | None = None,
    supplier_ref: str | None = None,
    text: str | None = None,
    after_id: int | None = None,
    limit: int = 24,
    language: str = "en",
    at: dt.datetime | None = None,
) -> list[Offer]:
    """A page of skus with the reader's own price and stock, by id; the next page starts after the last id.

    One statement, and one before it for the reader's terms unless the caller has them. `text` is looked for in names
    and codes; a category means all below it too.
    Refuses: NoPartner, for a buyer that nobody serves.
    """
    filters = ((text, _BY_TEXT), (category_ref, _BY_CATEGORY), (supplier_ref, _BY_SUPPLIER))
    clauses = [_seen_by(actor), "s.id > %(after)s::bigint", *(clause for given, clause in filters if given)]
    params = {
        **_viewpoint(actor, terms, at or now()),
        "own": actor.organization_id,
        "text": like(text or ""),
        "category": category_ref,
        "supplier": supplier_ref,
        "after": after_id or 0,
        "language": language,
    }
    page = max(1, min(limit, PAGE_LIMIT))
    where = " AND ".join(clauses)
    found = sql.rows(_OFFERS.format(where=where, order="", limit=page, offset=0, **_PLAIN), params)
    return [Offer(*row) for row in found]


_PLAIN = {"name": _words("s.name"), "more": "", "also": "", "beside": ""}
_LISTED = {  # which has its names in every language
    "name": "NULL",
    "more": ", s.supplier_id, p.id AS product_id, c.path AS category_path, c.name AS category_names",
    "also": ", closed.days, s.name AS names, s.category_path, s.category_names, s.unit, s.product_ref,"
            " main.ref AS picture_ref, main.name AS picture, main.width, main.height",
    "beside": "LEFT JOIN catalog_productpicture main ON main.product_id = s.product_id AND main.place = 0" + HOLIDAYS,
}  # fmt: skip
_NAME = Offer._fields.index("name")
_COLUMNS = len(Offer._fields) - 2  # before how it looks and whether its supplier is closed
_SORTS = {"code": "s.code", "moq": "s.moq", "newest": "s.id"}
_COUNT = f"""
SELECT count(*) FROM (
    SELECT FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
    JOIN parties_organization o ON o.id = s.supplier_id WHERE {{where}} LIMIT {COUNTED + 1}
) AS counted
"""
_FACETS = """
WITH counted AS (
    SELECT p.category_id, s.supplier_id, count(*) AS n
    FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
    JOIN parties_organization o ON o.id = s.supplier_id
    WHERE {where} GROUP BY GROUPING SETS ((p.category_id), (s.supplier_id))
)
SELECT c.path, c.ref, c.name::text, coalesce(counted.n, 0) FROM catalog_category c
LEFT JOIN counted ON counted.category_id = c.id
UNION ALL
SELECT NULL, o.ref, o.name, counted.n FROM counted JOIN parties_organization o ON o.id = counted.supplier_id
"""
MOST_CHOICES = 100
_STATES = {
    "listed": "s.is_listed AND p.is_listed",
    "unlisted": "NOT (s.is_listed AND p.is_listed)",
    "low": LOW_STOCK,
    "stocked": IN_STOCK,
}


def _narrowed(actor: Actor, wanted: Wanted, leave_out: str = "") -> tuple[str, dict[str, Any]]:
    """The conditions of a list of goods, without one of its filters, and what they are asked with."""
    given = {name: value for name, value in wanted.filters.items() if name != leave_out}
    clauses = [_seen_by(actor)]
    clauses += [_BY_TEXT] if wanted.text else []
    clauses += [_BY_CATEGORY] if given.get("category") else []
    clauses += [_BY_SUPPLIER] if given.get("supplier") else []
    clauses += [_STATES[given["state"]]] if given.get("state") in _STATES else []
    names = {"category": given.get("category"), "supplier": given.get("supplier"), "own": actor.organization_id}
    return " AND ".join(f"({clause})" for clause in clauses), {**names, "text": like(wanted.text)}


def offer_list(actor: Actor, wanted: Wanted, *, language: str = "en") -> Found:
    """Goods with the reader's own price, stock, how they look and whether their supplier is closed today.

    Filters: category, supplier, state. Three statements at most.
    Refuses: NoPartner, for a buyer that nobody serves.
    """
    where, params = _narrowed(actor, wanted)
    at = now()
    params |= {**_viewpoint(actor, None, at), "language": language, "today": business_day(at)}
    count, is_more = counted(sql.rows(_COUNT.format(where=where), params)[0][0])
    column = _SORTS.get(wanted.sort)
    order = f"{column} {'DESC' if wanted.descending else 'ASC'}, " if column else ""
    cut = {"limit": wanted.limit, "offset": wanted.offset}
    found = sql.rows(_OFFERS.format(where=where, order=order, **cut, **_LISTED), params)
    return Found([_listed(row, language, params["today"]) for row in found], count, is_more)


def _listed(row: sql.Row, language: str, today: dt.date) -> Offer:
    """A row of a list that pages show."""
    days, *columns = row[_COLUMNS:]
    face = face_of(*columns)
    named = (*row[:_NAME], translate(face.names, language), *row[_NAME + 1 : _COLUMNS])
    return Offer._make((*named, face, closed_now(days, today)))


class Choice(NamedTuple):
    """A category or a supplier one could choose, and how many goods it would leave; a category counts all below it."""

    ref: str
    name: str
    leaves: int
    path: str = ""


def facets(actor: Actor, wanted: Wanted, *, language: str = "en") -> tuple[list[Choice], list[Choice]]:
    """The categories that leave something, as a tree, and the suppliers, those with most first, so many as fit.

    Each count follows the other filters, not its own, so that a reader sees where else there is something: one
    statement where neither is chosen, else one for each.
    """
    asked: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for name in ("category", "supplier"):
        where, params = _narrowed(actor, wanted, leave_out=name)
        asked.setdefault(where, (params, []))[1].append(name)
    found: dict[str, list[Choice]] = {}
    for where, (params, names) in asked.items():
        rows = sql.rows(_FACETS.format(where=where), params)
        suppliers = [Choice(*row[1:]) for row in rows if row[0] is None]
        suppliers.sort(key=lambda its: (-its.leaves, its.name))
        each = {"category": _tree(rows, language), "supplier": suppliers[:MOST_CHOICES]}
        found |= {name: each[name] for name in names}
    return found["category"], found["supplier"]


def _tree(rows: Sequence[sql.Row], language: str) -> list[Choice]:
    """The categories by their paths; what stands in one counts in all above it."""
    counts: dict[str, int] = defaultdict(int)
    for path, _ref, _names, count in rows:
        while path and count:
            counts[path] += count
            path = path.rpartition("/")[0]
    return [
        Choice(ref, translate(json.loads(names), language), counts[path], path)
        for path, ref, names, _count in sorted(row for row in rows if row[0] is not None)
        if counts.get(path)
    ]


_NAMES = """
SELECT p.name ->> 'zh-hans' FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
JOIN parties_organization o ON o.id = s.supplier_id
WHERE {where} AND p.name ? 'zh-hans' ORDER BY s.id DESC LIMIT {limit:d}
"""


def names(actor: Actor, *, limit: int) -> list[str]:
    """The Chinese names of the newest goods this workspace may see, each once. One statement."""
    where, params = _narrowed(actor, Wanted())
    return list(dict.fromkeys(row[0] for row in sql.rows(_NAMES.format(where=where, limit=limit), params)))


_MORE = f", {_words('p.name')} AS product_name, {_words('p.description')} AS description, s.weight_g"
_ALSO = ", s.product_name, s.description, s.weight_g"
_CANDIDATES = f"""
WITH {SELLER}
SELECT c.sku_id, c.from_quantity, c.unit_price, '', true, c.tax_rate, c.tax_included, c.id
FROM pricing_contractprice c
WHERE c.buyer_id = %(buyer)s AND c.sku_id = ANY (%(skus)s::bigint[]) AND c.currency = %(currency)s
  AND c.starts_at <= %(at)s::timestamptz AND (c.ends_at IS NULL OR c.ends_at > %(at)s::timestamptz)
  AND coalesce(c.partner_id, 0) = (SELECT id FROM seller)
UNION ALL
SELECT p.sku_id, p.from_quantity, p.unit_price, l.buyer_level, false, l.tax_rate, l.tax_included, l.id
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
WHERE p.sku_id = ANY (%(skus)s::bigint[]) AND l.currency = %(currency)s
  AND l.starts_at <= %(at)s::timestamptz AND (l.ends_at IS NULL OR l.ends_at > %(at)s::timestamptz)
  AND l.buyer_level IN ('', %(level)s) AND coalesce(l.partner_id, 0) = (SELECT id FROM seller)
ORDER BY 8
"""


def offer(
    actor: Actor,
    product_ref: str,
    *,
    terms: TradingTerms | None = None,
    language: str = "en",
    at: dt.datetime | None = None,
) -> ProductOffer:
    """A product's page: each sku with stock and the reader's price at every step.

    Two statements, and one before them for the reader's terms unless the caller has them.
    Refuses: NotFound (absent, or not for this reader), NoPartner.
    """
    at = at or now()
    view, today = _viewpoint(actor, terms, at), business_day(at)
    where = f"{_seen_by(actor)} AND p.ref = %(product)s::text"
    own = {"own": actor.organization_id, "product": product_ref, "language": language, "today": today}
    described = {**_LISTED, "more": _LISTED["more"] + _MORE, "also": _LISTED["also"] + _ALSO}
    found = sql.rows(_OFFERS.format(where=where, order="", limit=PAGE_LIMIT, offset=0, **described), {**view, **own})
    if not found:
        raise NotFound(what="product", ref=product_ref)
    listed = [(_listed(row[:-3], language, today), row[-1]) for row in found]
    steps = _steps(view, [(each.id, each.moq) for each, _weight in listed])
    skus = (OfferedSku(each, weight_g, steps[each.id]) for each, weight_g in listed)
    return ProductOffer(product_ref, found[0][-3], found[0][-2], tuple(skus))


def steps_for(actor: Actor, terms: TradingTerms, skus: Sequence[tuple[int, Decimal]]) -> dict[int, tuple[Step, ...]]:
    """The reader's price steps of skus by (key, smallest quantity): for a cart. One statement."""
    return _steps(_viewpoint(actor, terms, now()), skus)


def _steps(view: dict[str, Any], skus: Sequence[tuple[int, Decimal]]) -> dict[int, tuple[Step, ...]]:
    """The price at every quantity where it changes, by sku, starting with the smallest one that can be ordered."""
    rows: dict[int, list[PriceRow]] = defaultdict(list)
    for sku_id, step, price, level, agreed, rate, included, _id in sql.rows(
        _CANDIDATES, {**view, "skus": [sku_id for sku_id, _moq in skus]}
    ):
        rows[sku_id].append(
            PriceRow(step, price, level=level, is_contract=agreed, tax_rate=rate, tax_included=included)
        )
    return {sku_id: _steps_of(rows[sku_id], moq, str(view["level"])) for sku_id, moq in skus}


def _steps_of(rows: Sequence[PriceRow], moq: Decimal, level: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    for quantity in sorted({moq} | {row.from_quantity for row in rows if row.from_quantity > moq}):
        price = base_price(rows, quantity, level)
        if price and (not steps or price.unit_price != steps[-1].unit_price):
            steps.append(Step(quantity, price.unit_price, price.tax_rate, price.tax_included, price.is_contract))
    return tuple(steps)
