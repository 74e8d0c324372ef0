"""The acts on the range of goods: create, revise, list, delist."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError

from trivium.catalog import queries, rules
from trivium.catalog.errors import CategoryCodeTaken, SkuCodeTaken, SupplierNeeded
from trivium.catalog.events import (
    ProductCreated,
    ProductDelisted,
    ProductListed,
    ProductRevised,
    SkuDelisted,
    SkuListed,
    SkuRevised,
)
from trivium.catalog.models import Category, Product, Sku
from trivium.catalog.rules import CleanSku, NewProduct, NewSku, Words
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import Event, publish
from trivium.core.history import say_who
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties


@dataclass(frozen=True, slots=True)
class Created:
    """A product that came to be, and its skus' references by the supplier's codes."""

    ref: str
    sku_refs: dict[str, str]


def supplier_of(actor: Actor, supplier_ref: str | None = None) -> queries.Supplier:
    """For which supplier a workspace acts: a supplier for itself, the operator for the one it names.

    Refuses: NotFound (another supplier, or no supplier), SupplierNeeded, Denied("product.edit").
    """
    actor.require("product.edit")
    if actor.is_role("supplier"):
        if supplier_ref not in (None, "", actor.organization_ref):
            raise NotFound(what="supplier", ref=supplier_ref, field="supplier_ref")
        return queries.Supplier(actor.organization_id or 0, actor.organization_ref)
    if not supplier_ref:
        raise SupplierNeeded(field="supplier_ref")
    return queries.supplier_by_ref(supplier_ref)


@act
def create_category(actor: Actor, *, code: str, name: Words, parent_ref: str | None = None) -> str:
    """Add a category to the tree of goods, at the top or below another. Returns its reference.

    Refuses: Denied("category.edit"), BadCode, BadWords, Empty, TooLong, NotFound (parent), TooDeep, CategoryCodeTaken.
    """
    actor.require("category.edit")
    code = rules.clean_category_code(code)
    words = rules.clean_words(name, limit=rules.NAME_LIMIT, field="name")
    parent = queries.categories_by_ref([parent_ref])[parent_ref] if parent_ref else None
    category = Category(
        code=code,
        name=words,
        parent_id=parent.id if parent else None,
        path=rules.child_path(parent.path if parent else "", code),
    )
    try:
        category.save(force_insert=True)
    except IntegrityError:
        raise CategoryCodeTaken(field="code", code=code) from None
    parties_commands.register_scope(category.path)
    return category.ref


def create_product(
    actor: Actor,
    *,
    name: Words,
    category_ref: str,
    skus: Sequence[NewSku],
    description: Words = "",
    supplier_ref: str | None = None,
) -> Created:
    """Bring one product with its skus; see `create_products`."""
    product = NewProduct(name=name, category_ref=category_ref, skus=skus, description=description)
    return create_products(actor, [product], supplier_ref=supplier_ref)[0]


_INSERT_PRODUCTS = """
INSERT INTO catalog_product (ref, supplier_id, category_id, name, description, is_listed, created_at, changed_at)
SELECT ref, %(supplier)s::bigint, category_id, name::jsonb, description::jsonb, true, %(at)s::timestamptz,
       %(at)s::timestamptz
FROM unnest(%(refs)s::text[], %(categories)s::bigint[], %(names)s::text[], %(descriptions)s::text[])
     AS n (ref, category_id, name, description)
RETURNING ref, id
"""
_INSERT_SKUS = """
INSERT INTO catalog_sku (ref, product_id, supplier_id, code, name, unit, moq, quantity_step, weight_g, is_listed,
                         created_at, changed_at)
SELECT ref, product_id, %(supplier)s::bigint, code, name::jsonb, unit, moq, quantity_step, weight_g, true,
       %(at)s::timestamptz, %(at)s::timestamptz
FROM unnest(%(refs)s::text[], %(products)s::bigint[], %(codes)s::text[], %(names)s::text[], %(units)s::text[],
            %(moqs)s::numeric[], %(steps)s::numeric[], %(weights)s::int[])
     AS n (ref, product_id, code, name, unit, moq, quantity_step, weight_g)
