"""The catalog's commands on a real database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.catalog import commands, queries
from trivium.catalog.errors import BadWords, CategoryCodeTaken, NoSkus, SkuCodeTaken, SupplierNeeded, TooMany
from trivium.catalog.models import Product, Sku
from trivium.catalog.rules import NewProduct, NewSku
from trivium.catalog.tests.factories import make_category, make_skus, make_supplier
from trivium.core.actor import Actor
from trivium.core.errors import BadText, Denied, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.quantity import BadQuantity
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Actor:
    return make_supplier()


def state() -> tuple[int, int, int]:
    return Product.objects.count(), Sku.objects.count(), EventRecord.objects.count()


def refused(refusal: type[Refusal], act: Callable[[], object]) -> Refusal:
    """The act is refused so, and changes nothing and tells nobody."""
    before = state()
    with pytest.raises(refusal) as caught, transaction.atomic():
        act()
    assert state() == before
    return caught.value


def test_a_product_is_born_with_its_skus(supplier: Actor) -> None:
    category = make_category("lamps")
    skus = [
        NewSku(code="L-1", unit="pcs", moq=6, quantity_step=3, weight_g=800),
        NewSku(code="l-1", name="Red 💡"),
    ]
    created = commands.create_product(supplier, name={"zh-hans": "台灯"}, category_ref=category, skus=skus)
    assert list(created.sku_refs) == ["L-1", "l-1"]
    found = queries.tradable(created.sku_refs.values())
    first, second = (found[ref] for ref in created.sku_refs.values())
    assert (first.code, first.name, first.unit, first.moq, first.quantity_step, first.weight_g, first.is_listed) == (
        "L-1", {"zh-hans": "台灯"}, "pcs", 6, 3, 800, True,
    )  # fmt: skip
    assert second.name == {"en": "Red 💡"}
    assert (first.supplier_ref, first.category_path, first.product_ref) == (
        supplier.organization_ref, "lamps", created.ref,
    )  # fmt: skip
    event = EventRecord.objects.get(subject=created.ref)
    assert (event.name, event.data, event.audience) == (
        "ProductCreated", {"sku_count": 2}, [supplier.organization_ref],
    )  # fmt: skip


def test_four_thousand_skus_take_a_handful_of_statements(supplier: Actor) -> None:
    category = make_category()

    def products(how_many: int, start: int) -> list[NewProduct]:
        return [
            NewProduct(name=f"Thing {i}", category_ref=category, skus=[NewSku(code=f"T{i}")])
            for i in range(start, start + how_many)
        ]

    commands.create_products(supplier, products(1, 0))
    with CaptureQueriesContext(
        connection,
    ) as few:
        commands.create_products(supplier, products(2, 1))
    with CaptureQueriesContext(connection) as many:
        created = commands.create_products(supplier, products(4000, 10))
    assert len(few) == len(many) <= 7
    assert len({c.ref for c in created}) == 4000 and created[-1].sku_refs.keys() == {"T4009"}


@pytest.mark.parametrize(
    ("name", "skus", "refusal"),
    [
        ("Lamp", [], NoSkus),
        ("x" * 10_000, [NewSku(code="A")], TooLong),
        ("a\x00", [NewSku(code="A")], BadText),
        ({"en": 1}, [NewSku(code="A")], BadWords),
        ("Lamp", [NewSku(code="A"), NewSku(code="A")], SkuCodeTaken),
        ("Lamp", [NewSku(code="A", moq=-5)], BadQuantity),
        ("Lamp", [NewSku(code="A")] * 10_001, TooMany),
    ],
)
def test_bad_products_are_refused(
    supplier: Actor, name: str, skus: list[NewSku], refusal: type[Refusal]
) -> None:
    category = make_category()
    refused(refusal, lambda: commands.create_product(supplier, name=name, category_ref=category, skus=skus))


def test_a_code_is_used_once_by_a_supplier_but_by_many_suppliers(supplier: Actor) -> None:
    category = make_category()
    commands.create_product(supplier, name="Lamp", category_ref=category, skus=[NewSku(code="X-1")])
    refusal = refused(
        SkuCodeTaken,
        lambda: commands.create_product(
            supplier, name="Other", category_ref=category, skus=[NewSku(code="X-2"), NewSku(code="X-1")]
        ),
    )
    assert refusal.params["codes"] == "X-1"
    commands.create_product(
        make_supplier("Second"), name="Lamp", category_ref=category, skus=[NewSku(code="X-1")]
    )


def test_unknown_references_are_refused_by_name(supplier: Actor) -> None:
    skus = [NewSku(code="A")]
    for bad in ("cat_none", "'; DROP TABLE catalog_sku; --", "x" * 10_000):
        refused(
            NotFound, lambda bad=bad: commands.create_product(supplier, name="L", category_ref=bad, skus=skus)
        )
        refused(NotFound, lambda bad=bad: commands.add_sku(supplier, bad, skus[0]))
        refused(NotFound, lambda bad=bad: commands.list_sku(supplier, bad))


def test_others_goods_are_not_found(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    product = queries.tradable([sku])[sku].product_ref
    stranger = make_supplier("Other")
    refused(NotFound, lambda: commands.delist_sku(stranger, sku))
    refused(NotFound, lambda: commands.revise_sku(stranger, sku, moq=2))
    refused(NotFound, lambda: commands.revise_product(stranger, product, name="Mine"))
    refused(NotFound, lambda: commands.delist_product(stranger, product))
    refused(NotFound, lambda: commands.add_sku(stranger, product, NewSku(code="Z")))
    buyer = make_actor(make_organization("Shop", "buyer"), "buyer")
    refused(Denied, lambda: commands.delist_sku(buyer, sku))
    refused(Denied, lambda: commands.create_product(buyer, name="L", category_ref=make_category(), skus=[]))


def test_the_operator_says_for_whom_it_acts(supplier: Actor) -> None:
    operator = make_actor(make_organization("House", "operator"), "operator")
    category, skus = make_category(), [NewSku(code="A")]

    def create(supplier_ref: str | None) -> object:
        return commands.create_product(
            operator, name="Lamp", category_ref=category, skus=skus, supplier_ref=supplier_ref
        )

    refused(SupplierNeeded, lambda: create(None))
    refused(NotFound, lambda: create(operator.organization_ref))
    create(supplier.organization_ref)
    refused(
        NotFound,
        lambda: commands.create_product(
            supplier, name="L", category_ref=category, skus=skus, supplier_ref=operator.organization_ref
        ),
    )


def test_skus_go_off_sale_and_on_again_and_say_so_once(supplier: Actor) -> None:
    skus = make_skus(supplier, 3)
    assert commands.delist_sku(supplier, *skus[:2]) == 2
    assert commands.delist_sku(supplier, *skus) == 1
    assert [queries.tradable(skus)[sku].is_listed for sku in skus] == [False] * 3
    assert EventRecord.objects.filter(name="SkuDelisted").count() == 3
    assert commands.list_sku(supplier, skus[1]) == 1
    assert queries.tradable(skus)[skus[1]].is_listed
    commands.delist_product(supplier, queries.tradable(skus)[skus[1]].product_ref)
    assert not queries.tradable(skus)[skus[1]].is_listed


def test_revising_changes_what_was_named_and_tells_what(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    product = queries.tradable([sku])[sku].product_ref
    commands.revise_product(supplier, product, name={"en": "New"}, description="Long " * 100)
    commands.revise_product(supplier, product, name={"en": "New"})
    commands.revise_sku(supplier, sku, moq=4, quantity_step=2, weight_g=5)
    refused(Refusal, lambda: commands.revise_sku(supplier, sku, moq=5))
    now = queries.tradable([sku])[sku]
    assert (now.name, now.moq, now.quantity_step, now.weight_g) == ({"en": "New"}, 4, 2, 5)
    told = EventRecord.objects.filter(name__endswith="Revised").order_by("id").values_list("name", "data")
    assert list(told) == [
        ("ProductRevised", {"changed": ["name", "description"]}),
        ("SkuRevised", {"changed": ["moq", "quantity_step", "weight_g"]}),
    ]


def test_added_skus_belong_to_the_product(supplier: Actor) -> None:
    sku = make_skus(supplier)[0]
    product = queries.tradable([sku])[sku].product_ref
    added = commands.add_sku(supplier, product, NewSku(code="B-9"))
    assert queries.tradable([added])[added].product_ref == product
    refused(SkuCodeTaken, lambda: commands.add_sku(supplier, product, NewSku(code="B-9")))


def test_the_database_keeps_a_skus_supplier_its_products(supplier: Actor) -> None:
    sku = Sku.objects.get(ref=make_skus(supplier)[0])
    other = make_supplier("Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Sku.objects.filter(pk=sku.pk).update(supplier_id=other.organization_id)
        connection.check_constraints()


def test_categories_have_one_code_each_and_only_the_operator_makes_them(supplier: Actor) -> None:
    top = make_category("tools")
    make_category("hand-tools", parent_ref=top)
    assert [c.path for c in queries.categories()] == ["tools", "tools/hand-tools"]
    refused(CategoryCodeTaken, lambda: commands.create_category(SYSTEM, code="tools", name="Again"))
    refused(Denied, lambda: commands.create_category(supplier, code="mine", name="Mine"))
    refused(NotFound, lambda: commands.create_category(SYSTEM, code="new", name="New", parent_ref="cat_none"))
