"""The operator in a company's portal: the banner, the doors that stay shut, and the way back."""

import datetime as dt

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.journeys.market import ADDRESS
from trivium.api.tests.caller import Caller
from trivium.core.jobs import drain
from trivium.fulfilment import commands as fulfilment
from trivium.inventory.commands import set_holiday
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.rules import Wish
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.models import Entry, EntryAct, Membership
from trivium.web.shared.access import ACCESS, SIGNED
from trivium.web.shared.entering import ENTRY, opens_in_entry
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(db, clock):
    return Trade()


def enter(trade, company, role, *, acts=True):
    boss = trade.at(trade.market.operator.actor)
    boss.open(f"companies/{company.ref}/")
    boss.send("enter", role=role, minutes="30", reason="asked by phone", **({"acts": "1"} if acts else {}))
    return boss


def every_name():
    """Every URL of the pages: its name, and an address of its own."""
    found = {}

    def walk(patterns, space, names):
        for each in patterns:
            if isinstance(each, URLResolver):
                walk(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space, names)
            elif isinstance(each, URLPattern) and each.name:
                found[f"{space}{each.name}"] = each.pattern.converters

    walk(get_resolver().url_patterns, "", [])
    return {name: converters for name, converters in found.items() if name in ACCESS}


def address(name, converters):
    values = {"int": 1, "slug": "x", "str": "x"}
    kwargs = {key: values.get(type(each).__name__.replace("Converter", "").lower(), "ord_none00000000000000")
              for key, each in converters.items()}
    return reverse(name, kwargs=kwargs)


def test_a_banner_on_every_page_says_in_whose_shoes_and_how_long(trade):
    boss = enter(trade, trade.buyer, "buyer")
    for place in ("/buyer/", "/buyer/orders/", "/buyer/shelf/", "/buyer/cart/", "/buyer/entries/"):
        text = boss.open(place)
        assert "You are acting for Yuelai Hotel." in text
        assert "30 minutes left" in text and "asked by phone" in text, place
    assert "You are acting" not in trade.at(trade.buyer.actor).open("")


def test_nothing_is_ticked_for_acts_that_are_not_open_in_the_entry(trade):
    trade.order()
    places = ("/supplier/products/", "/supplier/work/")

    def offered(hands):
        return ['name="item"' in hands.open(place) for place in places]

    assert offered(trade.at(trade.s1.actor)) == [True, True]
    assert offered(enter(trade, trade.s1, "supplier", acts=False)) == [False, False]
    assert offered(enter(trade, trade.s1, "supplier")) == [True, False]


def test_it_ends_by_the_button_and_nothing_of_it_stays(trade):
    boss = trade.at(trade.market.operator.actor)
    before = {key: value for key, value in boss.client.session.items() if not key.startswith("_")}
    boss = enter(trade, trade.buyer, "buyer")
    boss.open("/buyer/")
    assert boss.client.post("/entry/leave/").status_code == 302
    after = {key: value for key, value in boss.client.session.items() if not key.startswith("_")}
    assert ENTRY not in after and after == before
    boss.open("")
    boss.open("/buyer/", 404)
    assert boss.client.post("/entry/leave/").status_code == 404


def test_what_comes_after_its_time_is_done_nowhere(trade, clock):
    boss = enter(trade, trade.buyer, "buyer")
    boss.open("/buyer/orders/")
    clock.move(minutes=31)
    boss.page = boss.client.post(f"/operator/companies/{trade.buyer.ref}/suspend/", {"reason": "x", "on": "/operator/"})
    assert boss.page.status_code == 409 and "This entry is over" in boss.text
    assert parties.get_company(boss.actor, trade.buyer.ref).suspended_at is None
    boss.open("")


def test_it_ends_at_once_when_the_right_is_withdrawn(trade):
    boss = enter(trade, trade.buyer, "buyer")
    Membership.objects.filter(user_id=boss.actor.user_id, role="operator").update(job="staff")
    assert boss.client.get("/buyer/orders/").status_code == 302
    assert Entry.objects.get().ended_at is not None


@pytest.mark.parametrize(("company", "role"), [("buyer", "buyer"), ("s1", "supplier"), ("partner", "partner")])
def test_every_door_that_is_not_named_is_shut_in_an_entry(trade, company, role):
    boss = enter(trade, getattr(trade, company), role)
    shut = 0
    for name, converters in every_name().items():
        if name in ("account_logout", "web:leave_entry", "web:picture", "web:root", *SIGNED):
            continue
        for method in ("get", "post"):
            try:
                url = address(name, converters)
            except NoReverseMatch:  # a link out of a mail, with its own pattern
                continue
            answer = getattr(boss.client, method)(url)
            is_page = opens_in_entry(name, role, acts=False)
            if not opens_in_entry(name, role, acts=True) or (method == "post" and is_page):
                assert answer.status_code == 403, (method, name, answer.status_code)
                shut += 1
            else:
                assert answer.status_code != 500, (method, name)
    assert shut > 250
    assert EntryAct.objects.count() == 0


NEVER = {
    "sign_contract", "send_proposal", "confirm_statement", "decide", "ask_change", "invite", "remove_person",
    "change_place", "leave", "make_key", "revoke_key", "change_particulars", "confirm", "confirm_margin", "object",
    "confirm_many", "pay", "sign", "refund", "open_ticket", "reply_ticket", "ask_import", "add_contact", "add_rule",
}  # fmt: skip


def test_the_table_names_nothing_that_stays_with_the_company():
    named = {name for name in ACCESS for role in ("supplier", "partner", "buyer")
             if opens_in_entry(name, role, acts=True) and name.startswith(f"{role}:")}
    assert len(named) > 50
    assert not {name.partition(":")[2] for name in named} & NEVER
    assert not {name.partition(":")[2] for name in named} & {"keys", "people", "our_company", "rules", "tickets"}


