"""What was changed about a product: its words, its place, its skus, also in one statement over many."""

import pytest

from trivium.catalog import commands, queries
from trivium.catalog.models import Category, Sku
from trivium.catalog.tests.factories import make_category, make_skus, make_supplier
from trivium.core.actor import Actor
from trivium.core.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_products_changes_and_its_skus_stand_together():
    supplier = make_supplier()
    (sku_ref,) = make_skus(supplier)
    sku = Sku.objects.select_related("product").get(ref=sku_ref)
    category = make_category("lamps-2")
    commands.revise_product(supplier, sku.product.ref, category_ref=category)
    commands.revise_sku(supplier, sku_ref, weight_g=12)
    commands.delist_sku(supplier, sku_ref)
    found = queries.product_history(supplier, sku.product.ref)
    told = [(row.change.kind, row.change.field, row.change.new) for row in found.rows]
    assert told == [("sku", "is_listed", False), ("sku", "weight_g", 12), ("product", "category_id", category)]
    assert {row.change.actor for row in found.rows} == {supplier.ref}
    assert found.names[sku_ref] == sku.code and category in found.names


def test_nobody_else_reads_it():
    supplier, other = make_supplier(), make_supplier("Hengtai")
    sku = Sku.objects.select_related("product").get(ref=make_skus(supplier)[0])
    with pytest.raises(NotFound):
        queries.product_history(other, sku.product.ref)


def test_a_categorys_changes_are_told_to_everybody_at_work():
    supplier = make_supplier()
    ref, top = make_category("lamps-3"), make_category("light")
    Category.objects.filter(ref=ref).update(name={"en": "Desk lamps"}, parent_id=Category.objects.get(ref=top).pk)
    found = queries.category_history(supplier, ref)
    told = [(row.change.kind, row.change.field, row.change.new) for row in found.rows]
    assert told[:2] == [("category", "parent_id", top), ("category", "name", {"en": "Desk lamps"})]
    assert ("category", "code", "lamps-3") in told and top in found.names
    with pytest.raises(NotFound):
        queries.category_history(supplier, "cat_none")
    with pytest.raises(NotFound):
        queries.category_history(Actor(supplier.user_id, supplier.user_ref, None, "", "person"), ref)
