"""Reads of the catalog: what a workspace may see of it, and what the deal needs to know of a sku."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog.models import Category, Product, ProductQuerySet, Sku
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import is_plain
from trivium.core.lists import like

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Supplier:
    """Whose goods these are."""

    id: int
    ref: str


@dataclass(frozen=True, slots=True)
class TradableSku:
    """All that a quote, an order and a dispatch need of a sku. `is_listed`: sku, product and supplier are on sale."""

    id: int
    ref: str
    code: str
    name: dict[str, str]
    unit: str
    supplier_id: int
    supplier_ref: str
    category_id: int
    category_path: str
    product_id: int
    product_ref: str
    moq: Decimal
    quantity_step: Decimal
    weight_g: int
    is_listed: bool


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with its place in the tree."""

    id: int
    ref: str
    code: str
    name: dict[str, str]
    path: str
    parent_ref: str | None


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A sku as its product's page shows it."""

    id: int
    ref: str
    code: str
    name: dict[str, str]
    unit: str
    moq: Decimal
    quantity_step: Decimal
    weight_g: int
    is_listed: bool


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a list shows it."""

    id: int
    ref: str
    name: dict[str, str]
    supplier_ref: str
    supplier_name: str
    category_ref: str
    category_name: dict[str, str]
    is_listed: bool
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with its skus. The description may be long; lists do not carry it."""

    product: ProductRow
    description: dict[str, str]
    skus: tuple[SkuRow, ...]


_SUPPLIER = """
SELECT o.id, o.ref FROM parties_organization o
JOIN parties_organizationrole r ON r.organization_id = o.id AND r.role = 'supplier'
WHERE o.ref = %s
"""


def supplier_by_ref(ref: str) -> Supplier:
    """A supplier by its reference, for those who act for suppliers.

    Refuses: NotFound.
    """
    found = sql.rows(_SUPPLIER, [ref])
    if not found:
        raise NotFound(what="supplier", ref=ref, field="supplier_ref")
    return Supplier(*found[0])


# The list goes through a subselect so that a prepared plan does not depend on its length: for a plain parameter
# PostgreSQL thinks a plan of its own for each length worth planning anew at every call.
_TRADABLE = """
SELECT s.id, s.ref, s.code,
       CASE WHEN s.name = '{{}}'::jsonb THEN p.name ELSE s.name END,
       s.unit, s.supplier_id, o.ref, p.category_id, c.path, p.id, p.ref, s.moq, s.quantity_step, s.weight_g,
       s.is_listed AND p.is_listed AND o.suspended_at IS NULL
FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id
JOIN catalog_category c ON c.id = p.category_id
JOIN parties_organization o ON o.id = s.supplier_id
WHERE s.{by} = ANY (ARRAY(SELECT unnest(%s::{kind}[])))
"""
_TRADABLE_BY_REF = _TRADABLE.format(by="ref", kind="text")
_TRADABLE_BY_ID = _TRADABLE.format(by="id", kind="bigint")


def _tradable_row(row: sql.Row) -> TradableSku:
    sku_id, ref, code, name, *rest = row
    return TradableSku(sku_id, ref, code, words(name), *rest)


def words(value: str | dict[str, str]) -> dict[str, str]:
    """Words by language as a statement of ours returns them (Django leaves jsonb undecoded there)."""
    return json.loads(value) if isinstance(value, str) else value


def tradable(sku_refs: Sequence[str]) -> dict[str, TradableSku]:
    """Skus by reference, listed or not; unknown ones are missing. One statement for any number.

    A sku without a name of its own has its product's.
    """
    asked = [ref for ref in sku_refs if is_plain(ref)]
    found = (_tradable_row(row) for row in sql.rows(_TRADABLE_BY_REF, [asked]))
    return {sku.ref: sku for sku in found}


def tradable_by_id(sku_ids: Sequence[int]) -> dict[int, TradableSku]:
    """The same by key, for rows that carry one."""
    found = (_tradable_row(row) for row in sql.rows(_TRADABLE_BY_ID, [list(sku_ids)]))
    return {sku.id: sku for sku in found}


def _edits(actor: Actor) -> bool:
    return actor.is_system or actor.is_role("operator", "supplier")


def own_skus(actor: Actor, sku_refs: Sequence[str], *, supplier_id: int | None = None) -> dict[str, int]:
    """Keys of the skus this workspace may edit, by reference. One statement.

    Refuses: NotFound, naming the first that is unknown, not its own, or not `supplier_id`'s.
    """
    found = Sku.objects.visible_to(actor).filter(ref__in=list(sku_refs))
    if supplier_id is not None:
        found = found.filter(supplier_id=supplier_id)
    ids = dict(found.values_list("ref", "id")) if _edits(actor) else {}
    for ref in sku_refs:
        if ref not in ids:
            raise NotFound(what="sku", ref=ref, field="sku_ref")
    return ids


def skus_by_code(supplier_id: int, codes: Sequence[str]) -> dict[str, str]:
    """References of a supplier's skus by its own codes, for imports; unknown codes are missing. One statement."""
    found = Sku.objects.filter(supplier_id=supplier_id, code__in=list(codes))
    return dict(found.values_list("code", "ref"))


# What a workspace sees of products `p` of suppliers `o`: the same three rules as ProductQuerySet.visible_to.
_SEES_ALL, _SEES_OWN = "true", "p.supplier_id = %(own)s"
_SEES_LISTED = "p.is_listed AND o.suspended_at IS NULL"