def test_an_entry_for_reading_shuts_every_act(trade):
    boss = enter(trade, trade.buyer, "buyer", acts=False)
    assert "You are reading what" in boss.open("/buyer/shelf/")
    for name, converters in every_name().items():
        if name.startswith("buyer:"):
            assert boss.client.post(address(name, converters)).status_code == 403, name


def test_the_company_reads_who_was_there_and_what_was_done(trade):
    boss = enter(trade, trade.s1, "supplier")
    boss.open("/supplier/holidays/")
    boss.send("set-holiday", begins="2027-01-02", ends="2027-01-03")
    boss.client.post("/entry/leave/")
    own = trade.at(trade.s1.actor)
    assert "of the operator has entered your workspace" in own.open("notices/")
    ref = Entry.objects.get().ref
    assert "asked by phone" in own.open("entries/")
    text = own.open(f"entries/{ref}/")
    assert "Set a holiday" in text and "Lin Yue of the operator" in text
    trade.at(trade.buyer.actor).open(f"entries/{ref}/", 404)
    assert "Set a holiday" in trade.at(trade.market.operator.actor).open(f"entries/{ref}/")
    assert orders.orders_of(trade.s1.actor) == []


def test_no_act_is_offered_that_the_entry_refuses(trade):
    ref = trade.order()
    own = trade.at(trade.s1.actor)
    assert "/confirm/" in own.open("") and 'href="#confirm-' in own.open(f"orders/{ref}/")
    for acts in (False, True):
        boss = enter(trade, trade.s1, "supplier", acts=acts)
        assert "/confirm/" not in boss.open("/supplier/") and "Confirm supply" in boss.text
        assert "confirm-" not in boss.open(f"/supplier/orders/{ref}/")
        assert ('id="set-holiday"' in boss.open("/supplier/holidays/")) is acts
        boss.client.post("/entry/leave/")


def inside(trade, company, role):
    """Somebody of the operator at work in a company's workspace."""
    boss = trade.market.operator.actor
    ref = commands.begin_entry(boss, company.ref, role, minutes=30, acts=True, reason="asked by phone")
    return parties.entry_now(ref, boss.user_id).actor


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Lin Yue of the operator, for {}"), ("zh-hans", "平台运营方 Lin Yue 代 {} 操作")],
)
def test_the_orders_timeline_says_who_did_what_for_whom(trade, clock, language, said):
    trade.lend()
    buyer, supplier = said.format("Yuelai Hotel"), said.format("Chenguang Lighting")
    own = trade.order((trade.lamp, 2), (trade.rail, 1), payment_method="on_account")
    placed = ordering.place_order(
        inside(trade, trade.buyer, "buyer"), [Wish(trade.lamp, 2), Wish(trade.rail, 1)], ship_to=ADDRESS,
        delivery_method="standard", payment_method="on_account",
    )  # fmt: skip
    clock.move(minutes=1)
    sent, kept = placed.supplier_order_refs
    for part, company in ((sent, trade.s1), (kept, trade.s2)):
        ordering.confirm_supply(company.actor, part, ship_date=clock.at.date())
        ordering.confirm_margin(trade.partner.actor, part)
    drain()
    fulfilment.dispatch(inside(trade, trade.s1, "supplier"), sent, carrier="sf", tracking_numbers=["SF1"])
    for actor, times in ((trade.buyer.actor, (2, 1)), (trade.partner.actor, (2, 1)), (trade.s1.actor, (1, 1)),
                         (trade.s2.actor, (1, 0)), (trade.market.operator.actor, (2, 1))):  # fmt: skip
        text = trade.at(actor, language).open(f"orders/{placed.ref}/")
        assert (text.count(buyer), text.count(supplier)) == times, actor.role
        assert said.partition(" {}")[0] not in trade.at(actor, language).open(f"orders/{own}/")


def test_the_api_says_what_was_done_in_an_entry(trade, clock):
    ref = trade.order((trade.lamp, 2), (trade.rail, 1))
    clock.move(minutes=1)
    ordering.cancel_order(inside(trade, trade.buyer, "buyer"), ref, reason="buyer_changed_mind")
    view = Caller.of(trade.buyer.actor).get(f"/orders/{ref}").data
    parts = [part["ref"] for part in view["supplier_orders"]]
    told = {"act": "order.cancel", "person": "Lin Yue", "company": {"ref": trade.buyer.ref, "name": "Yuelai Hotel"}}
    assert [{**each, "at": ""} for each in view["entry_acts"]] == [{**told, "at": "", "subject": ref} for ref in parts]
    (only,) = Caller.of(trade.s2.actor).get(f"/orders/{ref}").data["entry_acts"]
    assert only["subject"] == parts[1]
    trade.at(trade.stranger.actor).open(f"orders/{ref}/", 404)
    assert orders.entry_acts(trade.stranger.actor, ref) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Lin Yue of the operator, for Chenguang Lighting"),
        ("zh-hans", "平台运营方 Lin Yue 代 Chenguang Lighting 操作"),
    ],
)
def test_the_history_of_the_company_says_it_in_words(trade, language, said):
    day = dt.date(2027, 1, 2)
    set_holiday(trade.s1.actor, begins=day, ends=day)
    own = trade.at(trade.s1.actor, language)
    assert said not in own.open(f"history/{trade.s1.ref}/")
    boss = enter(trade, trade.s1, "supplier")
    boss.open("/supplier/holidays/")
    boss.send("set-holiday", begins="2027-02-02", ends="2027-02-03")
    assert said in own.open(f"history/{trade.s1.ref}/")
