"""The history on the pages: what, when, before, after, by whom; and nothing of anybody else's."""

import pytest

from trivium.catalog import commands as catalog
from trivium.parties import commands as parties
from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "said"), [("en", "On sale"), ("zh-hans", "在售")])
def test_a_supplier_reads_what_was_changed_about_its_product(trade, language, said):
    supplier = trade.at(trade.s1.actor, language)
    goods = next(offer.product_ref for offer in shelf.offers(trade.s1.actor))
    catalog.delist_sku(trade.s1.actor, trade.lamp)
    text = supplier.open(f"products/{goods}/")
    assert f"/supplier/history/{goods}/" in text
    text = supplier.open(f"history/{goods}/")
    assert said in text and "DL-201" in text
    assert "DL-201" in supplier.open(f"history/{goods}/?kind=sku")
    assert supplier.client.get(f"/supplier/history/{goods}/?format=csv").status_code == 200


def test_the_operator_reads_a_companys_and_strangers_nothing(trade):
    operator = trade.at(trade.market.operator.actor)
    parties.suspend(trade.market.operator.actor, trade.s1.ref, reason="Fraud")
    assert f"/operator/history/{trade.s1.ref}/" in operator.open(f"companies/{trade.s1.ref}/")
    text = operator.open(f"history/{trade.s1.ref}/")
    assert "Suspended" in text
    goods = next(offer.product_ref for offer in shelf.offers(trade.s1.actor))
    for actor in (trade.buyer.actor, trade.partner.actor, trade.s2.actor):
        hands = trade.at(actor)
        for ref in (trade.s1.ref, goods, trade.s1.actor.user_ref, "xyz_1", "org"):
            hands.open(f"history/{ref}/", 404)
    own = trade.at(trade.s1.actor).open(f"history/{trade.s1.ref}/")
    assert trade.market.operator.actor.user_ref not in own
    assert "Place in the company" in trade.at(trade.s2.actor).open(f"history/{trade.s2.actor.user_ref}/")