_PRODUCTS = """
SELECT p.id, p.ref, p.name, o.ref, o.name, c.ref, c.name, p.is_listed, p.changed_at
FROM catalog_product p
JOIN parties_organization o ON o.id = p.supplier_id
JOIN catalog_category c ON c.id = p.category_id
WHERE p.id > %(after)s AND {where}
ORDER BY p.id LIMIT {limit:d}
"""
_BY_TEXT = "EXISTS (SELECT FROM jsonb_each_text(p.name) AS n WHERE n.value ILIKE %(text)s)"
_BY_CATEGORY = """p.category_id IN (
    SELECT below.id FROM catalog_category top
    JOIN catalog_category below ON below.id = top.id OR starts_with(below.path, top.path || '/')
    WHERE top.ref = %(category)s)"""
_BY_SUPPLIER = "o.ref = %(supplier)s"


def _seen_by(actor: Actor) -> str:
    if actor.is_system or actor.is_role("operator"):
        return _SEES_ALL
    return _SEES_OWN if actor.is_role("supplier") else _SEES_LISTED


def products(
    actor: Actor,
    *,
    text: str | None = None,
    category_ref: str | None = None,
    supplier_ref: str | None = None,
    after_id: int = 0,
    limit: int = 24,
) -> list[ProductRow]:
    """A page of products this workspace may see, by id; the next page starts after the last id. One statement.

    `text` is looked for in the names, in every language; a category means all below it too.
    """
    filters = ((text, _BY_TEXT), (category_ref, _BY_CATEGORY), (supplier_ref, _BY_SUPPLIER))
    where = " AND ".join([_seen_by(actor), *(clause for given, clause in filters if given)])
    page = max(1, min(limit, PAGE_LIMIT))
    found = sql.rows(_PRODUCTS.format(where=where, limit=page), {
        "own": actor.organization_id,
        "text": like(text or ""),
        "category": category_ref,
        "supplier": supplier_ref,
        "after": after_id,
    })  # fmt: skip
    return [_product_row(row) for row in found]


def _product_row(row: sql.Row) -> ProductRow:
    row_id, ref, name, supplier_ref, supplier_name, category_ref, category_name, is_listed, changed_at = row
    return ProductRow(
        row_id,
        ref,
        words(name),
        supplier_ref,
        supplier_name,
        category_ref,
        words(category_name),
        is_listed,
        changed_at,
    )


def get_product(actor: Actor, ref: str) -> ProductPage:
    """A product with the skus this workspace may see, by code. Two statements.

    Refuses: NotFound.
    """
    row = (
        Product.objects.visible_to(actor)
        .filter(ref=ref)
        .values_list("id", "ref", "name", "supplier__ref", "supplier__name", "category__ref", "category__name",
                     "is_listed", "changed_at", "description")
        .first()
    )  # fmt: skip
    if row is None:
        raise NotFound(what="product", ref=ref)
    columns = [f for f in SkuRow.__dataclass_fields__]
    skus = (
        Sku.objects.visible_to(actor).filter(product_id=row[0]).order_by("code", "id").values_list(*columns)
    )
    return ProductPage(ProductRow(*row[:9]), row[9], tuple(SkuRow(*sku) for sku in skus))


def lock_product(actor: Actor, ref: str) -> Product:
    """A product of this workspace, locked for a change of it.

    Refuses: NotFound, for buyers and partners too: they see products and edit none.
    """
    locked: list[Product] = list(_own_products(actor, ref).locked())
    if not locked:
        raise NotFound(what="product", ref=ref)
    return locked[0]


def own_product(actor: Actor, ref: str) -> None:
    """See that a product is this workspace's to edit, before much work is done for it. One statement.

    Refuses: NotFound.
    """
    if not _own_products(actor, ref).exists():
        raise NotFound(what="product", ref=ref)


def _own_products(actor: Actor, ref: str) -> ProductQuerySet:
    found: ProductQuerySet = Product.objects.visible_to(actor).filter(ref=ref)
    return found if _edits(actor) else found.none()


def categories() -> list[CategoryRow]:
    """The whole tree, parents before their children; everyone sees it. One statement."""
    rows = sql.rows(
        "SELECT c.id, c.ref, c.code, c.name, c.path, p.ref FROM catalog_category c"
        " LEFT JOIN catalog_category p ON p.id = c.parent_id ORDER BY c.path"
    )
    return [CategoryRow(key, ref, code, json.loads(name), *rest) for key, ref, code, name, *rest in rows]


def categories_by_ref(refs: Sequence[str]) -> dict[str, CategoryRow]:
    """Categories by reference, in one statement.

    Refuses: NotFound, naming the first unknown one.
    """
    found = Category.objects.filter(ref__in=list(refs))
    rows = found.values_list("id", "ref", "code", "name", "path", "parent__ref")
    known = {row[1]: CategoryRow(*row) for row in rows}
    for ref in refs:
        if ref not in known:
            raise NotFound(what="category", ref=ref, field="category_ref")
    return known


def category_by_code(code: str) -> CategoryRow | None:
    """A category by its code, for imports."""
    row = (
        Category.objects.filter(code=code)
        .values_list("id", "ref", "code", "name", "path", "parent__ref")
        .first()
    )
    return CategoryRow(*row) if row else None


def paths_of(category_ids: Sequence[int]) -> list[str]:
    """The paths of categories: what parties calls scopes, and papers are needed for. One statement."""
    return list(Category.objects.filter(pk__in=category_ids).order_by("path").values_list("path", flat=True))


def places_off_sale(sku_ids: Sequence[int]) -> dict[int, list[str]]:
    """Of these skus those that are not on sale: the paths of their categories, by supplier. One statement."""
    rows = Sku.objects.filter(pk__in=sku_ids, is_listed=False).order_by("supplier_id", "product__category__path")
    found: dict[int, list[str]] = {}
    for supplier_id, path in rows.values_list("supplier_id", "product__category__path").distinct():
        found.setdefault(supplier_id, []).append(path)
    return found
