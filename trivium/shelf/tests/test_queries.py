"""The shelf on a real database: everyone sees the goods it may see, at its own price, with what is left."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kept import market_of
from trivium.catalog import commands as catalog
from trivium.catalog import queries as skus
from trivium.catalog.rules import NewSku
from trivium.catalog.tests.factories import make_category
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Wanted
from trivium.core.time import SettableClock, business_day, now, use_clock
from trivium.inventory import commands as inventory
from trivium.inventory.queries import Closed
from trivium.inventory.tests.factories import stock_up, want
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization
from trivium.pricing import commands as pricing
from trivium.pricing.tests.factories import Market
from trivium.shelf import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    """A sells at 100.00, from 10 pieces at 95.00; C at 33.33."""
    return market_of(_priced)


def _priced() -> Market:
    market = Market()
    market.sign_all()
    market.publish_prices()
    return market


def buyer_of(market: Market) -> Actor:
    return make_actor(market.buyer, "buyer")


def product_of(sku_ref: str) -> str:
    return skus.tradable([sku_ref])[sku_ref].product_ref


def test_a_buyer_sees_its_price_and_what_is_left(market: Market) -> None:
    a, c = market.skus["A"], market.skus["C"]
    sku = stock_up(market.suppliers["A"], a, 12)
    inventory.reserve([want(sku, 2)], at=now())
    pricing.agree_contract_price(
        market.suppliers["C"], buyer_ref=market.buyer.ref, sku_ref=c, unit_price="30.5", currency="CNY"
    )
    found = {offer.sku_ref: offer for offer in queries.offers(buyer_of(market))}
    assert (found[a].unit_price, found[a].list_price, found[a].is_contract) == (100, 100, False)
    assert (found[a].available, found[a].backorder, found[a].currency) == (10, False, "CNY")
    assert (found[c].unit_price, found[c].list_price, found[c].is_contract) == (
        Decimal("30.5"), Decimal("33.33"), True,
    )  # fmt: skip
    assert (found[c].available, found[c].name, found[c].supplier_name) == (0, "C", "Works C")
    other = make_actor(make_buyer("Other", _organization(market.partner)), "buyer")
    assert {o.sku_ref: o.unit_price for o in queries.offers(other)}[c] == Decimal("33.33")


def _organization(actor: Actor):  # type: ignore[no-untyped-def]
    return parties.parties_by_ref([actor.organization_ref])[actor.organization_ref]


def test_the_price_is_the_one_at_the_smallest_quantity(market: Market) -> None:
    a = market.skus["A"]
    catalog.revise_sku(market.suppliers["A"], a, moq=20)
    found = next(o for o in queries.offers(buyer_of(market)) if o.sku_ref == a)
    assert (found.moq, found.unit_price, found.list_price) == (20, 95, 95)


def test_under_markup_a_buyer_sees_the_partners_prices_only() -> None:
    market = Market("markup")
    market.sign_all()
    market.publish_prices()
    buyer = buyer_of(market)
    own = {o.sku_ref: (o.unit_price, o.list_price) for o in queries.offers(buyer)}
    supply = {o.sku_ref: o.unit_price for actor in market.suppliers.values() for o in queries.offers(actor)}
    for sku, (price, listed) in own.items():
        assert price is not None and supply[sku] is not None
        assert price == listed > supply[sku]
    assert {o.sku_ref: o.unit_price for o in queries.offers(market.partner)} == {
        sku: price for sku, (price, _listed) in own.items()
    }
    page = queries.offer(buyer, product_of(market.skus["A"]))
    assert [step.unit_price for step in page.skus[0].steps][0] == own[market.skus["A"]][0]


def test_a_page_is_one_statement_when_the_terms_are_known(market: Market) -> None:
    buyer = buyer_of(market)
    terms = parties.trading_terms(market.buyer.pk, now())
    with CaptureQueriesContext(connection) as statements:
        queries.offers(buyer, terms=terms, text="a", category_ref="cat_x")
    assert len(statements) == 1
    with CaptureQueriesContext(connection) as statements:
        queries.offers(buyer)
    assert len(statements) == 2
    product = product_of(market.skus["A"])
    with CaptureQueriesContext(connection) as statements:
        queries.offer(buyer, product)
    assert len(statements) == 3


def test_what_is_seen_depends_on_who_looks(market: Market) -> None:
    a, c = market.skus["A"], market.skus["C"]
    buyer = buyer_of(market)
    catalog.delist_sku(market.suppliers["A"], a)

    def seen_by(actor: Actor) -> set[str]:
        return {o.sku_ref for o in queries.offers(actor)}

    assert seen_by(buyer) == seen_by(market.partner) == {c}
    assert seen_by(market.suppliers["A"]) == {a} and seen_by(market.suppliers["C"]) == {c}
    assert seen_by(market.operator) == seen_by(SYSTEM) == {a, c}
    with pytest.raises(NotFound):
        queries.offer(buyer, product_of(a))
    with pytest.raises(NotFound):
        queries.offer(market.suppliers["C"], product_of(a))
    with pytest.raises(NotFound):
        queries.offer(buyer, "'; DROP TABLE catalog_sku; --")
    parties_commands.suspend(SYSTEM, market.suppliers["C"].organization_ref, reason="Fraud")
    assert seen_by(buyer) == set()


def test_goods_without_a_price_are_shown_without_one(market: Market) -> None:
    bare = make_organization("Bare", "supplier")
    stranger = make_actor(bare, "supplier")
    category = skus.categories()[0].ref
    made = catalog.create_product(
        stranger, name={"zh-hans": "台灯 💡"}, category_ref=category, skus=[NewSku(code="B")]
    )
    found = next(o for o in queries.offers(buyer_of(market)) if o.product_ref == made.ref)
    assert (found.unit_price, found.list_price, found.available, found.name) == (None, None, 0, "台灯 💡")
    assert queries.offer(buyer_of(market), made.ref).skus[0].steps == ()


def test_pages_and_filters(market: Market) -> None:
    buyer = buyer_of(market)
    first = queries.offers(buyer, limit=1)
    second = queries.offers(buyer, limit=1, after_id=first[0].id)
    assert [o.code for o in first + second] == [o.code for o in queries.offers(buyer)]
    assert queries.offers(buyer, after_id=second[0].id) == []
    a = next(o for o in queries.offers(buyer) if o.sku_ref == market.skus["A"])
    assert queries.offers(buyer, text=a.code.lower()) == [a]
    assert queries.offers(buyer, supplier_ref=a.supplier_ref) == [a]
    assert queries.offers(buyer, category_ref=a.category_ref) == [a]
    assert queries.offers(buyer, text="%") == queries.offers(buyer, text="x" * 10_000) == []
    assert queries.offers(buyer, text="\x00'; --") == []


def test_a_products_page_has_every_step(market: Market) -> None:
    a = market.skus["A"]
    page = queries.offer(buyer_of(market), product_of(a), language="zh-hans")
    steps = [(step.from_quantity, step.unit_price) for step in page.skus[0].steps]
    assert steps == [(1, 100), (10, 95)]
    pricing.agree_contract_price(
        market.suppliers["A"],
        buyer_ref=market.buyer.ref,
        sku_ref=a,
        unit_price=96,
        currency="CNY",
        from_quantity=5,
    )
    steps = [
        (step.from_quantity, step.unit_price, step.is_contract)
        for step in queries.offer(buyer_of(market), product_of(a)).skus[0].steps
    ]
    assert steps == [(1, 100, False), (5, 96, True)]


def test_a_list_of_goods_is_sorted_cut_and_counted(market: Market) -> None:
    buyer = buyer_of(market)
    whole = queries.offer_list(buyer, Wanted(sort="code", descending=True))
    codes = [offer.code for offer in whole.rows]
    assert codes == sorted(codes, reverse=True) and whole.count == len(codes) > 1
    second = queries.offer_list(buyer, Wanted(sort="code", descending=True, offset=1, limit=1))
    assert [offer.code for offer in second.rows] == codes[1:2] and second.count == whole.count


def test_facets_count_what_each_choice_would_leave(market: Market) -> None:
    buyer, a = buyer_of(market), market.skus["A"]
    seller = next(o for o in queries.offers(buyer) if o.sku_ref == a)
    wanted = Wanted(filters={"supplier": seller.supplier_ref})
    categories, suppliers = queries.facets(buyer, wanted)
    assert next(its.leaves for its in suppliers if its.ref == seller.supplier_ref) == 1
    assert sum(its.leaves for its in suppliers) == len(queries.offers(buyer))
    assert sum(its.leaves for its in categories if "/" not in its.path) == queries.offer_list(buyer, wanted).count == 1


def test_a_category_counts_what_stands_below_it_and_is_left_out_where_nothing_does(market: Market) -> None:
    above = make_category("above")
    below, empty = make_category("below", above), make_category("empty", above)
    for number, place in enumerate((above, below, below)):
        catalog.create_product(
            market.suppliers["A"], name="Lamp", category_ref=place, skus=[NewSku(code=f"below-{number}")]
        )
    found = {its.ref: its for its in queries.facets(buyer_of(market), Wanted(), language="en")[0]}
    assert found[above][1:] == ("Above", 3, "above") and found[below][1:] == ("Below", 2, "above/below")
    assert empty not in found
    narrowed = queries.facets(buyer_of(market), Wanted(filters={"category": below}))
    assert {its.leaves for its in narrowed[0] if its.ref == above} == {3}
    assert [its.leaves for its in narrowed[1]] == [2]


def test_low_and_stocked_are_told_apart(market: Market) -> None:
    a = market.skus["A"]
    supplier = market.suppliers["A"]
    stock_up(supplier, a, 4)
    assert [o.sku_ref for o in queries.offer_list(supplier, Wanted(filters={"state": "low"})).rows] == [a]
    assert [o.sku_ref for o in queries.offer_list(supplier, Wanted(filters={"state": "stocked"})).rows] == [a]
    stock_up(supplier, a, 6)
    assert queries.offer_list(supplier, Wanted(filters={"state": "low"})).rows == []


def test_lists_of_goods_tell_whether_their_supplier_works_today(market: Market) -> None:
    supplier, buyer, today = market.suppliers["A"], buyer_of(market), business_day(now())

    def closed() -> Closed | None:
        listed = queries.offer_list(buyer, Wanted()).rows
        (told,) = {each.closed.works_again if each.closed else None for each in listed if each.sku_ref in own}
        (page,) = queries.offer(buyer, product_of(market.skus["A"])).skus
        assert (page.offer.closed.works_again if page.offer.closed else None) == told
        return page.offer.closed

    own = [row.sku_ref for row in queries.offer_list(supplier, Wanted()).rows]
    tomorrow, after = today + dt.timedelta(days=1), today + dt.timedelta(days=2)
    inventory.set_holiday(supplier, begins=tomorrow, ends=after, words="Fair")
    assert closed() is None
    now_closed = inventory.set_holiday(supplier, begins=today, ends=today)
    assert closed() == Closed(today + dt.timedelta(days=3), {}), "end to end they are one"
    inventory.remove_holiday(supplier, now_closed)
    with use_clock(SettableClock(now() + dt.timedelta(days=1))):
        assert closed() == Closed(today + dt.timedelta(days=3), {"en": "Fair"})
