"""The catalog's reads on a real database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.catalog import commands, queries
from trivium.catalog.rules import NewProduct, NewSku
from trivium.catalog.tests.factories import make_category, make_skus, make_supplier
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db


def buyer() -> Actor:
    return make_actor(make_organization("Shop", "buyer"), "buyer")


def test_tradable_is_one_statement_and_leaves_unknown_out() -> None:
    skus = make_skus(make_supplier(), 5)
    with CaptureQueriesContext(connection) as statements:
        found = queries.tradable([*skus, "sku_none"])
    assert len(statements) == 1
    assert found.keys() == set(skus)
    assert queries.tradable_by_id([s.id for s in found.values()]).keys() == {s.id for s in found.values()}


def test_products_are_seen_by_whom_they_concern() -> None:
    one, two = make_supplier("One"), make_supplier("Two")
    mine, theirs = make_skus(one), make_skus(two)
    product_of = {sku: queries.tradable([sku])[sku].product_ref for sku in [*mine, *theirs]}
    hidden = make_skus(one, name="Hidden")
    hidden_product = queries.tradable(hidden)[hidden[0]].product_ref
    commands.delist_product(one, hidden_product)

    def seen_by(actor: Actor) -> set[str]:
        return {row.ref for row in queries.products(actor)}

    assert seen_by(one) == {product_of[mine[0]], hidden_product}
    assert seen_by(two) == {product_of[theirs[0]]}
    assert seen_by(SYSTEM) == {*product_of.values(), hidden_product}
    shop = buyer()
    assert seen_by(shop) == set(product_of.values())
    with pytest.raises(NotFound):
        queries.get_product(shop, hidden_product)
    with pytest.raises(NotFound):
        queries.get_product(two, product_of[mine[0]])
    parties.suspend(SYSTEM, two.organization_ref, reason="Fraud")
    assert seen_by(shop) == {product_of[mine[0]]}
    assert not queries.tradable(theirs)[theirs[0]].is_listed
    with pytest.raises(NotFound):
        queries.get_product(shop, product_of[theirs[0]])


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    supplier, category = make_supplier(), make_category()
    commands.create_products(
        supplier,
        [NewProduct(name=f"P{i}", category_ref=category, skus=[NewSku(code=f"{i}")]) for i in range(53)],
    )
    seen: list[str] = []
    after = 0
    while page := queries.products(supplier, after_id=after, limit=10):
        seen += [row.name["en"] for row in page]
        after = page[-1].id
    assert seen == [f"P{i}" for i in range(53)]
    with CaptureQueriesContext(connection) as statements:
        queries.products(supplier, limit=50)
    assert len(statements) == 1


def test_a_list_is_searched_by_words_category_and_supplier() -> None:
    supplier = make_supplier()
    tools = make_category("tools")
    saws = make_category("saws", parent_ref=tools)
    sawdust = make_category("sawsdust")
    made = {
        name: commands.create_product(supplier, name=name, category_ref=place, skus=[NewSku(code=name)]).ref
        for name, place in {"Saw 100%": saws, "Drill_a": tools, "Dust": sawdust}.items()
    }
    names = {ref: name for name, ref in made.items()}

    def found(**search: str) -> list[str]:
        return [names[row.ref] for row in queries.products(SYSTEM, **search)]

    assert found(text="SAW") == ["Saw 100%"]
    assert found(text="100%") == ["Saw 100%"]
    assert found(text="_a") == ["Drill_a"]
    assert found(text="en") == []
    assert found(text="\\") == []
    assert found(text="';--\x00" * 1000) == []
    assert found(category_ref=tools) == ["Saw 100%", "Drill_a"]
    assert found(category_ref=saws) == ["Saw 100%"]
    assert found(category_ref="cat_none") == []
    assert found(supplier_ref=supplier.organization_ref, text="dust") == ["Dust"]


def test_a_product_page_shows_its_skus_in_two_statements() -> None:
    supplier = make_supplier()
    skus = make_skus(supplier, 3)
    commands.delist_sku(supplier, skus[0])
    product = queries.tradable(skus)[skus[0]].product_ref
    shop = buyer()
    with CaptureQueriesContext(connection) as statements:
        page = queries.get_product(shop, product)
    assert len(statements) == 2
    assert [sku.ref for sku in page.skus] == skus[1:]
    assert len(queries.get_product(supplier, product).skus) == 3
