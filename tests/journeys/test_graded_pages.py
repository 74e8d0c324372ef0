"""What a grade withholds is gone from the portal with the next request: pages, menu, and forms that are still open."""

import pytest

from tests.kept import market_of
from trivium.api.tests.caller import Caller, world
from trivium.parties import commands as parties
from trivium.parties.rules import GRADED_RIGHTS
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewPrice
from trivium.shelf import queries as shelf
from trivium.web.shared import access
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db

# Which pages each right opens, and which forms on them it takes: (page, how the form's id begins, what is written).
STEP = {"code": "DL-201", "from_quantity": "1", "unit_price": "130.00"}
PAGES = {
    "product.view": ("goods/", "products/{product}/"),
    "price.view": ("prices/", "prices/agreed/", "prices/lists/{list}/", "history/{list}/"),
    "promotion.launch": ("promotions/", "history/{promotion}/"),
    "coupon.create": ("coupons/", "history/{coupon}/"),
}
FORMS = {
    "price.edit": (
        ("prices/", "publish-list", {"name": "Other", **STEP}),
        ("prices/agreed/", "agree-price", STEP),
        ("prices/lists/{list}/", "set-price", STEP),
        ("prices/lists/{list}/", "remove-", {}),
        ("prices/lists/{list}/", "end-list", {}),
        ("products/{product}/", "price-", {"from_quantity": "1", "unit_price": "130.00"}),
    ),
    "promotion.launch": (
        ("promotions/", "launch-promotion", {"name_en": "More", "percent": "2"}),
        ("promotions/", "end-", {}),
    ),
    "coupon.create": (
        ("coupons/", "create-coupon", {"code": "MORE", "percent": "2"}),
        ("coupons/", "end-", {}),
    ),
}
MENU = {"product.view": "goods", "price.view": "prices", "promotion.launch": "promotions", "coupon.create": "coupons"}


def _market() -> Trade:
    """A partner under markup with a grade that gives all, a price list, a promotion and a coupon."""
    trade = Trade()
    market, band = trade.market, {"min_percent": "0", "max_percent": "50"}
    trade.s1 = market.supplier("Mingde Lighting", markup_band=band)
    trade.lamp = market.sku(trade.s1, "DL-201", [(1, "100.00"), (10, "95.00")])
    trade.partner = market.partner("Huitong Sourcing", mode="markup")
    trade.buyer = market.buyer("Jinse Hotel", trade.partner)
    actor = trade.partner.actor
    trade.refs = {
        "list": pricing.publish_price_list(actor, name="Own", currency="CNY", supplier_ref=trade.s1.ref,
                                           prices=[NewPrice(trade.lamp, 1, "120.00")]),
        "promotion": pricing.launch_promotion(actor, name="Less", percent="1"),
        "coupon": pricing.create_coupon(actor, code="LESS", percent="1"),
        "product": next(each.product_ref for each in shelf.offers(actor) if each.sku_ref == trade.lamp),
    }  # fmt: skip
    trade.grade = parties.define_grade(market.operator.actor, name={"en": "Silver"}, rank=1, rights=GRADED_RIGHTS)
    parties.assign_grade(market.operator.actor, trade.partner.ref, trade.grade)
    return trade


@pytest.fixture
def trade(db, clock):
    return market_of(_market)


def give(trade, rights):
    parties.define_grade(
        trade.market.operator.actor, name={"en": "Silver"}, rank=1, rights=rights, grade_ref=trade.grade
    )


def without(right):
    return [each for each in GRADED_RIGHTS if each != right]


@pytest.mark.parametrize("right", PAGES)
def test_every_page_of_a_withheld_right_is_not_found_in_an_open_session(trade, right):
    hands = trade.at(trade.partner.actor)
    paths, entry = [path.format(**trade.refs) for path in PAGES[right]], f'href="/partner/{MENU[right]}/"'
    for path in paths:
        hands.open(path)
    assert entry in hands.open("")
    give(trade, without(right))
    for path in paths:
        hands.open(path, 404)
        assert hands.client.get(f"/partner/{path}?format=csv").status_code == 404
    assert entry not in hands.open("")
    give(trade, GRADED_RIGHTS)
    for path in paths:
        hands.open(path)
    assert entry in hands.open("")


@pytest.mark.parametrize("right", FORMS)
def test_every_form_of_a_withheld_right_that_is_still_open_is_denied_and_does_nothing(trade, right):
    hands, read = trade.at(trade.partner.actor), []
    for path, start, written in FORMS[right]:
        hands.open(path.format(**trade.refs))
        read.append((hands.form(start), written))
    give(trade, without(right))
    before, status = world(), 403 if right == "price.edit" else 404  # of the others the page itself is gone
    for form, written in read:
        said = hands.post(form, status, **written)
        assert status == 404 or right in said, form.id
    assert world() == before
    for path, start, _written in FORMS[right] if right == "price.edit" else ():
        hands.open(path.format(**trade.refs))
        assert not [key for key in hands.read.forms if key.startswith(start)], path
    give(trade, GRADED_RIGHTS)
    for path, start, written in FORMS[right]:
        hands.open(path.format(**trade.refs))
        if start in ("launch-promotion", "create-coupon", "set-price", "publish-list", "agree-price", "price-"):
            hands.send(start, **written)
    assert world() != before


def test_every_url_that_needs_a_graded_right_stands_above():
    """What is new in the partner's portal is graded here, or is open to every partner."""
    graded = {f"partner:{name}" for name in (
        "goods", "product", "prices", "contract_prices", "price_list", "publish_list", "set_list_price", "remove_price",
        "end_list", "set_price", "agree_price", "promotions", "launch_promotion", "end_promotion", "coupons",
        "create_coupon", "end_coupon", "confirm_margin", "object", "confirm_many")}  # fmt: skip
    others = {"work", "buyers", "sign_agreement", *access._SETTLED, *access._CONTRACTS}
    own = {f"partner:{name}" for name in access._OWN["partner"]}
    assert own == graded | {f"partner:{name}" for name in others}


def test_prices_that_may_not_be_seen_are_not_read_by_a_key_either(trade):
    caller = Caller.of(trade.partner.actor)
    asked = ("/contract-prices", "/price-lists", f"/changes?ref={trade.refs['list']}")
    assert [caller.get(path).status for path in asked] == [200, 200, 200]
    give(trade, without("price.view"))
    assert [caller.get(path).status for path in asked] == [403, 403, 404]
    rows = caller.get(f"/changes?ref={trade.partner.ref}").data["items"]
    assert {row["kind"] for row in rows} & {"price", "price_list", "contract_price"} == set()
    give(trade, GRADED_RIGHTS)
    assert [caller.get(path).status for path in asked] == [200, 200, 200]


def test_a_buyer_reads_its_own_contract_prices_whatever_its_partner_may(trade):
    give(trade, [])
    assert prices.contract_prices(trade.buyer.actor) == []
