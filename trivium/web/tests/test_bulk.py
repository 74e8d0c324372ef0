"""Many rows at once: each its own act, once, with an account of what went and what was refused."""

import re

import pytest

from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.web.shared import bulk

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(trade, clock):
    """Four orders that wait for the supplier and the partner; their supplier orders, oldest first."""
    found = []
    for _ in range(4):
        clock.move(hours=1)
        order = orders.get_order(trade.buyer.actor, trade.order((trade.lamp, 2)))
        found.append((order["supplier_orders"][0]["ref"], order["number"]))
    return found


def facts(trade, ref):
    return next(p for o in orders.orders_of(trade.market.operator.actor)
                for p in orders.get_order(trade.market.operator.actor, o["ref"])["supplier_orders"]
                if p["ref"] == ref)  # fmt: skip


def sent(hands, url, refs, **fields):
    form = hands.form("bulk")
    return hands.client.post(url, {**form.values, **fields, "item": refs})


def test_a_supplier_confirms_many_with_one_ship_date(trade, parts):
    supplier = trade.at(trade.s1.actor)
    text = supplier.open("work/?act=confirm_supply")
    assert [ref for ref, _ in parts] == re.findall(r'name="item" value="(sup_\w+)"', text)
    answer = sent(supplier, "/supplier/work/confirm/", [ref for ref, _ in parts[:3]], ship_date="2026-03-09")
    said = answer.content.decode()
    assert answer.status_code == 200 and "3 done." in said and "not done" not in said
    days = [facts(trade, ref)["ship_date"] for ref, _ in parts]
    assert [str(day) for day in days] == ["2026-03-09"] * 3 + ["None"]
    assert [ref for ref, _ in parts[3:]] == re.findall(r'name="item" value="(sup_\w+)"', said)


def test_one_refusal_stops_no_other_and_says_why(trade, parts):
    ordering.confirm_margin(trade.partner.actor, parts[1][0])
    partner = trade.at(trade.partner.actor)
    partner.open("work/")
    strange = parts[0][0][:-4] + "0000"
    said = sent(partner, "/partner/work/confirm/", [*(ref for ref, _ in parts), strange]).content.decode()
    outcome = said.partition('role="status"')[2].partition("</section>")[0]
    assert "3 done." in outcome and "2 not done:" in outcome
    why = re.findall(r"<li>(?:<a[^>]*>)?([^<]+)(?:</a>)?: ([^<]+)</li>", outcome)
    assert [name for name, _ in why] == [parts[1][1], strange] and all(words for _, words in why)
    assert all(facts(trade, ref)["margin_confirmed_at"] for ref, _ in parts)


def test_a_second_click_does_nothing_and_says_the_same(trade, parts):
    supplier = trade.at(trade.s1.actor)
    supplier.open("work/")
    refs = [ref for ref, _ in parts[:2]]
    form = supplier.form("bulk").values
    said = []
    for _click in range(2):
        values = {**form, "ship_date": "2026-03-09", "item": refs}
        said.append(supplier.client.post("/supplier/work/confirm/", values).content.decode())
    assert all("2 done." in each and "not done" not in each for each in said)


def test_what_is_asked_of_all_is_refused_at_its_field_before_anything_is_done(trade, parts):
    supplier = trade.at(trade.s1.actor)
    supplier.open("work/")
    refs = [ref for ref, _ in parts]
    answer = sent(supplier, "/supplier/work/confirm/", refs, ship_date="soon")
    said = answer.content.decode()
    assert answer.status_code == 422 and "is not a date" in said and said.count(" checked") >= len(refs)
    assert not any(facts(trade, ref)["supply_confirmed_at"] for ref in refs)
    assert "No row is chosen" in sent(supplier, "/supplier/work/confirm/", []).content.decode()
    many = [f"sup_{i}" for i in range(bulk.MOST + 1)]
    assert f"At most {bulk.MOST} rows" in sent(supplier, "/supplier/work/confirm/", many).content.decode()


def test_the_worklist_is_a_list_like_any_other(trade, parts):
    partner = trade.at(trade.partner.actor)
    text = partner.open(f"work/?q={parts[2][1]}")
    assert re.findall(r'name="item" value="(sup_\w+)"', text) == [parts[2][0]]
    text = partner.open("work/?sort=-order")
    assert re.findall(r'name="item" value="(sup_\w+)"', text) == [ref for ref, _ in parts[::-1]]
    figure = orders.get_order(trade.partner.actor, parts[0][1])["supplier_orders"][0]["totals"]["commission"]
    assert f"¥{figure / 100:.2f}" in text
    assert partner.client.get("/partner/work/?format=csv").status_code == 200
    assert "work/" in partner.open("")


def test_nobody_confirms_for_another(trade, parts):
    other = trade.at(trade.s2.actor)
    assert "Nothing waits for you." in other.open("work/")
    values = {"on": "/supplier/work/", "key": "k", "form": "bulk", "ship_date": "2026-03-09", "item": [parts[0][0]]}
    said = other.client.post("/supplier/work/confirm/", values).content.decode()
    assert "0 done." in said and parts[0][1] not in said
    assert not facts(trade, parts[0][0])["supply_confirmed_at"]