ON CONFLICT (supplier_id, code) DO NOTHING
RETURNING code
"""


@act
def create_products(
    actor: Actor, products: Sequence[NewProduct], *, supplier_ref: str | None = None
) -> list[Created]:
    """Bring any number of products with their skus, all listed, in a constant number of statements.

    All or none. The result follows the order of `products`. The operator names the supplier it acts for.
    Refuses: Denied("product.edit"), NotFound (category, supplier), SkuCodeTaken (naming the codes), NoSkus, TooMany,
    AgreementWanted (the supplier's is not signed), whatever `rules.clean_sku` and `rules.clean_words` refuse, and what
    `parties.check_may_list` does.
    """
    supplier = supplier_of(actor, supplier_ref)
    rules.check_set(len(products))
    rules.check_set(sum(len(product.skus) for product in products))
    if not products:
        return []
    categories = queries.categories_by_ref(list({product.category_ref for product in products}))
    parties.check_may_list(supplier.id, [each.path for each in categories.values()])
    rows, skus = [], []
    for product in products:
        rules.check_has_skus(product.skus)
        rows.append((
            new_ref("prd"),
            categories[product.category_ref].id,
            _json(rules.clean_words(product.name, limit=rules.NAME_LIMIT, field="name")),
            _json(rules.clean_words(
                product.description, limit=rules.DESCRIPTION_LIMIT, field="description", required=False
            )),
        ))  # fmt: skip
        skus.append([rules.clean_sku(sku) for sku in product.skus])
    at = now()
    parties.check_agreements(supplier.id, "supplier", at)
    refs, category_ids, names, descriptions = sql.columns(rows, 4)
    params = {
        "supplier": supplier.id, "at": at, "refs": refs, "categories": category_ids, "names": names,
        "descriptions": descriptions,
    }  # fmt: skip
    ids: dict[str, int] = dict(sql.rows(_INSERT_PRODUCTS, params))
    flat = [(ids[ref], sku) for ref, own in zip(refs, skus, strict=True) for sku in own]
    sku_refs = iter(_insert_skus(supplier.id, flat, at))
    created = [
        Created(ref, {sku.code: next(sku_refs) for sku in own}) for ref, own in zip(refs, skus, strict=True)
    ]
    publish(
        *(ProductCreated(subject=c.ref, audience=(supplier.ref,), sku_count=len(c.sku_refs)) for c in created),
        actor=actor, at=at,
    )  # fmt: skip
    return created


def _insert_skus(supplier_id: int, skus: Sequence[tuple[int, CleanSku]], at: object) -> list[str]:
    """Insert skus of products in one statement and return their references in the same order."""
    codes = [sku.code for _product_id, sku in skus]
    doubled = rules.twice(codes)
    if doubled:
        raise SkuCodeTaken(field="code", codes=", ".join(doubled[:5]))
    rows = [
        (new_ref("sku"), product_id, s.code, _json(s.name), s.unit, s.moq, s.quantity_step, s.weight_g)
        for product_id, s in skus
    ]
    names = ("refs", "products", "codes", "names", "units", "moqs", "steps", "weights")
    params = dict(zip(names, sql.columns(rows, len(names)), strict=True))
    inserted = {row[0] for row in sql.rows(_INSERT_SKUS, {**params, "supplier": supplier_id, "at": at})}
    taken = [code for code in codes if code not in inserted]
    if taken:
        raise SkuCodeTaken(field="code", codes=", ".join(taken[:5]))
    return [row[0] for row in rows]


def _json(value: dict[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False)


@act
def add_sku(actor: Actor, product_ref: str, sku: NewSku) -> str:
    """Sell a product in one more way. Returns the sku's reference.

    Refuses: Denied("product.edit"), NotFound, SkuCodeTaken, AgreementWanted, whatever `rules.clean_sku` refuses, and
    what `parties.check_may_list` does.
    """
    actor.require("product.edit")
    product = queries.lock_product(actor, product_ref)
    parties.check_may_list(product.supplier_id, queries.paths_of([product.category_id]))
    at = now()
    parties.check_agreements(product.supplier_id, "supplier", at)
    ref = _insert_skus(product.supplier_id, [(product.id, rules.clean_sku(sku))], at)[0]
    publish(SkuListed(subject=ref, audience=_audience(product.supplier_id)), actor=actor, at=at)
    return ref


@act
def revise_product(
    actor: Actor,
    product_ref: str,
    *,
    name: Words | None = None,
    description: Words | None = None,
    category_ref: str | None = None,
) -> None:
    """Change how a product is described or where it stands. What was ordered keeps the words it was ordered by.

    Refuses: Denied("product.edit"), NotFound (product, category), BadWords, Empty, TooLong, BadText, and for goods on
    sale what the new category needs and `parties.check_may_list` does not find.
    """
    actor.require("product.edit")
    product = queries.lock_product(actor, product_ref)
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = rules.clean_words(name, limit=rules.NAME_LIMIT, field="name")
    if description is not None:
        changes["description"] = rules.clean_words(
            description, limit=rules.DESCRIPTION_LIMIT, field="description", required=False
        )
    if category_ref is not None:
        category = queries.categories_by_ref([category_ref])[category_ref]
        changes["category_id"] = category.id
        if product.is_listed and category.id != product.category_id:
            before = queries.paths_of([product.category_id])
            parties.check_may_list(product.supplier_id, [category.path], before=before)
    changed = _change(product, changes)
    if changed:
        event = ProductRevised(subject=product.ref, audience=_audience(product.supplier_id), changed=changed)
        publish(event, actor=actor, at=product.changed_at)


@act
def revise_sku(
    actor: Actor,
    sku_ref: str,
    *,
    name: Words | None = None,
    moq: object = None,
    quantity_step: object = None,
    weight_g: int | None = None,
) -> None:
    """Change a sku's name, smallest quantity, step or weight. Its code and unit stay: stock and prices hang on them.

    Refuses: Denied("product.edit"), NotFound, BadWords, TooLong, BadQuantity, OffStep, BadWeight.
    """
    actor.require("product.edit")
    ids = queries.own_skus(actor, [sku_ref])
    sku = Sku.objects.filter(pk=ids[sku_ref]).locked().get()
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = rules.clean_words(name, limit=rules.NAME_LIMIT, field="name", required=False)
    if moq is not None or quantity_step is not None:
        least = sku.moq if moq is None else moq
        step = sku.quantity_step if quantity_step is None else quantity_step
        changes["moq"], changes["quantity_step"] = rules.clean_steps(least, step, code=sku.code)
    if weight_g is not None:
        changes["weight_g"] = rules.clean_weight(weight_g)
    changed = _change(sku, changes)
    if changed:
        event = SkuRevised(subject=sku.ref, audience=_audience(sku.supplier_id), changed=changed)
        publish(event, actor=actor, at=sku.changed_at)


def _change(row: Product | Sku, changes: dict[str, object]) -> tuple[str, ...]:
    """Save what differs and name it."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, changes[name])
        row.changed_at = now()
        row.save(update_fields=[*changed, "changed_at"])
    return tuple(name.removesuffix("_id") for name in changed)


def _audience(supplier_id: int) -> tuple[str, ...]:
    return (parties.names_of([supplier_id])[supplier_id].ref,)


def list_sku(actor: Actor, *sku_refs: str) -> int:
    """Put skus on sale. Returns how many were not on sale before.

    Refuses: Denied("product.edit"), NotFound (naming the first that is not yours), TooMany, AgreementWanted, and what
    `parties.check_may_list` does.
    """
    return _set_listed(actor, sku_refs, True)


def delist_sku(actor: Actor, *sku_refs: str) -> int:
    """Take skus off sale. Returns how many were on sale before. What was ordered stays ordered.

    Refuses: Denied("product.edit"), NotFound (naming the first that is not yours), TooMany.
    """
    return _set_listed(actor, sku_refs, False)


_SET_LISTED = """
WITH mine AS (SELECT id FROM catalog_sku WHERE id = ANY (%s::bigint[]) ORDER BY id FOR NO KEY UPDATE)
UPDATE catalog_sku s SET is_listed = %s, changed_at = %s
FROM mine, parties_organization o
WHERE s.id = mine.id AND o.id = s.supplier_id AND s.is_listed <> %s
RETURNING s.ref, o.ref
"""
_WANTED = """
SELECT parties_wanted_agreement(s.supplier_id, 'supplier', %(at)s) FROM catalog_sku s
WHERE s.id = ANY (%(skus)s::bigint[]) GROUP BY s.supplier_id ORDER BY s.supplier_id
"""


@act
def _set_listed(actor: Actor, sku_refs: Sequence[str], is_listed: bool) -> int:
    actor.require("product.edit")
    rules.check_set(len(sku_refs))
    ids = queries.own_skus(actor, sku_refs)
    if is_listed:
        for supplier_id, paths in queries.places_off_sale(list(ids.values())).items():
            parties.check_may_list(supplier_id, paths, field="sku_refs")
    at = now()
    if is_listed:
        for (wanted,) in sql.rows(_WANTED, {"skus": list(ids.values()), "at": at}):
            parties.refuse_unsigned(wanted)
    say_who()
    changed = sql.rows(_SET_LISTED, [list(ids.values()), is_listed, at, is_listed])
    event: type[Event] = SkuListed if is_listed else SkuDelisted
    publish(
        *(event(subject=ref, audience=(supplier_ref,)) for ref, supplier_ref in changed), actor=actor, at=at
    )
    return len(changed)


def list_product(actor: Actor, product_ref: str) -> None:
    """Show a product again.

    Refuses: Denied("product.edit"), NotFound, AgreementWanted, and what `parties.check_may_list` does.
    """
    _set_product_listed(actor, product_ref, True)


def delist_product(actor: Actor, product_ref: str) -> None:
    """Show a product no longer, whatever its skus say.

    Refuses: Denied("product.edit"), NotFound.
    """
    _set_product_listed(actor, product_ref, False)


@act
def _set_product_listed(actor: Actor, product_ref: str, is_listed: bool) -> None:
    actor.require("product.edit")
    product = queries.lock_product(actor, product_ref)
    if is_listed and not product.is_listed:
        parties.check_may_list(product.supplier_id, queries.paths_of([product.category_id]), field="on_sale")
        parties.check_agreements(product.supplier_id, "supplier", now())
    if _change(product, {"is_listed": is_listed}):
        event: type[Event] = ProductListed if is_listed else ProductDelisted
        publish(
            event(subject=product.ref, audience=_audience(product.supplier_id)),
            actor=actor,
            at=product.changed_at,
        )
