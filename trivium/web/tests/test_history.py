"""The history on the pages: what, when, before, after, by whom; and nothing of anybody else's."""

import pytest

from trivium.catalog import commands as catalog
from trivium.catalog import queries as goods
from trivium.core import sql
from trivium.inventory import commands as inventory
from trivium.parties import commands as parties
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "said"), [("en", "On sale"), ("zh-hans", "在售")])
def test_a_supplier_reads_what_was_changed_about_its_product(trade, language, said):
    supplier = trade.at(trade.s1.actor, language)
    product = next(offer.product_ref for offer in shelf.offers(trade.s1.actor))
    catalog.delist_sku(trade.s1.actor, trade.lamp)
    text = supplier.open(f"products/{product}/")
    assert f"/supplier/history/{product}/" in text
    text = supplier.open(f"history/{product}/")
    assert said in text and "DL-201" in text
    assert "DL-201" in supplier.open(f"history/{product}/?kind=sku")
    assert supplier.client.get(f"/supplier/history/{product}/?format=csv").status_code == 200


def test_the_operator_reads_a_companys_and_strangers_nothing(trade):
    operator = trade.at(trade.market.operator.actor)
    parties.suspend(trade.market.operator.actor, trade.s1.ref, reason="Fraud")
    assert f"/operator/history/{trade.s1.ref}/" in operator.open(f"companies/{trade.s1.ref}/")
    text = operator.open(f"history/{trade.s1.ref}/")
    assert "Suspended" in text
    product = next(offer.product_ref for offer in shelf.offers(trade.s1.actor))
    for actor in (trade.buyer.actor, trade.partner.actor, trade.s2.actor):
        hands = trade.at(actor)
        for ref in (trade.s1.ref, product, trade.s1.actor.user_ref, "xyz_1", "org"):
            hands.open(f"history/{ref}/", 404)
    own = trade.at(trade.s1.actor).open(f"history/{trade.s1.ref}/")
    assert trade.market.operator.actor.user_ref not in own
    assert "Place in the company" in trade.at(trade.s2.actor).open(f"history/{trade.s2.actor.user_ref}/")


@pytest.mark.parametrize(("language", "said"), [("en", "Contract price"), ("zh-hans", "合同价")])
def test_a_seller_reads_what_was_changed_about_its_terms_and_its_partner_does_not(trade, language, said):
    (price_list,) = prices.price_lists(trade.s1.actor)
    pricing.set_prices(trade.s1.actor, price_list.ref, [(trade.lamp, 1, "31.25")])
    agreed = pricing.agree_contract_price(
        trade.s1.actor, buyer_ref=trade.buyer.ref, sku_ref=trade.lamp, unit_price="27.75", currency="CNY"
    )
    supplier = trade.at(trade.s1.actor, language)
    text = supplier.open(f"history/{trade.s1.ref}/?kind=contract_price")
    assert said in text and "27.75" in text and "31.25" not in text
    assert "31.25" in supplier.open(f"history/{price_list.ref}/") and "27.75" in supplier.open(f"history/{agreed}/")
    file = supplier.client.get(f"/supplier/history/{trade.s1.ref}/?format=csv")
    assert b"27.75" in file.content
    assert "27.75" in trade.at(trade.market.operator.actor).open(f"history/{trade.s1.ref}/")
    for actor in (trade.buyer.actor, trade.partner.actor, trade.s2.actor):
        hands = trade.at(actor)
        for ref in (agreed, price_list.ref, trade.s1.ref):
            hands.open(f"history/{ref}/", 404)
        assert "27.75" not in hands.open(f"history/{actor.organization_ref}/")


def test_the_operator_reads_what_was_changed_about_grades_and_screening(trade):
    operator = trade.market.operator.actor
    ref = parties.define_grade(operator, name={"en": "Gold", "zh-hans": "金牌"}, rank=7, rights=[])
    parties.define_grade(operator, name={"en": "Gold", "zh-hans": "金牌"}, rank=8, rights=[], grade_ref=ref)
    hands = trade.at(operator)
    assert f"/operator/history/{ref}/" in hands.open(f"grades/{ref}/")
    assert "Rank" in hands.open(f"history/{ref}/")
    parties.change_rule(operator, "expiry", strength="flag", is_on=False, settings={}, reason="Lenient for a while")
    assert "/operator/history/expiry/" in hands.open("screening/expiry/")
    assert "Lenient for a while" in hands.open("history/expiry/")
    for what in (ref, "expiry"):
        trade.at(trade.partner.actor).open(f"history/{what}/", 404)


@pytest.mark.parametrize(("language", "said"), [("en", "Limit of a month"), ("zh-hans", "每月限额")])
def test_roles_limits_and_warehouses_stand_in_a_companys_history_for_those_who_may_read_them(trade, language, said):
    sql.execute("UPDATE parties_membership SET monthly_limit = 200000 WHERE user_id = %s", [trade.buyer.actor.user_id])
    text = trade.at(trade.buyer.actor, language).open(f"history/{trade.buyer.ref}/")
    assert said in text and "2000.00 CNY" in text
    warehouse = inventory.open_location(trade.s1.actor, name="Foshan", priority=3)
    for actor in (trade.s1.actor, trade.market.operator.actor):
        hands = trade.at(actor)
        assert "Foshan" in hands.open(f"history/{trade.s1.ref}/?kind=location")
        assert "Foshan" in hands.open(f"history/{warehouse}/")
        assert hands.open(f"history/{trade.s1.ref}/?kind=company_role")
    for actor in (trade.s2.actor, trade.buyer.actor):
        trade.at(actor).open(f"history/{warehouse}/", 404)
    category = goods.categories()[0].ref
    assert "Called" in trade.at(trade.s2.actor).open(f"history/{category}/")
