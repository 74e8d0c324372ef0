"""Partner grades at the doors: what a grade withholds is denied by page and API alike, from the next request on."""

import pytest

from tests.kept import market_of
from trivium.api import access as api
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import body_of, path_of
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties.rules import GRADED_RIGHTS
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return market_of(Trade)


@pytest.fixture
def grade(trade):
    """The partner's grade, which gives all that grades can give."""
    ref = parties.define_grade(
        trade.market.operator.actor, name={"en": "Silver", "zh-hans": "银牌"}, rank=1, rights=GRADED_RIGHTS
    )
    parties.assign_grade(trade.market.operator.actor, trade.partner.ref, ref)
    return ref


def narrow(trade, grade, rights):
    parties.define_grade(trade.market.operator.actor, name={"en": "Silver"}, rank=1, rights=rights, grade_ref=grade)


def part_of(trade):
    return orders.get_order(trade.partner.actor, trade.order())["supplier_orders"][0]["ref"]


@pytest.mark.parametrize("right", GRADED_RIGHTS)
def test_every_route_of_a_withheld_right_is_denied_to_a_key_at_its_next_request(trade, grade, right):
    routes = [route for route, (needed, _scope) in api.TABLE.items() if needed == right]
    assert routes
    refs = {"part": part_of(trade), "sku": trade.lamp, "buyer": trade.buyer.ref, "product": "prd_x",
            "price_list": "prl_x", "promotion": "prm_x", "coupon": "cpn_x", "picture": "pic_x"}  # fmt: skip
    caller = Caller.of(trade.partner.actor)

    def ask(method, path):
        address = path_of(path, refs) if "{" in path else path
        return caller.get(address) if method == "GET" else caller.write(method, address, body_of(method, path, refs))

    assert {ask(*route).data.get("error", {}).get("code") for route in routes[:1]} != {"denied"}
    narrow(trade, grade, [each for each in GRADED_RIGHTS if each != right])
    for route in routes:
        said = ask(*route)
        assert (said.status, said.code) == (403, "denied"), (route, said.data)
        assert right in said.data["error"]["message"]
    assert right not in caller.get("/me").data["permissions"]
    narrow(trade, grade, GRADED_RIGHTS)
    assert right in caller.get("/me").data["permissions"]


def test_confirming_is_denied_on_a_page_that_is_open(trade, grade):
    part, order = part_of(trade), trade.order()
    hands = trade.at(trade.partner.actor)
    hands.open("work/")
    many = hands.form("bulk")
    hands.open(f"orders/{order}/")
    confirm, objection = hands.form("confirm-"), hands.form("object-")
    narrow(trade, grade, [])
    for form, written in ((confirm, {}), (objection, {"reason": "too little"})):
        assert "order.confirm_margin" in hands.post(form, 403, **written)
    assert "order.confirm_margin" in hands.post(many, 200, item=part)
    assert orders.get_order(trade.partner.actor, order)["supplier_orders"][0]["margin_confirmed_at"] is None
    for path in ("", "work/", f"orders/{order}/"):
        assert "confirm-margin" not in hands.open(path)
    narrow(trade, grade, ["order.confirm_margin"])
    hands.open(f"orders/{order}/")
    hands.send("confirm-")
    assert orders.get_order(trade.partner.actor, order)["supplier_orders"][0]["margin_confirmed_at"]


@pytest.mark.parametrize(("language", "name"), [("en", "Gold"), ("zh-hans", "金牌")])
def test_the_operator_defines_gives_changes_and_ends_a_grade(trade, language, name):
    hands = trade.at(trade.market.operator.actor, language)
    hands.open("")
    assert 'href="/operator/grades/"' in hands.text
    hands.open("grades/")
    hands.send("define-grade", 422, name="", name_en="", rank="3")
    hands.open("grades/")
    hands.send("define-grade", 422, name="金牌", rank="top")
    page = hands.open("grades/") and hands.send(
        "define-grade", name="金牌", name_en="Gold", rank="3", from_size="medium", from_volume="1,000.50"
    )
    assert f"<h1>{name}</h1>" in page
    ref = hands.form("change-grade").url.split("/")[3]
    hands.send("change-grade", rank="4")
    assert "1000.50" in hands.form("change-grade").values["from_volume"].replace(",", "")
    asked = "size=large&volume=2000&currency=CNY"
    assert f'<a href="/operator/grades/{ref}/">{name}</a>' in hands.open(f"grades/?{asked}").partition("fit")[2]
    assert f'href="/operator/grades/{ref}/">{name}' not in hands.open("grades/?size=micro&currency=CNY").partition(
        '<section class="list"')[0]  # fmt: skip
    hands.open("grades/?size=vast&volume=x&currency=CNY")
    hands.open(f"companies/{trade.partner.ref}/")
    assert name in hands.send("grade", grade_ref=ref)
    assert "Lianca Trading" in hands.open(f"grades/{ref}/")
    assert "end-grade" not in hands.text
    hands.open(f"companies/{trade.partner.ref}/")
    hands.send("grade", grade_ref="")
    hands.open(f"grades/{ref}/")
    assert name not in hands.send("end-grade").partition('<section class="list"')[2]


def test_a_company_that_is_no_partner_has_no_grade(trade):
    hands = trade.at(trade.market.operator.actor)
    hands.open(f"companies/{trade.buyer.ref}/")
    assert 'id="grade"' not in hands.text
