"""What was changed about prices, discounts and freight: written by the database, read by those whose terms they are."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import Company, Market
from trivium.core.errors import NotFound
from trivium.core.history import Change, changes_of
from trivium.pricing import commands, queries
from trivium.pricing.models import ContractPrice, Coupon, FreightRate, Price, PriceList, Promotion
from trivium.pricing.rules import NewFreightRate, NewPrice

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def supplier(market: Market) -> Company:
    return market.supplier("Lvyuan")


@pytest.fixture
def sku(market: Market, supplier: Company) -> str:
    return market.sku(supplier, "A", [(1, "10.00"), (10, "9.00")])


def told(changes: list[Change]) -> list[tuple[str, str, object, object]]:
    return [(each.kind, each.field, each.old, each.new) for each in changes]


def test_a_changed_price_tells_who_and_from_what_to_what(supplier: Company, sku: str) -> None:
    (price_list,) = queries.price_lists(supplier.actor)
    before = changes_of([price_list.ref])[0].id
    commands.set_prices(supplier.actor, price_list.ref, [(sku, 10, "8.75"), (sku, 1, "10.00")])
    (change,) = [each for each in changes_of([price_list.ref]) if each.id > before]
    assert (change.kind, change.field, change.old, change.new) == ("price", "unit_price", "9", "8.75")
    assert (change.beside, change.actor) == (sku, supplier.actor.ref)
    commands.remove_prices(supplier.actor, price_list.ref, [sku])
    gone = [each for each in changes_of([price_list.ref]) if each.id > change.id]
    assert {(each.field, each.old, each.new) for each in gone} == {
        ("from_quantity", "1", None), ("unit_price", "10", None), ("from_quantity", "10", None),
        ("unit_price", "8.75", None),
    }  # fmt: skip
    commands.end_price_list(supplier.actor, price_list.ref)
    assert changes_of([price_list.ref])[0].field == "ends_at"


def test_a_contract_price_is_the_sellers_and_nobody_elses(market: Market, supplier: Company, sku: str) -> None:
    partner, other = market.partner("Channel"), market.supplier("Hengtai")
    buyer = market.buyer("Buyer", partner)
    refs = [
        commands.agree_contract_price(
            supplier.actor, buyer_ref=buyer.ref, sku_ref=sku, unit_price=price, currency="CNY"
        )
        for price in ("8.00", "7.50")
    ]
    first = queries.terms_history(supplier.actor, refs[0])
    assert [(row.change.field, row.change.old) for row in first.rows][0] == ("ends_at", None)
    (named,) = [row.change.new for row in first.rows if row.change.field == "buyer_id"]
    assert (named, first.names[buyer.ref], first.names[sku]) == (buyer.ref, "Buyer", "A")
    assert queries.terms_history(market.operator.actor, refs[0]).rows
    for reader in (partner, other, buyer):
        for ref in (refs[0], supplier.ref):
            with pytest.raises(NotFound):
                queries.terms_history(reader.actor, ref)
    assert "contract_price" in {row.change.kind for row in queries.terms_history(supplier.actor, supplier.ref).rows}
    for ref in (partner.ref, other.ref):
        reader = market.operator.actor
        assert not any(row.change.kind == "contract_price" for row in queries.terms_history(reader, ref).rows)


def test_own_prices_of_a_partner_are_not_the_suppliers(market: Market) -> None:
    supplier = market.supplier("Lvyuan", markup_band={"min_percent": "0", "max_percent": "50"})
    sku = market.sku(supplier, "A", [(1, "10.00")])
    partner = market.partner("Channel", "markup", "0")
    own = commands.publish_price_list(
        partner.actor, name="Ours", currency="CNY", prices=[NewPrice(sku, 1, "12.00")], supplier_ref=supplier.ref
    )
    assert {row.change.subject for row in queries.terms_history(partner.actor, partner.ref).rows} == {own}
    assert own not in {row.change.subject for row in queries.terms_history(supplier.actor, supplier.ref).rows}
    with pytest.raises(NotFound):
        queries.terms_history(supplier.actor, own)
    (list_of_supplier,) = queries.price_lists(supplier.actor)
    with pytest.raises(NotFound):
        queries.terms_history(partner.actor, list_of_supplier.ref)


def test_amounts_are_told_with_their_currency_after_the_row_has_gone(supplier: Company) -> None:
    rate = {"delivery_method": "express", "currency": "CNY", "country": "CN"}
    commands.put_freight_rate(supplier.actor, NewFreightRate(**rate, base=2000, per_kg=150))
    commands.put_freight_rate(supplier.actor, NewFreightRate(**rate, base=2500, per_kg=150))
    rows = queries.terms_history(supplier.actor, supplier.ref).rows
    bases = [(row.change.old, row.change.new) for row in rows if row.change.field == "base"]
    assert ("20.00 CNY", None) in bases and (None, "25.00 CNY") in bases


def test_discounts_tell_what_was_given_and_when_it_ended(market: Market, supplier: Company) -> None:
    partner = market.partner("Channel")
    promotion = commands.launch_promotion(
        supplier.actor, name="Spring", amount_off=500, threshold=10000, currency="CNY"
    )
    commands.end_promotion(supplier.actor, promotion)
    rows = queries.terms_history(supplier.actor, promotion).rows
    assert (rows[0].change.field, rows[0].change.old, rows[0].change.new) == ("is_active", True, False)
    assert ("amount_off", "5.00 CNY") in [(row.change.field, row.change.new) for row in rows]
    coupon = commands.create_coupon(partner.actor, code="TEN", amount_off=1000, currency="CNY")
    assert queries.terms_history(partner.actor, coupon).rows
    for ref, stranger in ((promotion, partner), (coupon, supplier)):
        with pytest.raises(NotFound):
            queries.terms_history(stranger.actor, ref)


def test_redeeming_a_coupon_writes_no_history(market: Market, supplier: Company, sku: str) -> None:
    partner = market.partner("Channel")
    buyer = market.buyer("Buyer", partner)
    coupon = commands.create_coupon(partner.actor, code="TEN", amount_off=100, currency="CNY", uses=5)
    before = len(changes_of([coupon]))
    market.order(buyer, [(sku, 10)], coupon_codes=["TEN"])
    assert Coupon.objects.get(ref=coupon).uses_left == 4 and len(changes_of([coupon])) == before


def test_every_table_of_terms_keeps_its_history() -> None:
    for model in (PriceList, Price, ContractPrice, Promotion, Coupon, FreightRate):
        assert model.keeps_history, model


def test_an_import_of_prices_takes_as_many_statements_however_long(market: Market, supplier: Company) -> None:
    skus = [market.sku(supplier, f"S{n}", [(1, "1.00")]) for n in range(12)]
    (price_list, *_more) = queries.price_lists(supplier.actor)

    def count(refs: list[str], price: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            commands.set_prices(supplier.actor, price_list.ref, [(ref, 1, Decimal(price)) for ref in refs])
        return len(seen)

    assert count(skus[:1], "2.5") == count(skus, "3.5")
